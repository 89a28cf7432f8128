"""Drawing many short texts often: each is measured, cut and laid out once.

A table paints the same names, actions and addresses again with every row that is
scrolled by; laying a text out costs ten times as much as drawing it.
"""

from collections import OrderedDict

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStaticText

# Some screens full; a laid-out text takes about a kilobyte.
_MOST = 4096
# What a cell could ever show.
_LONGEST = 200


class TextPainter:
    """One font's texts, as plain text on one line."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetrics(font)
        self._widths: dict[str, int] = {}
        self._laid_out: OrderedDict[str, QStaticText] = OrderedDict()
        self._top = (self._metrics.height() + 1) // 2

    def width(self, text: str) -> int:
        """Pixels that a text takes, up to the length that a cell could show."""
        found = self._widths.get(text)
        if found is None:
            if len(self._widths) >= _MOST:
                self._widths.clear()
            found = self._widths[text] = self._metrics.horizontalAdvance(text[:_LONGEST])
        return found

    def draw(self, painter: QPainter, left: int, middle: int, room: int, text: str) -> int:
        """Draw a text in the painter's pen, cut to the room; how wide it became.

        left, middle, room: pixels; the text stands around `middle`.
        """
        if room <= 0:
            return 0
        shown = text
        if len(text) > _LONGEST or self.width(text) > room:
            shown = self._metrics.elidedText(text[:_LONGEST], Qt.TextElideMode.ElideRight, room)
        painter.setFont(self.font)
        painter.drawStaticText(left, middle - self._top, self._laid(shown))
        return self.width(shown)

    def _laid(self, text: str) -> QStaticText:
        found = self._laid_out.get(text)
        if found is not None:
            self._laid_out.move_to_end(text)
            return found
        made = QStaticText(text)
        # By itself it would take `<b>` for markup.
        made.setTextFormat(Qt.TextFormat.PlainText)
        made.prepare(font=self.font)
        self._laid_out[text] = made
        if len(self._laid_out) > _MOST:
            self._laid_out.popitem(last=False)
        return made
