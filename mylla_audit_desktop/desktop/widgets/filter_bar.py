"""The filter row: period, actor, action, target, hour, as one `LogFilters`.

Filters apply after a short pause of typing. What cannot be understood is marked
at its field in words, and the result stays as it was.
"""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.reader import ActorChoice
from mylla_audit_desktop.desktop.formats import format_days
from mylla_audit_desktop.desktop.widgets import (
    CutLabel,
    button,
    explain,
    field_label,
    mark_wrong,
    plain_tooltip,
    say_aloud,
)
from mylla_audit_desktop.desktop.widgets.choices import Choice, ChoiceCompleter
from mylla_audit_desktop.desktop.widgets.field_keys import leave_shortcuts
from mylla_audit_desktop.desktop.widgets.period_button import PeriodButton
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset, preset_days
from mylla_audit_desktop.log.query import check_action_pattern
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.week import WeekHour

_PAUSE_MS = 300
# Of the choice alone, and with its days.
_PERIOD_WIDTHS = (130, 252)
_EXPORT_TIP = "Write exactly these entries to a CSV (Ctrl+E)"


class FilterBar(QFrame):
    """Emits `filters_changed` with a valid `LogFilters` when it differs from the last."""

    filters_changed = Signal(object)
    refresh_requested = Signal()
    export_requested = Signal()

    def __init__(
        self,
        catalog: ActionCatalog,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        defaults: LogFilters | None = None,
        *,
        has_export: bool = True,
    ) -> None:
        """`defaults` are in force at first and after Clear filters."""
        super().__init__()
        self._defaults = defaults or LogFilters()
        self.setObjectName("filters")
        self._catalog = catalog
        self._zone, self._now = zone, now
        # What was asked last, and on which day: the same words mean other days on another.
        self._last: tuple[LogFilters, date] | None = None
        self._hours: tuple[WeekHour, ...] = ()
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.period = PeriodButton()
        self.start, self.end = QLineEdit(), QLineEdit()
        self.actor, self.action, self.target = QLineEdit(), QLineEdit(), QLineEdit()
        # Hours of the week come from a click on the activity page; here they are seen and
        # taken away.
        self.hours = button("", "chip")
        self.hours.hide()
        self.clear = button("Clear filters", "flat")
        self.refresh = button("Refresh")
        self.refresh.setToolTip("Read the log anew (F5)")
        self.export = button("Export CSV…", "primary")
        self.export.setToolTip(_EXPORT_TIP)
        self.export.setVisible(has_export)
        self.message = CutLabel("error")
        # A long sentence ends in … where there is no room; the tooltip has all of it.
        self.message.setMinimumWidth(10)
        self.message.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.message.setAccessibleName("Filter error")
        self._lay_out()
        self._connect()
        self.set_filters(self._defaults)

    def _lay_out(self) -> None:
        row = self._fields = QHBoxLayout()
        row.setSpacing(8)
        fields: tuple[tuple[str, QWidget, int, str], ...] = (
            ("Date range", self.period, _PERIOD_WIDTHS[0], ""),
            ("From", self.start, 108, "No limit"),
            ("To", self.end, 108, "No limit"),
            ("Actor", self.actor, 150, "Anyone"),
            ("Action", self.action, 160, "Any, e.g. number.*"),
            ("Target", self.target, 150, "Paste an ID"),
        )
        for name, widget, width, placeholder in fields:
            # Where there is room, names and days get it before the gap at the right does.
            row.addLayout(_captioned(name, widget), 0 if name in {"From", "To"} else 10)
            widget.setAccessibleName(name)
            is_long = name in {"Actor", "Action", "Target"}
            widget.setMinimumWidth(96 if is_long else width)
            widget.setMaximumWidth(width + (70 if is_long else 0))
            widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if isinstance(widget, QLineEdit):
                widget.setPlaceholderText(placeholder)
                widget.setClearButtonEnabled(name not in {"From", "To"})
        self.period.setMaximumWidth(_PERIOD_WIDTHS[1])
        self.start.setToolTip("A date (whole day), or a time with offset; empty for no limit")
        self.end.setToolTip("A date (included), or a time with offset; empty for no limit")
        self.actor.setToolTip("IDs or names, separated by commas")
        self.action.setToolTip("Names or patterns with * and ?, separated by commas")
        self.target.setToolTip("The ID of an object: everything that touched exactly it")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        for widget in (self.hours, self.clear, self.refresh, self.export):
            if widget is self.refresh:
                self._buttons.addStretch(1)
            self.add_button(widget)
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(16, 10, 16, 4)
        self._rows.setSpacing(8)
        self._rows.addLayout(row, 20)
        self._rows.addLayout(self._buttons, 1)

    def add_button(self, widget: QPushButton) -> None:
        """Put a button at the right end of the row."""
        column = QVBoxLayout()
        column.addStretch(1)
        column.addWidget(widget)
        self._buttons.addLayout(column)

    def sizeHint(self) -> QSize:
        """As narrow as the fields can be."""
        return QSize(700, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Likewise: where there is no room beside the fields, the buttons go below them."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons beside the fields, or below them where the window is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        margins = self._rows.contentsMargins()
        needed = margins.left() + margins.right() + self._rows.spacing()
        for part in (self._fields, self._buttons):
            needed += part.minimumSize().width()
        is_narrow = self.width() < needed
        way = QBoxLayout.Direction
        self._rows.setDirection(way.TopToBottom if is_narrow else way.LeftToRight)

    def _connect(self) -> None:
        self.period.chosen.connect(self._take_preset)
        for field in (self.start, self.end):
            # Also where a screen reader writes into the field, which Qt does not call an edit.
            field.textChanged.connect(self._take_custom)
        for field in (self.actor, self.action, self.target):
            field.textChanged.connect(self._start_pause)
        for field in (self.actor, self.action):
            # A name may have been left half typed.
            field.editingFinished.connect(self._start_pause)
        for field in (self.start, self.end, self.actor, self.action, self.target):
            field.returnPressed.connect(self._apply)
        leave_shortcuts(self.start, self.end, self.actor, self.action, self.target)
        self._timer.timeout.connect(self._apply_when_typed)
        self.hours.clicked.connect(self._remove_hours)
        self.clear.clicked.connect(self.clear_filters)
        self.refresh.clicked.connect(self.refresh_requested)
        self.export.clicked.connect(self.export_requested)

    # -- what is asked ---------------------------------------------------------

    def filters(self) -> LogFilters:
        """What the fields say. Raises InputError that names the field."""
        preset = self.period.preset
        period = (
            PeriodChoice(preset, self.start.text().strip(), self.end.text().strip())
            if preset is Preset.CUSTOM
            else PeriodChoice(preset)
        )
        try:
            actions = tuple(
                check_action_pattern(action, "separate several with a comma")
                for action in _split(self.action.text())
            )
        except InputError as error:
            raise InputError(error.what, error.advice, field="Action") from None
        # One ID, whole: whatever characters it holds.
        target = self.target.text().strip()
        filters = LogFilters(
            period,
            tuple(_split(self.actor.text())),
            actions,
            (target,) if target else (),
            self._hours,
        )
        filters.resolve(self._now(), self._zone)
        return filters

    def set_filters(self, filters: LogFilters) -> None:
        """Show filters and apply them at once."""
        self.period.set_preset(filters.period.preset)
        self.actor.setText(", ".join(filters.actors))
        self.action.setText(", ".join(filters.actions))
        self.target.setText(", ".join(filters.targets))
        for field in (self.actor, self.action, self.target):
            # What is longer than its field is read from its start.
            field.setCursorPosition(0)
        self._show_hours(filters.hours)
        if filters.period.preset is Preset.CUSTOM:
            self.period.say_days("")
            self._say_bounds(filters.period.start, filters.period.end)
            # An exact time is longer than the field; its day is what tells.
            self.start.setCursorPosition(0)
            self.end.setCursorPosition(0)
        else:
            self._show_days()
        # At once: the pause that the new texts began is over.
        self._apply()

    def clear_filters(self) -> None:
        """As it was at first."""
        self.set_filters(self._defaults)
        self.period.setFocus()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days are whole days of this zone from now on."""
        self._zone = zone
        self.renew_days()

    def renew_days(self) -> None:
        """Show the days that the period means now."""
        if self.period.preset is not Preset.CUSTOM:
            self._show_days()

    def offer(self, actors: tuple[ActorChoice, ...], actions: tuple[str, ...]) -> None:
        """What Actor and Action complete from, besides the catalogue."""
        self.actor.setCompleter(
            ChoiceCompleter(
                [
                    Choice(
                        f"{visible_text(one.actor_name)}  {visible_text(one.actor_id)}",
                        # Who is chosen is meant, under former names too.
                        one.actor_id if _fits(one.actor_id) else one.actor_name,
                        (one.actor_name, one.actor_id),
                    )
                    for one in actors
                ],
                self.actor,
            )
        )
        patterns = [Choice(pattern, pattern) for pattern in self._catalog.patterns()]
        known = dict.fromkeys((*self._catalog.names(), *actions))
        self.action.setCompleter(
            ChoiceCompleter(
                patterns + [Choice(visible_text(name), name) for name in sorted(known)],
                self.action,
            )
        )
        for field in (self.actor, self.action):
            completer = field.completer()
            if isinstance(completer, ChoiceCompleter):
                completer.closed.connect(self._start_pause)

    def allow_export(self, why_not: str) -> None:
        """Grey out Export CSV with the reason; "" allows it."""
        self.export.setEnabled(not why_not)
        self.export.setToolTip(plain_tooltip(why_not) if why_not else _EXPORT_TIP)
        self.export.setAccessibleDescription(why_not)

    def show_error(self, error: InputError) -> None:
        """Mark the field that is wrong, in words."""
        for field in (self.start, self.end, self.actor, self.action, self.target):
            is_wrong = field.accessibleName() == error.field
            mark_wrong(field, error.sentence if is_wrong else "")
        shown = visible_text(error.sentence)
        if shown and shown != self.message.text():
            say_aloud(self.message, shown)
        self.message.setText(shown)
        explain(self.message, error.sentence)

    def _apply(self) -> None:
        self._timer.stop()
        try:
            filters = self.filters()
        except InputError as error:
            self.show_error(error)
            return
        self.show_error(InputError(""))
        asked = (filters, self._today())
        if asked != self._last:
            self._last = asked
            self.filters_changed.emit(filters)

    def _apply_when_typed(self) -> None:
        """Wait on while a name is half typed: its completions are on offer."""
        if not any(_is_half_typed(field) for field in (self.actor, self.action)):
            self._apply()

    def _start_pause(self) -> None:
        self._timer.start()

    def _take_preset(self) -> None:
        if self.period.preset is not Preset.CUSTOM:
            self._show_days()
        else:
            self.period.say_days("")
            self.start.setFocus()
        self._apply()

    def _take_custom(self) -> None:
        self.period.set_preset(Preset.CUSTOM)
        self.period.say_days("")
        self._start_pause()

    def _remove_hours(self) -> None:
        self._show_hours(())
        self.target.setFocus()
        self._apply()

    def _show_hours(self, hours: tuple[WeekHour, ...]) -> None:
        self._hours = hours
        labels = [hour.label for hour in hours]
        shown = labels[0] if len(labels) == 1 else f"{len(labels)} hours of the week"
        self.hours.setText(f"{shown}  ×")
        self.hours.setAccessibleName(f"Remove the filter {shown}")
        self.hours.setToolTip(f"Only {', '.join(labels)}: click to show every hour again")
        self.hours.setVisible(bool(hours))
        self._arrange()

    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    def _show_days(self) -> None:
        days = preset_days(self.period.preset, self._today())
        self.period.say_days("" if days is None else format_days(*days))
        self._say_bounds(*(("", "") if days is None else (day.isoformat() for day in days)))

    def _say_bounds(self, start: str, end: str) -> None:
        """Show the bounds of a period; nobody has typed them."""
        for field, text in ((self.start, start), (self.end, end)):
            with QSignalBlocker(field):
                field.setText(text)


def _captioned(name: str, widget: QWidget) -> QVBoxLayout:
    caption = field_label(name, widget, "caption")
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addWidget(caption)
    column.addWidget(widget)
    column.setAlignment(widget, Qt.AlignmentFlag.AlignTop)
    return column


def _is_half_typed(field: QLineEdit) -> bool:
    completer = field.completer()
    return (
        field.hasFocus()
        and isinstance(completer, ChoiceCompleter)
        and completer.is_half_typed(field.text())
    )


def _fits(value: str) -> bool:
    """Whether a field of several values can hold it as one."""
    return _split(value) == [value]


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
