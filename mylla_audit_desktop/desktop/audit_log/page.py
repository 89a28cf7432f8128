"""The audit log page: wires filters, table, details and export together."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.copying import MOST_COPIED, read_as_text
from mylla_audit_desktop.desktop.audit_log.details_pane import (
    DetailsPane,
    EntryDetails,
    describe_entry,
)
from mylla_audit_desktop.desktop.audit_log.empty_table import EmptyTable
from mylla_audit_desktop.desktop.audit_log.entry_model import EntryModel
from mylla_audit_desktop.desktop.audit_log.entry_table import EntryTable
from mylla_audit_desktop.desktop.audit_log.new_entries import NewEntries
from mylla_audit_desktop.desktop.audit_log.type_ahead import TypeAhead
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.settings import SettingsStore
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import button, plain_label
from mylla_audit_desktop.desktop.widgets.filter_bar import FilterBar
from mylla_audit_desktop.desktop.widgets.page import Page
from mylla_audit_desktop.desktop.widgets.summary_label import SummaryLabel
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import Period, PeriodChoice, Preset
from mylla_audit_desktop.log.query import Sort

if TYPE_CHECKING:  # loaded after the first rows
    from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog

_BUSY_MS = 1_000
_NARROW = 1_100
_DETAILS_WIDTH = 376


class AuditLogPage(Page):
    """Shows the log of one database at a time."""

    snapshot_taken = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        background: Background,
        theme: Theme,
        catalog: ActionCatalog,
        settings: SettingsStore,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._background, self._theme = background, theme
        self._settings, self._now = settings, now
        self._zone = settings.settings.zone()
        self._database: Database | None = None
        self._no_export = ""
        self._reader: LogReader | None = None
        self._filters = LogFilters()
        self._sort = Sort()
        self._details_slot = Latest()
        self._kept_id: int | None = None
        # The filters whose export is to be opened once their entries are shown.
        self._to_export: LogFilters | None = None
        # Whether the message beside the summary is about the server.
        self._says_failure = False
        self.bar = FilterBar(catalog, self._zone)
        self.model = EntryModel(background, self._zone, self)
        self.table = EntryTable(self.model, theme)
        self.details = DetailsPane(catalog, theme, self._zone)
        self.summary = SummaryLabel()
        self.banner = button("", "banner")
        self.banner.hide()
        self.stop = button("Cancel", "link")
        self.stop.setAccessibleName("Cancel reading")
        self.busy = plain_label("", "muted")
        self.notice = EmptyTable(self.table)
        self._lay_out()
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self._type_ahead = TypeAhead(background, self.model, self.table)
        self._new_entries = NewEntries(background, self.model, self)
        self._connect()
        self._show_busy(is_busy=False)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("filters")
        line = QHBoxLayout(head)
        line.setContentsMargins(16, 2, 16, 8)
        line.setSpacing(8)
        line.addWidget(self.summary)
        line.addWidget(self.bar.message, 1)
        line.addWidget(self.busy)
        line.addWidget(self.stop)
        line.addStretch(1)
        line.addWidget(self.banner)
        head.setFixedHeight(32)
        self.results = QStackedWidget()
        # The ground of the table, so that nothing changes but the words.
        self.results.setObjectName("panel")
        self.results.addWidget(self.table)
        self.results.addWidget(self.notice)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(self.results)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setSizes([900, _DETAILS_WIDTH])
        self.details.setMinimumWidth(300)
        self.details.setMinimumHeight(160)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(head)
        layout.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.bar.filters_changed.connect(self._take_filters)
        self.bar.refresh_requested.connect(self.refresh)
        self.bar.export_requested.connect(self.open_export)
        self.banner.clicked.connect(self.refresh)
        self.stop.clicked.connect(self._stop_reading)
        self.notice.action.clicked.connect(self._act_on_notice)
        self.table.sort_changed.connect(self._take_sort)
        self.table.entry_selected.connect(self._show_entry)
        self.table.trace_target.connect(self.trace)
        self.details.trace_target.connect(self.trace)
        self.table.only_actor.connect(lambda actor: self._narrow(actors=(actor,)))
        self.table.only_action.connect(lambda action: self._narrow(actions=(action,)))
        self.table.copy_requested.connect(self.copy_selection)
        self._type_ahead.failed.connect(self._take_failure)
        self._new_entries.counted.connect(self._show_new)
        self.model.first_page_shown.connect(self._take_first_page)
        self.model.count_known.connect(self._take_count)
        self.model.failed.connect(self._take_failure)
        for answered in (self.model.page_shown, self.model.waypoints_known):
            answered.connect(self._take_recovery)
        self._busy_timer.timeout.connect(lambda: self._show_busy(is_busy=True))

    # -- which log -------------------------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Show a log with the filters as they are; of the one before, nothing stays."""
        if self._database is not None:
            self._forget_log()
        self._database = log.database
        self._no_export = log.access.no_export
        self.bar.allow_export(self._no_export)
        reader = self._reader = LogReader(log.database)
        self._background.run(
            lambda cancellation, _report: (
                reader.read_actors(cancellation),
                reader.read_actions(cancellation),
            ),
            done=lambda choices: self.bar.offer(*choices),
            # Without choices the fields still work; the page itself says what fails.
            failed=lambda _error: None,
            lane="choices",
        )
        # Entries of another log have other IDs: none stays selected.
        self._kept_id = None
        self._ask()
        self._type_ahead.use(reader)
        self._new_entries.use(reader)

    def _forget_log(self) -> None:
        self._details_slot.cancel()
        self.model.clear()
        self.summary.say("")
        self.banner.hide()
        self.say("Opening the audit log", "One moment.")

    def say(self, title: str, sentence: str, action: str = "", other: str = "") -> None:
        """Show a state in the place of the table."""
        self._show_busy(is_busy=False)
        self.notice.say(title, sentence, action, other)
        self.results.setCurrentWidget(self.notice)
        # There is none to select.
        self.details.show_details(None, hint="")
        self._announce(self.notice.sentences())

    @property
    def filters(self) -> LogFilters:
        """The filters in force."""
        return self._filters

    def trace(self, target: str) -> None:
        """Everything that touched one object, all time."""
        self.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME), targets=(target,)))

    def refresh(self) -> None:
        """Read the log anew; the selected entry stays selected."""
        current = self.table.current_entry()
        self._kept_id = None if current is None else current.id
        self._ask()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days and times are of another zone from now on."""
        self._zone = zone
        self.bar.set_zone(zone)
        self.model.set_zone(zone)
        self.details.set_zone(zone)
        self.refresh()

    def take_focus(self) -> None:
        """The keyboard goes to the entries."""
        self.table.setFocus()

    def menu_actions(self) -> list[QAction]:
        """Export, refresh, find a target, clear the filters, copy."""
        return [
            self._action("Export CSV…", self.open_export, "Ctrl+E"),
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
        if filters != self._to_export:
            self._to_export = None
        self._filters = filters
        self._kept_id = None
        self._ask()

    def _take_sort(self, sort: Sort) -> None:
        self._sort = sort
        self.refresh()

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
        self.banner.hide()
        self._new_entries.forget()
        self._busy_timer.start()
        self.model.ask(self._reader, query)

    def _stop_reading(self) -> None:
        self.model.cancel()
        self._show_busy(is_busy=False)
        if self.model.snapshot is None:
            self.say("Cancelled", "Nothing was read.", "Read again")
        else:
            self._show_summary("reading was cancelled")

    def _show_busy(self, *, is_busy: bool) -> None:
        self._busy_timer.stop()
        self.busy.setText("Reading…" if is_busy else "")
        self.busy.setVisible(is_busy)
        self.stop.setVisible(is_busy)

    # -- answers ---------------------------------------------------------------

    def _take_first_page(self) -> None:
        self._show_busy(is_busy=False)
        self.table.sort_by(self._sort)
        if self.model.rowCount() == 0:
            self._take_count(0)
            return
        self.results.setCurrentWidget(self.table)
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
            self._show_summary("counting…")

    def _take_count(self, count: int) -> None:
        self._show_busy(is_busy=False)
        self._show_summary(format_count(count))
        if count:
            self._open_wanted_export()
            return
        self._to_export = None
        if self._filters == LogFilters():
            self.say("No entries in the last 30 days", "Choose a longer period.", "Show all time")
        else:
            self.say(
                "No entries match", "Choose a longer period or fewer filters.", "Clear filters"
            )
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
            self._announce(text)

    def _take_failure(self, error: Exception) -> None:
        self._to_export = None
        self._show_busy(is_busy=False)
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        if self.model.snapshot is None:
            self.say("The log could not be read", error.sentence, "Try again")
        else:
            # What is on the screen stays.
            self._says_failure = True
            self.bar.show_error(InputError(error.what, error.advice))
        self.failed.emit(error)

    def _take_recovery(self) -> None:
        """The server answers again: what was said of it is over, where nothing is missing."""
        if self._says_failure and self.model.waypoints is not None:
            self._says_failure = False
            self.bar.show_error(InputError(""))

    def _act_on_notice(self) -> None:
        action = self.notice.action.text()
        if action == "Clear filters":
            self.bar.clear_filters()
        elif action == "Show all time":
            self.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        else:
            self.refresh()

    def _announce(self, text: str) -> None:
        """Have a screen reader say it."""
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.summary, text))

    # -- details ---------------------------------------------------------------

    def _show_entry(self, entry: EntrySummary | None) -> None:
        reader = self._reader
        if entry is None or reader is None:
            return

        def work(cancellation: Cancellation, _report: Report) -> EntryDetails | None:
            whole = reader.read_entry(entry.id, entry.occurred_at, cancellation)
            return None if whole is None else describe_entry(whole)

        self._details_slot.put(
            self._background.run(
                work,
                done=self.details.show_details,
                failed=self._take_failure,
                lane="details",
            )
        )

    # -- new entries -----------------------------------------------------------

    def _show_new(self, count: int) -> None:
        text = f"{format_count(count, 'new entry', 'new entries')} — Refresh"
        if count and self.banner.text() != text:
            self.banner.setText(text)
            self.banner.setAccessibleName(text)
            self._announce(text)
        self.banner.setVisible(bool(count))

    # -- table -----------------------------------------------------------------

    def copy_selection(self) -> None:
        """The selected entries as tab-separated text, wherever they are."""
        reader, snapshot = self._reader, self.model.snapshot
        ranges = self.table.selected_ranges()
        if reader is None or snapshot is None or not ranges:
            return
        if sum(last - first + 1 for first, last in ranges) > MOST_COPIED:
            self.bar.show_error(
                InputError(f"More than {MOST_COPIED:,} entries are selected.", "Use Export CSV.")
            )
            return
        waypoints, zone = self.model.waypoints, self._zone
        self._background.run(
            lambda cancellation, _report: read_as_text(
                reader, snapshot, ranges, waypoints, zone, cancellation
            ),
            done=QGuiApplication.clipboard().setText,
            failed=self._take_failure,
            lane="details",
        )

    # -- export ----------------------------------------------------------------

    def open_export(self) -> None:
        """The export dialog over what is on the screen."""
        if self._no_export:
            # By its key or the menu; the button is grey.
            self.bar.show_error(InputError(self._no_export))
            return
        dialog = self.export_dialog()
        if dialog is not None:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            # Not exec(): a screen reader that pressed the button waits for it to return.
            dialog.open()

    def export_when_shown(self, filters: LogFilters) -> None:
        """Show the entries of these filters, then open their export."""
        is_shown = filters == self._filters and self.model.snapshot is not None
        self._to_export = filters
        self.bar.set_filters(filters)
        if is_shown:
            self.refresh()

    def _open_wanted_export(self) -> None:
        if self._to_export is not None and self._to_export == self._filters:
            self._to_export = None
            self.open_export()

    def export_dialog(self, folder: Path | None = None) -> "ExportDialog | None":
        """The dialog; None while nothing is shown."""
        from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog, ExportSubject

        if self._database is None or self.model.snapshot is None:
            return None
        subject = ExportSubject(
            self._filters,
            self.model.snapshot,
            self.model.count,
            self.summary.text(),
            self._zone,
        )
        return ExportDialog(
            self._database,
            subject,
            self._background,
            folder or Path.home(),
            Profile(self._settings.settings.export_profile),
            lambda profile: self._settings.change(export_profile=profile.value),
            self,
        )

    # -- layout ----------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Details beside the table, or below it where the window is narrow."""
        super().resizeEvent(event)
        is_narrow = event.size().width() < _NARROW
        wanted = Qt.Orientation.Vertical if is_narrow else Qt.Orientation.Horizontal
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)
            self.splitter.setSizes([500, 300] if is_narrow else [900, _DETAILS_WIDTH])

    def save_layout(self, state: QSettings) -> None:
        """Keep splitter and columns."""
        state.setValue("audit_log/columns", self.table.horizontalHeader().saveState())
        state.setValue("audit_log/has_own_widths", self.table.has_own_widths)
        state.setValue("audit_log/splitter", self.splitter.saveState())

    def restore_layout(self, state: QSettings) -> None:
        """As they were; what does not fit any more is passed over."""
        columns, splitter = state.value("audit_log/columns"), state.value("audit_log/splitter")
        if columns is not None:
            self.table.horizontalHeader().restoreState(columns)
            self.table.has_own_widths = state.value("audit_log/has_own_widths") in {True, "true"}
            self.table.sort_by(self._sort)
        if splitter is not None:
            self.splitter.restoreState(splitter)
