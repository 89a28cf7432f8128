"""Signing a period: what is signed and as whom, then counting, hashing, the signature."""

from collections import Counter
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_period import sign_off
from mylla_audit_desktop.desktop.background import Background, Report
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.review.permission import explain_sign_off
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.review.words import STATUS_WORDS, name_of
from mylla_audit_desktop.desktop.widgets import field_form, form_label, plain_label
from mylla_audit_desktop.desktop.widgets.job_dialog import JobDialog, JobWords
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import Period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import SignOff, Status
from mylla_audit_desktop.review.policy_words import describe_policy

_WORDS = JobWords(
    window="Sign off",
    heading="Sign off this period",
    what="Sign-off",
    action="Sign off",
    cancelled="Cancelled.",
    failed="Signing failed unexpectedly; nothing was signed.",
)


class SignOffDialog(JobDialog):
    """`signed` carries the sign-off as stored."""

    signed = Signal(object)
    cancelled = Signal()

    def __init__(
        self,
        database: Database,
        reading: Reading,
        zone: ZoneInfo,
        now: Instant,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_WORDS, background, parent)
        self.setMinimumWidth(520)
        self._database, self._reading = database, reading
        self._zone = zone
        self._lay_out(now)
        self.action.setFocus()

    def _lay_out(self, now: Instant) -> None:
        review, store = self._reading.review, self._reading.store
        counts = Counter(one.status for one in review.findings)
        decided = ", ".join(
            f"{counts[status]:,} {STATUS_WORDS[status]}" for status in Status if counts[status]
        )
        decided = decided or "none"
        period = format_period(Period(review.start, review.end), self._zone)
        number = f"version {review.policy.number}" if review.policy.number else "built in"
        reviewer = name_of(store.reviewer) if store.reviewer else ""
        rows = (
            ("Period", f"{period} · {review.zone.key}"),
            ("Findings", f"{len(review.findings):,}: {decided}" if len(counts) > 1 else decided),
            ("Policy", f"{number}: {describe_policy(review.policy.policy)}"),
            ("Signed by", reviewer),
            ("Kept in", store.where),
        )
        form = field_form()
        for name, text in rows:
            value = plain_label(visible_text(text), is_selectable=True)
            value.setWordWrap(True)
            value.setAccessibleName(name)
            value.setAccessibleDescription(value.text())
            form.addRow(form_label(name, value), value)
        words = (
            f"{explain_sign_off(review)}. A signature is only ever added; what comes later "
            "shows as since the sign-off."
        )
        if review.end is not None and review.end > now:
            words += " The period is not over yet."
        note = plain_label(visible_text(words), "muted")
        note.setWordWrap(True)
        self.lay_out(form, note)

    def start(self) -> None:
        """Read everything anew, count and hash the entries, and sign."""
        review, store, database = self._reading.review, self._reading.store, self._database
        start, end = review.start, review.end
        if self.is_busy or start is None or end is None:
            return

        def work(cancellation: Cancellation, report: Report) -> SignOff:
            return sign_off(database, store, start, end, review.zone, cancellation, progress=report)

        self.run(work, "Counting and hashing the entries…", "decide")

    def show_progress(self, value: object) -> None:
        """How many entries have been hashed."""
        if isinstance(value, int):
            self.say_how_far(f"{format_count(value)} hashed")

    def finish(self, outcome: SignOff) -> None:
        """It is signed."""
        self.signed.emit(outcome)
        self.accept()

    def take_cancelled(self) -> None:
        """Whether it was in time shows when the period is read again."""
        super().take_cancelled()
        self.cancelled.emit()
