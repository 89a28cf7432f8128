"""The page list's badges: a small count beside the icon."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from mylla_audit_desktop.desktop.theme import Theme, text_font

BADGE_ROLE = Qt.ItemDataRole.UserRole + 1
_HEIGHT = 16


class RailDelegate(QStyledItemDelegate):
    """Paints a page's item as the style does, and its badge over the icon's upper right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = text_font(10, is_bold=True)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The item, then its badge."""
        super().paint(painter, option, index)
        text = index.data(BADGE_ROLE)
        if not text:
            return
        width = max(QFontMetrics(self._font).horizontalAdvance(text) + 10, _HEIGHT)
        place = QRect(option.rect.center().x() + 8, option.rect.top() + 4, width, _HEIGHT)
        place.moveRight(min(place.right(), option.rect.right() - 2))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("changed_tint"))
        painter.drawRoundedRect(place, _HEIGHT / 2, _HEIGHT / 2)
        painter.setPen(self._theme.color("changed"))
        painter.setFont(self._font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
