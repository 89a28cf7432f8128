"""Lines between rows: each as thin as the other, whatever the scale of the screen."""

from collections.abc import Sequence

from PySide6.QtCore import QLine
from PySide6.QtGui import QColor, QPainter, QPen


def draw_thin_lines(painter: QPainter, color: QColor, lines: Sequence[QLine]) -> None:
    """Lines across, each in the last point of its row, in whole pixels.

    At 150 % Qt would draw a line of one point as one pixel or as two, by where it falls; at
    200 % it would leave a pixel of the row below its line.
    """
    scale = painter.deviceTransform().m22()
    width = max(1, int(scale))
    pen = QPen(color, width)
    pen.setCosmetic(True)
    painter.save()
    painter.setPen(pen)
    painter.translate(0, width // 2 / scale)
    painter.drawLines(lines)
    painter.restore()
