"""The audit log page: wires filters, table, details and export together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout

from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.complaints import Complaints
from mylla_audit_desktop.desktop.audit_log.copying import Copying
from mylla_audit_desktop.desktop.audit_log.details_pane import DetailsPane
from mylla_audit_desktop.desktop.audit_log.details_reader import DetailsReader
from mylla_audit_desktop.desktop.audit_log.empty_table import EmptyTable
from mylla_audit_desktop.desktop.audit_log.entry_model import EntryModel
from mylla_audit_desktop.desktop.audit_log.entry_table import EntryTable
from mylla_audit_desktop.desktop.audit_log.export_subject import ExportSubject
from mylla_audit_desktop.desktop.audit_log.exporting import OPEN_FIRST, Exporting
from mylla_audit_desktop.desktop.audit_log.log_splitter import LogSplitter
from mylla_audit_desktop.desktop.audit_log.new_entries import NewEntries
from mylla_audit_desktop.desktop.audit_log.type_ahead import TypeAhead
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.no_entries import (
    CLEAR_FILTERS,
    EVERYTHING,
    SHOW_ALL_TIME,
    no_entries,
)
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.settings import SettingsStore
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import separator
from mylla_audit_desktop.desktop.widgets.filter_bar import FilterBar
from mylla_audit_desktop.desktop.widgets.log_choices import LogChoices
from mylla_audit_desktop.desktop.widgets.page import NoLog, Page
from mylla_audit_desktop.desktop.widgets.result_line import ResultLine
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import Period, PeriodChoice, Preset
from mylla_audit_desktop.log.query import Sort

_CHOICES_MS = 200
# What may take long.
_READING, _COUNTING, _PREPARING = "Reading…", "Counting…", "Preparing to scroll…"
_SEARCHING, _COPYING = "Searching…", "Copying…"
_CANCELLED = "Reading was cancelled; the entries are those read before. Refresh reads anew."


class AuditLogPage(Page):
    """Shows the log of one database at a time."""

    snapshot_taken = Signal(object)

    def __init__(
        self,
        background: Background,
        theme: Theme,
        catalog: ActionCatalog,
        settings: SettingsStore,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._background = background
        self._now, self._zone = now, settings.settings.zone()
        self._reader: LogReader | None = None
        # Those in force, those whose entries are asked for, and those whose entries are shown.
        self._filters = self._asked = self._shown = LogFilters()
        self._sort = Sort()
        self._kept_id: int | None = None
        self.bar = FilterBar(catalog, self._zone, now)
        self.line = ResultLine(self.bar.message)
        self.summary, self.banner, self.busy = self.line.summary, self.line.banner, self.line.busy
        self.model = EntryModel(background, self._zone, self)
        self.table = EntryTable(self.model, theme)
        self.details = DetailsPane(catalog, theme, self._zone)
        self.notice = EmptyTable(self.table)
        self._results = QStackedWidget()
        # The ground of the table, so that nothing changes but the words.
        self._results.setObjectName("panel")
        self._results.addWidget(self.table)
        self._results.addWidget(self.notice)
        self._splitter = LogSplitter(self._results, self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.line)
        layout.addWidget(separator())
        layout.addWidget(self._splitter, 1)
        self._choices = LogChoices(background, self.bar)
        self._complaints = Complaints(self.bar, self.model, self)
        self._details_reader = DetailsReader(background, self)
        self._copying = Copying(background, self.model, self.table)
        self._type_ahead = TypeAhead(background, self.model, self.table)
        self._new_entries = NewEntries(background, self.model, self)
        self.exporting = Exporting(background, settings, self._export_subject, self)
        self._connect()
        self.bar.allow_export(OPEN_FIRST)

    def _connect(self) -> None:
        self.bar.filters_changed.connect(self._take_filters)
        self.bar.refresh_requested.connect(self.refresh)
        self.bar.export_requested.connect(self.exporting.open)
        self.banner.clicked.connect(self.refresh)
        self.line.stop.clicked.connect(self._stop_reading)
        self.notice.action.clicked.connect(self._act_on_notice)
        self.table.sort_changed.connect(self._take_sort)
        self.table.entry_selected.connect(self._show_entry)
        self.table.trace_target.connect(self.trace)
        self.details.trace_target.connect(self.trace)
        self.table.only_actor.connect(lambda actor: self._narrow(actors=(actor,)))
        self.table.only_action.connect(lambda action: self._narrow(actions=(action,)))
        self.table.copy_requested.connect(self.copy_selection)
        for refused in (
            self._copying.refused,
            self.table.selection_refused,
            self.exporting.refused,
        ):
            refused.connect(self._complaints.tell_refusal)
        for work, name in ((self._copying, _COPYING), (self._type_ahead, _SEARCHING)):
            work.begun.connect(partial(self.line.begin, name))
            work.ended.connect(partial(self.line.end, name))
            work.failed.connect(self._take_failure)
        self._type_ahead.missed.connect(self.line.tell)
        self._new_entries.counted.connect(self.line.show_new)
        self._details_reader.described.connect(self.details.show_details)
        self._details_reader.delayed.connect(lambda: self._say_of_entry("Reading the entry…"))
        self._details_reader.failed.connect(self._take_details_failure)
        self.model.first_page_shown.connect(self._take_first_page)
        self.model.count_known.connect(self._take_count)
        self.model.failed.connect(self._take_failure)
        self.model.waypoints_known.connect(lambda: self.line.end(_PREPARING))

    # -- which log -------------------------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Show a log with the filters as they are; of the one before, nothing stays."""
        if self._reader is not None:
            self._forget_log()
        self.exporting.use(log)
        self.bar.allow_export(log.access.no_export)
        reader = self._reader = LogReader(log.database)
        # Nobody types yet, and the first rows are on their way.
        self._choices.use(reader, _CHOICES_MS)
        # Entries of another log have other IDs: none stays selected.
        self._kept_id = None
        self._ask()
        self._copying.use(reader)
        self._type_ahead.use(reader)
        self._new_entries.use(reader)

    def _forget_log(self) -> None:
        self._details_reader.cancel()
        self.model.clear()
        self.summary.say("")
        self.banner.hide()
        self.say("Opening the audit log", "One moment.", is_passing=True)

    def say(
        self,
        title: str,
        sentence: str,
        action: str = "",
        other: str = "",
        *,
        is_passing: bool = False,
    ) -> None:
        """Show a state in the place of the table."""
        self.line.rest()
        self.notice.say(title, sentence, action, other)
        self._results.setCurrentWidget(self.notice)
        # There is none to select.
        self.details.show_details(None, hint="")
        self.line.announce(self.notice.accessibleDescription(), is_passing=is_passing)

    def say_no_log(self, state: NoLog) -> None:
        """With its second button, as the first page."""
        self.say(
            state.title, state.sentence, state.action, state.other, is_passing=state.is_passing
        )

    @property
    def filters(self) -> LogFilters:
        """The filters in force."""
        return self._filters

    def trace(self, target: str) -> None:
        """Everything that touched one object, all time."""
        self.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME), targets=(target,)))

    def refresh(self) -> None:
        """Read the log anew; the selected entry stays selected."""
        self._choices.read()
        self._read_again()

    def _read_again(self) -> None:
        current = self.table.current_entry()
        self._kept_id = None if current is None else current.id
        self._ask()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days and times are of another zone from now on."""
        self._zone = zone
        self.bar.set_zone(zone)
        self.model.set_zone(zone)
        self.details.set_zone(zone)
        self._read_again()

    def take_focus(self) -> None:
        """The keyboard goes to the entries."""
        self.table.setFocus()

    def menu_actions(self) -> list[QAction]:
        """Export, refresh, find a target, clear the filters, copy."""
        return [
            self._action("Export CSV…", self.exporting.open, "Ctrl+E"),
            self._action("Refresh", self.refresh, "F5"),
            self._action("Find a target", self.bar.target.setFocus, "Ctrl+F"),
            self._action("Clear filters", self.bar.clear_filters, "Ctrl+Shift+X"),
            self._action("Copy entries", self.copy_selection),
        ]

    def _action(self, text: str, call: Callable[[], object], shortcut: str = "") -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        # Without the boolean that the signal carries.
        action.triggered.connect(lambda _=False: call())
        return action

    # -- asking ----------------------------------------------------------------

    def _take_filters(self, filters: LogFilters) -> None:
        self.exporting.forget(but=filters)
        self._filters = filters
        self._kept_id = None
        self._ask()

    def _take_sort(self, sort: Sort) -> None:
        self._sort = sort
        self._read_again()

    def _narrow(self, *, actors: tuple[str, ...] = (), actions: tuple[str, ...] = ()) -> None:
        mine = self._filters
        self.bar.set_filters(
            replace(mine, actors=actors or mine.actors, actions=actions or mine.actions)
        )

    def _ask(self) -> None:
        if self._reader is None:
            return
        try:
            query = self._filters.resolve(self._now(), self._zone, self._sort)
        except InputError as error:
            self.bar.show_error(error)
            return
        self.bar.renew_days()
        self.banner.hide()
        self._new_entries.forget()
        for work in (_COUNTING, _PREPARING):
            self.line.end(work)
        self.line.begin(_READING)
        self._asked = self._filters
        self.model.ask(self._reader, query)

    def _stop_reading(self) -> None:
        self.line.rest()
        self._type_ahead.cancel()
        self._copying.cancel()
        if not self.model.is_busy:
            return
        is_opening = self.model.is_opening
        self.model.stop()
        if self.model.snapshot is None:
            self.say("Cancelled", "Nothing was read.", "Read again")
        elif is_opening:
            # The summary stays that of the entries on show, and so does their order.
            self._sort = self.model.snapshot.query.sort
            self.table.sort_by(self._sort)
            self.line.tell(_CANCELLED)
        elif self.model.count is None:
            self._show_summary("counting was cancelled")

    # -- answers ---------------------------------------------------------------

    def _take_first_page(self) -> None:
        self.line.end(_READING)
        self._shown = self._asked
        self.table.sort_by(self._sort)
        if self.model.rowCount() == 0:
            # The count, which follows, says so.
            return
        self._results.setCurrentWidget(self.table)
        self.table.scrollToTop()
        # Read behind another page, it leaves the keyboard there.
        if self.isVisible() and (
            self.window().focusWidget() is None
            or not self.bar.isAncestorOf(self.window().focusWidget())
        ):
            self.table.setFocus()
        row = None if self._kept_id is None else self.model.row_of(self._kept_id)
        self.table.go_to(row or 0)
        if self.model.snapshot is not None:
            self.snapshot_taken.emit(self.model.snapshot.taken_at)
        if not self.model.is_exact:
            self.line.begin(_COUNTING)
            self._show_summary("counting…")

    def _take_count(self, count: int) -> None:
        self.line.end(_COUNTING)
        if self.model.waypoints is None:
            self.line.begin(_PREPARING)
        self._show_summary(format_count(count))
        if count:
            self.exporting.take_shown(self._shown)
            return
        self.exporting.forget()
        self.say(*no_entries(self._shown))
        if self.model.snapshot is not None:
            self.snapshot_taken.emit(self.model.snapshot.taken_at)

    def _show_summary(self, count: str) -> None:
        snapshot = self.model.snapshot
        if snapshot is None:
            return
        period = format_period(Period(snapshot.query.start, snapshot.query.end), self._zone)
        text = f"{count} · {period} · {self._zone.key}"
        self.summary.say(text)
        if self.model.is_exact:
            self.line.announce(text)

    def _take_failure(self, error: Exception) -> None:
        self.exporting.forget()
        self.line.rest()
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        if self.model.snapshot is None:
            self.say("The log could not be read", error.sentence, "Try again")
        else:
            self._complaints.tell_failure(error)

    def _act_on_notice(self) -> None:
        action = self.notice.action.text()
        if action == CLEAR_FILTERS:
            self.bar.clear_filters()
        elif action == SHOW_ALL_TIME:
            self.bar.set_filters(EVERYTHING)
        else:
            self.refresh()

    # -- one entry, several entries ----------------------------------------------

    def _show_entry(self, entry: EntrySummary | None) -> None:
        if entry is not None and self._reader is not None:
            self._details_reader.read(self._reader, entry)

    def _take_details_failure(self, error: Exception) -> None:
        self._say_of_entry("This entry could not be read.")
        self._take_failure(error)

    def _say_of_entry(self, hint: str) -> None:
        # What another entry changed must not stand beside this one; its own may stay.
        shown, current = self.details.shown_entry(), self.table.current_entry()
        if shown is None or current is None or shown.id != current.id:
            self.details.show_details(None, hint=hint)

    def copy_selection(self) -> None:
        """The selected entries as tab-separated text, wherever they are."""
        self._copying.copy(self._zone)

    # -- export ----------------------------------------------------------------

    def export_when_shown(self, filters: LogFilters) -> None:
        """Show the entries of these filters, then open their export."""
        is_shown = filters == self._filters and self.model.snapshot is not None
        self.exporting.want(filters)
        self.bar.set_filters(filters)
        if is_shown:
            self.refresh()

    def _export_subject(self) -> ExportSubject | None:
        snapshot = self.model.snapshot
        if snapshot is None:
            return None
        return ExportSubject(
            self._shown, snapshot, self.model.count, self.summary.text(), self._zone
        )

    # -- layout ----------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Details beside the table, or below it where the window is narrow."""
        super().resizeEvent(event)
        self._splitter.fit(event.size().width())

    def save_layout(self, state: QSettings) -> None:
        """Keep splitter and columns."""
        self.table.save_layout(state)
        self._splitter.save_layout(state)

    def restore_layout(self, state: QSettings) -> None:
        """As they were; what does not fit any more is passed over."""
        self.table.restore_layout(state)
        self.table.sort_by(self._sort)
        self._splitter.restore_layout(state)
