"""Going to what was selected: a screen reader selects, and the focus stays where it was."""

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView

_FLAG = QItemSelectionModel.SelectionFlag


class SelectionFollower(QObject):
    """Brings a view's focus to the row that was selected without it.

    Over the accessibility bus Qt changes the selection alone; pages and details follow the
    focus. A list of which one row is chosen keeps it where it is deselected that way.
    """

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._row: int | None = None
        # A click and a key select first and move the focus then.
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._follow)
        view.selectionModel().selectionChanged.connect(self._note)

    def _note(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        # Many at once are a range or all of them, and the focus stays at its end.
        is_one = selected.count() == 1 and selected.at(0).height() == 1
        self._row = selected.at(0).top() if is_one else None
        self._timer.start()

    def _follow(self) -> None:
        view, selection = self._view, self._view.selectionModel()
        current, root = view.currentIndex(), view.rootIndex()
        row, self._row = self._row, None
        if row is not None and row != current.row() and selection.isRowSelected(row, root):
            index = view.model().index(row, max(current.column(), 0), root)
            selection.setCurrentIndex(index, _FLAG.NoUpdate)
        elif (
            view.selectionMode() is QAbstractItemView.SelectionMode.SingleSelection
            and current.isValid()
            and not selection.hasSelection()
        ):
            selection.select(current, _FLAG.ClearAndSelect)
