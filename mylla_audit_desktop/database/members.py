"""Which team member a login of PostgreSQL is, and which role it has."""

import sqlalchemy as sa
from psycopg import errors, sql

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.grants import ADMIN, GROUP_ROLES, OWNER, SUPER_ADMIN
from mylla_audit_desktop.log.access import Role
from mylla_audit_desktop.log.errors import DatabaseError, InputError
from mylla_audit_desktop.log.storable import is_storable

_GROUPS = {Role.SUPER_ADMIN: SUPER_ADMIN, Role.ADMIN: ADMIN, Role.MEMBER: None}


def write_member(
    database: Database,
    login: str,
    role: Role,
    actor_id: str,
    actor_name: str,
    cancellation: Cancellation,
) -> bool:
    """Give a login its group role, take the others away, and say whose login it is.

    Whether anything changed. Raises InputError for a login or team member that cannot be,
    DatabaseError where the one who is signed in may not do this.
    """
    if not database.is_postgresql:
        raise InputError(
            "SQLite knows no logins: whoever can read the file can read the log.",
            "Roles need a PostgreSQL database.",
        )
    _check_member(actor_id, actor_name)
    with database.writing(cancellation) as connection:
        _check_schema(connection, database)
        _check_login(connection, login)
        try:
            # Both are asked, so that neither is left out where the first changes nothing.
            changes = [
                _write_role(connection, login, _GROUPS[role]),
                _write_mapping(connection, login, actor_id, actor_name),
            ]
        except (errors.InsufficientPrivilege, errors.InvalidGrantOperation):
            raise _not_allowed(database) from None
        return any(changes)


def _check_member(actor_id: str, actor_name: str) -> None:
    for option, value in (("--actor-id", actor_id), ("--actor-name", actor_name)):
        if not value.strip():
            raise InputError(f"{option} is empty.", "Name the team member whose login this is.")
        if not is_storable(value):
            raise InputError(f"{option} is no text that a database can keep.", "Type it anew.")
    if actor_id == "system":
        raise InputError(
            "system stands for automated jobs and signs in nowhere.", "Name a team member."
        )


def _check_schema(connection: sa.Connection, database: Database) -> None:
    tables = connection.scalars(
        sa.text(
            "SELECT c.relname FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'audit'"
            " AND c.relname IN ('entries', 'members', 'schema_version')"
        )
    )
    present = set(tables)
    if "entries" in present and "schema_version" not in present:
        raise DatabaseError(
            f"{database.label} holds an audit log that was not created by this program,"
            " which gives no roles there.",
            "Let a login read it with: GRANT USAGE ON SCHEMA audit TO LOGIN;"
            " GRANT SELECT ON audit.entries TO LOGIN.",
        )
    if "members" not in present:
        raise DatabaseError(
            f"{database.label} has no roles of this program.",
            "Create them with: mylla-audit init --database URL",
        )
    missing = connection.scalar(
        sa.text("SELECT count(*) < :wanted FROM pg_catalog.pg_roles WHERE rolname = ANY(:names)"),
        {"wanted": len(GROUP_ROLES), "names": list(GROUP_ROLES)},
    )
    if missing:
        raise DatabaseError(
            f"{database.label} has no roles yet: the login that set it up may not create any.",
            "Have a superuser run mylla-audit init on it.",
        )


def _check_login(connection: sa.Connection, login: str) -> None:
    can_sign_in = connection.scalar(
        sa.text("SELECT rolcanlogin FROM pg_catalog.pg_roles WHERE rolname = :login"),
        {"login": login},
    )
    if can_sign_in is None:
        raise InputError(
            f"There is no login {login!r} on this server.",
            "Create it first: CREATE ROLE … LOGIN PASSWORD …",
        )
    if login in {*GROUP_ROLES, OWNER} or not can_sign_in:
        raise InputError(f"{login!r} is a group and no login.", "Name the login of one person.")
    inherits = connection.scalar(
        sa.text("SELECT rolinherit FROM pg_catalog.pg_roles WHERE rolname = :login"),
        {"login": login},
    )
    if not inherits:
        raise InputError(
            f"{login!r} does not inherit the rights of its roles.",
            "Change that first: ALTER ROLE … INHERIT",
        )


# Direct memberships in our roles, and by whom they were granted (one row each since 16).
_MEMBERSHIPS = """
SELECT g.rolname AS role, by.rolname AS grantor
FROM pg_catalog.pg_auth_members a
JOIN pg_catalog.pg_roles g ON g.oid = a.roleid
JOIN pg_catalog.pg_roles m ON m.oid = a.member
LEFT JOIN pg_catalog.pg_roles by ON by.oid = a.grantor
WHERE m.rolname = :login AND g.rolname = ANY(:names)
ORDER BY 1, 2
"""


def _write_role(connection: sa.Connection, login: str, wanted: str | None) -> bool:
    driver = postgresql_driver(connection)
    names = {"login": login, "names": [*GROUP_ROLES, OWNER]}
    held = connection.execute(sa.text(_MEMBERSHIPS), names).all()
    who = sql.Identifier(login)
    has_grantors = driver.info.server_version >= 160_000
    changed = False
    for role, grantor in held:
        if role == wanted:
            continue
        statement = sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(role), who)
        if has_grantors and grantor is not None:
            statement += sql.SQL(" GRANTED BY {}").format(sql.Identifier(grantor))
        driver.execute(statement)
        changed = True
    if wanted is not None and wanted not in {role for role, _ in held}:
        driver.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(wanted), who))
        changed = True
    _check_no_other_role(connection, login, wanted)
    return changed


def _check_no_other_role(connection: sa.Connection, login: str, wanted: str | None) -> None:
    """A role that came through another group cannot be taken from the login alone."""
    row = connection.execute(
        sa.text(
            "WITH RECURSIVE held (oid, via) AS ("
            " SELECT a.roleid, a.roleid FROM pg_catalog.pg_auth_members a"
            " JOIN pg_catalog.pg_roles m ON m.oid = a.member WHERE m.rolname = :login"
            " UNION SELECT a.roleid, h.via FROM held h"
            " JOIN pg_catalog.pg_auth_members a ON a.member = h.oid)"
            " SELECT r.rolname AS role, v.rolname AS via FROM held h"
            " JOIN pg_catalog.pg_roles r ON r.oid = h.oid"
            " JOIN pg_catalog.pg_roles v ON v.oid = h.via"
            " WHERE r.rolname = ANY(:names) AND r.rolname IS DISTINCT FROM :wanted LIMIT 1"
        ),
        {"login": login, "names": [*GROUP_ROLES, OWNER], "wanted": wanted},
    ).first()
    if row is not None:
        raise DatabaseError(
            f"{login!r} has {row.role} through {row.via}.",
            "Take that away first (REVOKE). Nothing was changed.",
        )


def _write_mapping(connection: sa.Connection, login: str, actor_id: str, actor_name: str) -> bool:
    done = connection.execute(
        sa.text(
            "INSERT INTO audit.members AS m (login, actor_id, actor_name)"
            " VALUES (:login, :actor_id, :actor_name)"
            " ON CONFLICT (login) DO UPDATE SET actor_id = excluded.actor_id,"
            " actor_name = excluded.actor_name, granted_at = clock_timestamp(),"
            " granted_by = session_user"
            " WHERE (m.actor_id, m.actor_name) <> (excluded.actor_id, excluded.actor_name)"
        ),
        {"login": login, "actor_id": actor_id, "actor_name": actor_name},
    )
    return done.rowcount > 0


def _not_allowed(database: Database) -> DatabaseError:
    return DatabaseError(
        f"The login {database.login} may not give roles on {database.label}.",
        "Have a superuser, or the owner of the log that may also grant the roles, do it.",
    )
