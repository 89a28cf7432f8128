"""The top of the page: which period, how far the review is, report and sign-off."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QProgressBar

from mylla_audit_desktop.desktop.formats import format_period
from mylla_audit_desktop.desktop.review.words import count_open, describe_progress
from mylla_audit_desktop.desktop.widgets import (
    CutLabel,
    button,
    explain,
    mark_wrong,
    plain_label,
    say_aloud,
)
from mylla_audit_desktop.desktop.widgets.period_button import PeriodButton
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import (
    REVIEW_PRESETS,
    Period,
    PeriodChoice,
    Preset,
    preset_days,
    resolve_period,
)
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import ReviewedFinding

_PAUSE_MS = 500
_DAY_WIDTH = 100
# Of the page in a window of 1280 pixels it has more.
_WIDTH_WITH_BAR = 1_000
# Below, the title makes room for the period: the list of pages says where one is.
_WIDTH_WITH_TITLE = 760


class ReviewHead(QFrame):
    """Emits `period_chosen` with a valid `PeriodChoice` when it differs from the last."""

    period_chosen = Signal(object)
    report_wanted = Signal()
    sign_off_wanted = Signal()

    def __init__(self, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("filters")
        self._zone, self._now = zone, now
        self._last = PeriodChoice(Preset.LAST_MONTH)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.title = plain_label("Review", "page")
        self.period = PeriodButton(REVIEW_PRESETS, self._last.preset, "Review period")
        self.days = plain_label("", "muted")
        self.start, self.end = QLineEdit(), QLineEdit()
        self.message = CutLabel("error")
        self.message.setAccessibleName("Period error")
        self.progress = CutLabel("muted")
        self.progress.setAccessibleName("Review progress")
        self._is_valid = True
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Decided findings")
        self.bar.setTextVisible(False)
        self.report = button("Save report…")
        self.sign_off = button("Sign off period", "primary")
        self._lay_out()
        self._connect()
        self._show_period()
        self.show_progress(None)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.period)
        row.addWidget(self.days)
        for name, field in (("From", self.start), ("To", self.end)):
            field.setAccessibleName(name)
            field.setPlaceholderText("YYYY-MM-DD")
            field.setToolTip(f"{name}: a day, included")
            field.setFixedWidth(_DAY_WIDTH)
            row.addWidget(field)
        # Cut where there is no room; their tooltips say them whole.
        for label in (self.message, self.progress):
            label.setMinimumWidth(60)
        row.addWidget(self.message)
        row.addStretch(1)
        row.addWidget(self.progress)
        row.addWidget(self.bar)
        row.addSpacing(4)
        row.addWidget(self.report)
        row.addWidget(self.sign_off)
        self.period.setMinimumWidth(132)
        self.bar.setFixedWidth(112)
        self.setFixedHeight(50)

    def _connect(self) -> None:
        self.period.chosen.connect(self._take_preset)
        for field in (self.start, self.end):
            # Also where a screen reader writes into the field, which Qt does not call an edit.
            field.textChanged.connect(lambda _text: self._timer.start())
            field.returnPressed.connect(self._apply)
        self._timer.timeout.connect(self._apply)
        self.report.clicked.connect(self.report_wanted)
        self.sign_off.clicked.connect(self.sign_off_wanted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Without room for both, the words say more than the bar."""
        super().resizeEvent(event)
        self._show_bar()
        self.title.setVisible(self.width() >= _WIDTH_WITH_TITLE)

    def _show_bar(self) -> None:
        self.bar.setVisible(self._is_valid and self.width() >= _WIDTH_WITH_BAR)

    # -- period ----------------------------------------------------------------

    @property
    def choice(self) -> PeriodChoice:
        """The period in force."""
        return self._last

    def set_choice(self, choice: PeriodChoice) -> None:
        """Show a period and apply it."""
        self.period.set_preset(choice.preset)
        self.start.setText(choice.start)
        self.end.setText(choice.end)
        self._apply()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days are whole days of this zone from now on."""
        self._zone = zone
        self._show_period()

    def resolve(self) -> tuple[Period, PeriodChoice]:
        """The bounds of the fields. Raises InputError that names the field."""
        choice = PeriodChoice(self.period.preset)
        if choice.preset is Preset.CUSTOM:
            choice = PeriodChoice(Preset.CUSTOM, self.start.text().strip(), self.end.text().strip())
            for field, text in (("From", choice.start), ("To", choice.end)):
                if not text:
                    # A sign-off is of days that somebody named.
                    raise InputError(f"{field}: type a day.", "YYYY-MM-DD.", field=field)
        return resolve_period(choice, self._now(), self._zone), choice

    def bounds(self) -> tuple[Instant, Instant] | None:
        """The bounds in force; None where the fields hold none, which is said there."""
        try:
            period, _choice = self.resolve()
        except InputError:
            return None
        if period.start is None or period.end is None:
            return None
        return period.start, period.end

    def _take_preset(self) -> None:
        if self.period.preset is Preset.CUSTOM:
            days = preset_days(self._last.preset, self._now().astimezone(self._zone).date())
            if days is not None and not self.start.text():
                self.start.setText(days[0].isoformat())
                self.end.setText(days[1].isoformat())
        self._apply()
        if self.period.preset is Preset.CUSTOM:
            self.start.setFocus()
            self.start.selectAll()

    def _apply(self) -> None:
        self._timer.stop()
        error = None
        try:
            _period, choice = self.resolve()
        except InputError as found:
            error = found
        self._mark(error)
        self._show_period()
        if error is None and choice != self._last:
            self._last = choice
            self.period_chosen.emit(choice)

    def _mark(self, error: InputError | None) -> None:
        for field in (self.start, self.end):
            is_wrong = error is not None and error.field == field.accessibleName()
            mark_wrong(field, error.sentence if error is not None and is_wrong else "")
        if error is not None and self.message.text() != visible_text(error.what):
            say_aloud(self.message, visible_text(error.sentence))
        self.message.setText(visible_text(error.what) if error else "")
        explain(self.message, error.sentence if error else "")
        self.message.setVisible(error is not None)
        # The words beside it say the same, and the message needs the room.
        self._is_valid = error is None
        self._show_bar()

    def _show_period(self) -> None:
        is_custom = self.period.preset is Preset.CUSTOM
        for field in (self.start, self.end):
            field.setVisible(is_custom)
        self.days.setVisible(not is_custom)
        self.message.setVisible(bool(self.message.text()))
        if not is_custom:
            period, _choice = self.resolve()
            self.days.setText(format_period(period, self._zone))

    # -- progress --------------------------------------------------------------

    def show_progress(self, findings: Sequence[ReviewedFinding] | None) -> None:
        """How many of the findings are decided; None while they are not known."""
        total = len(findings or ())
        text = "" if findings is None else describe_progress(findings)
        self.progress.setText(text)
        explain(self.progress, text)
        self.bar.setRange(0, max(total, 1))
        is_done = findings is not None and not total
        self.bar.setValue(1 if is_done else total - count_open(findings or ()))

    def permit_sign_off(self, why_not: str, why: str = "") -> None:
        """Enable the sign-off, or say why it cannot be; `why` says what it will do."""
        self.sign_off.setEnabled(not why_not)
        explain(self.sign_off, why_not or why)
