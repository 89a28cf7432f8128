"""The three panes of the page, and how large each of them is."""

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

# The side: no wider than the words of the checklist need, also beside a scroll bar.
_SIDE_WIDTH, _DETAILS_WIDTH = 200, 392
# The page in a window of 1280 pixels.
_PLAIN_WIDTH = 1192
# Where the page is narrower, the side stands above the findings: beside them, their titles would
# be cut, or the details.
_NARROW = 1000
# What the side has there: three questions of two lines, in a window that is high enough.
_SIDE_HEIGHT, _SIDE_SHARE = 200, 0.46
_SIDE_KEY, _DETAILS_KEY = "review/side_width", "review/details_width"


class ReviewSplitter(QSplitter):
    """Where there is room, the sides get some of it too, until the user moves them."""

    def __init__(self, side: QWidget, middle: QWidget, details: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._left = QSplitter(Qt.Orientation.Horizontal)
        for widget in (side, middle):
            self._left.addWidget(widget)
        self._left.setStretchFactor(1, 1)
        self._left.setChildrenCollapsible(False)
        self.addWidget(self._left)
        self.addWidget(details)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 1)
        side.setMinimumWidth(_SIDE_WIDTH)
        middle.setMinimumWidth(260)
        details.setMinimumWidth(_DETAILS_WIDTH)
        # Of the side and the details, as the user wants them where they are beside each other.
        self._own: tuple[int, int] | None = None
        for splitter in (self, self._left):
            splitter.splitterMoved.connect(self._take_widths)

    def _take_widths(self) -> None:
        if not self._is_narrow():
            self._own = self._left.sizes()[0], self.sizes()[1]

    def _is_narrow(self) -> bool:
        return self._left.orientation() is Qt.Orientation.Vertical

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        width, height = event.size().width(), event.size().height()
        is_narrow = width < _NARROW
        if is_narrow != self._is_narrow():
            # First, so that what is beside each other no longer asks for its width.
            vertical, horizontal = Qt.Orientation.Vertical, Qt.Orientation.Horizontal
            self._left.setOrientation(vertical if is_narrow else horizontal)
        super().resizeEvent(event)
        if is_narrow:
            side = min(_SIDE_HEIGHT, int(height * _SIDE_SHARE))
            self._left.setSizes([side, height - side])
            self.setSizes([width - _DETAILS_WIDTH, _DETAILS_WIDTH])
        elif self._own is not None:
            self.share(*self._own)
        else:
            room = max(width - _PLAIN_WIDTH, 0)
            self.share(_SIDE_WIDTH + room // 14, _DETAILS_WIDTH + room // 7)

    def share(self, side: int, details: int) -> None:
        """Give the side and the details these widths, and the findings the rest."""
        left = self.width() - details
        self.setSizes([left, details])
        self._left.setSizes([side, left - side])

    def save_layout(self, state: QSettings) -> None:
        """Keep the user's own widths."""
        if self._own is not None:
            side, details = self._own
            state.setValue(_SIDE_KEY, side)
            state.setValue(_DETAILS_KEY, details)

    def restore_layout(self, state: QSettings) -> None:
        """As they were."""
        side, details = state.value(_SIDE_KEY, 0, int), state.value(_DETAILS_KEY, 0, int)
        if isinstance(side, int) and isinstance(details, int) and min(side, details) > 0:
            self._own = side, details
