"""Where the decisions on a log are kept, and who decides there."""

import os
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from mylla_audit_desktop.database.access import operating_system_login
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_entries import read_actor_name
from mylla_audit_desktop.database.review_schema import review_tables
from mylla_audit_desktop.log.access import Access, Reviewer
from mylla_audit_desktop.log.errors import DatabaseError, InputError
from mylla_audit_desktop.log.visible import visible_text


@dataclass(frozen=True, slots=True)
class Place:
    """is_own: the log's own database. no_writing: why nothing can be added there, or ""."""

    is_own: bool
    no_writing: str = ""


def read_place(log: Database, cancellation: Cancellation) -> Place:
    """Where this log's decisions belong.

    Raises DatabaseError where the log is ours and its schema too old for decisions.
    """
    with log.reading(cancellation) as connection:
        has_tables = _has_tables(connection)
        if log.is_postgresql:
            is_standby = connection.scalar(sa.text("SELECT pg_is_in_recovery()"))
            if has_tables and is_standby and not log.has_primary:
                return Place(
                    is_own=True,
                    no_writing=f"{log.label} is a standby server, which takes no decisions. "
                    "Connect to the primary server.",
                )
            can_write = not is_standby or log.has_primary
            is_ours = _has_table(connection, "audit", "schema_version")
        else:
            path = Path(log.label.name)
            can_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
            is_ours = _has_table(connection, None, "schema_version")
        if has_tables and not can_write:
            return _read_only(connection, log)
    if has_tables:
        return Place(is_own=True)
    if is_ours and can_write:
        raise DatabaseError(
            f"The schema of {log.label} is older than this program and has no place for decisions.",
            "Bring it up to date with: mylla-audit init --database URL",
        )
    return Place(is_own=False)


def choose_reviewer(
    log: Database,
    place: Place,
    access: Access,
    given: str | None,
    cancellation: Cancellation,
) -> tuple[Reviewer | None, str]:
    """Who decides, and why they cannot ("" if they can).

    given: a team member's ID, where no login vouches for one. Raises InputError.
    """
    if place.is_own and log.is_postgresql:
        return _reviewer_by_login(log, place, access, given)
    actor_id = given if given is not None else _login(log, access)
    if not actor_id.strip() or visible_text(actor_id) != actor_id or actor_id == "system":
        raise InputError(
            f"The reviewer {actor_id!r} is no team member's ID.",
            "Give the ID with which the log names the one who decides.",
            field="reviewer",
        )
    actor_id = actor_id.strip()
    with log.reading(cancellation) as connection:
        name = read_actor_name(connection, log, actor_id)
    return Reviewer(actor_id, name, None, is_verified=False), place.no_writing


def _reviewer_by_login(
    log: Database, place: Place, access: Access, given: str | None
) -> tuple[Reviewer | None, str]:
    reviewer = access.reviewer
    if given is not None and (reviewer is None or reviewer.actor_id != given):
        raise InputError(
            "On PostgreSQL the login says who reviews, so no other reviewer can be named.",
            "Sign in as the one who decides, and leave --reviewer out.",
            field="reviewer",
        )
    if access.no_decision:
        return reviewer, access.no_decision
    if reviewer is None:
        return None, (
            f"The login {access.login or log.login} is mapped to no team member, so it cannot"
            " decide. Ask the administrator of the database for: mylla-audit grant."
        )
    return reviewer, place.no_writing


def _login(log: Database, access: Access) -> str:
    if access.reviewer is not None:
        return access.reviewer.actor_id
    return log.login or operating_system_login()


def _read_only(connection: sa.Connection, log: Database) -> Place:
    """A file that cannot be written: decisions in it count, and new ones go elsewhere."""
    tables = review_tables(is_postgresql=False)
    is_used = any(
        connection.execute(sa.select(table).limit(1)).first() is not None
        for table in (tables.policies, tables.decisions, tables.sign_offs)
    )
    if not is_used:
        return Place(is_own=False)
    return Place(
        is_own=True,
        no_writing=f"{log.label} holds decisions and cannot be written. "
        "Decide in a copy that can, or change the rights of file and folder.",
    )


def _has_tables(connection: sa.Connection) -> bool:
    is_postgresql = connection.dialect.name == "postgresql"
    tables = review_tables(is_postgresql=is_postgresql).metadata.tables.values()
    return all(_has_table(connection, table.schema, table.name) for table in tables)


def _has_table(connection: sa.Connection, schema: str | None, name: str) -> bool:
    # The catalogue itself: other ways ask for rights on the schema.
    statement = (
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = :name)"
        if schema is None
        else "SELECT EXISTS (SELECT FROM pg_catalog.pg_class c"
        " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relname = :name)"
    )
    values = {"name": name} | ({} if schema is None else {"schema": schema})
    return bool(connection.scalar(sa.text(statement), values))
