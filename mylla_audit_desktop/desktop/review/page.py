"""The review page: wires period, checklist, findings, details, decisions and sign-off.

What its user, a compliance officer who comes every week, does most, in three clicks:

1. Review in the list at the left. Its badge says how many findings are open; the first
   open one is selected, with everything needed to judge it at the right.
2. Expected (or E; F and X for the others). The next open finding is selected, over the
   three rows of the checklist, until none is left.
3. Sign off period; then Save report.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QVBoxLayout

from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.review.current_review import CurrentReview
from mylla_audit_desktop.desktop.review.deciding import Deciding
from mylla_audit_desktop.desktop.review.overview import Overview
from mylla_audit_desktop.desktop.review.parts import ReviewParts
from mylla_audit_desktop.desktop.review.review_dialogs import ReviewDialogs
from mylla_audit_desktop.desktop.review.review_reader import ReviewReader
from mylla_audit_desktop.desktop.review.selected_finding import SelectedFinding
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.settings import SettingsStore
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import say_aloud, separator
from mylla_audit_desktop.desktop.widgets.notice_bar import NoticeBar, NoticeTone
from mylla_audit_desktop.desktop.widgets.page import NoLog, Page
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.period import PeriodChoice, Preset

# Unseen, the page waits until the audit log page has its first rows.
_LATER_MS = 2_500
_FOLLOW_MS = 3_000


class ReviewPage(Page):
    """Reviews one period of one log at a time."""

    # A period was read, or its decisions changed.
    review_shown = Signal()

    def __init__(
        self,
        background: Background,
        parts: ReviewParts,
        theme: Theme,
        settings: SettingsStore,
        now: Callable[[], datetime],
        data_folder: Path,
    ) -> None:
        super().__init__()
        self._background, self._settings = background, settings
        self._zone = parts.zone
        self.head, self.side, self.details = parts.head, parts.side, parts.details
        self.checklist, self.findings = self.side.checklist, parts.findings
        self.banner = NoticeBar("Review notice", "Close", "Close notice")
        self.splitter = parts.splitter
        self.filters, self.notice = self.findings.filters, self.findings.notice
        self.model, self.table = self.findings.model, self.findings.table
        self.reader = ReviewReader(background, data_folder, self)
        self.reader.locations = path_or_none(self._country_data())
        self.current = CurrentReview(self.reader, self)
        self.overview = Overview(self.head, self.side, self)
        self.selected = SelectedFinding(self.current, self.reader, self.table, self.details, self)
        self.deciding = Deciding(background, self.current, self.findings, self.details.form, self)
        self.writer = self.deciding.writer
        self.dialogs = ReviewDialogs(self.current, background, theme, self._zone, now, self)
        self._later_timer = QTimer(self, singleShot=True, interval=_LATER_MS)
        self.follow_timer = QTimer(self, interval=_FOLLOW_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(separator())
        layout.addWidget(self.banner)
        layout.addWidget(self.splitter, 1)
        self._connect()
        self.overview.show(None)
        self.findings.say("No log is open", "Open one to review it.")

    def _connect(self) -> None:
        self.head.period_chosen.connect(self._take_period)
        self.head.report_wanted.connect(self.dialogs.open_report)
        self.head.sign_off_wanted.connect(self.dialogs.open_sign_off)
        self.side.edit_policy.clicked.connect(self.dialogs.open_policy)
        self.overview.badge_changed.connect(self.badge_changed)
        self.banner.closed.connect(self.table.setFocus)
        self.findings.selection_changed.connect(self.selected.show)
        self.findings.said.connect(self.announce)
        self.findings.read_wanted.connect(self._read_wanted)
        self.findings.stop_wanted.connect(self._stop)
        self.details.open_wanted.connect(self.open_in_log)
        self.reader.failed.connect(self._take_failure)
        self.current.replaced.connect(self._show_replaced)
        self.current.changed.connect(self._show_changed)
        self.current.outdated.connect(self.refresh)
        self.current.told.connect(self.banner.say)
        self.deciding.stored.connect(self.banner.hide)
        self.deciding.announced.connect(self.announce)
        self.deciding.told.connect(self.banner.say)
        self.deciding.follow_wanted.connect(self.follow)
        self.dialogs.told.connect(lambda words: self.banner.say(words, NoticeTone.DONE))
        self.dialogs.outdated.connect(self.refresh)
        self.dialogs.cancelled.connect(self.follow)
        self.dialogs.chosen.connect(self.use_country_data)
        self._later_timer.timeout.connect(self.refresh)
        self.follow_timer.timeout.connect(self.follow)

    @property
    def reading(self) -> Reading | None:
        """What is on show; None before it is read."""
        return self.current.reading

    # -- which log, which period -----------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Review this log from now on."""
        self.current.use(log)
        self.writer.forget()
        # A policy is the same in every period, but not in another log.
        self.side.show_policy(None)
        self._show_nothing()
        self.follow_timer.start()
        if self.isVisible():
            self.refresh()
        else:
            self._later_timer.start()

    def say_no_log(self, state: NoLog) -> None:
        """In the place of the findings."""
        self.findings.say(state.title, state.sentence, state.action)

    def set_zone(self, zone: ZoneInfo) -> None:
        """The period's days are of another zone from now on."""
        self._zone = zone
        for part in (self.head, self.side, self.model, self.details, self.dialogs):
            part.set_zone(zone)
        self.refresh()

    def use_country_data(self, path: str) -> None:
        """Name the registered countries of new networks by this file ("" for none); kept."""
        self._settings.change(country_data=path)
        self.reader.locations = path_or_none(path)
        self.refresh()

    def _country_data(self) -> str:
        return self._settings.settings.country_data

    def _take_period(self, _choice: PeriodChoice) -> None:
        if self.current.log is None:
            return
        self.current.forget()
        self._show_nothing()
        self.refresh()

    # -- reading ---------------------------------------------------------------

    def refresh(self) -> None:
        """Read the period anew; what is selected stays selected."""
        self._later_timer.stop()
        bounds = self.head.bounds()
        if bounds is not None and self.current.read(*bounds, self._zone):
            self.findings.set_busy(is_busy=True)

    def _read_wanted(self) -> None:
        if self.current.log is None:
            self.no_log_acted.emit()
        else:
            self.refresh()

    def follow(self) -> None:
        """Look whether another reviewer added anything, and show it."""
        if self.isVisible() and not self.writer.is_busy:
            self.current.follow()

    def _stop(self) -> None:
        if self.writer.is_busy:
            self.writer.cancel()
            return
        self.reader.cancel_all_reading()
        self.findings.set_busy(is_busy=False)
        if self.reading is None:
            self.overview.show(None)
            self.findings.say("Cancelled", "No findings were read.", "Read again")
        else:
            sentence = "Reading was cancelled; the findings are those read before."
            self.banner.say(sentence, NoticeTone.PASSING)

    def _take_failure(self, error: Exception) -> None:
        self.findings.set_busy(is_busy=False)
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
        elif self.reading is None:
            self.overview.show(None)
            self.findings.say("The review could not be read", error.sentence, "Try again")
        else:
            self.details.end_reading()
            self.banner.say(error.sentence, NoticeTone.FAILURE)

    # -- showing ---------------------------------------------------------------

    def _show_nothing(self) -> None:
        # What was said was said of the period before.
        self.banner.hide()
        self.overview.show(None, "reading…")
        self.findings.clear()

    def _show_replaced(self, is_other: bool) -> None:
        self.findings.set_busy(is_busy=False)
        self.banner.forget_failure()
        self.overview.show(self.reading)
        self.findings.show_findings(self.current.findings, is_other=is_other)
        self.announce(self.head.progress.text())
        self.review_shown.emit()

    def _show_changed(self) -> None:
        self.overview.show(self.reading)
        self.findings.update_findings(self.current.findings)
        self.review_shown.emit()

    def announce(self, text: str) -> None:
        """Have a screen reader say it, while the page is seen."""
        if self.isVisible():
            say_aloud(self.head.progress, text)

    # -- the keyboard ----------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Read what stands around the selected finding, which nobody saw until now."""
        super().showEvent(event)
        self.selected.show()

    def take_focus(self) -> None:
        """The keyboard goes to the findings; the first time they are read."""
        if self.reading is None and self.current.log is not None:
            self.refresh()
        self.findings.take_focus()

    def menu_actions(self) -> list[QAction]:
        """What the page's menu holds."""
        actions = []

        def add(text: str, call: Callable[[], object], shortcut: str = "") -> None:
            action = QAction(text, self)
            action.triggered.connect(lambda: call())
            if shortcut:
                action.setShortcut(QKeySequence(shortcut))
            actions.append(action)

        period = QAction("Period", self)
        # Here too: the menu of a button is out of a screen reader's reach.
        period.setMenu(self.head.period.menu())
        actions.append(period)
        add("Choose the period", self.head.period.setFocus, "Ctrl+P")
        add("Refresh findings", self.refresh, "F5")
        add("Go to the checklist", self.checklist.setFocus, "Ctrl+L")
        add("Go to the findings", self.table.setFocus, "Ctrl+T")
        add("Go to the note", self.details.form.note.setFocus, "Ctrl+D")
        add("Next open finding", self.findings.go_to_next_open, "Ctrl+J")
        add("Open in audit log", self.open_in_log, "Ctrl+G")
        add("Take back the last decision", self.deciding.take_back)
        add("Edit policy…", self.dialogs.open_policy)
        add("Country data…", lambda: self.dialogs.choose_country_data(self._country_data()))
        add("Without country data", lambda: self.use_country_data(""))
        add("Save report…", self.dialogs.open_report, "Ctrl+E")
        # As the button does: nothing, where the period cannot be signed.
        add("Sign off period…", self.head.sign_off.click, "Ctrl+Shift+S")
        actions += self.table.sort_actions()
        return actions

    def open_in_log(self) -> None:
        """The finding's entries on the audit log page."""
        filters = self.details.entries_filters()
        if filters is not None:
            self.open_entries.emit(filters)

    # -- layout ----------------------------------------------------------------

    def save_layout(self, state: QSettings) -> None:
        """Keep splitter and period."""
        self.splitter.save_layout(state)
        choice = self.head.choice
        if choice.preset is not Preset.CUSTOM:
            state.setValue("review/period", choice.preset.value)

    def restore_layout(self, state: QSettings) -> None:
        """As they were; what does not fit any more is passed over."""
        self.splitter.restore_layout(state)
        period = state.value("review/period")
        if period in {one.value for one in Preset}:
            self.head.set_choice(PeriodChoice(Preset(period)))


def path_or_none(text: str) -> Path | None:
    """A path; None for ""."""
    return Path(text) if text else None
