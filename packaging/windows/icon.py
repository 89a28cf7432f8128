"""Draws an SVG as a Windows icon of all usual sizes: `icon.py SVG ICO`."""

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 24, 32, 48, 64, 128, 256)


def png(source: str, pixels: int) -> bytes:
    """The picture at one size."""
    image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(source).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


application = QGuiApplication([*sys.argv[:1], "-platform", "offscreen"])
pictures = [png(sys.argv[1], pixels) for pixels in SIZES]
# ICONDIR, then an ICONDIRENTRY for each picture, then the pictures as PNG.
at = 6 + 16 * len(pictures)
entries = b""
for pixels, picture in zip(SIZES, pictures, strict=True):
    side = pixels % 256
    entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), at)
    at += len(picture)
target = Path(sys.argv[2])
target.parent.mkdir(parents=True, exist_ok=True)
target.write_bytes(struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures))
