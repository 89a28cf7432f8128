"""Completing one of several comma-separated values in a field."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView

# No choice shows it: what is invisible is shown as an escape.
_NOTHING = "\0"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list shows, what goes into the field, and how else it may be written."""

    shown: str
    value: str
    aliases: tuple[str, ...] = ()


class _Offer(QListView):
    closed = Signal()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()


class ChoiceCompleter(QCompleter):
    """Completes what stands behind the last comma, wherever it occurs in a choice.

    closed: nothing is on offer any more.
    """

    closed = Signal()

    def __init__(self, choices: list[Choice], field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self._choices = choices
        model = QStandardItemModel(self)
        for choice in choices:
            item = QStandardItem(choice.shown)
            item.setData(choice.value, Qt.ItemDataRole.UserRole)
            model.appendRow(item)
        self.setModel(model)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setMaxVisibleItems(12)
        popup = self._offer = _Offer()
        popup.closed.connect(self.closed)
        popup.setObjectName("completions")
        popup.setMinimumWidth(260)
        self.setPopup(popup)

    def is_half_typed(self, text: str) -> bool:
        """Whether the last value is no choice yet but part of one on offer; a pattern never is."""
        if not self._offer.isVisible():
            return False
        part = text.rpartition(",")[2].strip()
        if not part or "*" in part or "?" in part:
            return False
        if any(part == choice.value or part in choice.aliases for choice in self._choices):
            return False
        return any(part.casefold() in choice.shown.casefold() for choice in self._choices)

    def splitPath(self, path: str) -> list[str]:
        """The part that is being typed; of what is the only choice, nothing is to be completed."""
        part = path.rpartition(",")[2].strip()
        offered = [one for one in self._choices if part.casefold() in one.shown.casefold()]
        if len(offered) == 1 and part in {offered[0].value, *offered[0].aliases}:
            return [_NOTHING]
        return [part]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The field's text with the chosen value in the place of that part."""
        head, comma, _ = self._field.text().rpartition(",")
        value = str(index.data(Qt.ItemDataRole.UserRole))
        return f"{head}, {value}" if comma else value
