"""The purge: deleting what is older than the retention period, and nothing else.

It goes in steps, each a transaction of its own: on PostgreSQL a whole month by DROP, the rest
in batches. Each step adds what it deleted to the record of its run in the same transaction, so
that the record is true however the run ends; a run that was killed is simply run again.

Two at once: PostgreSQL has one advisory lock, held by a transaction of its own so that it also
works behind a pooler; the second run says so and does nothing. SQLite has no such lock: there
the later run takes over, and the earlier one notices at its next step and ends.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.database.retention import (
    check_offered,
    entries_of,
    read_setting,
    run_of,
    system_now,
    tables_of,
)
from mylla_audit_desktop.database.retention_schema import TAKEN_OVER
from mylla_audit_desktop.log.errors import AnswerIsNoError, CancelledError, DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionPreview,
    RetentionRun,
    RunOutcome,
    cutoff_at,
)

_PURGE_LOCK = 7_355_608_002
_BATCH = 10_000

Progress = Callable[[int], None]


class AnotherRunError(AnswerIsNoError):
    """Another run of the purge is under way, or has taken over from this one."""


class PurgeCancelledError(CancelledError):
    """The run was cancelled between two steps; says what had been deleted by then."""


def preview_purge(
    database: Database,
    days: int | None,
    cancellation: Cancellation,
    now: Instant | None = None,
) -> RetentionPreview:
    """What a run would do now; nothing is changed or recorded.

    days: from the environment of the job, None for the configured period. Raises
    DatabaseError where the one signed in may not purge, or the log has no retention of ours.
    """
    clock = now or system_now()
    with database.reading(cancellation) as connection:
        check_offered(database, connection)
        if not database.is_postgresql:
            period, source = _terms(database, connection, days)
            cutoff, entries = cutoff_at(clock, period), entries_of(database)
            count = connection.scalar(
                sa.select(sa.func.count())
                .select_from(entries)
                .where(entries.c.occurred_at < cutoff)
            )
            return RetentionPreview(cutoff, period, source, int(count or 0), 0)
        columns = (
            sa.column("days", sa.Integer),
            sa.column("source", sa.Text),
            sa.column("cutoff", InstantType()),
            sa.column("gone", sa.BigInteger),
            sa.column("months", sa.Integer),
        )
        call = sa.func.audit.preview_retention(days, _clock(clock)).table_valued(*columns)
        with _explaining(database):
            row = connection.execute(sa.select(call)).one()
        return RetentionPreview(
            row.cutoff, row.days, DaysSource(row.source), int(row.gone), row.months
        )


def purge(
    database: Database,
    days: int | None,
    cancellation: Cancellation,
    *,
    progress: Progress | None = None,
    now: Instant | None = None,
    batch: int = _BATCH,
) -> RetentionRun:
    """Delete every entry older than the period; the record of the run.

    days: from the environment of the job, None for the configured period. now: this computer's
    clock (default). PostgreSQL takes the earlier of its own clock and this one, SQLite this
    one. progress: hears how many entries are gone. Raises AnotherRunError, DatabaseError, and
    PurgeCancelledError after a cancellation; what is deleted by then stays deleted and recorded.
    """
    with database.reading(cancellation) as connection:
        check_offered(database, connection)
    with _holding_lock(database) if database.is_postgresql else nullcontext():
        run: _Run = (
            _PostgresqlRun(database, batch)
            if database.is_postgresql
            else _SqliteRun(database, batch)
        )
        run.begin(days, now or system_now(), cancellation)
        deleted = 0
        try:
            is_over = False
            while not is_over:
                cancellation.raise_if_cancelled()
                gone, is_over = run.step(cancellation)
                deleted += gone
                if progress is not None:
                    progress(deleted)
        except CancelledError:
            run.end(RunOutcome.CANCELLED)
            raise PurgeCancelledError(
                f"Cancelled after {deleted:,} deleted entries; the next run goes on from there."
            ) from None
        except AnotherRunError:
            raise
        except Exception:
            _try_to_end(run)
            raise
        return run.end(RunOutcome.DONE)


class _Run:
    """One run of the purge on one kind of database."""

    def __init__(self, database: Database, batch: int) -> None:
        self._database = database
        self._batch = batch
        self.number = 0

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        """Record the run; from now on it is this one that counts."""
        raise NotImplementedError

    def step(self, cancellation: Cancellation) -> tuple[int, bool]:
        """Delete some; how many, and whether nothing is left. Raises AnotherRunError."""
        raise NotImplementedError

    def end(self, outcome: RunOutcome) -> RetentionRun:
        """Record how it ended. Raises AnotherRunError."""
        raise NotImplementedError


class _PostgresqlRun(_Run):
    """Through the functions of the schema: the job's login may touch no table."""

    def __init__(self, database: Database, batch: int) -> None:
        super().__init__(database, batch)
        self._drops_months = True
        self._begun: sa.Row[tuple[int, Instant, int, str, Instant]] | None = None

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        call = sa.func.audit.begin_retention(days, _clock(clock)).table_valued(
            sa.column("number", sa.BigInteger),
            sa.column("started_at", InstantType()),
            sa.column("days", sa.Integer),
            sa.column("source", sa.Text),
            sa.column("cutoff", InstantType()),
        )
        with self._database.writing(cancellation) as connection, _explaining(self._database):
            self._begun = connection.execute(sa.select(call)).one()
        self.number = self._begun.number

    def step(self, cancellation: Cancellation) -> tuple[int, bool]:
        call = sa.func.audit.retention_step(
            self.number, self._batch, self._drops_months
        ).table_valued(
            sa.column("gone", sa.BigInteger),
            sa.column("is_busy", sa.Boolean),
            sa.column("is_over", sa.Boolean),
        )
        with self._database.writing(cancellation) as connection, _explaining(self._database):
            row = connection.execute(sa.select(call)).one()
        if row.is_busy:
            # Somebody reads the log for longer; trying again and again would hold others up.
            self._drops_months = False
        return int(row.gone), bool(row.is_over)

    def end(self, outcome: RunOutcome) -> RetentionRun:
        call = sa.func.audit.end_retention(self.number, outcome.value).table_valued(
            sa.column("finished_at", InstantType()),
            sa.column("deleted", sa.BigInteger),
            sa.column("months", sa.Integer),
        )
        with self._database.writing(Cancellation()) as connection, _explaining(self._database):
            row = connection.execute(sa.select(call)).one()
        with self._database.writing(Cancellation()) as connection, _explaining(self._database):
            # The daily job is who comes by often enough to make the months to come.
            connection.execute(sa.select(sa.func.audit.add_months()))
        begun = self._begun
        if begun is None:
            raise RuntimeError("a run ends after it has begun")
        return RetentionRun(
            begun.number,
            begun.started_at,
            row.finished_at,
            begun.cutoff,
            begun.days,
            DaysSource(begun.source),
            int(row.deleted),
            row.months,
            outcome,
            self._database.login,
        )


class _SqliteRun(_Run):
    """The same by hand, in transactions that take the write lock at once."""

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        from mylla_audit_desktop.database.access import operating_system_login

        _, runs = tables_of(self._database)
        with self._database.writing(cancellation) as connection:
            period, source = _terms(self._database, connection, days)
            connection.execute(
                runs.update()
                .where(runs.c.outcome == RunOutcome.RUNNING.value)
                .values(outcome=RunOutcome.INTERRUPTED.value)
            )
            newest = connection.scalar(sa.select(sa.func.max(runs.c.number)))
            self.number = int(newest or 0) + 1
            connection.execute(
                runs.insert().values(
                    number=self.number,
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
                .where(runs.c.number == self.number)
                .values(deleted=runs.c.deleted + gone)
            )
        return gone, gone < self._batch

    def end(self, outcome: RunOutcome) -> RetentionRun:
        _, runs = tables_of(self._database)
        with self._database.writing(Cancellation()) as connection:
            self._read_own(connection)
            connection.execute(
                runs.update()
                .where(runs.c.number == self.number)
                .values(outcome=outcome.value, finished_at=system_now())
            )
            return self._read_own(connection, outcome)

    def _read_own(
        self, connection: sa.Connection, outcome: RunOutcome = RunOutcome.RUNNING
    ) -> RetentionRun:
        _, runs = tables_of(self._database)
        row = connection.execute(
            sa.select(runs).where(runs.c.number == self.number, runs.c.outcome == outcome.value)
        ).first()
        if row is None:
            raise _taken_over()
        return run_of(row)


def _try_to_end(run: _Run) -> None:
    """Record the failure, unless the database is what failed; the next run sees to it then."""
    try:
        run.end(RunOutcome.FAILED)
    except (DatabaseError, AnotherRunError):
        return


def _terms(
    database: Database, connection: sa.Connection, days: int | None
) -> tuple[int, DaysSource]:
    if days is not None:
        return days, DaysSource.ENVIRONMENT
    return read_setting(database, connection).days, DaysSource.SETTING


def _clock(clock: Instant) -> sa.BindParameter[Instant]:
    return sa.bindparam("clock", clock, InstantType())


def _taken_over() -> AnotherRunError:
    return AnotherRunError(
        "Another run of the purge has taken over.", "It deletes what this one left."
    )


@contextmanager
def _holding_lock(database: Database) -> Iterator[None]:
    """The advisory lock of the purge, for as long as this transaction is open.

    A transaction that waits for its client keeps no old versions of entries alive.
    """
    # Where there are several servers, the lock is that of the one on which is deleted.
    with database.writing(Cancellation()) as connection:
        # Some servers end a transaction that waits, or that is old (since version 17).
        connection.execute(
            sa.text(
                "SELECT set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name IN"
                " ('idle_in_transaction_session_timeout', 'transaction_timeout')"
            )
        )
        has_lock = connection.scalar(
            sa.text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _PURGE_LOCK}
        )
        if not has_lock:
            raise AnotherRunError(
                "Another run of the purge is under way.", "This one deleted nothing."
            )
        yield


@contextmanager
def _explaining(database: Database) -> Iterator[None]:
    """What the functions of the purge refuse, in words."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise DatabaseError(
                f"{database.label} refuses: only the login of the retention job may purge.",
                "Sign in as a member of mylla_audit_retention, or as the owner of the log.",
            ) from None
        if isinstance(error.orig, psycopg.Error) and error.orig.sqlstate == TAKEN_OVER:
            raise _taken_over() from None
        raise
