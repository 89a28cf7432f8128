"""The table of findings: keys for verdicts, sorting, selection."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView

from mylla_audit_desktop.desktop.review.finding_model import (
    BY,
    COLUMNS,
    LOOKS,
    SEVERITY,
    STATUS,
    TITLE,
    WHEN,
    FindingModel,
)
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets.piece_table import PieceTable
from mylla_audit_desktop.review.decision import ReviewedFinding, Verdict

_WIDTHS = {SEVERITY: 90, BY: 104, WHEN: 100, STATUS: 90}
# These are as wide as what stands in them, from so many pixels and up to a share of the table.
_FITTED = {BY: (60, 0.18), WHEN: (100, 0.34)}
_LEAST_TITLE = 160
# What a key means while the findings have the focus.
VERDICT_KEYS = {
    Qt.Key.Key_E: Verdict.EXPECTED,
    Qt.Key.Key_F: Verdict.FOLLOW_UP,
    Qt.Key.Key_X: Verdict.ESCALATED,
    Qt.Key.Key_R: Verdict.REOPENED,
}


class FindingTable(PieceTable):
    """Shows a `FindingModel`; what is selected and decided as signals."""

    selection_changed = Signal()
    verdict_typed = Signal(object)
    undo_typed = Signal()

    def __init__(self, model: FindingModel, theme: Theme) -> None:
        super().__init__(model, theme, "Findings", range(len(COLUMNS)))
        self._findings = model
        self.setHorizontalScrollMode(self.ScrollMode.ScrollPerPixel)
        header = self.horizontalHeader()
        header.setToolTip("Click to sort")
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(SEVERITY, Qt.SortOrder.AscendingOrder)
        # Until the user sets a width.
        self._has_own_widths = False
        self._is_fitting = False
        header.sectionResized.connect(self._take_width)
        self._needed = {column: least for column, (least, _share) in _FITTED.items()}
        model.modelReset.connect(self._take_rows)
        self._anchor = 0
        self._sorted = (SEVERITY, Qt.SortOrder.AscendingOrder)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())

    # -- widths ----------------------------------------------------------------

    def _take_rows(self) -> None:
        for column, (least, _share) in _FITTED.items():
            texts = self._findings.widest(column)
            widths = [self.delegate.width(((text, LOOKS[column]),)) for text in texts]
            self._needed[column] = max([least, *widths])
        self._fit_columns()

    def _fit_columns(self) -> None:
        """What names and times do not need is the titles'."""
        if self._has_own_widths:
            return
        self._is_fitting = True
        for column, (_least, share) in _FITTED.items():
            most = max(int(self.viewport().width() * share), _WIDTHS[column])
            self.setColumnWidth(column, min(self._needed[column], most))
        self._is_fitting = False
        self._share_title()

    def _share_title(self) -> None:
        """The titles get what is left; where that is too little, the rest is scrolled to."""
        width, header = self.viewport().width(), self.horizontalHeader()
        others = sum(map(self.columnWidth, _WIDTHS))
        if width - others >= _LEAST_TITLE:
            header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Stretch)
        else:
            header.setSectionResizeMode(TITLE, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(TITLE, max(width - self.columnWidth(SEVERITY), _LEAST_TITLE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a wide table longer names are whole."""
        super().resizeEvent(event)
        self._fit_columns()

    def _take_width(self, column: int) -> None:
        if column in _WIDTHS and self.isVisible() and not self._is_fitting:
            self._has_own_widths = True

    # -- sorting ---------------------------------------------------------------

    def sort_by_column(self, column: int) -> None:
        """Sort by a column; a second time turns it round."""
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
        last = self._findings.rowCount() - 1
        # The mouse pulls the focus after it only when the rows are selected.
        is_pulled = self.state() is self.State.DragSelectingState
        row = self.rowAt(rect.bottom()) if is_pulled else self.currentIndex().row()
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
        """E, F and X decide, R reopens, U takes back."""
        key = Qt.Key(event.key())
        if not event.modifiers() and not event.isAutoRepeat() and key in VERDICT_KEYS:
            self.verdict_typed.emit(VERDICT_KEYS[key])
        elif not event.modifiers() and key == Qt.Key.Key_U:
            self.undo_typed.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are verdicts here; searching by them would go astray."""
