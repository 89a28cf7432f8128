"""A sentence across the window or a page: what was done, what failed, what to know once."""

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mylla_audit_desktop.desktop.widgets import button, plain_label, say_aloud, set_tone
from mylla_audit_desktop.log.visible import visible_text


class NoticeTone(Enum):
    """How a sentence is meant; the values are those of the style sheet."""

    NEWS = "news"
    # Holds until the page is read anew.
    PASSING = "passing"
    # Likewise: something did not work.
    FAILURE = "failure"
    # What was to be done is done, and nothing is to be looked at.
    DONE = "done"


class NoticeBar(QFrame):
    """Stays until it is closed or another sentence comes; `closed`: the user closed it."""

    closed = Signal()

    def __init__(self, name: str, button_text: str, button_name: str = "") -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName(name)
        self._tone = NoticeTone.NEWS
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

    def say(self, text: str, tone: NoticeTone = NoticeTone.NEWS) -> None:
        """Show a sentence; `forget_failure` takes a failure away, and what is passing."""
        self._tone = tone
        self._sentence.setText(visible_text(text))
        self.setAccessibleDescription(self._sentence.text())
        set_tone(self, "tone", tone.value)
        self.show()
        if self.isVisible():
            say_aloud(self, self._sentence.text())

    def text(self) -> str:
        """What is said."""
        return self._sentence.text()

    def forget_failure(self) -> None:
        """What failed works again: nothing is said of it any more."""
        if self._tone in {NoticeTone.FAILURE, NoticeTone.PASSING}:
            self.hide()

    def _close(self) -> None:
        self.hide()
        self.closed.emit()
