"""The shipped fonts, for the window and for paper."""

from PySide6.QtGui import QFont, QFontDatabase

from mylla_audit_desktop.resources import resource_path


def load_fonts() -> None:
    """Make the shipped fonts known to Qt."""
    for path in sorted(resource_path("fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(path))


def without_ligatures(font: QFont) -> QFont:
    """The font with a glyph for each character.

    JetBrains Mono draws `!=` like `≠`, Inter `->` like `→` and the x of `5x3` like `×`: other
    texts than the log holds. Several characters as one cannot be copied one by one from a PDF.
    """
    for feature in ("calt", "liga", "clig", "dlig"):
        font.setFeature(QFont.Tag(feature), 0)
    return font
