"""`Entries over time`: one bar for each day, week, month or year."""

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from mylla_audit_desktop.desktop.activity.bars import Bar
from mylla_audit_desktop.desktop.activity.chart_view import ChartView
from mylla_audit_desktop.desktop.activity.figures import VALUE_ROLE, Figure, FigureModel
from mylla_audit_desktop.desktop.activity.shades import mix
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import Theme


class Histogram(ChartView):
    """Emits `days_chosen` with first and last day when bars are brushed, or on Enter."""

    days_chosen = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(FigureModel(), "Entries over time")
        self._bars: tuple[Bar, ...] = ()
        self.most = 0
        self.setItemDelegate(_BarDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.doubleClicked.connect(self.activate)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        """Other bars from now on; nothing is chosen."""
        self._bars = bars
        self.most = max((bar.count for bar in bars), default=0)
        figures = [
            Figure(f"{bar.count:,}", f"{bar.label}: {format_count(bar.count)}", bar) for bar in bars
        ]
        self.figures.show([figures] if bars else [], [bar.label for bar in bars])
        self._fill()
        if bars:
            self.setCurrentIndex(self.figures.index(0, len(bars) - 1))
            self.clearSelection()

    def chosen_days(self) -> tuple[date, date] | None:
        """First and last day of the bars that are selected, else of the one with the focus."""
        columns = sorted(index.column() for index in self.selectedIndexes())
        if not columns and self.currentIndex().isValid():
            columns = [self.currentIndex().column()]
        if not columns:
            return None
        return self._bars[columns[0]].first, self._bars[columns[-1]].last

    def activate(self) -> None:
        """Take what is selected as the period."""
        days = self.chosen_days()
        if days is not None:
            self.days_chosen.emit(*days)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape lets go of what is selected."""
        if event.key() == Qt.Key.Key_Escape and self.selectedIndexes():
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a drag over several bars chooses them; a click only looks."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and len(self.selectedIndexes()) > 1:
            self.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bars fill width and height."""
        super().resizeEvent(event)
        self._fill()

    def _fill(self) -> None:
        self.fill_width()
        if self._bars:
            self.setRowHeight(0, self.viewport().height())


class _BarDelegate(QStyledItemDelegate):
    """Paints one bar over a thin ground line."""

    def __init__(self, theme: Theme, view: Histogram) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The bar's height tells its entries; a selected one stands on a tinted ground."""
        theme, rect = self._theme, option.rect
        bar: Bar = index.data(VALUE_ROLE)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("selection" if is_selected else "panel"))
        room = rect.height() - 8
        height = max(round(bar.count / self._view.most * room), 2) if bar.count else 0
        gap = 2 if rect.width() >= 8 else 1
        color = theme.color("accent")
        ground = theme.color("panel")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color if is_selected else mix(ground, color, 0.78))
        drawn = QRectF(rect.left(), rect.bottom() - height, max(rect.width() - gap, 1), height)
        painter.drawRoundedRect(drawn, 1, 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if bool(option.state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()
