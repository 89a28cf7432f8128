"""Deciding: from a key or a button to the stored decision, and to the next finding."""

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.database.review_faults import DecidedMeanwhileError
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.review import source
from mylla_audit_desktop.desktop.review.current_review import CurrentReview
from mylla_audit_desktop.desktop.review.decision_form import DecisionForm
from mylla_audit_desktop.desktop.review.decision_writer import DecisionWriter
from mylla_audit_desktop.desktop.review.findings_pane import FindingsPane
from mylla_audit_desktop.desktop.review.words import VERDICT_WORDS, describe_progress
from mylla_audit_desktop.desktop.widgets.notice_bar import NoticeTone
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError, KnownError
from mylla_audit_desktop.review.decision import Decision, Verdict


class Deciding(QObject):
    """What the form and the keys over the findings decide.

    stored: decisions were added. announced: a sentence for a screen reader. told: one for
    everybody, and whether it is an error. follow_wanted: what is stored is to be looked at.
    """

    stored = Signal()
    announced = Signal(str)
    told = Signal(str, NoticeTone)
    follow_wanted = Signal()

    def __init__(
        self,
        background: Background,
        current: CurrentReview,
        findings: FindingsPane,
        form: DecisionForm,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._background, self._current = background, current
        self._findings, self._form = findings, form
        self.writer = DecisionWriter(background, self)
        findings.table.verdict_typed.connect(self._take_key)
        findings.table.undo_typed.connect(self.take_back)
        form.decided.connect(self._decide)
        form.left.connect(findings.table.setFocus)
        self.writer.stored.connect(self._take_stored)
        self.writer.failed.connect(self._take_refusal)
        self.writer.cancelled.connect(self._take_cancelled)
        self.writer.busy_changed.connect(self._show_busy)

    def take_back(self) -> None:
        """Reopen what was decided last in this window, and go back to it."""
        ids = self.writer.last_decided
        if self._current.reading is None or not ids:
            self.announced.emit("There is no decision of yours to take back.")
            return
        self._decide(ids, Verdict.REOPENED, "Taken back.")

    def _take_key(self, verdict: Verdict) -> None:
        """A verdict typed over the findings is about what is selected this very moment."""
        self._findings.settle_selection()
        self._form.decide(verdict)

    def _decide(self, ids: tuple[str, ...], verdict: Verdict, note: str) -> None:
        reading = self._current.reading
        if reading is None:
            return
        self._current.note_change()
        wanted = set(ids)
        findings = [one for one in self._current.findings if one.finding.finding_id in wanted]
        self.writer.write(reading.store, findings, verdict, note, reading.review.policy.number)

    def _show_busy(self, is_busy: bool) -> None:
        self._form.set_busy(is_busy=is_busy)
        self._findings.set_busy(is_busy=is_busy)

    # -- what came of it -------------------------------------------------------

    def _take_stored(self, ids: tuple[str, ...], decisions: tuple[Decision, ...]) -> None:
        self._form.forget(ids)
        self._current.note_change()
        if self._current.reading is None:
            return
        self.stored.emit()
        table = self._findings.table
        row = table.currentIndex().row()
        self._current.add_decisions(decisions)
        verdict = decisions[-1].verdict
        said = f"{format_count(len(ids), 'finding', 'findings')} {VERDICT_WORDS[verdict]}."
        table.setFocus()
        if verdict is Verdict.REOPENED:
            self._findings.select(ids)
            self.announced.emit(said)
            return
        # Where the decided ones left the list, the next stands in their place.
        is_gone = self._findings.model.row_of(ids[-1]) is None
        if self._findings.go_to_next_open(row - 1 if is_gone else row):
            self.announced.emit(f"{said} {describe_progress(self._current.findings)}.")
        else:
            self.announced.emit(f"{said} All findings are decided: the period can be signed off.")

    def _take_refusal(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        if isinstance(error, DecidedMeanwhileError):
            self._current.note_loss()
            zone = self._findings.model.zone
            sentence = source.describe_loss(error.decision, self._current.findings, zone)
            self.told.emit(sentence, NoticeTone.NEWS)
        else:
            self.told.emit(error.sentence, NoticeTone.FAILURE)
        if isinstance(error, AnswerIsNoError | DatabaseError):
            # What the other one decided is shown at once.
            self.follow_wanted.emit()

    def _take_cancelled(self) -> None:
        self.told.emit("Deciding was cancelled. The findings show what is stored.", NoticeTone.NEWS)
        self.follow_wanted.emit()
