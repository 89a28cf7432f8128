"""Draws an SVG as a PNG of a size: `icon.py SVG PIXELS PNG`."""

import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

source, pixels, target = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
application = QGuiApplication([])
image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32)
image.fill(Qt.GlobalColor.transparent)
painter = QPainter(image)
QSvgRenderer(source).render(painter)
painter.end()
target.parent.mkdir(parents=True, exist_ok=True)
if not image.save(str(target)):
    sys.exit(f"{target} cannot be written")
