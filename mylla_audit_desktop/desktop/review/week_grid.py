"""A week's working hours: start and end of each day, and a bar that shows them."""

import re

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy, QWidget

from mylla_audit_desktop.desktop.review.policy_draft import DAY_NAMES, OFF, DayDraft, WeekDraft
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import field_label, mark_wrong, plain_label
from mylla_audit_desktop.review.policy import WEEKDAYS

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_FIELD_WIDTH = 66
_BAR_HEIGHT = 22


class WeekGrid(QWidget):
    """`changed` tells that something was typed. A day with two empty fields is off."""

    changed = Signal()

    def __init__(self, theme: Theme, whose: str = "") -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(4, 1)
        self._fields: list[tuple[QLineEdit, QLineEdit]] = []
        self._bars: list[_DayBar] = []
        for row, day in enumerate(DAY_NAMES):
            pair = []
            for name in ("start", "end"):
                field = QLineEdit()
                field.setAccessibleName(f"{whose}{day} {name}")
                field.setPlaceholderText("off")
                field.setFont(mono_font())
                field.setFixedWidth(_FIELD_WIDTH)
                field.textEdited.connect(lambda _text: self.changed.emit())
                field.textChanged.connect(lambda _text, row=row: self._show_bar(row))
                pair.append(field)
            bar = _DayBar(theme)
            grid.addWidget(field_label(day, pair[0], ""), row, 0)
            grid.addWidget(pair[0], row, 1)
            grid.addWidget(plain_label("to", "muted"), row, 2)
            grid.addWidget(pair[1], row, 3)
            grid.addWidget(bar, row, 4)
            self._fields.append((pair[0], pair[1]))
            self._bars.append(bar)

    def week(self) -> WeekDraft:
        """The texts as they stand."""
        return tuple((start.text(), end.text()) for start, end in self._fields)

    def show_week(self, week: WeekDraft | None) -> None:
        """Show these texts; None for a week without any."""
        for row, (start, end) in enumerate(self._fields):
            first, last = week[row] if week else OFF
            start.setText(first)
            end.setText(last)

    def mark(self, day: str, sentence: str) -> bool:
        """Mark a day (`wed`) with what is wrong with it; whether there is such a day."""
        for name, pair in zip(WEEKDAYS, self._fields, strict=True):
            for field in pair:
                mark_wrong(field, sentence if name == day else "")
        return day in WEEKDAYS

    def _show_bar(self, row: int) -> None:
        # A night shift reaches into the morning of the next day.
        for place in (row, (row + 1) % 7):
            before = self._span((place - 1) % 7)
            own = self._span(place)
            spans = []
            if before is not None and before[1] <= before[0]:
                spans.append((0, before[1]))
            if own is not None:
                spans.append((own[0], own[1] if own[1] > own[0] else 1440))
            self._bars[place].show_spans(spans)

    def _span(self, row: int) -> tuple[int, int] | None:
        start, end = (_minutes(field.text()) for field in self._fields[row])
        return None if start is None or end is None else (start, end)


class _DayBar(QWidget):
    """24 hours as a strip, working time filled; the fields beside it say the same."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._spans: list[tuple[int, int]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)

    def show_spans(self, spans: list[tuple[int, int]]) -> None:
        """Fill these minutes of the day."""
        self._spans = spans
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The strip, its working time, a mark every six hours."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(0, 6, self.width(), self.height() - 12)
        # Framed, so that in high contrast too nobody takes it for a day full of work.
        painter.setPen(self._theme.color("line"))
        painter.setBrush(self._theme.color("alternate"))
        painter.drawRoundedRect(strip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        for start, end in self._spans:
            left = self.width() * start / 1440
            width = max(self.width() * (end - start) / 1440, 2)
            painter.drawRoundedRect(QRectF(left, strip.top(), width, strip.height()), 3, 3)
        # None at an end of working time, of which it would cut off a sliver.
        ends = {minute for span in self._spans for minute in span}
        for hour in (6, 12, 18):
            if hour * 60 not in ends:
                x = self.width() * hour // 24
                mark = QRectF(x, strip.top(), 1, strip.height())
                painter.fillRect(mark, self._theme.color("line"))
        painter.end()


def _minutes(text: str) -> int | None:
    match = _CLOCK.fullmatch(text.strip())
    return None if match is None else int(match[1]) * 60 + int(match[2])


def is_off(day: DayDraft) -> bool:
    """Whether nothing is typed for a day."""
    return not day[0].strip() and not day[1].strip()
