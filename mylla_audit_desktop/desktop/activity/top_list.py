"""The most frequent actors, actions or targets, with their counts."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from mylla_audit_desktop.database.activity import Top
from mylla_audit_desktop.desktop.activity.chart_view import ChartView
from mylla_audit_desktop.desktop.activity.figures import VALUE_ROLE, Figure, FigureModel
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import Theme, mono_font, text_font
from mylla_audit_desktop.log.visible import visible_name, visible_text

ROW_HEIGHT = 24
_NAME_SHARE = 0.46
# Less room shows nothing of an ID that could be read.
_LEAST_ROOM = 24
_COUNT_GAP, _LEAST_COUNT = 14, 62


class TopList(ChartView):
    """Emits `value_chosen` with the value of a row, on a click or Enter."""

    value_chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(FigureModel(), name)
        self.most = 0
        # What the longest count takes, in pixels.
        self.count_width = 0
        self.setItemDelegate(_RowDelegate(theme, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.horizontalHeader().hide()
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._choose)

    def show_tops(self, tops: tuple[Top, ...]) -> None:
        """Other values from now on."""
        self.most = max((top.count for top in tops), default=0)
        metrics = QFontMetrics(text_font(13))
        self.count_width = max(
            metrics.horizontalAdvance(f"{self.most:,}") + _COUNT_GAP, _LEAST_COUNT
        )
        rows = []
        for top in tops:
            shown = visible_text(top.name) or visible_name(top.value)
            known = f"{shown} ({visible_name(top.value)})" if _has_own_name(top) else shown
            rows.append([Figure(shown, f"{known}: {format_count(top.count)}", top)])
        self.figures.show(rows, ["Entries"])
        self.fill_width()

    def activate(self) -> None:
        """The row that has the focus."""
        self._choose(self.currentIndex())

    def _choose(self, index: QModelIndex) -> None:
        top = index.data(VALUE_ROLE)
        if isinstance(top, Top) and top.value.strip():
            self.value_chosen.emit(top.value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The rows fill the width."""
        super().resizeEvent(event)
        self.fill_width()


class _RowDelegate(QStyledItemDelegate):
    """Name and ID, bar and count on one line; codes and IDs in monospace."""

    def __init__(self, theme: Theme, view: TopList) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._text, self._mono = text_font(13), mono_font(12)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """One value."""
        theme, rect = self._theme, option.rect
        top: Top = index.data(VALUE_ROLE)
        painter.save()
        name_width = int(rect.width() * _NAME_SHARE)
        room = QRect(rect.left() + 2, rect.top(), name_width - 10, rect.height())
        is_code = not top.name
        painter.setPen(theme.color("text"))
        painter.setFont(self._mono if is_code else self._text)
        room.setLeft(room.left() + _draw(painter, room, index.data()) + 6)
        if _has_own_name(top):
            # Faint: the tooltip and a screen reader say it too.
            painter.setPen(theme.color("faint"))
            painter.setFont(self._mono)
            _draw(painter, room, visible_name(top.value))
        left = rect.left() + name_width
        count_width = self._view.count_width
        width = rect.width() - name_width - count_width
        track = QRectF(left, rect.top() + 5, width, rect.height() - 10)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("alternate"))
        painter.drawRoundedRect(track, 2, 2)
        share = QRectF(track)
        share.setWidth(width * top.count / self._view.most)
        painter.setBrush(theme.color("selection"))
        painter.drawRoundedRect(share, 2, 2)
        painter.setFont(self._text)
        painter.setPen(theme.color("muted"))
        count = QRect(rect.right() - count_width, rect.top(), count_width - 4, rect.height())
        painter.drawText(
            count, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{top.count:,}"
        )
        if bool(option.state & QStyle.StateFlag.State_HasFocus) and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()


def _has_own_name(top: Top) -> bool:
    return top.name not in {"", top.value}


def _draw(painter: QPainter, room: QRect, text: str) -> int:
    """Draw a text in the painter's font, cut where it is too long; how wide it became."""
    if room.width() < _LEAST_ROOM:
        return 0
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text[:200], Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
