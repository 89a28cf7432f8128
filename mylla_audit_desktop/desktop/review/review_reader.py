"""All that the page reads, on pool threads: whole, what is newer, what stands around.

A newer question cancels the older of its kind, and its late answer is dropped.
"""

from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.connections.decision_file import decision_file
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.audit_log.details_reader import DetailsReader
from mylla_audit_desktop.desktop.background import PAINTED_MS, Background, Latest
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.review import source
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.context import FindingContext
from mylla_audit_desktop.review.decision import ReviewedFinding


class ReviewReader(QObject):
    """Answers by signals.

    taken: a `Reading` of the whole period. outdated: it was read while something was
    added; to be asked for anew. newer: a `Reading` with what was added since.
    earlier: the findings before the period. around: a finding and its context.
    entry: the `EntryDetails` of an entry, None where it is gone. failed: the error.
    """

    taken = Signal(object)
    outdated = Signal()
    newer = Signal(object)
    earlier = Signal(object)
    around = Signal(object, object)
    entry = Signal(object)
    failed = Signal(object)

    def __init__(self, background: Background, data_folder: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._background, self._data_folder = background, data_folder
        self._log: OpenLog | None = None
        # As whom SQLite's decisions are recorded; None: as the system's login.
        self.reviewer: str | None = None
        # The country data (.mmdb) that the user chose.
        self.locations: Path | None = None
        self._details = DetailsReader(background, self)
        self._details.described.connect(self.entry)
        self._details.failed.connect(self.failed)
        self._slots = {name: Latest() for name in ("all", "earlier", "around", "newer")}
        self._changes = 0

    def use(self, log: OpenLog) -> None:
        """Read this log from now on."""
        self._details.cancel()
        for slot in self._slots.values():
            slot.cancel()
        self._log = log

    def note_change(self) -> None:
        """This window adds something: what is being read now may be without it."""
        self._changes += 1
        self._slots["newer"].cancel()

    def cancel_all_reading(self) -> None:
        """Stop reading the period."""
        self._slots["all"].cancel()

    def read_all(self, start: Instant, end: Instant, zone: ZoneInfo) -> bool:
        """Read the period; False where no log is open."""
        log, reviewer, changes = self._log, self.reviewer, self._changes
        locations = self.locations
        if log is None:
            return False
        local_file = decision_file(log.decisions, log.database.label, self._data_folder)

        def done(reading: source.Reading) -> None:
            if changes == self._changes:
                self.taken.emit(reading)
            else:
                self.outdated.emit()

        self._slots["all"].put(
            self._background.run(
                lambda cancellation, _report: source.read_all(
                    log.database,
                    log.access,
                    reviewer,
                    local_file,
                    (start, end),
                    zone,
                    locations,
                    cancellation,
                ),
                done=done,
                failed=self.failed.emit,
                lane="review",
                after_ms=PAINTED_MS,
            )
        )
        return True

    def read_earlier(self, reading: source.Reading) -> None:
        """Read the findings of the time before."""
        log = self._log
        if log is None:
            return
        self._slots["earlier"].put(
            self._background.run(
                lambda cancellation, _report: source.read_earlier(
                    log.database, reading, cancellation
                ),
                done=self.earlier.emit,
                # The review goes on without; the next reading tries again.
                failed=self._pass_over,
                lane="review",
                after_ms=PAINTED_MS,
            )
        )

    def read_newer(self, reading: source.Reading) -> None:
        """Look whether anybody added anything."""
        if self._slots["newer"].is_busy or self._slots["all"].is_busy:
            # On a slow server an answer may take longer than it is to the next look; and what
            # this look would find is being read anew already, not to be begun once more.
            return

        def done(newer: source.Reading | None) -> None:
            if newer is not None:
                self.newer.emit(newer)

        self._slots["newer"].put(
            self._background.run(
                lambda cancellation, _report: source.read_newer(reading, cancellation),
                done=done,
                # The next look tries again; a lost connection is said when it is needed.
                failed=self._pass_over,
                lane="follow",
            )
        )

    def read_around(self, reading: source.Reading, one: ReviewedFinding) -> None:
        """Read what stands around a finding; another one's is not waited for."""
        log, policy = self._log, reading.review.policy.policy
        if log is None:
            return

        def done(context: FindingContext) -> None:
            self.around.emit(one, context)

        self._details.cancel()
        self._slots["around"].put(
            self._background.run(
                lambda cancellation, _report: source.read_around(
                    log.database, policy, one, cancellation
                ),
                done=done,
                failed=self.failed.emit,
                lane="details",
                after_ms=PAINTED_MS,
            )
        )

    def read_entry(self, summary: EntrySummary) -> None:
        """Read an entry whole, and compare its sides."""
        log = self._log
        if log is None:
            return
        self._details.read(LogReader(log.database), summary)

    def forget_finding(self) -> None:
        """Nothing is selected: what was read for it is of no use."""
        self._slots["around"].cancel()
        self._details.cancel()

    def _pass_over(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            self.failed.emit(error)
