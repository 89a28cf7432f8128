"""An actor's usual hours as 24 small bars, with the finding's hours marked."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import Theme, mono_font

_HEIGHT = 72
_LABELS = 14
# A marked hour without usual work is seen all the same.
_LOWEST_MARK = 0.12


class HoursChart(QWidget):
    """Painted; the same in words is its accessible description and its tooltip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hours: tuple[int, ...] = (0,) * 24
        self._marked: frozenset[int] = frozenset()
        self.setAccessibleName("Usual hours")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def show_hours(self, hours: tuple[int, ...], marked: frozenset[int]) -> None:
        """24 counts, and the hours to be marked."""
        self._hours, self._marked = hours, marked
        words = describe_hours(hours, marked)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room, always as high."""
        return QSize(240, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars from the hour's share of the busiest, marked ones in the grave colour."""
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(mono_font(10))
        width = self.width() / 24
        base = self.height() - _LABELS
        most = max(self._hours) or 1
        marked = sorted(self._marked)
        for hour, count in enumerate(self._hours):
            is_marked = hour in self._marked
            share = max(count / most, _LOWEST_MARK if is_marked else 0)
            if share:
                height = max(share * (base - 14), 1.5)
                bar = QRectF(hour * width + 1, base - height, max(width - 2, 2), height)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("removed" if is_marked else "strong_line"))
                painter.drawRoundedRect(bar, 1.5, 1.5)
                if is_marked:
                    # A shape as well as a colour.
                    painter.setPen(theme.color("removed"))
                    above = QRectF(bar.center().x() - 8, bar.top() - 13, 16, 12)
                    painter.drawText(above, Qt.AlignmentFlag.AlignCenter, "▼")
        painter.setPen(theme.color("line"))
        painter.drawLine(0, base, self.width(), base)
        labels = dict.fromkeys((0, 6, 12, 18), "muted")
        for hour in marked:
            if not any(abs(hour - other) == 1 and other < hour for other in self._marked):
                labels[hour] = "removed"
        for hour in sorted(labels):
            tone = labels[hour]
            is_crowded = tone == "muted" and any(abs(hour - one) < 2 for one in self._marked)
            if is_crowded:
                continue
            painter.setPen(theme.color(tone))
            place = QRectF((hour + 0.5) * width - 14, base + 2, 28, _LABELS - 2)
            place.moveLeft(min(max(place.left(), -6), self.width() - 22))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{hour:02d}")
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()


def describe_hours(hours: tuple[int, ...], marked: frozenset[int]) -> str:
    """The chart in words: `08:00 to 18:00 mostly …`; every hour with its count."""
    total = sum(hours)
    own = " and ".join(f"{hour:02d}:00" for hour in sorted(marked)) or "at no known hour"
    if not total:
        return f"No entries before. This finding: {own}."
    listed = ", ".join(f"{hour:02d}:00 {count:,}" for hour, count in enumerate(hours) if count)
    return f"This finding: {own}. {format_count(total)} before, by hour: {listed}."
