"""The line under the filters: what the result is, that it is read, what is new since."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.widgets import button, plain_label, say_aloud
from mylla_audit_desktop.desktop.widgets.summary_label import SummaryLabel

# What is there sooner is not worth a word.
_BUSY_MS = 1_000


class ResultLine(QFrame):
    """`message` is the filters' own, beside the summary; `stop` and `banner` are buttons.

    busy_word: what is said while it takes long, such as "Reading…".
    """

    def __init__(self, message: QLabel, busy_word: str) -> None:
        super().__init__()
        self._busy_word = busy_word
        self.setObjectName("filters")
        self.setFixedHeight(32)
        self.summary = SummaryLabel()
        self.busy = plain_label("", "muted")
        self.stop = button("Cancel", "link")
        self.stop.setAccessibleName("Cancel reading")
        self.banner = button("", "banner")
        self.banner.hide()
        self._timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self._timer.timeout.connect(lambda: self._show_busy(is_busy=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 2, 16, 8)
        line.setSpacing(8)
        line.addWidget(self.summary)
        line.addWidget(message)
        line.addWidget(self.busy)
        line.addWidget(self.stop)
        line.addStretch(1)
        line.addWidget(self.banner)
        self._show_busy(is_busy=False)

    def set_busy(self, *, is_busy: bool) -> None:
        """Whether the result is being read: said, and to be cancelled, when it takes long."""
        if is_busy:
            self._timer.start()
        else:
            self._show_busy(is_busy=False)

    def show_new(self, count: int) -> None:
        """How many entries came after the snapshot."""
        text = f"{format_count(count, 'new entry', 'new entries')} — Refresh"
        if count and self.banner.text() != text:
            self.banner.setText(text)
            self.banner.setAccessibleName(text)
            self.announce(text)
        self.banner.setVisible(bool(count))

    def announce(self, text: str) -> None:
        """Have a screen reader say it."""
        say_aloud(self.summary, text)

    def _show_busy(self, *, is_busy: bool) -> None:
        self._timer.stop()
        self.busy.setText(self._busy_word if is_busy else "")
        self.busy.setVisible(is_busy)
        self.stop.setVisible(is_busy)
