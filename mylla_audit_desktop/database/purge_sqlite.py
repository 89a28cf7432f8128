"""The purge on SQLite: by hand, in transactions that take the write lock at once."""

import sqlalchemy as sa

from mylla_audit_desktop.database.access import operating_system_login
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.purge_run import taken_over
from mylla_audit_desktop.database.retention import (
    entries_of,
    read_setting,
    run_of,
    tables_of,
)
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionPreview,
    RetentionRun,
    RunOutcome,
    cutoff_at,
)


def preview_on_sqlite(
    database: Database, connection: sa.Connection, days: int | None, clock: Instant
) -> RetentionPreview:
    """What a run would do now; `clock` is this computer's."""
    period, source = _terms(database, connection, days)
    cutoff, entries = cutoff_at(clock, period), entries_of(database)
    count = connection.scalar(
        sa.select(sa.func.count()).select_from(entries).where(entries.c.occurred_at < cutoff)
    )
    return RetentionPreview(cutoff, period, source, int(count or 0), 0)


class SqliteRun:
    """One run, of steps of up to `batch` entries."""

    def __init__(self, database: Database, batch: int) -> None:
        self._database = database
        self._batch = batch
        self._number = 0

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        """As `PurgeRun`; a run that never ended is marked so."""
        _, runs = tables_of(self._database)
        with self._database.writing(cancellation) as connection:
            period, source = _terms(self._database, connection, days)
            connection.execute(
                runs.update()
                .where(runs.c.outcome == RunOutcome.RUNNING.value)
                .values(outcome=RunOutcome.INTERRUPTED.value)
            )
            newest = connection.scalar(sa.select(sa.func.max(runs.c.number)))
            self._number = int(newest or 0) + 1
            connection.execute(
                runs.insert().values(
                    number=self._number,
                    started_at=clock,
                    cutoff=cutoff_at(clock, period),
                    days=period,
                    source=source.value,
                    deleted=0,
                    months=0,
                    outcome=RunOutcome.RUNNING.value,
                    login=operating_system_login(),
                )
            )

    def step(self, cancellation: Cancellation) -> tuple[int, bool]:
        """As `PurgeRun`."""
        _, runs = tables_of(self._database)
        entries = entries_of(self._database)
        with self._database.writing(cancellation) as connection:
            cutoff = self._read_own(connection).cutoff
            oldest = (
                sa.select(entries.c.id)
                .where(entries.c.occurred_at < cutoff)
                .order_by(entries.c.occurred_at)
                .limit(self._batch)
            )
            gone = connection.execute(sa.delete(entries).where(entries.c.id.in_(oldest))).rowcount
            connection.execute(
                runs.update()
                .where(runs.c.number == self._number)
                .values(deleted=runs.c.deleted + gone)
            )
        return gone, gone < self._batch

    def end(self, outcome: RunOutcome) -> RetentionRun:
        """As `PurgeRun`."""
        _, runs = tables_of(self._database)
        with self._database.writing(Cancellation()) as connection:
            self._read_own(connection)
            connection.execute(
                runs.update()
                .where(runs.c.number == self._number)
                .values(outcome=outcome.value, finished_at=Instant.now())
            )
            return self._read_own(connection, outcome)

    def _read_own(
        self, connection: sa.Connection, outcome: RunOutcome = RunOutcome.RUNNING
    ) -> RetentionRun:
        _, runs = tables_of(self._database)
        row = connection.execute(
            sa.select(runs).where(runs.c.number == self._number, runs.c.outcome == outcome.value)
        ).first()
        if row is None:
            raise taken_over()
        return run_of(row)


def _terms(
    database: Database, connection: sa.Connection, days: int | None
) -> tuple[int, DaysSource]:
    if days is not None:
        return days, DaysSource.ENVIRONMENT
    return read_setting(database, connection).days, DaysSource.SETTING
