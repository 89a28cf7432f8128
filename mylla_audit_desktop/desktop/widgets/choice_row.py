"""A wide button with an icon, what it does, and a line about it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import plain_label, plain_tooltip

_ICON = 20


class ChoiceRow(QPushButton):
    """One of a few big choices; a line that does not fit is cut, and whole in the tooltip."""

    def __init__(self, title: str, words: str, icon: str, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setToolTip(plain_tooltip(words))
        self._theme, self._name, self._text = theme, icon, words
        self._icon = QLabel()
        self._icon.setFixedSize(QSize(_ICON, _ICON))
        head = plain_label(title, "strong")
        self._words = plain_label("", "muted")
        for label in (head, self._words):
            # Long texts are cut, they do not widen the row.
            label.setMinimumWidth(10)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addStretch(1)
        text.addWidget(head)
        text.addWidget(self._words)
        text.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(16)
        row.addWidget(self._icon)
        row.addLayout(text, 1)
        for label in (self._icon, head, self._words):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self._draw)
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the line to the width there is."""
        super().resizeEvent(event)
        room = self.width() - 3 * 16 - _ICON - 4
        metrics = self._words.fontMetrics()
        self._words.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, room))

    def _draw(self) -> None:
        self._icon.setPixmap(self._theme.icon(self._name, "accent").pixmap(_ICON, _ICON))
