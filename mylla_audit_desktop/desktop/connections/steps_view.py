"""The steps of a test, as they come."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from mylla_audit_desktop.connections.check import Outcome, Step, Steps
from mylla_audit_desktop.desktop.widgets import plain_label, say_aloud
from mylla_audit_desktop.log.visible import visible_text

# A sign and a word for each: meaning is never colour alone.
_SIGNS = {Outcome.GOOD: ("✓", "good"), Outcome.NOTE: ("!", "note"), Outcome.BAD: ("✗", "error")}
_SAID = {Outcome.GOOD: "works", Outcome.NOTE: "works, mind", Outcome.BAD: "failed"}


class StepsView(QWidget):
    """A line for each step: a sign, what was tried, what came of it, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Test result")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        self._steps: Steps = ()

    @property
    def steps(self) -> Steps:
        """The steps on show."""
        return self._steps

    def show_steps(self, steps: Steps) -> None:
        """Show these steps, and nothing of former ones."""
        known = self._steps if steps[: len(self._steps)] == self._steps else ()
        for step in steps[len(known) :]:
            say_aloud(self, _as_text(step))
        self._steps = steps
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, step in enumerate(steps):
            self._add(row, step)
        self.setAccessibleDescription(" ".join(map(_as_text, steps)))
        self.setVisible(bool(steps))

    def _add(self, row: int, step: Step) -> None:
        sign, tone = _SIGNS[step.outcome]
        top = Qt.AlignmentFlag.AlignTop
        mark = plain_label(sign, tone)
        mark.setAccessibleName(_SAID[step.outcome])
        subject = plain_label(step.subject, "strong")
        subject.setMinimumWidth(78)
        words = plain_label(visible_text(f"{step.words} {step.advice}".strip()), is_selectable=True)
        words.setWordWrap(True)
        words.setAccessibleName(f"{step.subject} {_SAID[step.outcome]}")
        self._grid.addWidget(mark, row, 0, top)
        self._grid.addWidget(subject, row, 1, top)
        self._grid.addWidget(words, row, 2, top)


def _as_text(step: Step) -> str:
    said = f"{step.subject} {_SAID[step.outcome]}: {step.words} {step.advice}".strip()
    return visible_text(said)
