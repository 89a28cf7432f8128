"""The purge on PostgreSQL: by functions of the schema, for the job's login may touch no table."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.database.purge_run import AnotherRunError, taken_over
from mylla_audit_desktop.database.retention_schema import TAKEN_OVER
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionPreview,
    RetentionRun,
    RunOutcome,
)

_PURGE_LOCK = 7_355_608_002


def preview_on_postgresql(
    database: Database, connection: sa.Connection, days: int | None, clock: Instant
) -> RetentionPreview:
    """What a run would do now; `clock` is this computer's. Raises DatabaseError."""
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
    return RetentionPreview(row.cutoff, row.days, DaysSource(row.source), int(row.gone), row.months)


class PostgresqlRun:
    """One run, of steps of up to `batch` entries or a whole month."""

    def __init__(self, database: Database, batch: int) -> None:
        self._database = database
        self._batch = batch
        self._drops_months = True
        self._number = 0
        self._begun: sa.Row[tuple[int, Instant, int, str, Instant]] | None = None

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        """As `PurgeRun`."""
        call = sa.func.audit.begin_retention(days, _clock(clock)).table_valued(
            sa.column("number", sa.BigInteger),
            sa.column("started_at", InstantType()),
            sa.column("days", sa.Integer),
            sa.column("source", sa.Text),
            sa.column("cutoff", InstantType()),
        )
        with self._database.writing(cancellation) as connection, _explaining(self._database):
            self._begun = connection.execute(sa.select(call)).one()
        self._number = self._begun.number

    def step(self, cancellation: Cancellation) -> tuple[int, bool]:
        """As `PurgeRun`; months are dropped first."""
        call = sa.func.audit.retention_step(
            self._number, self._batch, self._drops_months
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
        """As `PurgeRun`; makes the months to come as well."""
        call = sa.func.audit.end_retention(self._number, outcome.value).table_valued(
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


@contextmanager
def holding_lock(database: Database) -> Iterator[None]:
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


def _clock(clock: Instant) -> sa.BindParameter[Instant]:
    return sa.bindparam("clock", clock, InstantType())


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
            raise taken_over() from None
        raise
