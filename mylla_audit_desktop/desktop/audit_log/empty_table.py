"""What is shown while no entries are: the head of their table, and below it the reason."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QVBoxLayout

from mylla_audit_desktop.desktop.audit_log.entry_table import EntryTable
from mylla_audit_desktop.desktop.widgets import EmptyState


class EmptyTable(EmptyState):
    """A state in the place of a table, whose columns stay where they are."""

    def __init__(self, table: EntryTable) -> None:
        super().__init__()
        self._table = table
        self._head = QHeaderView(Qt.Orientation.Horizontal)
        self._head.setModel(table.model())
        self._head.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._head.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)  # noqa: S101 - as EmptyState made it
        layout.setContentsMargins(0, 0, 0, 11)
        layout.insertWidget(0, self._head)

    def showEvent(self, event: QShowEvent) -> None:
        """With the order and the columns that the table has."""
        super().showEvent(event)
        self._follow()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Likewise; a table that is not on show is not told of the new width."""
        super().resizeEvent(event)
        self._follow()

    def _follow(self) -> None:
        self._table.fit_columns(self.width() - self._table.verticalScrollBar().sizeHint().width())
        head = self._table.horizontalHeader()
        self._head.restoreState(head.saveState())
        self._head.setFixedHeight(head.sizeHint().height())
