"""A short list of facts under a heading: a code or a time, and words."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import CutLabel, breakable, explain, plain_label


@dataclass(frozen=True, slots=True)
class Fact:
    """code: in monospace, "" for none. after: behind the words, always whole.

    All three are safe to look at already.
    """

    code: str
    words: str
    after: str = ""

    @property
    def text(self) -> str:
        """The whole, as one line."""
        return " ".join(one for one in (self.code, self.words, self.after) if one)


class FactList(QWidget):
    """Rows of labels, kept and filled anew; the whole is one accessible description.

    are_lines: a fact is one line, whose words are cut where there is no room; otherwise they
    are wrapped.
    """

    def __init__(self, title: str, *, are_lines: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self._are_lines = are_lines
        # A font with its features takes as long to make as the rest of a row.
        self._font = mono_font()
        self._rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(plain_label(title, "section"))

    def show_facts(self, facts: Sequence[Fact] | None) -> None:
        """Show these; None while they are being read."""
        shown = [Fact("", "reading…")] if facts is None else list(facts)
        while len(self._rows) < len(shown):
            row = _Row(self._font, are_lines=self._are_lines)
            self._column.addWidget(row)
            self._rows.append(row)
        for row in self._rows[len(shown) :]:
            row.hide()
        for row, fact in zip(self._rows, shown, strict=False):
            row.show_fact(fact)
        self.setAccessibleDescription(". ".join(one.text for one in shown))

    def text(self) -> str:
        """What is shown, as one text."""
        return self.accessibleDescription()


class _Row(QWidget):
    def __init__(self, font: QFont, *, are_lines: bool) -> None:
        super().__init__()
        self._code = plain_label(is_selectable=True)
        self._code.setFont(font)
        self._words: QLabel
        if are_lines:
            self._words = CutLabel("muted")
            self._words.setMinimumWidth(20)
        else:
            self._words = plain_label("", "muted", is_selectable=True)
            self._words.setWordWrap(True)
            self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._after = plain_label("", "muted", is_selectable=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4 if are_lines else 8)
        line.addWidget(self._code, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 0 if are_lines else 1)
        line.addWidget(self._after)
        if are_lines:
            line.addStretch(1)

    def show_fact(self, fact: Fact) -> None:
        """Another fact in the same labels."""
        texts = (fact.code, fact.words, fact.after)
        for label, text in zip((self._code, self._words, self._after), texts, strict=True):
            label.setText(breakable(text) if label.wordWrap() else text)
            label.setVisible(bool(text))
        if not self._words.wordWrap():
            explain(self, fact.text)
        self.show()
