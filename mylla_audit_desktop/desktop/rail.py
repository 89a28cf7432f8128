"""The rail at the left: the list of pages with their badges, the settings at its foot."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.theme import Theme, text_font
from mylla_audit_desktop.desktop.widgets.selection import SelectionFollower

_BADGE_ROLE = Qt.ItemDataRole.UserRole + 1
_BADGE_HEIGHT = 16
_WIDTH = 88
_ITEM = QSize(_WIDTH - 14, 54)
_ICON = QSize(20, 20)


class Rail(QFrame):
    """`pages` is the list; `entered` tells that its user went to the page that is chosen.

    turned: another page is chosen, by its place.
    """

    turned = Signal(int)
    entered = Signal()
    settings_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._icons: list[str] = []
        self.pages = QListWidget()
        self.pages.setObjectName("pages")
        self.pages.setAccessibleName("Pages")
        self.pages.setViewMode(QListView.ViewMode.IconMode)
        self.pages.setFlow(QListView.Flow.TopToBottom)
        self.pages.setMovement(QListView.Movement.Static)
        self.pages.setWrapping(False)
        self.pages.setIconSize(_ICON)
        self.pages.setGridSize(QSize(_ITEM.width(), _ITEM.height() + 4))
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.setItemDelegate(RailDelegate(theme, self.pages))
        self.settings = QToolButton()
        self.settings.setText("Settings")
        self.settings.setAccessibleName("Settings")
        self.settings.setToolTip("Theme, time zone, reviewer and policy (Ctrl+,)")
        self.settings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.settings.setIconSize(_ICON)
        self.settings.setFixedSize(_ITEM)
        self.settings.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # As wide as the list: at 150 % a ground covers half a pixel of the line beside it.
        foot = QFrame()
        foot.setObjectName("panel")
        centre = QVBoxLayout(foot)
        centre.setContentsMargins(0, 4, 0, 8)
        centre.addWidget(self.settings, alignment=Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(foot)
        self.pages.currentRowChanged.connect(self._turn)
        SelectionFollower(self.pages)
        self.pages.itemClicked.connect(self.entered)
        self.pages.itemActivated.connect(self.entered)
        self.settings.clicked.connect(self.settings_requested)
        theme.changed.connect(self._draw_icons)

    def add(self, name: str, icon: str) -> None:
        """Put a page at the end of the list."""
        item = QListWidgetItem(name)
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
        # All of one width, whatever their names.
        item.setSizeHint(_ITEM)
        item.setToolTip(name)
        self._icons.append(icon)
        self.pages.addItem(item)
        if self.pages.currentRow() < 0:
            self.pages.setCurrentRow(0)
        self._draw_icons()

    def show_badge(self, place: int, text: str, words: str) -> None:
        """A short text beside the icon, and what it means in words; empty texts for none."""
        item = self.pages.item(place)
        item.setData(_BADGE_ROLE, text)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
        item.setToolTip(f"{item.text()}: {words}" if words else item.text())

    def _turn(self, place: int) -> None:
        self._draw_icons()
        self.turned.emit(place)

    def _draw_icons(self) -> None:
        # The row, because the selection follows it only later.
        chosen = self.pages.currentRow()
        for place, name in enumerate(self._icons):
            color = "accent" if place == chosen else "muted"
            self.pages.item(place).setIcon(self._theme.icon(name, color))
        self.settings.setIcon(self._theme.icon("settings"))


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
        text = index.data(_BADGE_ROLE)
        if not text:
            return
        width = max(QFontMetrics(self._font).horizontalAdvance(text) + 10, _BADGE_HEIGHT)
        place = QRect(option.rect.center().x() + 8, option.rect.top() + 4, width, _BADGE_HEIGHT)
        place.moveRight(min(place.right(), option.rect.right() - 2))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("changed_tint"))
        painter.drawRoundedRect(place, _BADGE_HEIGHT / 2, _BADGE_HEIGHT / 2)
        painter.setPen(self._theme.color("changed"))
        painter.setFont(self._font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
