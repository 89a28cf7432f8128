"""The table of findings: painting, keys for verdicts, sorting."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mylla_audit_desktop.desktop.review.finding_model import (
    COLUMNS,
    SEVERITY,
    TITLE,
    TONE_ROLE,
    WHEN,
    FindingModel,
)
from mylla_audit_desktop.desktop.theme import Theme, mono_font, text_font
from mylla_audit_desktop.review.decision import ReviewedFinding, Verdict

ROW_HEIGHT = 26
_WIDTHS = {0: 98, 2: 104, 3: 106, 4: 98}
_PADDING = 10
# What a key means while the findings have the focus.
VERDICT_KEYS = {
    Qt.Key.Key_E: Verdict.EXPECTED,
    Qt.Key.Key_F: Verdict.FOLLOW_UP,
    Qt.Key.Key_X: Verdict.ESCALATED,
    Qt.Key.Key_R: Verdict.REOPENED,
}


class FindingTable(QTableView):
    """Shows a `FindingModel`; what is selected and decided as signals."""

    selection_changed = Signal()
    verdict_typed = Signal(object)
    undo_typed = Signal()

    def __init__(self, model: FindingModel, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("entries")
        self.setAccessibleName("Findings")
        self._findings = model
        self.setModel(model)
        self.setItemDelegate(FindingDelegate(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
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
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(60)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setToolTip("Click to sort")
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(SEVERITY, Qt.SortOrder.AscendingOrder)
        header.sectionClicked.connect(self._sort_by_column)
        self._anchor = 0
        self._sorted = (SEVERITY, Qt.SortOrder.AscendingOrder)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())

    # -- sorting ---------------------------------------------------------------

    def _sort_by_column(self, column: int) -> None:
        ascending, descending = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        if column == self._sorted[0]:
            order = descending if self._sorted[1] is ascending else ascending
        else:
            # Times begin with the newest, the gravest stands first, names begin with A.
            order = descending if column == WHEN else ascending
        self._sorted = (column, order)
        self.horizontalHeader().setSortIndicator(column, order)
        kept = self.selected_ids()
        self._findings.sort(column, order)
        self.select_ids(kept)

    def sort_actions(self) -> list[QAction]:
        """One action a column, for the menu and the keyboard (Ctrl+1 …)."""
        actions = []
        for column, name in enumerate(COLUMNS):
            action = QAction(f"Sort by {name.lower()}", self)
            action.setShortcut(QKeySequence(f"Ctrl+{column + 1}"))
            action.triggered.connect(lambda _=False, column=column: self._sort_by_column(column))
            actions.append(action)
        return actions

    # -- selection -------------------------------------------------------------

    def selected(self) -> tuple[ReviewedFinding, ...]:
        """The selected findings, from the top."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        found = (self._findings.finding_at(row) for row in rows)
        return tuple(one for one in found if one is not None)

    def current(self) -> ReviewedFinding | None:
        """The finding with the focus."""
        index = self.currentIndex()
        return self._findings.finding_at(index.row()) if index.isValid() else None

    def selected_ids(self) -> tuple[str, ...]:
        """The IDs of the selected findings."""
        return tuple(one.finding.finding_id for one in self.selected())

    def select_ids(self, ids: tuple[str, ...]) -> bool:
        """Select those of the findings that are shown; whether any is."""
        rows = [row for row in map(self._findings.row_of, ids) if row is not None]
        if not rows:
            return False
        self.go_to(rows[0])
        flag = self.selectionModel().SelectionFlag
        for row in rows[1:]:
            index = self._findings.index(row, 0)
            self.selectionModel().select(index, flag.Select | flag.Rows)
        return True

    def go_to(self, row: int) -> None:
        """Select one row and bring it into view."""
        index = self._findings.index(row, max(self.currentIndex().column(), 0))
        flag = QItemSelectionModel.SelectionFlag
        # Not the view's own, which looks at the keys: Ctrl+Enter may still be held.
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self._anchor = row
        self.scrollTo(index)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A range begins where the last single row was selected, by whatever means.

        Qt's own range begins at the row that was last clicked or reached by a key, not
        at the one to which a decision has moved on.
        """
        row, last = self.currentIndex().row(), self._findings.rowCount() - 1
        flag = QItemSelectionModel.SelectionFlag
        if command & flag.Current and 0 <= self._anchor <= last:
            first, final = sorted((self._anchor, row))
            rows = QItemSelection(
                self._findings.index(first, 0), self._findings.index(final, len(COLUMNS) - 1)
            )
            self.selectionModel().select(rows, flag.ClearAndSelect)
            return
        self._anchor = row
        super().setSelection(rect, command)

    # -- keyboard --------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """E, F and X decide, R reopens, U takes back; Home and End go to the ends."""
        key = Qt.Key(event.key())
        rows = self._findings.rowCount()
        if not event.modifiers() and not event.isAutoRepeat() and key in VERDICT_KEYS:
            self.verdict_typed.emit(VERDICT_KEYS[key])
        elif not event.modifiers() and key == Qt.Key.Key_U:
            self.undo_typed.emit()
        elif rows and key == Qt.Key.Key_Home and not event.modifiers():
            self.go_to(0)
        elif rows and key == Qt.Key.Key_End and not event.modifiers():
            self.go_to(rows - 1)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here; searching by them would go astray."""


class FindingDelegate(QStyledItemDelegate):
    """Paints a cell in its tone; severities bold, times in monospace."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._fonts = {SEVERITY: text_font(13, is_bold=True), WHEN: mono_font(12)}
        self._text = text_font(13)

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One row's height."""
        return QSize(60, ROW_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Ground, text, one thin line below, and the focus."""
        rect = option.rect
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, self._theme.color("selection" if is_selected else "panel"))
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if bool(option.state & QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        font = self._fonts.get(index.column(), self._text)
        painter.setFont(font)
        painter.setPen(self._theme.color(index.data(TONE_ROLE)))
        place = rect.adjusted(_PADDING, 0, -4, 0)
        text = str(index.data())[:400]
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """A tooltip where it tells more than the cell does."""
        font = self._fonts.get(index.column(), self._text)
        width = QFontMetrics(font).horizontalAdvance(str(index.data() or "")[:400])
        if index.column() != WHEN and width <= option.rect.width() - _PADDING - 4:
            return False
        return bool(super().helpEvent(event, view, option, index))
