"""The table of entries: order, columns, keyboard, copy, and the menu on an entry."""

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSettings,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu

from mylla_audit_desktop.desktop.audit_log.entry_model import COLUMNS, SORT_COLUMNS, EntryModel
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import plain_action
from mylla_audit_desktop.desktop.widgets.piece_table import PieceTable
from mylla_audit_desktop.desktop.widgets.selection import SelectionFollower
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.query import Sort, SortColumn

# Beyond this an export is the right tool.
MOST_SELECTED = 10_000
_WIDTHS = (214, 128, 176, 172, 106, 124)
# The time and an IPv4 address are always whole.
_WHOLE_COLUMNS = (0, 5)


class EntryTable(PieceTable):
    """Shows an `EntryModel`; selection, sorting and menus as signals."""

    entry_selected = Signal(object)
    sort_changed = Signal(object)
    trace_target = Signal(str)
    only_actor = Signal(str)
    only_action = Signal(str)
    copy_requested = Signal()
    selection_refused = Signal(object)
    search_typed = Signal(object, str)

    def __init__(self, model: EntryModel, theme: Theme) -> None:
        super().__init__(model, theme, "Audit log entries", tuple(SORT_COLUMNS))
        self._entries = model
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._sort = Sort()
        # Columns fill the width until the user sets one.
        self._has_own_widths = False
        self._is_fitting = False
        self._build_header()
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        SelectionFollower(self)
        model.page_shown.connect(self._tell_page)

    def _build_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setStretchLastSection(True)
        header.sectionResized.connect(self._take_width)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        header.setToolTip("Click to sort the whole result; right-click to choose columns")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns fill the width; the entry with the focus, if it was seen, is still."""
        current, before = self.currentIndex(), event.oldSize().height()
        super().resizeEvent(event)
        self.fit_columns(self.viewport().width())
        bottom = self.visualRect(current).bottom()
        if current.isValid() and self.viewport().height() <= bottom < before:
            self.scrollTo(current)

    def fit_columns(self, room: int) -> None:
        """Time and address are always whole, the others share the rest, until the user sets one."""
        if self._has_own_widths:
            return
        self._is_fitting = True
        shown = [column for column in range(len(_WIDTHS)) if not self.isColumnHidden(column)]
        fixed = sum(_WIDTHS[column] for column in shown if column in _WHOLE_COLUMNS)
        rest = sum(_WIDTHS[column] for column in shown if column not in _WHOLE_COLUMNS)
        share = max((room - fixed) / rest, 0.7) if rest else 1
        for column in shown:
            # Of even widths: at 150 % they end with a pixel, and no line has a gap there.
            width = _WIDTHS[column] * (1 if column in _WHOLE_COLUMNS else share)
            self.setColumnWidth(column, int(width) // 2 * 2)
        self._is_fitting = False

    def _take_width(self, column: int) -> None:
        header = self.horizontalHeader()
        # The last column stretches by itself.
        last = max(
            (one for one in range(header.count()) if not header.isSectionHidden(one)),
            key=header.visualIndex,
        )
        if not self._is_fitting and self.isVisible() and column != last:
            self._has_own_widths = True

    def _show_column(self, column: int, *, is_shown: bool) -> None:
        self._is_fitting = True
        self.setColumnHidden(column, not is_shown)
        self._is_fitting = False
        self.fit_columns(self.viewport().width())

    def save_layout(self, state: QSettings) -> None:
        """Keep the columns."""
        state.setValue("audit_log/columns", self.horizontalHeader().saveState())
        state.setValue("audit_log/has_own_widths", self._has_own_widths)

    def restore_layout(self, state: QSettings) -> None:
        """As they were."""
        columns = state.value("audit_log/columns")
        if columns is not None:
            self.horizontalHeader().restoreState(columns)
            self._has_own_widths = state.value("audit_log/has_own_widths") in {True, "true"}

    # -- sorting ---------------------------------------------------------------

    def sort_by(self, sort: Sort) -> None:
        """Show the order of a result in the header."""
        self._sort = sort
        column = next(index for index, one in SORT_COLUMNS.items() if one is sort.column)
        order = Qt.SortOrder.AscendingOrder if sort.ascending else Qt.SortOrder.DescendingOrder
        self.horizontalHeader().setSortIndicator(column, order)

    def sort_by_column(self, column: int) -> None:
        """Sort the whole result; by a column that has no order nothing happens."""
        chosen = SORT_COLUMNS.get(column)
        if chosen is None:
            self.sort_by(self._sort)
            return
        # Times begin with the newest, names with A; a second click turns it round.
        is_first = chosen is not self._sort.column
        ascending = chosen is not SortColumn.TIMESTAMP if is_first else not self._sort.ascending
        self.sort_by(Sort(chosen, ascending))
        self.sort_changed.emit(self._sort)

    def column_actions(self) -> list[QAction]:
        """A switch a column; the timestamp always stays."""
        header = self.horizontalHeader()
        actions = []
        for column, name in enumerate(COLUMNS):
            action = QAction(name, self)
            action.setCheckable(True)
            action.setChecked(not header.isSectionHidden(column))
            action.setEnabled(column != 0)
            action.toggled.connect(
                lambda is_shown, column=column: self._show_column(column, is_shown=is_shown)
            )
            actions.append(action)
        return actions

    # -- selection -------------------------------------------------------------

    def current_entry(self) -> EntrySummary | None:
        """The entry with the focus."""
        index = self.currentIndex()
        return self._entries.entry_at(index.row()) if index.isValid() else None

    def go_to(self, row: int, column: int | None = None) -> None:
        """Select a row, wherever it is, and bring it into view."""
        if column is None:
            column = max(self.currentIndex().column(), 0)
        index = self._entries.index(row, column)
        self.setCurrentIndex(index)
        # The view looks at the keys, and Shift of a capital may still be held.
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(index, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(index)

    def selected_ranges(self) -> list[tuple[int, int]]:
        """First and last row of each stretch that is selected, from the top."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.count())]
        return sorted({(one.top(), one.bottom()) for one in ranges})

    def _tell_current(self, current: QModelIndex, _previous: QModelIndex) -> None:
        entry = self._entries.entry_at(current.row()) if current.isValid() else None
        if entry is None and current.isValid():
            # Its page is asked for, and told when it is there.
            self._entries.data(current)
        self.entry_selected.emit(entry)

    def _tell_page(self, first: int, last: int) -> None:
        index = self.currentIndex()
        if index.isValid() and first <= index.row() <= last:
            self.entry_selected.emit(self._entries.entry_at(index.row()))

    # -- keyboard --------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies, F10 opens the menu."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.key() == Qt.Key.Key_F10:
            self._show_menu_of_current()
        else:
            super().keyPressEvent(event)

    def selectAll(self) -> None:
        """Of no more than could be copied.

        Asked by a screen reader how many of a million are selected, Qt looks at each of their
        cells, and the window stands still for a minute.
        """
        if self.model().rowCount() <= MOST_SELECTED:
            super().selectAll()
            return
        self._refuse_selection()

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Likewise with Shift: what would be too long begins anew."""
        command = super().selectionCommand(index, event)
        flags = QItemSelectionModel.SelectionFlag
        if command & flags.Current:
            current = self.currentIndex().row()
            stretch = [one for one in self.selected_ranges() if one[0] <= current <= one[1]]
            ends = [current, index.row(), *(row for one in stretch for row in one)]
            if max(ends) - min(ends) >= MOST_SELECTED:
                self._refuse_selection()
                return flags.ClearAndSelect | flags.Rows
        return command

    def _refuse_selection(self) -> None:
        what = f"More than {MOST_SELECTED:,} entries cannot be selected."
        self.selection_refused.emit(InputError(what, "Use Export CSV."))

    def keyboardSearch(self, search: str) -> None:
        """Type-ahead over the whole result, in the column with the focus."""
        column = SORT_COLUMNS.get(self.currentIndex().column(), SortColumn.ACTOR)
        if column is SortColumn.TIMESTAMP:
            column = SortColumn.ACTOR
        self.search_typed.emit(column, search)

    # -- menus -----------------------------------------------------------------

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the entry under the mouse, or by the menu key of the one with the focus."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            # Its position counts from the header's top edge, and so belongs to another row.
            self._show_menu_of_current()
        else:
            self._show_menu(event.pos())

    def _show_menu_of_current(self) -> None:
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
            menu = self._show_menu(self.visualRect(self.currentIndex()).center())
            if menu is not None:
                # By keyboard something in it is chosen, which a screen reader says.
                menu.setActiveAction(next(one for one in menu.actions() if one.isEnabled()))

    def _show_menu(self, position: QPoint) -> QMenu | None:
        entry = self._entries.entry_at(self.indexAt(position).row())
        if entry is None:
            return None
        menu = self.entry_menu(entry)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(position))
        return menu

    def entry_menu(self, entry: EntrySummary) -> QMenu:
        """What can be done with an entry."""
        menu = QMenu(self)
        target = entry.target_id
        trace = menu.addAction("Show everything that touched this target")
        trace.setEnabled(target is not None)
        if target is not None:
            trace.triggered.connect(lambda: self.trace_target.emit(target))
        actor = menu.addAction(plain_action(f"Only this actor ({entry.actor_name})"))
        actor.triggered.connect(lambda: self.only_actor.emit(entry.actor_id))
        action = menu.addAction(plain_action(f"Only this action ({entry.action})"))
        action.triggered.connect(lambda: self.only_action.emit(entry.action))
        menu.addSeparator()
        copy = menu.addAction("Copy")
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.triggered.connect(self.copy_requested)
        return menu

    def _show_header_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        for action in self.column_actions():
            action.setParent(menu)
            menu.addAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(position))
