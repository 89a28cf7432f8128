"""One of several choices, as a button with a menu.

No QComboBox, because on Linux Qt tells screen readers the current text of a combo box
as its name; here the name stays and the choice is its description. The keys are those
of a combo box.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton

from mylla_audit_desktop.desktop.widgets import plain_action
from mylla_audit_desktop.log.visible import visible_text


class _Menu(QMenu):
    """Goes to what begins with a letter; in Qt's own, letters lead to mnemonics only."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions, active = self.actions(), self.activeAction()
        place = _following(
            [action.text() for action in actions],
            actions.index(active) if active in actions else -1,
            event.text(),
        )
        if place is None:
            super().keyPressEvent(event)
        else:
            self.setActiveAction(actions[place])


class ChoiceButton(QPushButton):
    """Shows the value chosen; `chosen` tells when the user takes another."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.setProperty("kind", "choice")
        self.setAccessibleName(name)
        self._choices: list[tuple[object, str]] = []
        self._actions: list[QAction] = []
        self._place = 0
        # What stands before the choice on the button, such as "Status: ".
        self.prefix = ""
        # The style sheet gives a button with a menu no room at its left; as in a text field.
        self._indent = "\u2002\u2005"
        self.setMenu(_Menu(self))
        # Once it is there: the keys go on from what is chosen, and a screen reader says it.
        self.menu().aboutToShow.connect(lambda: QTimer.singleShot(0, self, self._go_to_chosen))
        self.offer(choices)

    def make_quiet(self) -> None:
        """Be a word among others, where there is little room."""
        self.setProperty("kind", "quiet-choice")
        self._indent = "\u2005"
        self._show(self._place)

    @property
    def value(self) -> object:
        """What is chosen."""
        return self._choices[self._place][0]

    def offer(self, choices: Sequence[tuple[object, str]]) -> None:
        """Have these to choose from; the value stays where it is still among them."""
        kept = self.value if self._choices else None
        self._choices = list(choices)
        menu, group = self.menu(), QActionGroup(self)
        menu.clear()
        self._actions = []
        for place, (_value, label) in enumerate(self._choices):
            action = QAction(plain_action(label), menu)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, place=place: self._choose(place))
            group.addAction(action)
            menu.addAction(action)
            self._actions.append(action)
        values = [value for value, _label in self._choices]
        self._show(values.index(kept) if kept in values else 0)

    def set_value(self, value: object) -> None:
        """Show a choice without telling anybody."""
        self._show([one for one, _label in self._choices].index(value))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down take the neighbour, a letter the next choice that begins with it."""
        place, last = self._place, len(self._choices) - 1
        is_plain = not event.modifiers() & Qt.KeyboardModifier.AltModifier
        if is_plain and event.key() == Qt.Key.Key_Down and place < last:
            self._choose(place + 1)
        elif is_plain and event.key() == Qt.Key.Key_Up and place > 0:
            self._choose(place - 1)
        elif event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.showMenu()
        elif event.text().isalpha():
            following = _following([label for _value, label in self._choices], place, event.text())
            if following is not None:
                self._choose(following)
        else:
            super().keyPressEvent(event)

    def _go_to_chosen(self) -> None:
        self.menu().setActiveAction(self._actions[self._place])

    def _show(self, place: int) -> None:
        self._place = place
        self._actions[place].setChecked(True)
        label = visible_text(self._choices[place][1])
        self.setText(f"{self._indent}{self.prefix}{plain_action(label)}")
        self.setAccessibleDescription(label)

    def _choose(self, place: int) -> None:
        self._show(place)
        self.chosen.emit(self.value)


def _following(labels: Sequence[str], place: int, letter: str) -> int | None:
    """The next label behind a place that begins with a letter, from the first again at the end."""
    if not letter.isalpha():
        return None
    first = letter.casefold()
    following = (*range(place + 1, len(labels)), *range(place + 1))
    return next((one for one in following if labels[one].casefold().startswith(first)), None)
