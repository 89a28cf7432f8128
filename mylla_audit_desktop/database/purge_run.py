"""One run of the purge, whatever the database: its steps, and what may come in between."""

from typing import Protocol

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import AnswerIsNoError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import RetentionRun, RunOutcome


class AnotherRunError(AnswerIsNoError):
    """Another run of the purge is under way, or has taken over from this one."""


def taken_over() -> AnotherRunError:
    """What a run is told that is not the newest any more."""
    return AnotherRunError(
        "Another run of the purge has taken over.", "It deletes what this one left."
    )


class PurgeRun(Protocol):
    """One run of the purge on one kind of database."""

    def begin(self, days: int | None, clock: Instant, cancellation: Cancellation) -> None:
        """Record the run; from now on it is this one that counts."""

    def step(self, cancellation: Cancellation) -> tuple[int, bool]:
        """Delete some; how many, and whether nothing is left. Raises AnotherRunError."""

    def end(self, outcome: RunOutcome) -> RetentionRun:
        """Record how it ended. Raises AnotherRunError."""
