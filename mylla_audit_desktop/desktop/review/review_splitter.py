"""The three panes of the page side by side, and how wide each of them is."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

# The side: no wider than the words of the checklist need, also beside a scroll bar.
_SIDE_WIDTH, _DETAILS_WIDTH = 200, 392
# The page in a window of 1280 pixels.
_PLAIN_WIDTH = 1192
_KEY = "review/splitter"


class ReviewSplitter(QSplitter):
    """Where there is room, the sides get some of it too, until the user moves them."""

    def __init__(self, side: QWidget, middle: QWidget, details: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        for widget in (side, middle, details):
            self.addWidget(widget)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(1, 1)
        side.setMinimumWidth(_SIDE_WIDTH)
        middle.setMinimumWidth(260)
        details.setMinimumWidth(_DETAILS_WIDTH)
        self._has_own_widths = False
        self.splitterMoved.connect(self._take_widths)

    def _take_widths(self) -> None:
        self._has_own_widths = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        if not self._has_own_widths:
            width = event.size().width()
            room = max(width - _PLAIN_WIDTH, 0)
            side = _SIDE_WIDTH + room // 14
            details = _DETAILS_WIDTH + room // 7
            self.setSizes([side, width - side - details, details])

    def save_layout(self, state: QSettings) -> None:
        """Keep the user's own widths."""
        if self._has_own_widths:
            state.setValue(_KEY, self.saveState())

    def restore_layout(self, state: QSettings) -> None:
        """As they were."""
        widths = state.value(_KEY)
        if widths is not None:
            self.restoreState(widths)
            self._has_own_widths = True
