"""Signing a period: what is signed and as whom, then counting, hashing, the signature."""

from collections import Counter
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_period import sign_off
from mylla_audit_desktop.desktop.background import Background, Report, Task
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.review.permission import explain_sign_off
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.review.words import STATUS_WORDS, name_of
from mylla_audit_desktop.desktop.widgets import button, plain_label, set_tone
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import Period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import SignOff, Status
from mylla_audit_desktop.review.policy import describe_policy


class SignOffDialog(QDialog):
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
        super().__init__(parent)
        self.setWindowTitle("Sign off")
        self.setAccessibleName("Sign off")
        self.setMinimumWidth(520)
        self._database, self._reading, self._background = database, reading, background
        self._zone = zone
        self._task: Task | None = None
        self._is_closing = False
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Sign-off progress")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.progress.hide()
        self.state = plain_label("", "muted")
        self.state.setWordWrap(True)
        self.state.setAccessibleName("Sign-off state")
        self.sign = button("Sign off", "primary")
        self.sign.setDefault(True)
        self.sign.clicked.connect(self.start)
        self.cancel = button("Cancel")
        self.cancel.clicked.connect(self.reject)
        self._lay_out(now)
        self.sign.setFocus()

    def _lay_out(self, now: Instant) -> None:
        review, store = self._reading.review, self._reading.store
        counts = Counter(one.status for one in review.findings)
        decided = ", ".join(
            f"{counts[status]:,} {STATUS_WORDS[status]}" for status in Status if counts[status]
        )
        period = format_period(Period(review.start, review.end), self._zone)
        number = f"version {review.policy.number}" if review.policy.number else "built in"
        reviewer = name_of(store.reviewer) if store.reviewer else ""
        rows = (
            ("Period", f"{period} · {review.zone.key}"),
            ("Findings", f"{len(review.findings):,}: {decided}" if decided else "none"),
            ("Policy", f"{number}: {describe_policy(review.policy.policy)}"),
            ("Signed by", reviewer),
            ("Kept in", store.where),
        )
        form = QFormLayout()
        form.setSpacing(8)
        for name, text in rows:
            value = plain_label(visible_text(text), is_selectable=True)
            value.setWordWrap(True)
            value.setAccessibleName(name)
            form.addRow(plain_label(name, "muted"), value)
        words = (
            f"{explain_sign_off(review)}. A signature is only ever added; what comes later "
            "shows as since the sign-off."
        )
        if review.end is not None and review.end > now:
            words += " The period is not over yet."
        note = plain_label(visible_text(words), "muted")
        note.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.sign)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label("Sign off this period", "title"))
        layout.addLayout(form)
        layout.addWidget(note)
        layout.addWidget(self.progress)
        layout.addWidget(self.state)
        layout.addLayout(buttons)

    def start(self) -> None:
        """Read everything anew, count and hash the entries, and sign."""
        review, store, database = self._reading.review, self._reading.store, self._database
        start, end = review.start, review.end
        if self._task is not None or start is None or end is None:
            return

        def work(cancellation: Cancellation, report: Report) -> SignOff:
            return sign_off(database, store, start, end, review.zone, cancellation, progress=report)

        self._set_busy(is_busy=True)
        self._say("Counting and hashing the entries…", "muted")
        self._task = self._background.run(
            work,
            done=self._finish,
            failed=self._fail,
            progress=self._show_progress,
            cancelled=self._tell_cancelled,
            lane="decide",
        )

    def _show_progress(self, count: object) -> None:
        if isinstance(count, int):
            self._say(f"{format_count(count)} hashed", "muted")

    def _finish(self, made: SignOff) -> None:
        self._set_busy(is_busy=False)
        self.signed.emit(made)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self._set_busy(is_busy=False)
        if isinstance(error, KnownError):
            self._say(error.sentence, "error")
            return
        self._say("Signing failed unexpectedly; nothing was signed.", "error")
        self._background.crashed.emit(error)

    def _tell_cancelled(self) -> None:
        """Whether it was in time shows when the period is read again."""
        self._set_busy(is_busy=False)
        self._say("Cancelled.", "muted")
        self.cancelled.emit()
        if self._is_closing:
            super().reject()

    def _set_busy(self, *, is_busy: bool) -> None:
        if not is_busy:
            self._task = None
        self.progress.setVisible(is_busy)
        self.sign.setEnabled(not is_busy)

    def _say(self, text: str, tone: str) -> None:
        self.state.setText(visible_text(text))
        self.state.setAccessibleDescription(self.state.text())
        set_tone(self.state, "tone", tone)

    def reject(self) -> None:
        """Cancel what is under way; with nothing under way, close."""
        if self._task is None:
            super().reject()
        else:
            self._task.cancel()
            self._say("Cancelling…", "muted")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes once what is under way has been cancelled."""
        if self._task is None:
            super().closeEvent(event)
        else:
            self._is_closing = True
            event.ignore()
            self.reject()
