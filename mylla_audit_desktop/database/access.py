"""Who is signed in, and what the database lets them do."""

import getpass
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.grants import (
    DECISION_FUNCTIONS,
    EXPORT_FUNCTIONS,
    RETENTION_CHANGE_FUNCTIONS,
)
from mylla_audit_desktop.log.access import Access, Reviewer, Role

_ROLES = {"super_admin": Role.SUPER_ADMIN, "admin": Role.ADMIN, "member": Role.MEMBER}


def read_access(database: Database, cancellation: Cancellation) -> Access:
    """What the one who is signed in may do."""
    cancellation.raise_if_cancelled()
    if database.is_postgresql:
        with database.reading(cancellation) as connection:
            return _read_postgresql(connection, database.login)
    login = operating_system_login()
    return Access(login, Reviewer(login, "", None, is_verified=False))


# Of an SQLite log.
READABLE_BY_ALL = "Anyone who can read this file can read the log."
NO_EXPORT = (
    "Exporting needs the role Admin or Super Admin, so that it can be recorded."
    " Ask the administrator of the database for it."
)


def operating_system_login() -> str:
    """The login of this computer, which vouches for nothing."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _read_postgresql(connection: sa.Connection, login: str) -> Access:
    if not has_function(connection, "audit.current_member()"):
        return Access(
            login,
            None,
            no_retention_change="How long this log is kept is not decided by this program.",
        )
    reviewer = None
    if may_execute(connection, ["audit.current_member()"]):
        row = connection.execute(
            sa.text("SELECT actor_id, actor_name, role FROM audit.current_member()")
        ).first()
        if row is not None:
            reviewer = Reviewer(row.actor_id, row.actor_name, _ROLES[row.role], is_verified=True)
    access = Access(login, reviewer)
    if not may_execute(connection, EXPORT_FUNCTIONS):
        access = replace(access, no_export=NO_EXPORT)
    if reviewer is None:
        unmapped = (
            f"The login {login} is mapped to no team member, so it decides nothing."
            " Ask the administrator of the database for: mylla-audit grant."
        )
        return replace(access, no_decision=unmapped, no_retention_change=unmapped)
    if reviewer.role is Role.MEMBER or not may_execute(connection, DECISION_FUNCTIONS):
        access = replace(access, no_decision="Deciding needs the role Admin or Super Admin.")
    if reviewer.role is not Role.SUPER_ADMIN or not may_execute(
        connection, RETENTION_CHANGE_FUNCTIONS
    ):
        access = replace(
            access, no_retention_change="Changing retention needs the role Super Admin."
        )
    return access


def has_function(connection: sa.Connection, signature: str) -> bool:
    """Whether there is such a function. It may lie in a schema that the login may not use."""
    schema, _, rest = signature.partition(".")
    name, _, _ = rest.partition("(")
    return bool(
        connection.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p"
                " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
                " WHERE n.nspname = :schema AND p.proname = :name)"
            ),
            {"schema": schema, "name": name},
        )
    )


def may_execute(connection: sa.Connection, signatures: Sequence[str]) -> bool:
    """Whether the login may execute all of these functions; one that is not there says no."""
    statement = sa.text(
        "SELECT CASE WHEN has_schema_privilege(to_regnamespace(:schema), 'USAGE') THEN"
        " has_function_privilege(to_regprocedure(:signature), 'EXECUTE') END"
    )
    return all(
        connection.scalar(statement, {"schema": one.partition(".")[0], "signature": one})
        for one in signatures
    )
