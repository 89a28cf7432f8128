"""`Activity by hour`: weekday by hour, the shade telling how many entries."""

import re

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from mylla_audit_desktop.desktop.activity.chart_view import ChartView
from mylla_audit_desktop.desktop.activity.figures import VALUE_ROLE, Figure, FigureModel
from mylla_audit_desktop.desktop.activity.shades import readable_on, shade_of
from mylla_audit_desktop.desktop.activity.working_time import Stretch, is_working
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import Theme, text_font
from mylla_audit_desktop.log.week import WEEKDAY_LABELS, WeekHour

HOUR_LABELS = tuple(f"{hour:02d}:00" for hour in range(24))
_HEADER_WIDTH = 44
HEADER_HEIGHT = 22


class HeatMap(ChartView):
    """Emits `hour_chosen` with a `WeekHour` that has entries, on a click or Enter."""

    hour_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(FigureModel(), "Activity by hour")
        self._theme = theme
        self.stretches: tuple[Stretch, ...] = ()
        self.busiest: WeekHour | None = None
        self.busiest_off: WeekHour | None = None
        self._most = 0
        self.setItemDelegate(_CellDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalHeader(_HourHeader(Qt.Orientation.Horizontal, theme, self))
        self.setVerticalHeader(_HourHeader(Qt.Orientation.Vertical, theme, self))
        self.verticalHeader().setFixedWidth(_HEADER_WIDTH)
        self.horizontalHeader().setFixedHeight(HEADER_HEIGHT)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._choose)
        self.set_row_height(30)

    @property
    def most(self) -> int:
        """The entries of the busiest hour."""
        return self._most

    def show_hours(self, hours: tuple[int, ...], stretches: tuple[Stretch, ...]) -> None:
        """Entries by hour of the week (168), and where the working hours lie."""
        self.stretches = stretches
        self._most = max(hours)
        counted = [(count, WeekHour.at_index(place)) for place, count in enumerate(hours)]
        off = [one for one in counted if not is_working(stretches, one[1].weekday, one[1].hour)]
        self.busiest = _busiest(counted)
        self.busiest_off = _busiest(off) if stretches else None
        current = self.currentIndex()
        row, column = max(current.row(), 0), max(current.column(), 0)
        rows = [
            [self._figure(count, hour) for count, hour in counted[start : start + 24]]
            for start in range(0, len(counted), 24)
        ]
        self.figures.show(rows, HOUR_LABELS, WEEKDAY_LABELS)
        self.setCurrentIndex(self.figures.index(row, column))
        self.fill_width()
        self.set_row_height(self.rowHeight(0))

    def _figure(self, count: int, hour: WeekHour) -> Figure:
        words = f"{hour.label}: {format_count(count)}"
        if hour == self.busiest:
            words += ", the busiest hour"
        if hour == self.busiest_off:
            words += ", the busiest outside working hours"
        return Figure(short_count(count), words, count)

    def set_row_height(self, height: int) -> None:
        """The height of one weekday, in pixels."""
        self.verticalHeader().setDefaultSectionSize(height)
        for row in range(self.figures.rowCount()):
            self.setRowHeight(row, height)
        self.setFixedHeight(HEADER_HEIGHT + 7 * height)

    def activate(self) -> None:
        """The entries of the hour that has the focus."""
        self._choose(self.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(VALUE_ROLE):
            self.hour_chosen.emit(WeekHour(index.row(), index.column()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hours fill the width."""
        super().resizeEvent(event)
        self.fill_width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, and over them the working hours in a dashed line."""
        super().paintEvent(event)
        if not self.figures.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.color("text"), 1.5)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawPath(self._outline())
        painter.end()

    def _outline(self) -> QPainterPath:
        """The working hours as one shape, a little outside of their cells."""
        path = QPainterPath()
        width = self.viewport().width() / 24
        for one in self.stretches:
            row = self.visualRect(self.figures.index(one.weekday, 0))
            path.addPolygon(
                QPolygonF(
                    QRectF(
                        one.start * width, row.top(), (one.end - one.start) * width, row.height()
                    )
                )
            )
        return path.simplified().translated(-0.5, 0.5)


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell: its shade, its number, its marks, the focus around it."""

    def __init__(self, theme: Theme, view: HeatMap) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._fonts = {
            (pixels, is_bold): text_font(pixels, is_bold=is_bold)
            for pixels in (11, 9)
            for is_bold in (False, True)
        }

    def _fitting(self, count: int, room: int, *, is_bold: bool) -> tuple[str, QFont]:
        shown = ((short_count(count), 11), (coarse_count(count), 11), (coarse_count(count), 9))
        for text, pixels in shown:
            font = self._fonts[pixels, is_bold]
            if QFontMetrics(font).horizontalAdvance(text) <= room:
                break
        return text, font

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One hour."""
        theme, view = self._theme, self._view
        count = index.data(VALUE_ROLE)
        hour = WeekHour(index.row(), index.column())
        panel = theme.color("panel")
        ground = shade_of(count, view.most, panel, theme.color("accent"))
        cell = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, 3, 3)
        is_busiest = hour == view.busiest
        # For the number, with a little air, and within the frame.
        room = int(cell.width()) - (8 if hour == view.busiest_off else 4)
        if hour == view.busiest_off:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            # Apart from a ground that it would not be told from, such as yellow.
            painter.setPen(QPen(panel, 2))
            painter.drawRoundedRect(cell.adjusted(2, 2, -2, -2), 2, 2)
            painter.setPen(QPen(theme.color("removed"), 2))
            painter.drawRoundedRect(cell, 3, 3)
        if count and option.rect.width() > 22:
            painter.setPen(readable_on(ground, theme.color("text"), panel))
            text, font = self._fitting(count, room, is_bold=is_busiest)
            painter.setFont(font)
            painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, text)
        if is_busiest:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(readable_on(ground, panel))
            # Within the frame, where the busiest hour is the busiest outside of them too.
            inside = cell.adjusted(3, 3, -3, -3) if hour == view.busiest_off else cell
            corner = inside.topRight()
            painter.drawPolygon(
                QPolygonF([corner, corner + QPointF(-8, 0), corner + QPointF(0, 8)])
            )
        if bool(option.state & QStyle.StateFlag.State_HasFocus) and view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(panel, 2))
            painter.drawRoundedRect(cell.adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(cell.adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3)
        painter.restore()


class _HourHeader(QHeaderView):
    """Weekdays and hours as small faint words; every second hour, as there is room."""

    def __init__(self, orientation: Qt.Orientation, theme: Theme, view: HeatMap) -> None:
        super().__init__(orientation, view)
        self._theme = theme
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(1)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """The name of one row or column."""
        painter.fillRect(rect, self._theme.color("panel"))
        is_hour = self.orientation() == Qt.Orientation.Horizontal
        painter.setPen(self._theme.color("muted"))
        painter.setFont(text_font(11 if is_hour else 12))
        if not is_hour:
            self._write(painter, rect, Qt.AlignmentFlag.AlignLeft, section)
            return
        # A name reaches into the sections beside its own, and each paints what is in it.
        painter.save()
        painter.setClipRect(rect)
        even = section - section % 2
        for one in (even, even + 2) if section % 2 else (even,):
            place = rect.translated((one - section) * rect.width(), 0)
            side = Qt.AlignmentFlag.AlignHCenter
            if not one and place.width() < painter.fontMetrics().horizontalAdvance(self._name(0)):
                # There is nothing to reach into at the left of the first one.
                side = Qt.AlignmentFlag.AlignLeft
            room = place.adjusted(-20 if side == Qt.AlignmentFlag.AlignHCenter else 0, 0, 20, 0)
            self._write(painter, room, side, one)
        painter.restore()

    def _name(self, section: int) -> str:
        return str(self.model().headerData(section, self.orientation()) or "")

    def _write(self, painter: QPainter, room: QRect, side: Qt.AlignmentFlag, section: int) -> None:
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, self._name(section))


def short_count(count: int) -> str:
    """`1,234`, `12k`, `3.4M`, `123bn`: as a cell has room for, never more than there are."""
    if count < 10_000:
        return f"{count:,}"
    if count < 10**6:
        return f"{count // 1000}k"
    size, unit = (10**6, "M") if count < 10**9 else (10**9, "bn")
    tenths = f".{count * 10 // size % 10}" if count < 100 * size else ""
    return f"{count // size:,}{tenths}{unit}"


def coarse_count(count: int) -> str:
    """`1k`, `3M`, `123bn`: what a narrow cell has room for."""
    if 1_000 <= count < 10**6:
        return f"{count // 1000}k"
    return re.sub(r"\.\d", "", short_count(count))


def _busiest(counted: list[tuple[int, WeekHour]]) -> WeekHour | None:
    """The hour with the most entries, the first of equals; None where there are none."""
    most = max(counted, key=lambda one: one[0], default=(0, None))
    return most[1] if most[0] else None
