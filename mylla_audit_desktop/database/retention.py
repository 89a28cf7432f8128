"""The retention period: how things stand. `retention_change` changes it, `purge` enforces it."""

from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.database.retention_schema import retention_tables
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionRun,
    RetentionSetting,
    RetentionState,
    RunOutcome,
    cutoff_at,
    forecast_days,
)

_DAY = 86_400_000_000
# As many of the newest runs are read.
_RUNS = 60


class NotOfferedError(DatabaseError):
    """This log has no retention of ours: it is somebody else's, or made by an older version."""


def entries_of(database: Database) -> sa.TableClause:
    """The entries, as far as the retention cares."""
    return sa.table(
        "entries",
        sa.column("id", sa.BigInteger),
        sa.column("occurred_at", InstantType()),
        schema="audit" if database.is_postgresql else None,
    )


def tables_of(database: Database) -> tuple[sa.Table, sa.Table]:
    """Settings and runs."""
    return retention_tables(sa.MetaData(), is_postgresql=database.is_postgresql)


def read_retention(
    database: Database, cancellation: Cancellation, now: Instant | None = None
) -> RetentionState:
    """How things stand. Raises NotOfferedError where the log has no retention of ours.

    now: for SQLite, which has no clock of its own (default: this computer's).
    """
    with database.reading(cancellation) as connection:
        check_offered(database, connection)
        if database.is_postgresql:
            now = connection.scalar(sa.select(sa.func.clock_timestamp(type_=InstantType())))
        now = now or Instant.now()
        setting = read_setting(database, connection)
        _, runs = tables_of(database)
        newest = sa.select(runs).order_by(runs.c.number.desc())
        latest = connection.execute(newest.limit(_RUNS)).all()
        enforced = connection.execute(
            newest.where(runs.c.outcome == RunOutcome.DONE.value).limit(1)
        ).first()
        run = None if enforced is None else run_of(enforced)
        days = forecast_days(setting, run)
        entries = entries_of(database)
        oldest = connection.scalar(
            sa.select(entries.c.occurred_at).order_by(entries.c.occurred_at).limit(1)
        )
        due = [
            _read_due(database, connection, cutoff_at(now.shifted(ahead), days))
            for ahead in (0, _DAY, 30 * _DAY)
        ]
        return RetentionState(
            now,
            setting,
            run,
            tuple(map(run_of, latest)),
            oldest,
            *due,
        )


def read_due_count(
    database: Database, days: int, cancellation: Cancellation, now: Instant | None = None
) -> int:
    """How many entries a run would delete now with this period."""
    with database.reading(cancellation) as connection:
        if database.is_postgresql:
            now = connection.scalar(sa.select(sa.func.clock_timestamp(type_=InstantType())))
        return _read_due(database, connection, cutoff_at(now or Instant.now(), days))


def check_offered(database: Database, connection: sa.Connection) -> None:
    """Raise NotOfferedError where the log has no retention of ours."""
    if database.is_postgresql:
        statement = (
            "SELECT relname FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit'"
            " AND relname IN ('retention_runs', 'schema_version')"
        )
    else:
        statement = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND name IN ('retention_runs', 'schema_version')"
        )
    present = set(connection.scalars(sa.text(statement)))
    if "retention_runs" in present:
        return
    if "schema_version" in present:
        raise NotOfferedError(
            f"{database.label} was made by an older version and knows no retention yet.",
            "Upgrade it with: mylla-audit init --database URL",
        )
    raise NotOfferedError(
        f"The audit log in {database.label} belongs to another program, "
        "which decides how long its entries are kept.",
        "Retention is offered for logs that mylla-audit init made.",
    )


def read_setting(database: Database, connection: sa.Connection) -> RetentionSetting:
    """The newest version; the default where nobody set one."""
    settings, _ = tables_of(database)
    row = connection.execute(
        sa.select(settings).order_by(settings.c.number.desc()).limit(1)
    ).first()
    return RetentionSetting() if row is None else RetentionSetting(*row)


def run_of(row: sa.Row[Any]) -> RetentionRun:
    """The run of a line of the table."""
    return RetentionRun(
        number=row.number,
        started_at=row.started_at,
        finished_at=row.finished_at,
        cutoff=row.cutoff,
        days=row.days,
        source=DaysSource(row.source),
        deleted=row.deleted,
        months=row.months,
        outcome=RunOutcome(row.outcome),
        login=row.login,
    )


def _read_due(database: Database, connection: sa.Connection, cutoff: Instant) -> int:
    entries = entries_of(database)
    return int(
        connection.scalar(
            sa.select(sa.func.count()).select_from(entries).where(entries.c.occurred_at < cutoff)
        )
        or 0
    )
