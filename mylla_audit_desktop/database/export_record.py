"""The trace that an export leaves in the log: begun before its first byte, then how it ended.

PostgreSQL records through functions that only reviewers may execute, under the team
member who is signed in. SQLite knows no logins: the file's own log gets the entry under
the operating system's login, marked as not verified. A log that this project did not set
up is not written to; the export then says that it left no trace.
"""

import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from mylla_audit_desktop.database.access import (
    NO_EXPORT,
    has_function,
    may_execute,
    operating_system_login,
)
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.grants import EXPORT_FUNCTIONS
from mylla_audit_desktop.database.instants import sqlite_text
from mylla_audit_desktop.log.errors import DatabaseError, PasswordError, UncertainError
from mylla_audit_desktop.log.instant import Instant

# A server that restarts is back within seconds. One that says no at once is asked again so
# often, after so many seconds; one that was silent for so long is given up.
_PAUSES_SECONDS = (0.5, 1.0, 2.0, 3.0, 3.0, 4.0, 5.0)
_SILENCE_SECONDS = 2.0
_ACTION = "data.request_export"
_FOREIGN = "This export was not recorded: the log was not set up by this program."
_READ_ONLY = "This export was not recorded: the file of the log cannot be written."


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """An export under way, as the log knows it.

    export_id: the target of its entries; "" where none were written, and `note` says why.
    highest_id: entries above it came after the export was asked for, its own among them.
    """

    export_id: str
    highest_id: int | None
    note: str
    file: str = ""


def begin_export_record(
    database: Database,
    details: Mapping[str, object],
    snapshot: int | None,
    cancellation: Cancellation,
) -> ExportRecord:
    """Record that an export begins; committed when this returns.

    details: `file`, `filters`, `time_zone`, `sort` and `profile`, as JSON can hold them.
    snapshot: the highest id of the screen; None for what is there now.
    Raises DatabaseError where it cannot be recorded: no record, no export.
    """
    # A file may be named by bytes that are no text.
    file = str(details["file"]).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    full = {**details, "file": file, "snapshot": snapshot}
    if database.is_postgresql:
        return _begin_postgresql(database, full, snapshot, cancellation)
    return _begin_sqlite(database, full, snapshot, cancellation)


def end_export_record(
    database: Database,
    record: ExportRecord,
    outcome: Mapping[str, object],
    cancellation: Cancellation,
) -> None:
    """Record how it ended: `state` is completed, cancelled or failed.

    Further `row_count`, `bytes` and `sha256` of what was written, or the `reason`.
    A server that is lost is asked again for a while, until `cancellation`; what it may have
    recorded is never sent twice. Raises DatabaseError where it cannot be recorded.
    """
    if not record.export_id:
        return
    for pause in _PAUSES_SECONDS:
        begun = time.monotonic()
        try:
            _record_end(database, record, outcome)
        except (PasswordError, UncertainError):
            raise
        except DatabaseError:
            is_silent = time.monotonic() - begun > _SILENCE_SECONDS
            may_return = database.is_postgresql and database.is_writer_lost
            if not may_return or is_silent or not cancellation.pause(pause):
                raise
        else:
            return
    _record_end(database, record, outcome)


def _record_end(database: Database, record: ExportRecord, outcome: Mapping[str, object]) -> None:
    # The export's own cancellation may have been used.
    with database.writing(Cancellation()) as connection:
        if database.is_postgresql:
            connection.execute(
                sa.text("SELECT audit.end_export(:export_id, CAST(:outcome AS json))"),
                {"export_id": record.export_id, "outcome": json.dumps(outcome)},
            )
            return
        _refuse_other_log(connection, database, record)
        ended = {"state": outcome["state"], **_signed_in(), **outcome}
        _insert_sqlite(connection, record, {"state": "started"}, ended)


# -- PostgreSQL ----------------------------------------------------------------------


def _begin_postgresql(
    database: Database,
    details: Mapping[str, object],
    snapshot: int | None,
    cancellation: Cancellation,
) -> ExportRecord:
    with database.reading(cancellation) as connection:
        if not has_function(connection, EXPORT_FUNCTIONS[0]):
            return ExportRecord("", snapshot, _FOREIGN)
        if not may_execute(connection, EXPORT_FUNCTIONS):
            raise DatabaseError(NO_EXPORT)
        is_standby = connection.scalar(sa.text("SELECT pg_is_in_recovery()"))
        if is_standby and not database.has_primary:
            raise DatabaseError(
                f"{database.label} is a standby, where the export cannot be recorded.",
                "Connect to the primary server to export.",
            )
    with database.writing(cancellation) as connection:
        row = connection.execute(
            sa.text("SELECT entry_id, export_id FROM audit.begin_export(CAST(:details AS json))"),
            {"details": json.dumps(details)},
        ).one()
    return ExportRecord(row.export_id, _lower(snapshot, row.entry_id - 1), "")


def _lower(snapshot: int | None, highest_id: int) -> int:
    return highest_id if snapshot is None else min(snapshot, highest_id)


# -- SQLite ----------------------------------------------------------------------


def _begin_sqlite(
    database: Database,
    details: Mapping[str, object],
    snapshot: int | None,
    cancellation: Cancellation,
) -> ExportRecord:
    with database.reading(cancellation) as connection:
        is_ours = connection.scalar(
            sa.text(
                "SELECT count(*) = 2 FROM sqlite_master WHERE (type, name)"
                " IN (VALUES ('table', 'schema_version'), ('trigger', 'entries_canonical_time'))"
            )
        )
    if not is_ours:
        return ExportRecord("", snapshot, _FOREIGN)
    path = Path(database.label.name)
    # A journal is written beside the file.
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return ExportRecord("", snapshot, _READ_ONLY)
    with database.writing(cancellation) as connection:
        # This transaction has the only lock to write, so no other entry comes between.
        newest = int(connection.scalar(sa.text("SELECT max(id) FROM entries")) or 0)
        highest_id = _lower(snapshot, newest)
        record = ExportRecord(f"exp_{uuid.uuid4().hex}", highest_id, "", file=str(details["file"]))
        kept = {key: details.get(key) for key in ("filters", "time_zone", "sort", "profile")}
        after = {"state": "started", **_signed_in(), **kept, "snapshot": highest_id}
        _insert_sqlite(connection, record, None, after)
    return record


def _signed_in() -> dict[str, object]:
    return {"login": operating_system_login(), "verified": False}


def _refuse_other_log(connection: sa.Connection, database: Database, record: ExportRecord) -> None:
    """While the export ran, its file may have given way to another, which knows nothing of it."""
    begun = connection.scalar(
        sa.text("SELECT 1 FROM entries WHERE target_type = 'export' AND target_id = :id LIMIT 1"),
        {"id": record.export_id},
    )
    if begun is None:
        raise DatabaseError(
            f"{database.label.name} is no longer the log that was exported.",
            "Look for who replaced the file.",
        )


def _insert_sqlite(
    connection: sa.Connection,
    record: ExportRecord,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    login = operating_system_login()
    connection.execute(
        sa.text(
            "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action,"
            " target_type, target_id, target_name, before, after)"
            " VALUES (:now, 'member', :login, :login, :action, 'export', :id, :file,"
            " :before, :after)"
        ),
        {
            "now": sqlite_text(Instant.now()),
            "login": login,
            "action": _ACTION,
            "id": record.export_id,
            "file": record.file,
            "before": None if before is None else json.dumps(before),
            "after": json.dumps(after),
        },
    )
