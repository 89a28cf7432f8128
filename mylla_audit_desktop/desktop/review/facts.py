"""A short list of facts under a heading: a code or a time, and words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import plain_label


@dataclass(frozen=True, slots=True)
class Fact:
    """code: in monospace, "" for none. Both texts are safe to look at already."""

    code: str
    words: str


class FactList(QWidget):
    """Rows of labels, kept and filled anew; the whole is one accessible description."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._rows: list[tuple[QWidget, QLabel, QLabel]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(plain_label(title, "section"))

    def show_facts(self, facts: Sequence[Fact] | None) -> None:
        """Show these; None while they are being read."""
        shown = [Fact("", "reading…")] if facts is None else list(facts)
        while len(self._rows) < len(shown):
            self._rows.append(self._add_row())
        for number, (row, code, words) in enumerate(self._rows):
            row.setVisible(number < len(shown))
            if number < len(shown):
                code.setText(shown[number].code)
                code.setVisible(bool(shown[number].code))
                words.setText(shown[number].words)
        self.setAccessibleDescription(". ".join(f"{one.code} {one.words}".strip() for one in shown))

    def text(self) -> str:
        """What is shown, as one text."""
        return self.accessibleDescription()

    def _add_row(self) -> tuple[QWidget, QLabel, QLabel]:
        code, words = plain_label(is_selectable=True), plain_label("", "muted", is_selectable=True)
        code.setFont(mono_font())
        words.setWordWrap(True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(code, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(words, 1)
        self._column.addWidget(row)
        return row, code, words
