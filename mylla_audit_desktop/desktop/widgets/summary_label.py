"""The line under the filters: how many entries in bold, then what they are of."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from mylla_audit_desktop.desktop.theme import text_font


class SummaryLabel(QLabel):
    """Paints its text up to the first ` · ` in bold; to a screen reader it is one text."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", "muted")
        self.setAccessibleName("Result summary")
        self._bold = text_font(is_bold=True)

    def say(self, text: str) -> None:
        """Show a text, and have it as the description."""
        self.setText(text)
        self.setAccessibleDescription(text)

    def sizeHint(self) -> QSize:
        """Wide enough for both parts."""
        head, rest = self._parts()
        width = QFontMetrics(self._bold).horizontalAdvance(head)
        width += self.fontMetrics().horizontalAdvance(rest)
        return QSize(width + 1, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """It is never cut while there is room elsewhere."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The count, then the rest."""
        head, rest = self._parts()
        place = QRect(self.contentsRect())
        painter = QPainter(self)
        # The application's own text colour; the label's is that of its tone.
        for text, font, palette in (
            (head, self._bold, QGuiApplication.palette()),
            (rest, self.font(), self.palette()),
        ):
            painter.setFont(font)
            painter.setPen(palette.color(self.foregroundRole()))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
            place.setLeft(place.left() + QFontMetrics(font).horizontalAdvance(text))
        painter.end()

    def _parts(self) -> tuple[str, str]:
        head, dot, rest = self.text().partition(" · ")
        return head, dot + rest
