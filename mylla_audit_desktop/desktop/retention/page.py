"""The retention page: three values that must agree, what goes next, and what the job did.

Its user, once a month, in three clicks: Retention in the list at the left (does all agree,
did the job run?), Export them first (what goes within 30 days), Export. A Super Admin's way to
another period: Change retention, the days and the document (and the number of entries that
go), Change.
"""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.retention import NotOfferedError, read_retention
from mylla_audit_desktop.desktop.background import Background, Latest
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.retention.change_dialog import ChangeDialog
from mylla_audit_desktop.desktop.retention.parts import Notice, RunTable, ValuePanel
from mylla_audit_desktop.desktop.retention.words import (
    agreement,
    configured_words,
    documented_words,
    due_words,
    enforced_words,
    stamp,
)
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import (
    EmptyState,
    button,
    explain,
    field_label,
    plain_label,
    say_aloud,
    separator,
)
from mylla_audit_desktop.desktop.widgets.page import NoLog, Page
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.log.retention import RetentionState
from mylla_audit_desktop.log.visible import visible_text

_LANE = "choices"
_FORECAST_DAYS = 30
_LONG_MS = 1_000
# The margins, the names of the facts, and a scroll bar.
_BESIDE_WIDTH = 210


class RetentionPage(Page):
    """How one log is kept; `export_entries` asks for the export of these `LogFilters`."""

    export_entries = Signal(object)

    def __init__(self, background: Background, theme: Theme, zone: ZoneInfo) -> None:
        super().__init__()
        self._background, self._theme, self._zone = background, theme, zone
        self._log: OpenLog | None = None
        self._no_log = NoLog("No log is open", "Open one to see how long its entries are kept.")
        self._slot = Latest()
        self.state: RetentionState | None = None
        self.notice = Notice(theme)
        self.configured = ValuePanel("Retention days")
        self.documented = ValuePanel("Documented standard")
        self.enforced = ValuePanel("Last enforced")
        self.oldest = _fact("Oldest entry")
        self.tomorrow = _fact("Go until tomorrow")
        self.month = _fact("Go within 30 days")
        self.export = button("Export them first…", "primary")
        self.change = button("Change retention")
        self.again = button("Read again", "flat")
        self.busy = plain_label("", "muted")
        self.stop = button("Cancel", "link")
        self.stop.setAccessibleName("Cancel reading")
        self.stop.hide()
        self._timer = QTimer(self, singleShot=True, interval=_LONG_MS)
        self._timer.timeout.connect(self.stop.show)
        self.runs = RunTable()
        self.no_runs = plain_label("The daily job has not run yet.", "muted")
        self.empty = EmptyState()
        self._lay_out()
        self.export.clicked.connect(self._export)
        self.change.clicked.connect(self.open_change)
        self.again.clicked.connect(self.refresh)
        self.stop.clicked.connect(self._stop_reading)
        self.empty.action.clicked.connect(self._act_on_empty)
        self.export.setEnabled(False)
        self.change.setEnabled(False)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("filters")
        head.setFixedHeight(52)
        line = QHBoxLayout(head)
        line.setContentsMargins(16, 8, 16, 8)
        line.setSpacing(8)
        line.addWidget(plain_label("Retention", "page"))
        line.addSpacing(8)
        line.addWidget(self.busy)
        line.addWidget(self.stop)
        line.addStretch(1)
        line.addWidget(self.again)
        line.addWidget(self.change)
        self.stack = QStackedWidget()
        # One ground, whatever stands in the place of the values.
        self.stack.setObjectName("panel")
        self.stack.addWidget(self._content())
        self.stack.addWidget(self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(separator())
        layout.addWidget(self.stack, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the window is too narrow for stands below instead of being cut."""
        super().resizeEvent(event)
        self._place_export()

    def _place_export(self) -> None:
        """Beside the count that it exports, where there is room."""
        count = max(one.sizeHint().width() for one in (self.oldest, self.tomorrow, self.month))
        needed = count + self.export.sizeHint().width() + _BESIDE_WIDTH
        row, column = (2, 2) if needed <= self.width() else (3, 1)
        self._facts.addWidget(self.export, row, column, Qt.AlignmentFlag.AlignLeft)

    def _content(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("content")
        values = QFrame()
        values.setObjectName("retentionValues")
        row = QHBoxLayout(values)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, panel in enumerate((self.configured, self.documented, self.enforced)):
            panel.setProperty("isFirst", "true" if index == 0 else "false")
            row.addWidget(panel, 1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(24)
        facts.setVerticalSpacing(8)
        facts.setColumnStretch(2, 1)
        for index, label in enumerate((self.oldest, self.tomorrow, self.month)):
            facts.addWidget(field_label(label.accessibleName(), label), index, 0)
            facts.addWidget(label, index, 1)
        self._facts = facts
        self._place_export()
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.notice)
        column.addWidget(values)
        column.addSpacing(8)
        column.addWidget(plain_label("What goes next", "section"))
        column.addLayout(facts)
        column.addSpacing(8)
        column.addWidget(field_label("Runs of the daily job", self.runs, "section"))
        column.addWidget(self.no_runs)
        self.runs.setMinimumHeight(120)
        self.runs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column.addWidget(self.runs, 1)
        column.addStretch(0)
        self._filler = QWidget()
        column.addWidget(self._filler, 1)
        area = QScrollArea()
        area.setObjectName("plain")
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    # -- which log -------------------------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Show how this log is kept."""
        self._log, self.state = log, None
        reason = log.access.no_retention_change
        explain(self.change, reason)
        self.change.setEnabled(False)
        self.export.setEnabled(False)
        self.badge_changed.emit("", "")
        # A server has a daily job, of whose absence the list at the left can tell early.
        if self.isVisible() or log.database.is_postgresql:
            self.refresh()

    def say_no_log(self, state: NoLog) -> None:
        """In the place of what is known."""
        self._no_log = state
        self._say(state.title, state.sentence, state.action)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Times are of another zone from now on."""
        self._zone = zone
        if self.state is not None:
            self._show_state(self.state)

    def take_focus(self) -> None:
        """To what the page's user does next."""
        for one in (self.export, self.change, self.again):
            if one.isEnabled():
                one.setFocus()
                return

    def showEvent(self, event: QShowEvent) -> None:
        """What is shown is of now."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Read how things stand; what is shown stays until then."""
        log = self._log
        if log is None:
            self.say_no_log(self._no_log)
            return
        self.busy.setText("Reading…")
        self._timer.start()
        if self.state is None:
            self._show_nothing_yet()
        self._slot.put(
            self._background.run(
                lambda cancellation, _report: read_retention(log.database, cancellation),
                done=self._take_state,
                failed=self._take_failure,
                lane=_LANE,
            )
        )

    def _act_on_empty(self) -> None:
        if self._log is None:
            self.no_log_acted.emit()
        else:
            self.refresh()

    def _stop_reading(self) -> None:
        self._slot.cancel()
        self._rest("Cancelled")
        if self.state is None:
            self._say("Cancelled", "Nothing was read.", "Read again")

    def _rest(self, words: str = "") -> None:
        self._timer.stop()
        self.stop.hide()
        self.busy.setText(words)

    # -- answers ---------------------------------------------------------------

    def _take_state(self, state: RetentionState) -> None:
        self._rest()
        self.state = state
        self._show_state(state)
        log = self._log
        count = len(state.warnings)
        if log is not None and log.database.is_postgresql:
            words = f"{count} {'warning' if count == 1 else 'warnings'}" if count else ""
            self.badge_changed.emit("!" if count else "", words)
        say_aloud(self.notice, self.notice.accessibleDescription())

    def _show_state(self, state: RetentionState) -> None:
        zone = self._zone
        warnings = state.warnings
        self.notice.say(warnings or (agreement(state),), is_good=not warnings)
        self.notice.show()
        self.configured.say(configured_words(state, zone))
        self.documented.say(documented_words(state))
        self.enforced.say(enforced_words(state, zone))
        _say(self.oldest, "None" if state.oldest is None else stamp(state.oldest, zone))
        for label, count, days in (
            (self.tomorrow, state.due_tomorrow, 1),
            (self.month, state.due_in_30_days, _FORECAST_DAYS),
        ):
            _say(label, due_words(count, state.due_now, state.cutoff_in(days), zone))
        self._place_export()
        self.runs.show_runs(state.runs, zone)
        self.runs.setVisible(bool(state.runs))
        self.no_runs.setVisible(not state.runs)
        self._filler.setVisible(not state.runs)
        log = self._log
        if log is not None:
            self.change.setEnabled(not log.access.no_retention_change)
            self._permit_export(log, state)
        self.stack.setCurrentIndex(0)

    def _permit_export(self, log: OpenLog, state: RetentionState) -> None:
        reason = log.access.no_export
        if not reason and not state.due_in_30_days:
            reason = "No entry goes within 30 days."
        self.export.setEnabled(not reason)
        tip = "Shows these entries in the audit log and opens their export"
        explain(self.export, reason or tip)

    def _show_nothing_yet(self) -> None:
        self.notice.hide()
        self.runs.hide()
        self.no_runs.hide()
        self._filler.show()
        for panel in (self.configured, self.documented, self.enforced):
            panel.say_nothing()
        for label in (self.oldest, self.tomorrow, self.month):
            _say(label, "…")
        self.stack.setCurrentIndex(0)

    def _take_failure(self, error: Exception) -> None:
        self._rest()
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        self.state = None
        self.change.setEnabled(False)
        self.export.setEnabled(False)
        self.badge_changed.emit("", "")
        if isinstance(error, NotOfferedError):
            explain(self.change, error.sentence)
            self._say("Retention is not offered here", error.sentence)
        else:
            self._say("The retention could not be read", error.sentence, "Try again")

    def _say(self, title: str, sentence: str, action: str = "") -> None:
        self.empty.say(title, sentence, action)
        self.stack.setCurrentWidget(self.empty)
        if self.isVisible():
            say_aloud(self.empty, self.empty.accessibleDescription())

    # -- acting ----------------------------------------------------------------

    def _export(self) -> None:
        state = self.state
        if state is None:
            return
        end = state.cutoff_in(_FORECAST_DAYS).isoformat(self._zone)
        self.export_entries.emit(LogFilters(PeriodChoice(Preset.CUSTOM, "", end)))

    def open_change(self) -> None:
        """The dialog that changes the period."""
        dialog = self.change_dialog()
        if dialog is not None:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def change_dialog(self) -> ChangeDialog | None:
        """The dialog; None where nothing is known yet, or this person may not."""
        log, state = self._log, self.state
        if log is None or state is None or log.access.no_retention_change:
            return None
        dialog = ChangeDialog(log, state, self._background, self)
        dialog.changed.connect(self.refresh)
        return dialog


def _fact(name: str) -> QLabel:
    label = plain_label("…", is_selectable=True)
    label.setAccessibleName(name)
    return label


def _say(label: QLabel, text: str) -> None:
    label.setText(visible_text(text))
    label.setAccessibleDescription(label.text())
