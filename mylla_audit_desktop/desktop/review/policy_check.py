"""Checking a policy while it is edited, and what it would find, away from the UI thread."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.review.policy_draft import PolicyDraft, draft_to_toml
from mylla_audit_desktop.desktop.widgets import button, plain_label, tell
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.review.holiday_calendar import next_holidays
from mylla_audit_desktop.review.period import Review
from mylla_audit_desktop.review.policy_file import format_policy, parse_policy

_PAUSE_MS = 400
_BUSY_MS = 1_000
_HOLIDAYS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What a checked draft comes to. text: the TOML that would be saved."""

    text: str
    holidays: tuple[tuple[date, str], ...]
    findings: int


class PolicyCheck(QWidget):
    """A line that says what the policy in the fields would find in the period on show.

    checked: the `Preview`. failed: an `InputError` that names the field's key, or what the
    database said.
    """

    checked = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        database: Database,
        review: Review,
        today: date,
        background: Background,
        draft: Callable[[], PolicyDraft],
    ) -> None:
        super().__init__()
        self._database, self._review, self._today = database, review, today
        self._background, self._draft = background, draft
        # What the draft comes to; None while that is not known.
        self.preview: Preview | None = None
        self._slot = Latest()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self.effect = plain_label("", "muted")
        self.effect.setAccessibleName("Policy preview")
        self.effect.setWordWrap(True)
        self.stop = button("Cancel preview", "link")
        self.stop.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.effect, 1)
        row.addWidget(self.stop)
        self._timer.timeout.connect(self._check)
        self._busy_timer.timeout.connect(self.stop.show)
        self.stop.clicked.connect(self._stop)

    def begin(self) -> None:
        """Something was changed: check it once typing pauses."""
        self.preview = None
        self._slot.cancel()
        self._timer.start()

    def end(self) -> None:
        """Nothing is to be checked any more."""
        self._timer.stop()
        self._slot.cancel()

    def _check(self) -> None:
        try:
            text = draft_to_toml(self._draft())
        except InputError as error:
            self._fail(error)
            return
        review, database, today = self._review, self._database, self._today

        # Checking loads the holidays of a country, which takes a moment: not here.
        def work(cancellation: Cancellation, _report: Report) -> Preview:
            policy = parse_policy(text)
            coming = next_holidays(policy.holidays, today, _HOLIDAYS_SHOWN)
            found = read_findings(database, policy, review.start, review.end, cancellation)
            return Preview(format_policy(policy), coming, len(found))

        self._say("Checking…")
        self._busy_timer.start()
        self._slot.put(
            self._background.run(work, done=self._take, failed=self._fail, lane="review")
        )

    def _take(self, preview: Preview) -> None:
        self.preview = preview
        self._end_busy()
        self._say(
            f"This policy gives {format_count(preview.findings, 'finding', 'findings')} "
            f"in the period, the present one {len(self._review.findings):,}."
        )
        self.checked.emit(preview)

    def _fail(self, error: Exception) -> None:
        self._end_busy()
        self._say("")
        self.failed.emit(error)

    def _stop(self) -> None:
        self._slot.cancel()
        self._end_busy()
        self._say("The preview was cancelled. Change something to check again.")

    def _end_busy(self) -> None:
        self._busy_timer.stop()
        self.stop.hide()

    def _say(self, text: str) -> None:
        tell(self.effect, text)
