"""Heat map, histogram and the most frequent values, with their words."""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mylla_audit_desktop.database.activity import Activity
from mylla_audit_desktop.desktop.activity.bars import Bar, Unit
from mylla_audit_desktop.desktop.activity.heat_map import HEADER_HEIGHT, HeatMap
from mylla_audit_desktop.desktop.activity.histogram import Histogram
from mylla_audit_desktop.desktop.activity.top_list import ROW_HEIGHT, TopList
from mylla_audit_desktop.desktop.activity.working_time import Stretch
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import (
    CutLabel,
    explain,
    field_label,
    plain_label,
    show_words,
)
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.policy_words import describe_policy

# Heights in pixels, usual and at most; rows of the lists.
_ROW, _TALLEST_ROW = 29, 44
_BARS, _TALLEST_BARS = 72, 150
_FEWEST, _MOST = 4, 10


class Charts(QWidget):
    """The charts of one `Activity`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.heat_map = HeatMap(theme)
        self.histogram = Histogram(theme)
        # By the filter that a click on a value sets.
        self.tops = {
            name: TopList(theme, f"Top {name}") for name in ("actors", "actions", "targets")
        }
        # Where there is no room it is cut, and whole in the tooltip; the hours are not.
        self._hint = CutLabel("muted")
        self._hint.setMinimumWidth(10)
        self._marks = plain_label("", "muted")
        self._marks.setAccessibleName("Busiest hours")
        self._note = plain_label("", "muted")
        self._unit = plain_label("", "muted")
        self._first, self._last = plain_label("", "muted"), plain_label("", "muted")
        self._others: int | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(2)
        layout.addWidget(field_label("Activity by hour", self.heat_map, "title"))
        layout.addLayout(_line(self._hint, self._marks))
        layout.addSpacing(4)
        layout.addWidget(self.heat_map)
        layout.addSpacing(10)
        layout.addWidget(field_label("Entries over time", self.histogram, "title"))
        layout.addLayout(_line(self._unit, self._note))
        layout.addSpacing(4)
        layout.addWidget(self.histogram)
        layout.addLayout(_line(self._first, self._last))
        layout.addSpacing(8)
        self.histogram.setFixedHeight(_BARS)
        row = QHBoxLayout()
        row.setSpacing(24)
        for name, top_list in self.tops.items():
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(field_label(name.capitalize(), top_list, "section"))
            top_list.setFixedHeight(_FEWEST * ROW_HEIGHT)
            column.addWidget(top_list)
            row.addLayout(column, 1)
        layout.addLayout(row)
        layout.addStretch(1)

    def show_activity(
        self,
        activity: Activity,
        unit: Unit,
        bars: tuple[Bar, ...],
        stretches: tuple[Stretch, ...],
    ) -> None:
        """Show other figures."""
        self.heat_map.show_hours(activity.hours, stretches)
        show_words(self._marks, _marks(self.heat_map, activity))
        self.histogram.show_bars(bars)
        self._unit.setText(f"One bar a {unit.value}. Drag to choose a period.")
        self._note.setText(_highest(bars))
        self._first.setText(_day(bars[0].first) if bars else "")
        self._last.setText(_day(bars[-1].last) if bars else "")
        tops = (activity.actors, activity.actions, activity.targets)
        for top_list, values in zip(self.tops.values(), tops, strict=True):
            top_list.show_tops(values)

    def say_policy(self, policy: Policy, problem: str) -> None:
        """Tell whose working hours the dashed line shows; a problem in its tooltip."""
        which = "the built-in working hours" if problem else "working hours"
        hint = (
            f"Each cell: entries in that hour of that weekday. Dashed: {which}. "
            "Click a cell to see its entries."
        )
        self._hint.setText(hint)
        explain(self._hint, f"{hint}\n{problem or describe_policy(policy)}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the height that is seen."""
        super().resizeEvent(event)
        viewport = self.parentWidget()
        if viewport is not None:
            self._fit(viewport.height())

    def _fit(self, height: int) -> None:
        """The lists first, in whole rows, then rows and bars of the charts."""
        if self._others is None:
            # What the texts and gaps take; the rest is set here.
            set_here = (self.heat_map, self.histogram, next(iter(self.tops.values())))
            hint = self.sizeHint().height()
            self._others = hint - sum(widget.minimumHeight() for widget in set_here)
        usual = self._others + HEADER_HEIGHT + 7 * _ROW + _BARS
        rows = min(max((height - usual) // ROW_HEIGHT, _FEWEST), _MOST)
        extra = max(height - usual - rows * ROW_HEIGHT, 0)
        for top_list in self.tops.values():
            top_list.setFixedHeight(rows * ROW_HEIGHT)
        row = min(_ROW + extra // 14, _TALLEST_ROW)
        self.heat_map.set_row_height(row)
        self.histogram.setFixedHeight(min(_BARS + extra - 7 * (row - _ROW), _TALLEST_BARS))


def _line(left: QWidget, right: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.addWidget(left)
    line.addStretch(1)
    line.addWidget(right)
    return line


def _marks(heat_map: HeatMap, activity: Activity) -> str:
    parts = []
    for mark, what, hour in (
        ("Corner", "busiest", heat_map.busiest),
        ("Frame", "busiest outside working hours", heat_map.busiest_off),
    ):
        if hour is not None:
            count = activity.hours[hour.index]
            parts.append(f"{mark}: {what}, {hour.label.partition(' - ')[0]}, {count:,}")
    return "    ".join(parts)


def _highest(bars: tuple[Bar, ...]) -> str:
    highest = max(bars, key=lambda bar: bar.count, default=None)
    return "" if highest is None else f"Highest: {highest.label}, {format_count(highest.count)}"


def _day(day: date) -> str:
    return f"{day.day:02d} {day:%b} {day.year}"
