"""Reading an entry whole, and comparing its sides, away from the UI thread."""

from PySide6.QtCore import QObject, QTimer, Signal

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.details_pane import EntryDetails, describe_entry
from mylla_audit_desktop.desktop.background import PAINTED_MS, Background, Latest, Report
from mylla_audit_desktop.log.entry import EntrySummary

_LONG_MS = 1_000


class DetailsReader(QObject):
    """One entry at a time: asking for the next gives up on the one before.

    described: the `EntryDetails` of the entry, None where it is gone. delayed: it takes long.
    """

    described = Signal(object)
    delayed = Signal()
    failed = Signal(object)

    def __init__(self, background: Background, parent: QObject) -> None:
        super().__init__(parent)
        self._background = background
        self._slot = Latest()
        self._timer = QTimer(self, singleShot=True, interval=_LONG_MS)
        self._timer.timeout.connect(self.delayed)
        for ended in (self.described, self.failed):
            ended.connect(self._timer.stop)

    def read(self, reader: LogReader, entry: EntrySummary) -> None:
        """Read this one."""

        def work(cancellation: Cancellation, _report: Report) -> EntryDetails | None:
            whole = reader.read_entry(entry.id, entry.occurred_at, cancellation)
            return None if whole is None else describe_entry(whole)

        self._timer.start()
        self._slot.put(
            self._background.run(
                work,
                done=self.described.emit,
                failed=self.failed.emit,
                lane="details",
                after_ms=PAINTED_MS,
            )
        )

    def cancel(self) -> None:
        """Nothing is selected: what was read is of no use."""
        self._timer.stop()
        self._slot.cancel()
