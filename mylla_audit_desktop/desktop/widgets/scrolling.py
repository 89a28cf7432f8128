"""What keeps a window on a screen that is smaller than it: of 1920x1080 at 200 %, and less."""

from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

_LEAST_HEIGHT = 160
# For the frame of a window and a panel of the desktop.
_AROUND = QSize(16, 48)
# The same by its sides: the title stands above.
_FRAME = QMargins(8, 40, 8, 8)


class Scrolling(QScrollArea):
    """As large as what is in it where there is room; less of it is seen where there is not."""

    def __init__(self, content: QWidget) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # No stop for the keyboard: what is in it is.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)

    def sizeHint(self) -> QSize:
        """As the content wishes."""
        return self._content.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the content, and as low as need be."""
        content = self._content.minimumSizeHint()
        around = self.verticalScrollBar().sizeHint().width() + 2 * self.frameWidth()
        width = content.width() + around
        return QSize(width, min(content.height(), _LEAST_HEIGHT))


def fit_screen(window: QWidget, size: QSize) -> None:
    """Give a window its size, or what its screen has."""
    window.resize(size.boundedTo(window.screen().availableGeometry().size() - _AROUND))


def keep_on_screen(window: QWidget) -> None:
    """Move a window that reaches beyond its screen; of one that is larger, the top left is seen."""
    screen = QGuiApplication.screenAt(window.pos()) or window.screen()
    there = screen.availableGeometry().marginsRemoved(_FRAME)
    place = window.geometry()
    place.moveRight(min(place.right(), there.right()))
    place.moveBottom(min(place.bottom(), there.bottom()))
    place.moveLeft(max(place.left(), there.left()))
    place.moveTop(max(place.top(), there.top()))
    if place != window.geometry():
        window.setGeometry(place)
