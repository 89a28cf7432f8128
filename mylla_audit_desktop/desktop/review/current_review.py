"""The review on show: as it was read, then with what this window and other reviewers add."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.review import source
from mylla_audit_desktop.desktop.review.review_reader import ReviewReader
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import Decision, ReviewedFinding, SignOff
from mylla_audit_desktop.review.period import Review


class CurrentReview(QObject):
    """Holds the one `Reading` that every part of the page shows.

    replaced: read whole; True where it is another period than the one before. changed: the
    same findings with newer decisions or signatures. earlier_known: `earlier` is there.
    outdated: it is to be read anew. told: a sentence about what another reviewer did.
    """

    replaced = Signal(bool)
    changed = Signal()
    earlier_known = Signal()
    outdated = Signal()
    told = Signal(str)

    def __init__(self, reader: ReviewReader, parent: QObject) -> None:
        super().__init__(parent)
        self._reader = reader
        self.log: OpenLog | None = None
        self.reading: source.Reading | None = None
        # The findings of the time before the period.
        self.earlier: tuple[ReviewedFinding, ...] = ()
        # Who was first has been said; following finds the same.
        self._knows_news = False
        reader.taken.connect(self._take)
        reader.outdated.connect(self.outdated)
        reader.newer.connect(self._take_newer)
        reader.earlier.connect(self._take_earlier)

    @property
    def findings(self) -> tuple[ReviewedFinding, ...]:
        """Those of the period; none before it is read."""
        return self.reading.review.findings if self.reading else ()

    def use(self, log: OpenLog) -> None:
        """The review of another log: nothing of it is known yet."""
        self._reader.use(log)
        self.log, self.earlier = log, ()
        self.forget()

    def forget(self) -> None:
        """Another period is wanted: what was read of the one before is of no use."""
        self.reading = None

    def read(self, start: Instant, end: Instant, zone: ZoneInfo) -> bool:
        """Read a period anew; False where no log is open."""
        return self._reader.read_all(start, end, zone)

    def follow(self) -> None:
        """Look whether another reviewer added anything."""
        if self.reading is not None:
            self._reader.read_newer(self.reading)

    # -- what this window adds -------------------------------------------------

    def note_change(self) -> None:
        """This window adds something: what is being read now may be without it."""
        self._reader.note_change()

    def add_decisions(self, decisions: Sequence[Decision]) -> None:
        """Decisions as they were stored."""
        if self.reading is not None:
            findings = source.with_decisions(self.reading.review, decisions)
            self._update(replace(self.reading.review, findings=findings))

    def add_sign_off(self, made: SignOff) -> None:
        """A signature as it was stored; whether anything came since is read anew."""
        if self.reading is not None:
            review = self.reading.review
            self._update(replace(review, sign_offs=(*review.sign_offs, made), since_sign_off=()))

    def note_loss(self) -> None:
        """Another reviewer was first, and this window has said so already."""
        self._knows_news = True

    # -- what was read ---------------------------------------------------------

    def _take(self, reading: source.Reading) -> None:
        before, self.reading = self.reading, reading
        is_other = before is None or not _is_same_period(before.review, reading.review)
        if is_other:
            self.earlier = ()
            self._reader.read_earlier(reading)
        self.replaced.emit(is_other)

    def _take_earlier(self, findings: tuple[ReviewedFinding, ...]) -> None:
        self.earlier = findings
        self.earlier_known.emit()

    def _take_newer(self, newer: source.Reading) -> None:
        reading = self.reading
        if reading is None or not _is_same_period(newer.review, reading.review):
            return
        policy = newer.review.policy
        if policy.number != reading.review.policy.number:
            self.told.emit(f"{policy.saved_by or 'Somebody'} saved policy version {policy.number}.")
            self.outdated.emit()
            return
        sentence = source.describe_news(reading, newer)
        self._update(newer.review, newer.mark)
        if newer.review.sign_offs != reading.review.sign_offs:
            # What came after a signature is counted in the log.
            self.outdated.emit()
        if sentence and not self._knows_news:
            self.told.emit(sentence)
        self._knows_news = False

    def _update(self, review: Review, mark: int | None = None) -> None:
        if self.reading is not None:
            mark = self.reading.mark if mark is None else mark
            self.reading = replace(self.reading, review=review, mark=mark)
            self.changed.emit()


def _is_same_period(one: Review, other: Review) -> bool:
    return (one.start, one.end) == (other.start, other.end)
