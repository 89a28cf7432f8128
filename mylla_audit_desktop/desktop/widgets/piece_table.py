"""A table of rows of one line: what entries and findings look like, and how they are walked.

A cell is pieces of text, each in a look of its own; the model says them under `PIECES_ROLE`.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QLine,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QAction, QHelpEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mylla_audit_desktop.desktop.theme import Theme, mono_font, text_font
from mylla_audit_desktop.desktop.widgets import plain_tooltip
from mylla_audit_desktop.desktop.widgets.text_painter import TextPainter
from mylla_audit_desktop.desktop.widgets.thin_lines import draw_thin_lines

# Text and look: "mono" or "bold" where it is either, then the token of its colour, such as
# "mono faint"; the look "icon" stands for the mark of the system.
Pieces = tuple[tuple[str, str], ...]
PIECES_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT = 26
_MOST_SPOKEN_ROWS = 200
_PADDING = 10
_RIGHT_PADDING = 3
_ICON = 13
_ICON_ROOM = _ICON + 4
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value


class PieceTable(QTableView):
    """Whole rows are selected; a click on a header sorts, also by Ctrl+1 and so on."""

    def __init__(
        self, model: QAbstractTableModel, theme: Theme, name: str, sort_columns: Sequence[int]
    ) -> None:
        super().__init__()
        self.setObjectName("entries")
        self.setAccessibleName(name)
        self.setModel(model)
        self._theme = theme
        self._sort_columns = sort_columns
        self.delegate = PieceDelegate(theme, self)
        self.setItemDelegate(self.delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        # To paint a heading, Qt looks through the rows whether all of the column is selected.
        header.setSelectionModel(QItemSelectionModel(model, self))
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(60)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.sectionClicked.connect(self.sort_by_column)

    def sort_by_column(self, column: int) -> None:
        """What a click on a column's header means."""
        raise NotImplementedError

    def go_to(self, row: int) -> None:
        """Select a row, wherever it is, and bring it into view."""
        raise NotImplementedError

    def sort_actions(self) -> list[QAction]:
        """One action a column, for the menu and the keyboard (Ctrl+1 …)."""
        actions = []
        for number, column in enumerate(self._sort_columns, 1):
            # As the header has it: a column is named By.
            name = self.model().headerData(column, Qt.Orientation.Horizontal)
            action = QAction(f"Sort by {name}", self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _=False, column=column: self.sort_by_column(column))
            actions.append(action)
        return actions

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Paint it, and have a screen reader say it.

        For that, Qt asks for every cell of a selection, and a million rows stand still for half
        a minute: of a long one it gets what is seen.
        """
        super().selectionChanged(self._seen(selected), self._seen(deselected))

    def _seen(self, selection: QItemSelection) -> QItemSelection:
        ranges = [selection.at(number) for number in range(selection.count())]
        if sum(one.height() for one in ranges) <= _MOST_SPOKEN_ROWS:
            return selection
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        seen = QItemSelection()
        for one in ranges:
            top = max(one.top(), first)
            bottom = one.bottom() if last < 0 else min(one.bottom(), last)
            if top <= bottom:
                seen.select(
                    self.model().index(top, one.left()), self.model().index(bottom, one.right())
                )
        return seen

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, and one thin line below each row."""
        super().paintEvent(event)
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return
        rows = (last if last >= 0 else self.model().rowCount() - 1) - first + 1
        bottom = self.rowViewportPosition(first) + ROW_HEIGHT - 1
        right = self.horizontalHeader().length() - self.horizontalHeader().offset() - 1
        painter = QPainter(self.viewport())
        bottoms = range(bottom, bottom + rows * ROW_HEIGHT, ROW_HEIGHT)
        lines = [QLine(0, y, right, y) for y in bottoms]
        draw_thin_lines(painter, self._theme.color("line"), lines)
        painter.end()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the first and the last row, not the ends of this one."""
        ends = QAbstractItemView.CursorAction
        rows = self.model().rowCount()
        if not rows or action not in {ends.MoveHome, ends.MoveEnd}:
            return super().moveCursor(action, modifiers)
        row = 0 if action is ends.MoveHome else rows - 1
        return self.model().index(row, max(self.currentIndex().column(), 0))


class _Look(NamedTuple):
    texts: TextPainter
    pen: QPen
    pen_selected: QPen


class PieceDelegate(QStyledItemDelegate):
    """Paints a cell's pieces one behind the other, as far as there is room."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        # Asked itself: through Qt each cell would wait for two turns more.
        self._model = view.model()
        self._text = TextPainter(text_font(13))
        self._fonts = {
            "mono": TextPainter(mono_font(12)),
            "bold": TextPainter(text_font(13, is_bold=True)),
        }
        theme.changed.connect(self._take_colors)
        self._take_colors()

    def _take_colors(self) -> None:
        self._looks: dict[str, _Look] = {}
        self._focus = QPen(self._theme.color("accent"), 2)
        self._selection = self._theme.color("selection")
        self._gear = self._theme.icon("cog", "muted")

    def _look(self, style: str) -> _Look:
        found = self._looks.get(style)
        if found is None:
            words = style.split()
            texts = self._fonts.get(words[0], self._text)
            tone = "text" if words[-1] in self._fonts else words[-1]
            # On the selection faint text would be too faint to read.
            selected = "muted" if tone == "faint" else tone
            found = self._looks[style] = _Look(
                texts, QPen(self._theme.color(tone)), QPen(self._theme.color(selected))
            )
        return found

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row's height."""
        return QSize(80, ROW_HEIGHT)

    def width(self, pieces: Pieces) -> int:
        """How wide a cell must be to show them whole, in pixels."""
        return (
            _PADDING
            + _RIGHT_PADDING
            + sum(
                _ICON_ROOM if style == "icon" else self._look(style).texts.width(text)
                for text, style in pieces
            )
        )

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The selection's ground, the focus around, the pieces."""
        # Each call of Qt may wait for a worker's turn to end, and a page of cells makes
        # thousands: numbers in place of rectangles and flags, and the table draws the lines.
        rect = option.rect
        x, y, width, height = cast("tuple[int, int, int, int]", rect.getRect())
        state = option.state.value
        is_selected = state & _SELECTED != 0
        if is_selected:
            painter.fillRect(rect, self._selection)
        if state & _FOCUSED:
            painter.setPen(self._focus)
            painter.drawRect(rect.adjusted(1, 1, -1, -2))
        left, room = x + _PADDING, width - _PADDING - _RIGHT_PADDING
        for text, style in self._model.data(index, PIECES_ROLE) or ():
            if style == "icon":
                self._gear.paint(painter, left, y + (height - _ICON) // 2, _ICON, _ICON)
                taken = _ICON_ROOM
            else:
                look = self._look(style)
                painter.setPen(look.pen_selected if is_selected else look.pen)
                taken = look.texts.draw(painter, left, y + height // 2, room, text)
                if taken < look.texts.width(text):
                    # It ends in …, and a second … of what follows would say nothing.
                    break
            left += taken
            room -= taken
            if room <= 0:
                break

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A tooltip where it tells more than the cell does, and nowhere else."""
        tip = index.data(Qt.ItemDataRole.ToolTipRole)
        pieces: Pieces = index.data(PIECES_ROLE) or ()
        painted = "".join(text for text, _style in pieces).strip()
        is_whole = self.width(pieces) <= option.rect.width()
        if not tip or (is_whole and tip == plain_tooltip(painted)):
            return False
        return bool(super().helpEvent(event, view, option, index))
