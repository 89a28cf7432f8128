"""The table of entries: painting, keyboard, copy, and the menu on an entry."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from mylla_audit_desktop.desktop.audit_log.entry_model import (
    COLUMNS,
    ENTRY_ROLE,
    PIECES_ROLE,
    SORT_COLUMNS,
    EntryModel,
)
from mylla_audit_desktop.desktop.theme import Theme, mono_font, text_font
from mylla_audit_desktop.desktop.widgets import plain_action
from mylla_audit_desktop.desktop.widgets.text_painter import TextPainter
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.query import Sort, SortColumn

ROW_HEIGHT = 26
_WIDTHS = (214, 128, 176, 172, 106, 124)
# The time and an IPv4 address are always whole.
_WHOLE_COLUMNS = (0, 5)
_PADDING = 10
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_ICON = 13


class EntryTable(QTableView):
    """Shows an `EntryModel`; selection, sorting and menus as signals."""

    entry_selected = Signal(object)
    sort_changed = Signal(object)
    trace_target = Signal(str)
    only_actor = Signal(str)
    only_action = Signal(str)
    copy_requested = Signal()
    search_typed = Signal(object, str)

    def __init__(self, model: EntryModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entries")
        self.setAccessibleName("Audit log entries")
        self.setModel(model)
        self._entries = model
        self.setItemDelegate(EntryDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        self._sort = Sort()
        # Columns fill the width until the user sets one.
        self.has_own_widths = False
        self._is_fitting = False
        self._build_header()
        self._typed = ""
        self.selectionModel().currentRowChanged.connect(self._tell_current)
        model.page_shown.connect(self._tell_page)

    def _build_header(self) -> None:
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(60)
        header.sectionResized.connect(self._take_width)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
        header.sectionClicked.connect(self._sort_by_column)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_header_menu)
        header.setToolTip("Click to sort the whole result; right-click to choose columns")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns fill the width."""
        super().resizeEvent(event)
        self.fit_columns(self.viewport().width())

    def fit_columns(self, room: int) -> None:
        """Time and address are always whole, the others share the rest, until the user sets one."""
        if self.has_own_widths:
            return
        self._is_fitting = True
        fixed = sum(_WIDTHS[column] for column in _WHOLE_COLUMNS)
        share = max((room - fixed) / (sum(_WIDTHS) - fixed), 0.72)
        for column, width in enumerate(_WIDTHS):
            is_whole = column in _WHOLE_COLUMNS
            self.setColumnWidth(column, width if is_whole else int(width * share))
        self._is_fitting = False

    def _take_width(self, column: int) -> None:
        # The last column stretches by itself.
        is_last = self.horizontalHeader().visualIndex(column) == len(COLUMNS) - 1
        if not self._is_fitting and self.isVisible() and not is_last:
            self.has_own_widths = True

    # -- sorting ---------------------------------------------------------------

    def sort_by(self, sort: Sort) -> None:
        """Show the order of a result in the header."""
        self._sort = sort
        column = next(index for index, one in SORT_COLUMNS.items() if one is sort.column)
        order = Qt.SortOrder.AscendingOrder if sort.ascending else Qt.SortOrder.DescendingOrder
        self.horizontalHeader().setSortIndicator(column, order)

    def _sort_by_column(self, column: int) -> None:
        chosen = SORT_COLUMNS.get(column)
        if chosen is None:
            self.sort_by(self._sort)
            return
        # Times begin with the newest, names with A; a second click turns it round.
        is_first = chosen is not self._sort.column
        ascending = chosen is not SortColumn.TIMESTAMP if is_first else not self._sort.ascending
        self.sort_by(Sort(chosen, ascending))
        self.sort_changed.emit(self._sort)

    def sort_actions(self) -> list[QAction]:
        """One action a column, for the menu and the keyboard (Ctrl+1 …)."""
        actions = []
        for number, column in enumerate(SORT_COLUMNS, 1):
            action = QAction(f"Sort by {COLUMNS[column].lower().replace('ip', 'IP')}", self)
            action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _=False, column=column: self._sort_by_column(column))
            actions.append(action)
        return actions

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
                lambda is_shown, column=column: header.setSectionHidden(column, not is_shown)
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
        """Home and End go over the whole result; Ctrl+C copies; typing searches."""
        rows = self._entries.rowCount()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif rows and event.key() == Qt.Key.Key_Home and not event.modifiers():
            self.go_to(0)
        elif rows and event.key() == Qt.Key.Key_End and not event.modifiers():
            self.go_to(rows - 1)
        elif event.key() in {Qt.Key.Key_Menu, Qt.Key.Key_F10} and self.currentIndex().isValid():
            self._show_menu(self.visualRect(self.currentIndex()).center())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Type-ahead over the whole result, in the column with the focus."""
        column = SORT_COLUMNS.get(self.currentIndex().column(), SortColumn.ACTOR)
        if column is SortColumn.TIMESTAMP:
            column = SortColumn.ACTOR
        if search.strip():
            self.search_typed.emit(column, search)

    # -- menus -----------------------------------------------------------------

    def _show_menu(self, position: QPoint) -> None:
        entry = self._entries.entry_at(self.indexAt(position).row())
        if entry is None:
            return
        menu = self.entry_menu(entry)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(position))

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


class EntryDelegate(QStyledItemDelegate):
    """Paints a cell as pieces: names in text colour, IDs and offsets faint and monospace."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._text, self._mono = TextPainter(text_font(13)), TextPainter(mono_font(12))
        theme.changed.connect(self._take_colors)
        self._take_colors()

    def _take_colors(self) -> None:
        names = ("text", "muted", "faint")
        self._pens = {name: QPen(self._theme.color(name)) for name in names}
        self._line = QPen(self._theme.color("line"), 1)
        self._focus = QPen(self._theme.color("accent"), 2)
        self._ground = self._theme.color("panel")
        self._selection = self._theme.color("selection")
        self._gear = self._theme.icon("cog", "muted")

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row's height."""
        return QSize(80, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Background, pieces, one thin line below, and the focus at the row's left."""
        rect = option.rect
        # As numbers: a page of cells asks hundreds of times, and flags of Python are slow.
        state = option.state.value
        is_selected = state & _SELECTED != 0
        painter.fillRect(rect, self._selection if is_selected else self._ground)
        painter.setPen(self._line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & _FOCUSED:
            painter.setPen(self._focus)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        place = rect.adjusted(_PADDING, 0, -3, 0)
        for text, style in index.data(PIECES_ROLE) or ():
            if style == "icon":
                top = rect.top() + (rect.height() - _ICON) // 2
                self._gear.paint(painter, place.left(), top, _ICON, _ICON)
                place.setLeft(place.left() + _ICON + 4)
                continue
            tone = "faint" if "faint" in style else "muted" if "muted" in style else "text"
            # On the selection faint text would be too faint to read.
            painter.setPen(self._pens["muted" if is_selected and tone == "faint" else tone])
            texts = self._mono if "mono" in style else self._text
            place.setLeft(place.left() + texts.draw(painter, place, text))
            if place.width() <= 0:
                break

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A tooltip where the cell is too narrow for its text, and nowhere else."""
        pieces = index.data(PIECES_ROLE) or ()
        width = sum(
            (self._mono if "mono" in style else self._text).width(text)
            for text, style in pieces
            if style != "icon"
        )
        if width <= option.rect.width() - _PADDING - 4 or index.data(ENTRY_ROLE) is None:
            return False
        return bool(super().helpEvent(event, view, option, index))
