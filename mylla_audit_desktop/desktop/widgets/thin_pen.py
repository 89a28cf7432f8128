"""Lines between rows: each as thin as the other, whatever the scale of the screen."""

from PySide6.QtGui import QColor, QPainter, QPen


def thin_pen(painter: QPainter, color: QColor) -> QPen:
    """A pen of one point, in whole pixels.

    At 150 % Qt would draw a line of one point as one pixel or as two, by where it falls.
    """
    pen = QPen(color, max(1, int(painter.deviceTransform().m22())))
    pen.setCosmetic(True)
    return pen
