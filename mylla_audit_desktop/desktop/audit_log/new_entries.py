"""Looking for entries that arrived after the snapshot on the screen."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.entry_model import EntryModel
from mylla_audit_desktop.desktop.background import Background, Latest, Report

_INTERVAL_MS = 10_000


class NewEntries(QTimer):
    """Every ten seconds, while the page is seen: `counted` tells how many are new."""

    counted = Signal(int)

    def __init__(self, background: Background, model: EntryModel, page: QWidget) -> None:
        super().__init__(page, interval=_INTERVAL_MS)
        self._background, self._model, self._page = background, model, page
        self._reader: LogReader | None = None
        self._slot = Latest()
        self.timeout.connect(self.look)

    def use(self, reader: LogReader) -> None:
        """Watch this log from now on."""
        self._reader = reader
        self.start()

    def forget(self) -> None:
        """The snapshot is another now; an answer about the old one is of no use."""
        self._slot.cancel()

    def look(self) -> None:
        """Ask now."""
        reader, snapshot = self._reader, self._model.snapshot
        if reader is None or snapshot is None or not self._page.isVisible():
            return
        if self._slot.is_busy:
            # On a slow server an answer may take longer than it is to the next look.
            return

        def work(cancellation: Cancellation, _report: Report) -> int:
            return reader.read_new_count(snapshot, cancellation)

        self._slot.put(
            self._background.run(
                work,
                done=self.counted.emit,
                # The next look tries again; a lost connection is said when it is needed.
                failed=lambda _error: None,
                lane="choices",
            )
        )
