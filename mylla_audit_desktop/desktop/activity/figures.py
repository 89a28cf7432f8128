"""A table of figures, for charts and for reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import plain_tooltip

Index = QModelIndex | QPersistentModelIndex
VALUE_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell: what is shown, what is said of it in whole words, and the thing itself.

    is_code: for machines, as an ID or an action is.
    """

    text: str
    words: str
    value: object = None
    is_code: bool = False


class FigureModel(QAbstractTableModel):
    """Rows of figures, with names for rows and columns where there are any."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[Sequence[Figure]] = ()
        self._columns: Sequence[str] = ()
        self._names: Sequence[str] = ()

    def show(
        self,
        rows: Sequence[Sequence[Figure]],
        columns: Sequence[str],
        names: Sequence[str] = (),
    ) -> None:
        """Other figures from now on."""
        self.beginResetModel()
        self._rows, self._columns, self._names = rows, columns, names
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """How many columns."""
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text; its words for tooltip and screen reader; the value itself."""
        if not index.isValid():
            return None
        figure = self._rows[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return figure.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return figure.words
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(figure.words)
            case Qt.ItemDataRole.FontRole:
                return mono_font() if figure.is_code else None
            case Qt.ItemDataRole.TextAlignmentRole:
                is_number = isinstance(figure.value, int)
                side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case _:
                return figure.value if role == VALUE_ROLE else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The names."""
        is_column = orientation == Qt.Orientation.Horizontal
        names = self._columns if is_column else self._names
        if section >= len(names):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and is_column and self._rows:
            # Over its figures.
            return self.data(self.index(0, section), role)
        return names[section] if role == Qt.ItemDataRole.DisplayRole else None

    def value(self, row: int, column: int) -> object:
        """The thing behind a cell."""
        return self._rows[row][column].value
