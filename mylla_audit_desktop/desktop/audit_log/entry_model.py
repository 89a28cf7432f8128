"""The table's model over a result of any size.

It holds the exact count, the waypoints and a bounded cache of pages. `data` never
touches the database: a row that is not there yet shows a placeholder and asks for
its page. Only the pages asked for last are read, so that a flight over a million
rows reads where it lands.
"""

from collections import OrderedDict
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader, Page, Snapshot, Waypoints
from mylla_audit_desktop.desktop.background import (
    PAINTED_MS,
    Background,
    Latest,
    Report,
    Task,
)
from mylla_audit_desktop.desktop.formats import format_stamp
from mylla_audit_desktop.desktop.widgets import plain_tooltip
from mylla_audit_desktop.desktop.widgets.piece_table import PIECES_ROLE, Pieces
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.query import LogQuery, SortColumn
from mylla_audit_desktop.log.visible import visible_name, visible_text

PAGE_SIZE = 100
MOST_PAGES = 100
# Without waypoints a page is found by walking; further down it waits for them.
_WALKABLE = 5_000
# A page that failed is asked for again by what is painted after this time.
_RETRY_MS = 2_000
# What Qt can address; a longer result says so instead of breaking.
_MOST_ROWS = 50_000_000

COLUMNS = ("Timestamp", "Actor", "Action", "Target", "Changes", "IP address")
SORT_COLUMNS = {
    0: SortColumn.TIMESTAMP,
    1: SortColumn.ACTOR,
    2: SortColumn.ACTION,
    3: SortColumn.TARGET,
    5: SortColumn.IP_ADDRESS,
}

Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractTableModel):
    """One result at a time; `ask` starts the next."""

    first_page_shown = Signal()
    count_known = Signal(int)
    waypoints_known = Signal()
    failed = Signal(object)
    page_shown = Signal(int, int)

    def __init__(self, background: Background, zone: ZoneInfo, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._zone = zone
        self._reader: LogReader | None = None
        self.snapshot: Snapshot | None = None
        self.count: int | None = None
        self._rows = 0
        self._waypoints: Waypoints | None = None
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._cells: dict[tuple[int, int], Pieces] = {}
        self._opening, self._counting = Latest(), Latest()
        self._under_way: dict[int, Task] = {}
        self._asked: dict[int, None] = {}
        # Pages that could not be read, and are not asked for again by every painting.
        self._failed: set[int] = set()
        self._retry = QTimer(self, singleShot=True, interval=_RETRY_MS)
        self._retry.timeout.connect(self._failed.clear)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._read_asked)

    # -- asking ----------------------------------------------------------------

    def ask(self, reader: LogReader, query: LogQuery) -> None:
        """Show the result of a query; the old one stays until the first page is there."""
        self._counting.cancel()
        self._cancel_pages()

        def work(cancellation: Cancellation, _report: Report) -> tuple[Snapshot, Page]:
            snapshot = reader.read_snapshot(query, cancellation)
            return snapshot, reader.read_page(snapshot, 0, PAGE_SIZE, None, cancellation)

        def done(answer: tuple[Snapshot, Page]) -> None:
            self._show(reader, *answer)

        self._opening.put(self._background.run(work, done=done, failed=self._fail))

    def cancel(self) -> None:
        """Stop all reading; what is shown stays."""
        self._opening.cancel()
        self._counting.cancel()
        self._cancel_pages()

    def stop(self) -> None:
        """The user stops all reading: far rows are walked to, where their way was not read."""
        self.cancel()
        if self.count is not None and self._waypoints is None:
            self._take_waypoints(Waypoints(self.count, PAGE_SIZE, ()))

    def clear(self) -> None:
        """Show nothing."""
        self.cancel()
        self.beginResetModel()
        self.snapshot, self.count, self._rows, self._waypoints = None, None, 0, None
        self._pages.clear()
        self._cells.clear()
        self.endResetModel()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Show the times in another zone."""
        self._zone = zone
        self._cells.clear()
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self._rows - 1, 0))

    def entry_at(self, row: int) -> EntrySummary | None:
        """The entry of a row; None while its page is still to come."""
        page = self._pages.get(row // PAGE_SIZE)
        offset = row % PAGE_SIZE
        return page.entries[offset] if page and offset < len(page.entries) else None

    def row_of(self, entry_id: int) -> int | None:
        """The row of an entry among the pages at hand."""
        for number, page in self._pages.items():
            for offset, entry in enumerate(page.entries):
                if entry.id == entry_id:
                    return number * PAGE_SIZE + offset
        return None

    @property
    def waypoints(self) -> Waypoints | None:
        """The waypoints, once they are read."""
        return self._waypoints

    @property
    def is_opening(self) -> bool:
        """Whether the first page of a result is read."""
        return self._opening.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether a result is read, counted or prepared."""
        return self._opening.is_busy or self._counting.is_busy

    @property
    def is_exact(self) -> bool:
        """Whether the number of rows is final."""
        return self.count is not None

    def _show(self, reader: LogReader, snapshot: Snapshot, page: Page) -> None:
        self.beginResetModel()
        self._reader, self.snapshot, self._waypoints = reader, snapshot, None
        self._pages.clear()
        self._cells.clear()
        self._pages[0] = page
        self._rows = len(page.entries)
        self.count = self._rows if page.is_last else None
        self.endResetModel()
        self.first_page_shown.emit()
        if self.count is not None:
            self._waypoints = Waypoints(self.count, PAGE_SIZE, ())
            self.count_known.emit(self.count)
            self.waypoints_known.emit()
            return

        def count(cancellation: Cancellation, _report: Report) -> int:
            return reader.read_count(snapshot, cancellation)

        self._counting.put(
            self._background.run(
                count,
                done=self._take_count,
                failed=self._fail,
                lane="count",
                after_ms=PAINTED_MS,
            )
        )

    def _take_count(self, count: int) -> None:
        rows = min(count, _MOST_ROWS)
        if rows > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        self.count = count
        self.count_known.emit(count)
        reader, snapshot = self._reader, self.snapshot
        if reader is None or snapshot is None:
            return

        def read(cancellation: Cancellation, _report: Report) -> Waypoints:
            return reader.read_waypoints(snapshot, cancellation)

        self._counting.put(
            self._background.run(
                read,
                done=self._take_waypoints,
                failed=self._fail,
                lane="count",
                after_ms=PAINTED_MS,
            )
        )

    def _take_waypoints(self, waypoints: Waypoints) -> None:
        self._waypoints = waypoints
        self.waypoints_known.emit()
        self._timer.start()

    def _fail(self, error: Exception) -> None:
        self.failed.emit(error)

    # -- pages -----------------------------------------------------------------

    def _want(self, number: int) -> None:
        if not any(number in one for one in (self._under_way, self._asked, self._failed)):
            self._asked[number] = None
            self._timer.start()

    def _read_asked(self) -> None:
        reader, snapshot = self._reader, self.snapshot
        if reader is None or snapshot is None:
            return
        asked, self._asked = list(self._asked), {}
        for number in tuple(self._under_way):
            if number not in asked and asked:
                self._under_way.pop(number).cancel()
        for number in asked:
            start = number * PAGE_SIZE
            if self._waypoints is None and start > _WALKABLE:
                self._asked[number] = None
                continue
            self._under_way[number] = self._run_page(reader, snapshot, number)

    def _run_page(self, reader: LogReader, snapshot: Snapshot, number: int) -> Task:
        waypoints = self._waypoints

        def work(cancellation: Cancellation, _report: Report) -> Page:
            return reader.read_page(
                snapshot, number * PAGE_SIZE, PAGE_SIZE, waypoints, cancellation
            )

        def done(page: Page) -> None:
            self._under_way.pop(number, None)
            self._take_page(number, page)

        def failed(error: Exception) -> None:
            self._under_way.pop(number, None)
            self._failed.add(number)
            self._retry.start()
            self._fail(error)

        return self._background.run(work, done=done, failed=failed)

    def _take_page(self, number: int, page: Page) -> None:
        self._pages[number] = page
        self._pages.move_to_end(number)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        if len(self._cells) > MOST_PAGES * PAGE_SIZE:
            self._cells.clear()
        first = number * PAGE_SIZE
        last = min(first + PAGE_SIZE, self._rows) - 1
        if last >= first:
            for row in range(first, last + 1):
                for column in range(len(COLUMNS)):
                    self._cells.pop((row, column), None)
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))
            self.page_shown.emit(first, last)

    def _cancel_pages(self) -> None:
        for task in self._under_way.values():
            task.cancel()
        self._under_way.clear()
        self._asked.clear()
        self._failed.clear()

    # -- Qt --------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Rows of the result, as far as known."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Columns of the table."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell; a placeholder while its page is read."""
        row, column = index.row(), index.column()
        entry = self.entry_at(row)
        if entry is None:
            self._want(row // PAGE_SIZE)
            return (("…", "faint"),) if role == PIECES_ROLE else None
        if role == PIECES_ROLE:
            return self._pieces(row, column, entry)
        if role == Qt.ItemDataRole.DisplayRole:
            return "".join(text for text, _ in self._pieces(row, column, entry)).strip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self.data(index))
        return None

    def _pieces(self, row: int, column: int, entry: EntrySummary) -> Pieces:
        found = self._cells.get((row, column))
        if found is None:
            found = self._cells[row, column] = _pieces_of(entry, column, self._zone)
        return found


def _pieces_of(entry: EntrySummary, column: int, zone: ZoneInfo) -> Pieces:
    match column:
        case 0:
            stamp, offset = format_stamp(entry.occurred_at, zone)
            return ((stamp, "mono"), (offset, "mono faint"))
        case 1:
            name = visible_text(entry.actor_name) or visible_name(entry.actor_id)
            if entry.actor_type == "system":
                return (("", "icon"), (name, "muted"))
            return ((name, "text" if entry.actor_name else "mono"),)
        case 2:
            return ((visible_name(entry.action), "mono"),)
        case 3:
            name, target_id = visible_name(entry.target_name), visible_name(entry.target_id)
            parts = [(name, "text" if entry.target_name else "muted")] if name else []
            if target_id:
                space = " " if name else ""
                parts.append((space + target_id, "mono faint" if name else "mono"))
            return tuple(parts)
        case 4:
            names = ", ".join(map(visible_name, entry.changes))
            return ((names + ("…" if entry.has_more_changes else ""), "muted"),)
        case _:
            return ((visible_name(entry.ip_address), "mono muted"),)
