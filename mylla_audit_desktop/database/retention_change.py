"""Changing the retention period: a new version of the setting, recorded in the log."""

import json

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.append import append_on_sqlite
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.retention import (
    check_offered,
    read_setting,
    tables_of,
)
from mylla_audit_desktop.database.retention_schema import CHANGED_MEANWHILE
from mylla_audit_desktop.log.access import Access
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError, KnownError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import RetentionChange, RetentionSetting


class ChangedMeanwhileError(AnswerIsNoError):
    """Somebody else changed the retention since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed the retention meanwhile.", "Look at it and try again."
        )


def set_retention(
    database: Database, access: Access, change: RetentionChange, cancellation: Cancellation
) -> RetentionSetting:
    """Append a version of the setting and record it in the log; the newest version.

    Nothing is appended where nothing changes. PostgreSQL allows it to a Super Admin only
    (DatabaseError) and takes who it was from the login; SQLite, which knows no logins, takes
    the reviewer of `access`. Raises ChangedMeanwhileError, NotOfferedError.
    """
    with database.writing(cancellation) as connection:
        check_offered(database, connection)
        if database.is_postgresql:
            _set_on_postgresql(database, connection, change)
        else:
            _set_on_sqlite(database, connection, access, change)
        return read_setting(database, connection)


def _set_on_postgresql(
    database: Database, connection: sa.Connection, change: RetentionChange
) -> None:
    try:
        connection.execute(
            sa.select(
                sa.func.audit.set_retention(
                    change.days, change.documented_days, change.documented_in, change.based_on
                )
            )
        )
    except sa.exc.DBAPIError as error:
        raise _refusal(database, error.orig) or error from None


def _refusal(database: Database, cause: BaseException | None) -> KnownError | None:
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return DatabaseError(
            f"{database.label} refuses: only a Super Admin changes the retention.",
            "Ask one, or have your login made one with: mylla-audit grant",
        )
    if isinstance(cause, psycopg.Error) and cause.sqlstate == CHANGED_MEANWHILE:
        return ChangedMeanwhileError()
    return None


def _set_on_sqlite(
    database: Database, connection: sa.Connection, access: Access, change: RetentionChange
) -> None:
    former = read_setting(database, connection)
    if former.number != change.based_on:
        raise ChangedMeanwhileError
    before, after = _changed(former, change)
    if not after:
        return
    reviewer, now = access.reviewer, Instant.now()
    actor_id = access.login if reviewer is None else reviewer.actor_id
    actor_name = "" if reviewer is None else reviewer.actor_name
    settings, _ = tables_of(database)
    connection.execute(
        settings.insert().values(
            number=former.number + 1,
            days=change.days,
            documented_days=change.documented_days,
            documented_in=change.documented_in,
            set_at=now,
            login=access.login,
            actor_id=actor_id,
            actor_name=actor_name,
        )
    )
    recorded = NewEntry(
        occurred_at=now,
        actor_type="member",
        actor_id=actor_id,
        actor_name=actor_name or actor_id,
        action="settings.change_retention",
        target_type="settings",
        target_id="retention",
        target_name="Retention",
        before=json.dumps(before, ensure_ascii=False),
        after=json.dumps(after, ensure_ascii=False),
    )
    append_on_sqlite(connection, iter([recorded]))


def _changed(
    former: RetentionSetting, change: RetentionChange
) -> tuple[dict[str, object], dict[str, object]]:
    """The changed fields with their old and new values; what was not set has no old one."""
    fields = (
        ("retention_days", former.days, change.days),
        ("documented_days", former.documented_days, change.documented_days),
        ("documented_in", former.documented_in or None, change.documented_in),
    )
    changed = [field for field in fields if field[1] != field[2]]
    return (
        {name: old for name, old, _ in changed if old is not None},
        {name: new for name, _, new in changed},
    )
