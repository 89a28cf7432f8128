"""The figures of the charts as plain tables."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.activity import Activity, Top
from mylla_audit_desktop.desktop.activity.bars import Bar
from mylla_audit_desktop.desktop.activity.figures import Figure, FigureModel
from mylla_audit_desktop.desktop.activity.heat_map import HOUR_LABELS
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.widgets import field_label
from mylla_audit_desktop.log.visible import visible_name, visible_text
from mylla_audit_desktop.log.week import WEEKDAY_LABELS, WeekHour

_NARROW = 1000
_NAME_AND_COUNT, _ID_WIDTH = 2, 100


class FigureTables(QWidget):
    """Hours, time, and the most frequent values, each as one table."""

    def __init__(self) -> None:
        super().__init__()
        self.hours = _table("Activity by hour")
        self.time = _table("Entries over time")
        self.tops = {
            name: _table(f"Top {name.lower()}") for name in ("Actors", "Actions", "Targets")
        }
        # A day is whole, however narrow the window.
        self.time.setMinimumWidth(210)
        self._figures = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._figures.addLayout(_titled("Activity by hour", self.hours), 6)
        self._figures.addLayout(_titled("Entries over time", self.time), 3)
        column = QVBoxLayout()
        column.setSpacing(12)
        for name, table in self.tops.items():
            column.addLayout(_titled(name, table))
        self._columns = QHBoxLayout(self)
        self._columns.setContentsMargins(16, 8, 16, 12)
        self._columns.setSpacing(24)
        self._columns.addLayout(self._figures)
        self._columns.addLayout(column, 4)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window hours and days stand below each other: names keep their room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_narrow = self.width() < _NARROW
        ways = QBoxLayout.Direction
        self._figures.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)
        self._figures.setSpacing(12 if is_narrow else 24)
        self._columns.setStretch(0, 7 if is_narrow else 9)

    def show_activity(self, activity: Activity, bars: Sequence[Bar]) -> None:
        """Other figures from now on."""
        _show(self.hours, _hour_rows(activity), (*WEEKDAY_LABELS, "Total"), (*HOUR_LABELS, "Total"))
        _show(
            self.time,
            [
                (
                    Figure(bar.label, bar.label),
                    Figure(f"{bar.count:,}", format_count(bar.count), bar.count),
                )
                for bar in bars
            ],
            ("Period", "Entries"),
        )
        tops = (activity.actors, activity.actions, activity.targets)
        for (name, table), values in zip(self.tops.items(), tops, strict=True):
            has_name = name != "Actions"
            columns = (name[:-1], "ID", "Entries") if has_name else (name[:-1], "Entries")
            _show(table, [_top_row(top, has_name=has_name) for top in values], columns)


def _table(name: str) -> QTableView:
    table = QTableView()
    table.setAccessibleName(name)
    table.setModel(FigureModel())
    table.setObjectName("figures")
    table.setTabKeyNavigation(False)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setWordWrap(False)
    table.setShowGrid(False)
    table.verticalHeader().setDefaultSectionSize(22)
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.horizontalHeader().setHighlightSections(False)
    table.verticalHeader().setHighlightSections(False)
    table.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    return table


def _titled(title: str, table: QTableView) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addWidget(field_label(title, table, "section"))
    column.addWidget(table, 1)
    return column


def _show(
    table: QTableView,
    rows: Sequence[Sequence[Figure]],
    columns: Sequence[str],
    names: Sequence[str] = (),
) -> None:
    model = table.model()
    assert isinstance(model, FigureModel)  # noqa: S101 - as `_table` made it
    model.show(rows, columns, names)
    table.verticalHeader().setVisible(bool(names))
    header = table.horizontalHeader()
    header.setSectionResizeMode(
        QHeaderView.ResizeMode.Stretch if names else QHeaderView.ResizeMode.Interactive
    )
    if names:
        # Every figure is whole; where there is no room for all of them, the table scrolls.
        total = len(columns) - 1
        header.setMinimumSectionSize(max(map(table.sizeHintForColumn, range(total))))
        header.setSectionResizeMode(total, QHeaderView.ResizeMode.ResizeToContents)
    else:
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        if len(columns) > _NAME_AND_COUNT:
            # The names get what the IDs do not need.
            header.resizeSection(1, min(table.sizeHintForColumn(1) + 6, _ID_WIDTH))
        # Every figure is whole, however long.
        header.setSectionResizeMode(len(columns) - 1, QHeaderView.ResizeMode.ResizeToContents)


def _hour_rows(activity: Activity) -> list[list[Figure]]:
    rows = []
    for hour in range(24):
        counts = [activity.hours[WeekHour(day, hour).index] for day in range(7)]
        rows.append(
            [_cell(count, WeekHour(day, hour).label) for day, count in enumerate(counts)]
            + [_cell(sum(counts), f"Every day {HOUR_LABELS[hour]}")]
        )
    days = [sum(activity.hours[day * 24 : day * 24 + 24]) for day in range(7)]
    rows.append(
        [_cell(count, f"{WEEKDAY_LABELS[day]}, all hours") for day, count in enumerate(days)]
        + [_cell(sum(days), "All hours")]
    )
    return rows


def _cell(count: int, what: str) -> Figure:
    return Figure(f"{count:,}", f"{what}: {format_count(count)}", count)


def _top_row(top: Top, *, has_name: bool) -> tuple[Figure, ...]:
    value = visible_name(top.value)
    name = visible_text(top.name) or value
    count = Figure(f"{top.count:,}", f"{name}: {format_count(top.count)}", top.count)
    if has_name:
        return Figure(name, name), Figure(value, value, is_code=True), count
    return Figure(value, value, is_code=True), count
