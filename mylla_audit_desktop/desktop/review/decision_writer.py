"""Writing decisions away from the UI thread: all or none, and what came of it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.desktop.background import Background, Task
from mylla_audit_desktop.review.decision import (
    Decision,
    NewDecision,
    ReviewedFinding,
    Verdict,
)

# How many times back Take back reaches.
_MOST_KEPT = 50


class DecisionWriter(QObject):
    """One decision (on one or many findings) is under way at a time.

    stored: the finding IDs and the decisions as stored. failed: the error; nothing was
    added. cancelled: it was stopped; whether it was added shows when it is read again.
    """

    stored = Signal(object, object)
    failed = Signal(object)
    cancelled = Signal()
    busy_changed = Signal(bool)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._task: Task | None = None
        # What this reviewer decided in this window, newest last.
        self._done: list[tuple[str, ...]] = []

    @property
    def is_busy(self) -> bool:
        """Whether a decision is being written."""
        return self._task is not None

    @property
    def last_decided(self) -> tuple[str, ...]:
        """The finding IDs that were decided last, and not taken back."""
        return self._done[-1] if self._done else ()

    def write(
        self,
        store: ReviewStore,
        findings: Sequence[ReviewedFinding],
        verdict: Verdict,
        note: str,
        policy_version: int,
    ) -> None:
        """Append one decision a finding."""
        if self.is_busy or not findings:
            return
        new = [
            NewDecision(
                one.finding.finding_id,
                one.finding.rule,
                one.finding.entry_ids,
                verdict,
                note,
                policy_version,
                len(one.decisions),
            )
            for one in findings
        ]
        ids = tuple(one.finding_id for one in new)

        def done(decisions: tuple[Decision, ...]) -> None:
            self._set_task(None)
            self._remember(ids, verdict)
            self.stored.emit(ids, decisions)

        def failed(error: Exception) -> None:
            self._set_task(None)
            self.failed.emit(error)

        def cancelled() -> None:
            self._set_task(None)
            self.cancelled.emit()

        self._set_task(
            self._background.run(
                lambda cancellation, _report: store.append_decisions(new, cancellation),
                done=done,
                failed=failed,
                cancelled=cancelled,
                lane="decide",
            )
        )

    def cancel(self) -> None:
        """Stop what is under way; returns at once."""
        if self._task is not None:
            self._task.cancel()

    def forget(self) -> None:
        """Another log is shown: there is nothing to take back."""
        self._done.clear()

    def _remember(self, ids: tuple[str, ...], verdict: Verdict) -> None:
        if verdict is not Verdict.REOPENED:
            self._done = [*self._done[1 - _MOST_KEPT :], ids]
            return
        reopened = set(ids)
        self._done = [one for one in self._done if not set(one) <= reopened]

    def _set_task(self, task: Task | None) -> None:
        self._task = task
        self.busy_changed.emit(task is not None)
