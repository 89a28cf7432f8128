"""The purge: deleting what is older than the retention period, and nothing else.

It goes in steps, each a transaction of its own: on PostgreSQL a whole month by DROP, the rest
in batches. Each step adds what it deleted to the record of its run in the same transaction, so
that the record is true however the run ends; a run that was killed is simply run again.

Two at once: PostgreSQL has one advisory lock, held by a transaction of its own so that it also
works behind a pooler; the second run says so and does nothing. SQLite has no such lock: there
the later run takes over, and the earlier one notices at its next step and ends.
"""

from collections.abc import Callable
from contextlib import nullcontext

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.purge_postgresql import (
    PostgresqlRun,
    holding_lock,
    preview_on_postgresql,
)
from mylla_audit_desktop.database.purge_run import AnotherRunError, PurgeRun
from mylla_audit_desktop.database.purge_sqlite import SqliteRun, preview_on_sqlite
from mylla_audit_desktop.database.retention import check_offered
from mylla_audit_desktop.log.errors import CancelledError, DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import RetentionPreview, RetentionRun, RunOutcome

_BATCH = 10_000

Progress = Callable[[int], None]


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
    clock = now or Instant.now()
    with database.reading(cancellation) as connection:
        check_offered(database, connection)
        preview = preview_on_postgresql if database.is_postgresql else preview_on_sqlite
        return preview(database, connection, days, clock)


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
    with holding_lock(database) if database.is_postgresql else nullcontext():
        run: PurgeRun = (
            PostgresqlRun(database, batch) if database.is_postgresql else SqliteRun(database, batch)
        )
        run.begin(days, now or Instant.now(), cancellation)
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
        except Exception:  # whatever it is, it goes on up; the run must not look unfinished
            _try_to_end(run)
            raise
        return run.end(RunOutcome.DONE)


def _try_to_end(run: PurgeRun) -> None:
    """Record the failure, unless the database is what failed; the next run sees to it then."""
    try:
        run.end(RunOutcome.FAILED)
    except (DatabaseError, AnotherRunError):
        return
