"""Selected entries as text for the clipboard."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader, Snapshot, Waypoints
from mylla_audit_desktop.desktop.audit_log.entry_model import COLUMNS, EntryModel
from mylla_audit_desktop.desktop.audit_log.entry_table import MOST_SELECTED, EntryTable
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.widgets.clipboard import copy_text
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.visible import visible_name, visible_text


class Copying(QObject):
    """Reads the selected entries, wherever in the result they are, into the clipboard."""

    begun = Signal()
    ended = Signal()
    refused = Signal(object)
    failed = Signal(object)

    def __init__(self, background: Background, model: EntryModel, table: EntryTable) -> None:
        super().__init__(table)
        self._background, self._model, self._table = background, model, table
        self._reader: LogReader | None = None
        self._slot = Latest()

    def use(self, reader: LogReader) -> None:
        """Copy from this log."""
        self._reader = reader

    def copy(self, zone: ZoneInfo) -> None:
        """The selected entries as tab-separated text, with their times in this zone."""
        reader, snapshot = self._reader, self._model.snapshot
        ranges = self._table.selected_ranges()
        if reader is None or snapshot is None or not ranges:
            return
        if sum(last - first + 1 for first, last in ranges) > MOST_SELECTED:
            what = f"More than {MOST_SELECTED:,} entries are selected."
            self.refused.emit(InputError(what, "Use Export CSV."))
            return
        waypoints = self._model.waypoints

        def work(cancellation: Cancellation, _report: Report) -> str:
            return _read_as_text(reader, snapshot, ranges, waypoints, zone, cancellation)

        self.begun.emit()
        self._slot.put(
            self._background.run(work, done=self._put, failed=self._fail, lane="details")
        )

    def cancel(self) -> None:
        """Give it up; the clipboard stays as it is."""
        self._slot.cancel()
        self.ended.emit()

    def _put(self, text: str) -> None:
        self.ended.emit()
        copy_text(text)

    def _fail(self, error: Exception) -> None:
        self.ended.emit()
        self.failed.emit(error)


def _read_as_text(
    reader: LogReader,
    snapshot: Snapshot,
    ranges: list[tuple[int, int]],
    waypoints: Waypoints | None,
    zone: ZoneInfo,
    cancellation: Cancellation,
) -> str:
    """The rows of `ranges` (first and last, included) with a heading, tab-separated."""
    lines = ["\t".join(COLUMNS)]
    for first, last in ranges:
        size = last - first + 1
        page = reader.read_page(snapshot, first, size, waypoints, cancellation)
        lines += [_line(entry, zone) for entry in page.entries]
    return "\n".join(lines)


def _line(entry: EntrySummary, zone: ZoneInfo) -> str:
    target = " ".join(filter(None, map(visible_name, (entry.target_name, entry.target_id))))
    cells = (
        entry.occurred_at.isoformat(zone),
        visible_text(entry.actor_name),
        visible_text(entry.action),
        target,
        ", ".join(map(visible_name, entry.changes)),
        visible_name(entry.ip_address),
    )
    return "\t".join(cells)
