"""Shades of one colour, and what can be read on them."""

from PySide6.QtGui import QColor

# WCAG 2.2, 1.4.3: what text needs against its ground.
READABLE = 4.5


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours (WCAG 2.2), 1 to 21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def mix(ground: QColor, color: QColor, share: float) -> QColor:
    """`share` (0 to 1) of `color` over `ground`."""
    parts = zip(_parts(ground), _parts(color), strict=True)
    return QColor.fromRgbF(*(under + (over - under) * share for under, over in parts))


def shade_of(count: int, most: int, ground: QColor, color: QColor) -> QColor:
    """The ground of a cell: nearly `ground` for none, `color` itself for the most."""
    if not count or not most:
        return mix(ground, color, 0.05)
    # Few stand apart from none, and differences among the few are seen too.
    return mix(ground, color, 0.12 + 0.88 * (count / most) ** 0.75)


def readable_on(ground: QColor, *wanted: QColor) -> QColor:
    """The first of `wanted` that can be read on `ground`, else black or white, which can."""
    black, white = QColor("#000000"), QColor("#ffffff")
    for color in (*wanted, black):
        if contrast(color, ground) >= READABLE:
            return color
    return white


def _parts(color: QColor) -> tuple[float, float, float]:
    return color.redF(), color.greenF(), color.blueF()


def _luminance(color: QColor) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
