"""Puts pictures side by side, scaled down: sheet.py OUTPUT COLUMNS WIDTH PICTURE ...

WIDTH is what a picture has at most, in pixels; the format is that of OUTPUT's name. A single
picture is kept point by point.
"""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageReader, QImageWriter, QPainter

_GAP = 12
_GROUND = QColor("#808080")
_QUALITY, _LOSSLESS = 76, 100


def main() -> None:
    QImageReader.setAllocationLimit(0)
    output, columns, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    pictures = [_scaled(path, width) for path in sys.argv[4:]]
    if len(pictures) == 1:
        _write(pictures[0], output, _LOSSLESS)
    else:
        _write(_sheet(pictures, columns), output, _QUALITY)


def _sheet(pictures: list[QImage], columns: int) -> QImage:
    rows = [pictures[at : at + columns] for at in range(0, len(pictures), columns)]
    column = max(one.width() for one in pictures)
    heights = [max(one.height() for one in row) for row in rows]
    sheet = QImage(
        columns * column + (columns + 1) * _GAP,
        sum(heights) + (len(rows) + 1) * _GAP,
        QImage.Format.Format_RGB32,
    )
    sheet.fill(_GROUND)
    painter = QPainter(sheet)
    top = _GAP
    for row, height in zip(rows, heights, strict=True):
        for place, picture in enumerate(row):
            painter.drawImage(_GAP + place * (column + _GAP), top, picture)
        top += height + _GAP
    painter.end()
    return sheet


def _write(picture: QImage, output: str, quality: int) -> None:
    writer = QImageWriter(output)
    writer.setQuality(quality)
    if not writer.write(picture):
        sys.exit(f"{output} cannot be written: {writer.errorString()}")


def _scaled(path: str, width: int) -> QImage:
    picture = QImage(path)
    if picture.isNull():
        sys.exit(f"{path} is no picture")
    # What a scaled screen made says so; its points count here.
    picture.setDevicePixelRatio(1)
    if picture.width() <= width:
        return picture
    return picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)


if __name__ == "__main__":
    application = QGuiApplication(["sheet", "-platform", "offscreen"])
    main()
