"""The diff of one entry as plain text, for the table, a screen reader and the clipboard."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from mylla_audit_desktop.log.diff import FieldDiff, Kind, Missing, Side, value_text
from mylla_audit_desktop.log.text_diff import Stretch, diff_words, fold
from mylla_audit_desktop.log.visible import visible_lines, visible_text

HEADINGS = ("Field", "Before", "After")
# What one cell shows at most; the export holds the whole.
_LONGEST = 4_000
# Longer texts are shown once, with the changes inline, over both columns.
_SIDE_BY_SIDE = 110

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field's diff with its words compared, ready to be shown."""

    diff: FieldDiff
    stretches: tuple[Stretch, ...]

    @property
    def is_inline(self) -> bool:
        """Whether both sides are one text with the changes in it."""
        return bool(self.stretches) and sum(len(s.text) for s in self.stretches) > _SIDE_BY_SIDE


def prepare_field(diff: FieldDiff) -> FieldChange:
    """Compare the words of a changed text; pure, for a pool thread."""
    sides = [side for side in (diff.before, diff.after) if isinstance(side, str)]
    # A blank text is shown in words, which a comparison of words has none for.
    if diff.kind is not Kind.CHANGED or len([one for one in sides if one.strip()]) < 2:
        return FieldChange(diff, ())
    return FieldChange(diff, fold(diff_words(value_text(diff.before), value_text(diff.after))))


def side_text(side: Side) -> str:
    """A value in words: what is not there, null and the empty text are told apart."""
    if side is Missing.MISSING:
        return "not set"
    if isinstance(side, str):
        if not side:
            return '"" (empty text)'
        # A text that looks like another JSON value keeps its quotes.
        looks_other = side.strip() != side or side in {"null", "true", "false", "not set"}
        return f'"{side}"' if looks_other or _is_number(side) else side
    return value_text(side)


def _is_number(text: str) -> bool:
    return len(text) < 40 and text.lstrip("-").replace(".", "", 1).isdigit()


def cut(text: str) -> str:
    """The text as far as it is shown, with its size where it is longer."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}… (shown in part: {len(text):,} characters; the export holds all)"


class ChangesModel(QAbstractTableModel):
    """Fields by Field, Before, After, as plain text."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.fields: tuple[FieldChange, ...] = ()

    def set_fields(self, fields: tuple[FieldChange, ...]) -> None:
        """Show these fields."""
        self.beginResetModel()
        self.fields = fields
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """One row a field."""
        return 0 if parent.isValid() else len(self.fields)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Field, Before, After."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; for a screen reader the field also says what happened."""
        diff = self.fields[index.row()].diff
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return visible_text(diff.path) or "(whole value)"
            return visible_lines(cut(side_text(diff.before if index.column() == 1 else diff.after)))
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            note = f", {diff.note}" if diff.note else ""
            return f"{visible_text(diff.path) or '(whole value)'}, {diff.kind.value}{note}"
        return None

    def value(self, row: int, column: int) -> str:
        """The value itself, whole."""
        diff = self.fields[row].diff
        return diff.path if column == 0 else value_text(diff.before if column == 1 else diff.after)

    def is_set(self, row: int, column: int) -> bool:
        """Whether there is a value on this side."""
        diff = self.fields[row].diff
        return (diff.before if column == 1 else diff.after) is not Missing.MISSING
