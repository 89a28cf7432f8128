"""A line above the pages that says something once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mylla_audit_desktop.desktop.widgets import button, plain_label
from mylla_audit_desktop.log.visible import visible_text


class NoticeBar(QFrame):
    """`understood`: the user has read it."""

    understood = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName("Notice")
        self._text = plain_label("")
        self.button = button("Understood", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 16, 5)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._close)
        self.hide()

    def say(self, text: str) -> None:
        """Show a sentence until it is understood."""
        self._text.setText(visible_text(text))
        self.setAccessibleDescription(visible_text(text))
        self.show()

    def text(self) -> str:
        """What is said."""
        return self._text.text()

    def _close(self) -> None:
        self.hide()
        self.understood.emit()
