"""Typing a name in the table goes to its next entry, wherever in the result that is."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.entry_model import EntryModel
from mylla_audit_desktop.desktop.audit_log.entry_table import EntryTable
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.query import SortColumn
from mylla_audit_desktop.log.visible import visible_text

_KINDS = {
    SortColumn.ACTOR: "actor",
    SortColumn.ACTION: "action",
    SortColumn.TARGET: "target",
    SortColumn.IP_ADDRESS: "IP address",
}


class TypeAhead(QObject):
    """Collects letters typed in quick succession and looks for what they begin.

    missed: nothing begins so, in words.
    """

    begun = Signal()
    ended = Signal()
    failed = Signal(object)
    missed = Signal(str)

    def __init__(self, background: Background, model: EntryModel, table: EntryTable) -> None:
        super().__init__(table)
        self._background, self._model, self._table = background, model, table
        self._reader: LogReader | None = None
        self._typed = ""
        self._slot = Latest()
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._forget)
        table.search_typed.connect(self._search)

    def use(self, reader: LogReader) -> None:
        """Search this log."""
        self._reader = reader

    def _search(self, column: SortColumn, typed: str) -> None:
        reader, snapshot = self._reader, self._model.snapshot
        if reader is None or snapshot is None:
            return
        # A space stands within a name; alone it only selects.
        if not (self._typed or typed.strip()):
            return
        self._typed += typed
        self._pause.start(QGuiApplication.styleHints().keyboardInputInterval() * 2)
        prefix, after = self._typed, self._table.current_entry()
        if len(prefix) > 1 and after is not None and _begins_with(after, column, prefix):
            return

        def work(cancellation: Cancellation, _report: Report) -> int | None:
            return reader.read_next_match(snapshot, column, prefix, after, cancellation)

        self.begun.emit()
        self._slot.put(
            self._background.run(
                work, done=partial(self._go_to, column, prefix), failed=self._fail, lane="details"
            )
        )

    def cancel(self) -> None:
        """Give up the search."""
        self._slot.cancel()
        self.ended.emit()

    def _fail(self, error: Exception) -> None:
        self.ended.emit()
        self.failed.emit(error)

    def _go_to(self, column: SortColumn, prefix: str, row: int | None) -> None:
        self.ended.emit()
        if row is None:
            self.missed.emit(f"No {_KINDS[column]} begins with “{visible_text(prefix)}”.")
        elif row < self._model.rowCount():
            self._table.go_to(row)

    def _forget(self) -> None:
        self._typed = ""


def _begins_with(entry: EntrySummary, column: SortColumn, prefix: str) -> bool:
    text = {
        SortColumn.ACTOR: entry.actor_name,
        SortColumn.ACTION: entry.action,
        SortColumn.TARGET: entry.target_name,
        SortColumn.IP_ADDRESS: entry.ip_address,
    }.get(column)
    return (text or "").lower().startswith(prefix.lower())
