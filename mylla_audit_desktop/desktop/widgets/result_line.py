"""The line under the filters: what the result is, that it is read, what is new since."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.widgets import CutLabel, button, say_aloud
from mylla_audit_desktop.desktop.widgets.summary_label import SummaryLabel

# What is there sooner is not worth a word.
_BUSY_MS = 1_000


class ResultLine(QFrame):
    """`message` is the filters' own, beside the summary; `stop` and `banner` are buttons."""

    def __init__(self, message: QLabel) -> None:
        super().__init__()
        self.setObjectName("filters")
        self.setFixedHeight(32)
        self.summary = SummaryLabel()
        self.busy = CutLabel("muted")
        self.busy.setMinimumWidth(10)
        self.busy.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.stop = button("Cancel", "link")
        self.stop.setAccessibleName("Cancel reading")
        self.banner = button("", "banner")
        self.banner.hide()
        self._works: dict[str, None] = {}
        self._timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self._timer.timeout.connect(self._show_busy)
        self._passing, self._is_passing = "", False
        self._passing_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self._passing_timer.timeout.connect(lambda: say_aloud(self.summary, self._passing))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 2, 16, 8)
        line.setSpacing(8)
        line.addWidget(self.summary)
        line.addWidget(message)
        line.addWidget(self.busy)
        line.addWidget(self.stop)
        line.addStretch(1)
        line.addWidget(self.banner)
        self._show_busy()

    def begin(self, work: str) -> None:
        """Something such as "Reading…" is under way: said, and to be cancelled, after a while."""
        self._works.pop(work, None)
        self._works[work] = None
        if not self.stop.isVisibleTo(self):
            self.busy.hide()
            self._timer.start()
        else:
            self._show_busy()

    def end(self, work: str) -> None:
        """It is done."""
        if self._works.pop(work, work) is None:
            self._show_busy(is_due=self.stop.isVisibleTo(self))

    def rest(self) -> None:
        """Nothing is under way any more."""
        self._works.clear()
        self._show_busy()

    def tell(self, text: str) -> None:
        """Say it beside the summary until something else is under way."""
        self.busy.setText(text)
        self.busy.show()
        self.announce(text)

    def show_new(self, count: int) -> None:
        """How many entries came after the snapshot."""
        text = f"{format_count(count, 'new entry', 'new entries')} — Refresh"
        if count and self.banner.text() != text:
            self.banner.setText(text)
            self.banner.setAccessibleName(text)
            self.announce(text)
        self.banner.setVisible(bool(count))

    def announce(self, text: str, *, is_passing: bool = False) -> None:
        """Have a screen reader say it; what is passing, where nothing else is said for a while.

        How far that is goes on without a word.
        """
        if is_passing:
            self._passing = text
            if not self._is_passing:
                self._is_passing = True
                self._passing_timer.start()
        else:
            self._is_passing = False
            self._passing_timer.stop()
            say_aloud(self.summary, text)

    def _show_busy(self, *, is_due: bool = True) -> None:
        """The latest of what is under way; `is_due` is False for what has not taken long yet."""
        work = next(reversed(self._works), "")
        if not work:
            self._timer.stop()
        if work and not is_due:
            return
        self.busy.setText(work)
        self.busy.setVisible(bool(work))
        self.stop.setVisible(bool(work))
