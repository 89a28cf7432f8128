"""The activity page: wires filters, charts and tables together."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout

from mylla_audit_desktop.connections.decision_file import decision_file
from mylla_audit_desktop.database.activity import Activity, read_activity
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.review_store import open_review_store
from mylla_audit_desktop.desktop.activity.bars import Bar, make_bars
from mylla_audit_desktop.desktop.activity.charts import Charts
from mylla_audit_desktop.desktop.activity.tables import FigureTables
from mylla_audit_desktop.desktop.activity.working_time import Stretch, working_stretches
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.no_entries import (
    CLEAR_FILTERS,
    EVERYTHING,
    SHOW_ALL_TIME,
    no_entries,
)
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import EmptyState, button, separator
from mylla_audit_desktop.desktop.widgets.filter_bar import FilterBar
from mylla_audit_desktop.desktop.widgets.log_choices import LogChoices
from mylla_audit_desktop.desktop.widgets.page import NoLog, Page
from mylla_audit_desktop.desktop.widgets.result_line import ResultLine
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import Period, PeriodChoice, Preset
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.week import CALENDAR_END, CALENDAR_START, WeekHour
from mylla_audit_desktop.log.zones import system_zone
from mylla_audit_desktop.review.policy import Policy

_DEFAULTS = LogFilters(PeriodChoice(Preset.LAST_90_DAYS))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the background read, and what it was asked.

    policy_problem: why the built-in policy had to do, in a sentence; "" where it had not.
    """

    query: LogQuery
    zone: ZoneInfo
    policy: Policy
    activity: Activity
    policy_problem: str


class ActivityPage(Page):
    """Shows the activity of one log at a time, read when the page is first seen."""

    def __init__(
        self,
        background: Background,
        theme: Theme,
        catalog: ActionCatalog,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        data_folder: Path,
    ) -> None:
        super().__init__()
        self._background, self._now, self._data_folder = background, now, data_folder
        self._zone = zone
        self._log: OpenLog | None = None
        self._filters = _DEFAULTS
        self._is_stale = True
        self._slot = Latest()
        self.activity: Activity | None = None
        self._bars: tuple[Bar, ...] = ()
        self.bar = FilterBar(catalog, zone, now, _DEFAULTS, has_export=False)
        self.table_button = button("Show as table")
        self.table_button.setCheckable(True)
        self.table_button.setToolTip("The same figures as tables")
        self.bar.add_button(self.table_button)
        self._choices = LogChoices(background, self.bar)
        self.line = ResultLine(self.bar.message)
        self.summary = self.line.summary
        self.charts = Charts(theme)
        self.tables = FigureTables()
        self.notice = EmptyState()
        # Whether the keyboard goes to the figures as soon as there are any.
        self._awaits_figures = False
        self._lay_out()
        self._connect()
        self.notice.say("No log is open", "Open one to see its activity.")
        self._stack.setCurrentWidget(self.notice)

    def _lay_out(self) -> None:
        self._scroll = QScrollArea()
        # No stop for the keyboard: the charts in it are.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setObjectName("charts")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.charts)
        self._stack = QStackedWidget()
        # The ground of the charts, whatever stands in their place.
        self._stack.setObjectName("panel")
        for widget in (self._scroll, self.tables, self.notice):
            self._stack.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.line)
        layout.addWidget(separator())
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.bar.filters_changed.connect(self._take_filters)
        self.bar.refresh_requested.connect(self.refresh)
        self.bar.refresh_requested.connect(self._choices.read)
        self.table_button.toggled.connect(self._show_figures)
        self.line.stop.clicked.connect(self._stop_reading)
        self.notice.action.clicked.connect(self._act_on_notice)
        self.charts.heat_map.hour_chosen.connect(self._open_hour)
        self.charts.histogram.days_chosen.connect(self._take_days)
        for name, top_list in self.charts.tops.items():
            top_list.value_chosen.connect(partial(self._open_value, name))
        # The keys of the audit log page, which are its own while it is on show.
        for keys, call in (
            ("F5", self.bar.refresh_requested.emit),
            ("Ctrl+Shift+X", self.bar.clear_filters),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    # -- which log -------------------------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Show this log, once the page is seen."""
        self._log = log
        self.activity = None
        # What was counted was another log, or this one before it was opened again.
        self.summary.say("")
        self._choices.use(LogReader(log.database))
        self.refresh()

    def say_no_log(self, state: NoLog) -> None:
        """In the place of the charts."""
        self._say(state.title, state.sentence, state.action, is_passing=state.is_passing)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Hours and days are of another zone from now on."""
        self._zone = zone
        self.bar.set_zone(zone)
        self.refresh()

    def take_focus(self) -> None:
        """The keyboard goes to the hours, or to them once they are counted."""
        shown = self._stack.currentWidget()
        self._awaits_figures = shown is self.notice
        if shown is self._scroll:
            self.charts.heat_map.setFocus()
        elif shown is self.tables:
            self.tables.hours.setFocus()
        else:
            self.bar.period.setFocus()

    @property
    def filters(self) -> LogFilters:
        """The filters in force."""
        return self._filters

    def refresh(self) -> None:
        """Read the log anew, now if the page is seen, else when it is."""
        self._is_stale = True
        if self.isVisible():
            self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is not up to date."""
        super().showEvent(event)
        if self._is_stale:
            self._ask()

    # -- asking ----------------------------------------------------------------

    def _take_filters(self, filters: LogFilters) -> None:
        self._filters = filters
        self.refresh()

    def _ask(self) -> None:
        log = self._log
        if log is None:
            return
        try:
            query = self._filters.resolve(self._now(), self._zone)
        except InputError as error:
            self.bar.show_error(error)
            return
        self._is_stale = False
        self.bar.renew_days()
        zone = self._zone
        file = decision_file(log.decisions, log.database.label, self._data_folder)
        if self.activity is None:
            self._say("Counting the entries", "One moment.", is_passing=True)
        self.line.begin("Counting…")

        def work(cancellation: Cancellation, _report: Report) -> _Answer:
            policy, problem = _read_policy(log, file, cancellation)
            activity = read_activity(log.database, query, zone, cancellation, policy)
            return _Answer(query, zone, policy, activity, problem)

        self._slot.put(
            self._background.run(work, done=self._take, failed=self._fail, lane="activity")
        )

    def _stop_reading(self) -> None:
        self._slot.cancel()
        self.line.rest()
        self._is_stale = True
        if self.activity is None:
            self._say("Cancelled", "Nothing was counted.", "Count again")
        else:
            self.summary.say(f"{self.summary.text()} · reading was cancelled")

    # -- answers ---------------------------------------------------------------

    def _take(self, answer: _Answer) -> None:
        self.line.rest()
        activity = self.activity = answer.activity
        text = _summary(answer)
        self.summary.say(text)
        self.summary.setToolTip(_OFF_HOURS_WORDS if activity.members else "")
        self.line.announce(text)
        if not activity.count:
            self._say(*no_entries(self._filters))
            return
        first, last = _days_of(answer)
        unit, bars = make_bars(activity.days, first, last)
        self.charts.show_activity(activity, unit, bars, _stretches(answer, bars))
        self.charts.say_policy(answer.policy, answer.policy_problem)
        self._bars = bars
        self._show_figures()
        if self._awaits_figures and self.bar.period.hasFocus():
            self.take_focus()
        self._awaits_figures = False

    def _show_figures(self) -> None:
        is_table = self.table_button.isChecked()
        self.table_button.setText("Show as charts" if is_table else "Show as table")
        self.table_button.setAccessibleName(self.table_button.text())
        if self.activity is None or not self.activity.count:
            return
        if is_table:
            self.tables.show_activity(self.activity, self._bars)
        self._stack.setCurrentWidget(self.tables if is_table else self._scroll)

    def _fail(self, error: Exception) -> None:
        self.line.rest()
        self._is_stale = True
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
        elif self.activity is None:
            self._say("The log could not be counted", error.sentence, "Try again")
        else:
            # What is on the screen stays.
            self.bar.show_error(InputError(error.what, error.advice))

    def _say(
        self, title: str, sentence: str, action: str = "", *, is_passing: bool = False
    ) -> None:
        self.notice.say(title, sentence, action)
        self._stack.setCurrentWidget(self.notice)
        self.line.announce(self.notice.accessibleDescription(), is_passing=is_passing)

    def _act_on_notice(self) -> None:
        if self._log is None:
            self.no_log_acted.emit()
        elif self.notice.action.text() in {CLEAR_FILTERS, SHOW_ALL_TIME}:
            self.bar.set_filters(EVERYTHING)
        else:
            self.refresh()

    # -- from the charts -------------------------------------------------------

    def _open_hour(self, hour: WeekHour) -> None:
        self.open_entries.emit(replace(self._filters, hours=(hour,)))

    def _open_value(self, name: str, value: str) -> None:
        mine = self._filters
        chosen = (value,)
        self.open_entries.emit(
            replace(
                mine,
                actors=chosen if name == "actors" else mine.actors,
                actions=chosen if name == "actions" else mine.actions,
                targets=chosen if name == "targets" else mine.targets,
            )
        )

    def _take_days(self, first: date, last: date) -> None:
        period = PeriodChoice(Preset.CUSTOM, first.isoformat(), last.isoformat())
        self.bar.set_filters(replace(self._filters, period=period))


_OFF_HOURS_WORDS = (
    "Of the entries by team members, those outside the working hours of the policy: in its "
    "time zone or the member's own, whatever the day; holidays are looked at in the review"
)


def _read_policy(log: OpenLog, file: Path, cancellation: Cancellation) -> tuple[Policy, str]:
    """The newest policy. It only draws lines here: without it the figures are the same."""
    try:
        store = open_review_store(log.database, log.access, cancellation, local_file=file)
        return store.read_policy(cancellation).policy, ""
    except KnownError as error:
        return Policy(time_zone=system_zone().key), error.sentence


def _summary(answer: _Answer) -> str:
    activity = answer.activity
    parts = [
        format_count(activity.count),
        format_period(Period(answer.query.start, answer.query.end), answer.zone),
        answer.zone.key,
    ]
    if activity.members:
        parts.append(f"{activity.off_hours / activity.members:.1%}".replace("%", " %"))
        parts[-1] += " outside working hours"
    if activity.outside_calendar:
        parts.append(f"{format_count(activity.outside_calendar)} outside the calendar")
    return " · ".join(parts)


def _days_of(answer: _Answer) -> tuple[date | None, date | None]:
    """First and last day of the period, as far as it is bounded in the calendar."""
    query, zone = answer.query, answer.zone

    def day(instant: Instant | None) -> date | None:
        if instant is None or not CALENDAR_START <= instant < CALENDAR_END:
            return None
        moment = instant.to_datetime(zone)
        return None if moment is None else moment.date()

    last = None if query.end is None else query.end.shifted(-1)
    return day(query.start), day(last)


def _stretches(answer: _Answer, bars: tuple[Bar, ...]) -> tuple[Stretch, ...]:
    return working_stretches(answer.policy, answer.zone, bars[-1].last) if bars else ()
