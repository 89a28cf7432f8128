"""A sentence across the window or a page: what was done, what failed, what to know once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mylla_audit_desktop.desktop.widgets import button, plain_label, say_aloud, set_tone
from mylla_audit_desktop.log.visible import visible_text


class NoticeBar(QFrame):
    """Stays until it is closed or another sentence comes; `closed`: the user closed it."""

    closed = Signal()

    def __init__(self, name: str, button_text: str, button_name: str = "") -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName(name)
        self._is_passing = False
        self._sentence = plain_label("")
        self._sentence.setWordWrap(True)
        self.button = button(button_text, "link")
        self.button.setAccessibleName(button_name or button_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 16, 5)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._close)
        self.hide()

    def say(
        self,
        text: str,
        *,
        is_error: bool = False,
        is_passing: bool = False,
        is_good: bool = False,
    ) -> None:
        """Show a sentence; `forget_error` takes an error away, and what is passing.

        is_good: what was to be done is done, and nothing is to be looked at.
        """
        self._is_passing = is_error or is_passing
        self._sentence.setText(visible_text(text))
        self.setAccessibleDescription(self._sentence.text())
        set_tone(self, "isError", "true" if is_error else "false")
        set_tone(self, "isGood", "true" if is_good else "false")
        self.show()
        if self.isVisible():
            say_aloud(self, self._sentence.text())

    def text(self) -> str:
        """What is said."""
        return self._sentence.text()

    def forget_error(self) -> None:
        """What failed works again: nothing is said of it any more."""
        if self._is_passing:
            self.hide()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
