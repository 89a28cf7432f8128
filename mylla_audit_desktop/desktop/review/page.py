"""The review page: wires period, checklist, findings, details, decisions and sign-off.

What its user, a compliance officer who comes every week, does most, in three clicks:

1. Review in the list at the left. Its badge says how many findings are open; the first
   open one is selected, with everything needed to judge it at the right.
2. Expected (or E; F and X for the others). The next open finding is selected, over the
   three rows of the checklist, until none is left.
3. Sign off period; then Save report.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAction,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout

from mylla_audit_desktop.database.review_faults import DecidedMeanwhileError
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.review import source
from mylla_audit_desktop.desktop.review.checklist import count_by_rule
from mylla_audit_desktop.desktop.review.decision_writer import DecisionWriter
from mylla_audit_desktop.desktop.review.filter_row import FilterRow
from mylla_audit_desktop.desktop.review.finding_details import FindingDetails
from mylla_audit_desktop.desktop.review.finding_model import FindingModel
from mylla_audit_desktop.desktop.review.finding_table import FindingTable
from mylla_audit_desktop.desktop.review.head import ReviewHead
from mylla_audit_desktop.desktop.review.permission import (
    explain_sign_off,
    permit_decision,
    refuse_sign_off,
)
from mylla_audit_desktop.desktop.review.review_dialogs import ReviewDialogs
from mylla_audit_desktop.desktop.review.review_reader import ReviewReader
from mylla_audit_desktop.desktop.review.side import ReviewSide
from mylla_audit_desktop.desktop.review.words import RULE_TITLES, VERDICT_WORDS
from mylla_audit_desktop.desktop.settings import SettingsStore
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import EmptyState, permit
from mylla_audit_desktop.desktop.widgets.notice_bar import NoticeBar
from mylla_audit_desktop.desktop.widgets.page import Page
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.errors import (
    AnswerIsNoError,
    DatabaseError,
    InputError,
    KnownError,
)
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.review.context import FindingContext
from mylla_audit_desktop.review.decision import Decision, ReviewedFinding, SignOff, Verdict
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.period import Review
from mylla_audit_desktop.review.policy import PolicyVersion

_BUSY_MS = 1_000
# Unseen, the page waits until the audit log page has its first rows.
_LATER_MS = 2_500
_FOLLOW_MS = 3_000
_SIDE_WIDTH, _DETAILS_WIDTH = 228, 392
# The page in a window of 1280 pixels.
_PLAIN_WIDTH = 1192


def is_same_period(one: Review, other: Review) -> bool:
    """Whether two readings are of the same days."""
    return (one.start, one.end) == (other.start, other.end)


def path_or_none(text: str) -> Path | None:
    """A path; None for ""."""
    return Path(text) if text else None


class ReviewPage(Page):
    """Reviews one period of one log at a time."""

    # A period was read, or its decisions changed.
    review_shown = Signal()

    def __init__(
        self,
        background: Background,
        theme: Theme,
        catalog: ActionCatalog,
        settings: SettingsStore,
        now: Callable[[], datetime],
        data_folder: Path,
    ) -> None:
        super().__init__()
        self._background, self._settings = background, settings
        self._zone = settings.settings.zone()
        self._log: OpenLog | None = None
        self.reading: source.Reading | None = None
        self._awaits_findings = False
        # The banner says already who was first; following finds the same.
        self._has_told_loss = False
        self._earlier: tuple[ReviewedFinding, ...] = ()
        self.reader = ReviewReader(background, data_folder, self)
        self.reader.locations = path_or_none(self._country_data())
        self.writer = DecisionWriter(background, self)
        self.dialogs = ReviewDialogs(background, theme, now, self)
        self.head = ReviewHead(self._zone, now)
        self.side = ReviewSide(theme)
        self.checklist = self.side.checklist
        self.filters = FilterRow()
        self.model = FindingModel(self._zone, self)
        self.table = FindingTable(self.model, theme)
        self.details = FindingDetails(catalog, theme, self._zone)
        self.banner = NoticeBar("Review notice", "Close", "Close notice")
        self.notice = EmptyState()
        self._lay_out()
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self._later_timer = QTimer(self, singleShot=True, interval=_LATER_MS)
        # Many changes of the selection in a row come to one.
        self._selection_timer = QTimer(self, singleShot=True, interval=0)
        self.follow_timer = QTimer(self, interval=_FOLLOW_MS)
        self._connect()

    def _lay_out(self) -> None:
        self.results = QStackedWidget()
        self.results.addWidget(self.table)
        self.results.addWidget(self.notice)
        middle = QFrame()
        middle.setObjectName("panel")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.results, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.side, middle, self.details):
            self.splitter.addWidget(widget)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(1, 1)
        self.side.setMinimumWidth(190)
        middle.setMinimumWidth(260)
        self.details.setMinimumWidth(392)
        self._has_own_widths = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.banner)
        layout.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self.head.period_chosen.connect(self._take_period)
        self.head.report_wanted.connect(self.open_report)
        self.head.sign_off_wanted.connect(self.open_sign_off)
        self.side.edit_policy.clicked.connect(self.open_policy)
        self.checklist.rule_chosen.connect(self._take_rule)
        self.filters.changed.connect(self._take_filter)
        self.filters.stop.clicked.connect(self._stop_reading)
        self.notice.action.clicked.connect(self._act_on_notice)
        self.table.selection_changed.connect(self._selection_timer.start)
        self.model.modelReset.connect(self._selection_timer.start)
        self._selection_timer.timeout.connect(self._take_selection)
        form = self.details.form
        self.table.verdict_typed.connect(self._take_key)
        self.table.undo_typed.connect(self.take_back)
        form.decided.connect(self._decide)
        self.writer.stored.connect(self._take_stored)
        self.writer.failed.connect(self._take_refusal)
        self.writer.cancelled.connect(self._take_cancelled)
        self.writer.busy_changed.connect(self._show_writing)
        form.left.connect(self.table.setFocus)
        self.banner.closed.connect(self.table.setFocus)
        self.reader.taken.connect(self._take_reading)
        self.reader.outdated.connect(self.refresh)
        self.reader.newer.connect(self._take_newer)
        self.reader.earlier.connect(self._take_earlier)
        self.reader.around.connect(self._show_around)
        self.reader.entry.connect(self.details.show_entry)
        self.reader.failed.connect(self._take_failure)
        self.dialogs.saved.connect(self._take_policy)
        self.dialogs.signed.connect(self._take_signature)
        self.dialogs.cancelled.connect(self.follow)
        self.dialogs.chosen.connect(self.use_country_data)
        self.details.entry_wanted.connect(self.reader.read_entry)
        self.details.open_wanted.connect(self.open_in_log)
        self._busy_timer.timeout.connect(lambda: self.filters.show_busy(is_busy=True))
        self._later_timer.timeout.connect(self.refresh)
        self.follow_timer.timeout.connect(self.follow)
        self.splitter.splitterMoved.connect(self._take_widths)

    # -- which log, which period -----------------------------------------------

    def show_log(self, log: OpenLog) -> None:
        """Review this log from now on."""
        self.reader.use(log)
        self._log, self.reading, self._earlier = log, None, ()
        self.writer.forget()
        self.model.show_findings(())
        self._show_counts()
        self.follow_timer.start()
        if self.isVisible():
            self.refresh()
        else:
            self._later_timer.start()

    def set_zone(self, zone: ZoneInfo) -> None:
        """The period's days are of another zone from now on."""
        self._zone = zone
        self.head.set_zone(zone)
        self.model.set_zone(zone)
        self.details.set_zone(zone)
        self.refresh()

    def take_focus(self) -> None:
        """The keyboard goes to the findings; the first time they are read."""
        if self.reading is None and self._log is not None:
            self.refresh()
        if self.model.rowCount():
            self.table.setFocus()
        else:
            # The findings take it over when they are there.
            self.checklist.setFocus()
            self._awaits_findings = self.reading is None

    def menu_actions(self) -> list[QAction]:
        """What the page's menu holds."""
        actions = []

        def add(text: str, call: Callable[[], object], shortcut: str = "") -> None:
            action = QAction(text, self)
            action.triggered.connect(lambda: call())
            if shortcut:
                action.setShortcut(QKeySequence(shortcut))
            actions.append(action)

        period = QAction("Period", self)
        # Here too: the menu of a button is out of a screen reader's reach.
        period.setMenu(self.head.period.menu())
        actions.append(period)
        add("Choose the period", self.head.period.setFocus, "Ctrl+P")
        add("Refresh findings", self.refresh, "F5")
        add("Go to the checklist", self.checklist.setFocus, "Ctrl+L")
        add("Go to the findings", self.table.setFocus, "Ctrl+T")
        add("Go to the note", self.details.form.note.setFocus, "Ctrl+D")
        add("Next open finding", self.go_to_next_open, "Ctrl+J")
        add("Open in audit log", self.open_in_log, "Ctrl+G")
        add("Take back the last decision", self.take_back)
        add("Edit policy…", self.open_policy)
        add("Country data…", lambda: self.dialogs.choose_country_data(self._country_data()))
        add("Without country data", lambda: self.use_country_data(""))
        add("Save report…", self.open_report, "Ctrl+E")
        add("Sign off period…", self.open_sign_off, "Ctrl+Shift+S")
        actions += self.table.sort_actions()
        return actions

    def use_country_data(self, path: str) -> None:
        """Name the registered countries of new networks by this file ("" for none); kept."""
        self._settings.change(country_data=path)
        self.reader.locations = path_or_none(path)
        self.refresh()

    def _country_data(self) -> str:
        return self._settings.settings.country_data

    # -- reading ---------------------------------------------------------------

    def refresh(self) -> None:
        """Read the period anew; what is selected stays selected."""
        self._later_timer.stop()
        try:
            period, _choice = self.head.resolve()
        except InputError:
            # Said at its field; the findings on show stay.
            return
        if period.start is None or period.end is None:
            return
        if self.reader.read_all(period.start, period.end, self._zone):
            self._busy_timer.start()

    def _take_reading(self, reading: source.Reading) -> None:
        self._show_busy_over()
        before, self.reading = self.reading, reading
        review = reading.review
        is_other = before is None or not is_same_period(before.review, review)
        self.filters.offer_actors(review.findings)
        kept = () if is_other else self.table.selected_ids()
        self._show_counts()
        if is_other:
            self._earlier = ()
            self.reader.read_earlier(reading)
            rule = self.checklist.next_open(self.checklist.rule)
            if rule is not None:
                self.checklist.choose(rule)
        self.model.set_filter(self.filters.filter(self.checklist.rule))
        self.model.show_findings(review.findings)
        self._show_state()
        if not self.table.select_ids(kept):
            self._select_first_open()
        if self._awaits_findings and self.checklist.hasFocus() and self.model.rowCount():
            self.table.setFocus()
        self._awaits_findings = False
        if self.isVisible():
            self.announce(self.head.progress.text())
        self.review_shown.emit()

    def _take_earlier(self, findings: tuple[ReviewedFinding, ...]) -> None:
        self._earlier = findings
        self._take_selection()

    def follow(self) -> None:
        """Look whether another reviewer added anything, and show it."""
        if self.reading is not None and self.isVisible() and not self.writer.is_busy:
            self.reader.read_newer(self.reading)

    def _take_newer(self, newer: source.Reading) -> None:
        reading = self.reading
        if reading is None or not is_same_period(newer.review, reading.review):
            return
        if newer.review.policy.number != reading.review.policy.number:
            saved_by = newer.review.policy.saved_by or "Somebody"
            self._tell(f"{saved_by} saved policy version {newer.review.policy.number}.")
            self.refresh()
            return
        sentence = source.describe_news(reading, newer)
        self.show_review(newer.review, newer.mark)
        if newer.review.sign_offs != reading.review.sign_offs:
            # What came after a signature is counted in the log.
            self.refresh()
        if sentence and not self._has_told_loss:
            self._tell(sentence)
        self._has_told_loss = False

    def show_review(self, review: Review, mark: int | None = None) -> None:
        """The same period with newer decisions or signatures."""
        if self.reading is None:
            return
        mark = self.reading.mark if mark is None else mark
        self.reading = replace(self.reading, review=review, mark=mark)
        self.model.update_findings(review.findings)
        self._show_counts()
        self._show_state()
        self._take_selection()
        self.review_shown.emit()

    def _stop_reading(self) -> None:
        if self.writer.is_busy:
            self.writer.cancel()
            return
        self.reader.cancel_all_reading()
        self._show_busy_over()
        if self.reading is None:
            self._say("Cancelled", "No findings were read.", "Read again")
        else:
            self.banner.say("Reading was cancelled; the findings are those read before.")

    def _show_busy_over(self) -> None:
        self._busy_timer.stop()
        self.filters.show_busy(is_busy=False)

    def _take_failure(self, error: Exception) -> None:
        self._show_busy_over()
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        if self.reading is None:
            self._say("The review could not be read", error.sentence, "Try again")
        else:
            self._tell(error.sentence, is_error=True)

    # -- what is shown ---------------------------------------------------------

    def _show_counts(self) -> None:
        reading = self.reading
        if reading is None:
            self.checklist.show_counts(None)
            self.head.show_progress(None)
            self.head.permit_sign_off("No period has been read yet.")
            permit(self.head.report, "No period has been read yet.")
            self.badge_changed.emit("", "")
            return
        review = reading.review
        counts = count_by_rule(review.findings)
        self.checklist.show_counts(counts)
        left = sum(count.open for count in counts.values())
        self.head.show_progress((len(review.findings), left))
        refusal = refuse_sign_off(review, reading.store.reviewer, reading.store.why_not)
        self.head.permit_sign_off(refusal, explain_sign_off(review))
        permit(self.head.report, "", "What was found and decided, as a PDF or a page (Ctrl+E)")
        self.side.show_policy(review.policy)
        self.side.show_signatures(review, self._zone)
        words = f"{format_count(left, 'open finding', 'open findings')}" if left else ""
        self.badge_changed.emit(f"{left:,}" if left else "", words)

    def _show_state(self) -> None:
        """The table, or why it is empty."""
        reading = self.reading
        if self.model.rowCount() or reading is None:
            self.results.setCurrentWidget(self.table)
            return
        findings = reading.review.findings
        rule = self.checklist.rule
        title = RULE_TITLES[rule].lower()
        if not findings:
            self._say(
                "No findings in this period", "Nothing to decide: the period can be signed off."
            )
        elif not any(one.finding.rule is rule for one in findings):
            self._say(f"No {title} in this period", "Nothing to decide here.")
        else:
            self._say("No finding matches", "Others are filtered out.", "Show all findings")

    def _say(self, title: str, sentence: str, action: str = "") -> None:
        self.notice.say(title, sentence, action)
        self.results.setCurrentWidget(self.notice)
        self.details.show_finding(None)
        self._permit()
        if self.isVisible():
            self.announce(self.notice.sentences())

    def _act_on_notice(self) -> None:
        if self.notice.action.text() == "Show all findings":
            self.filters.clear()
            self.table.setFocus()
        else:
            self.refresh()

    def announce(self, text: str) -> None:
        """Have a screen reader say it."""
        event = QAccessibleAnnouncementEvent(self.head.progress, text)
        QAccessible.updateAccessibility(event)

    # -- choosing --------------------------------------------------------------

    def _take_period(self, _choice: PeriodChoice) -> None:
        self.reading = None
        self.model.show_findings(())
        self._show_counts()
        self._show_state()
        self.details.show_finding(None)
        self._permit()
        self.refresh()

    def _take_rule(self, rule: Rule) -> None:
        self.model.set_filter(self.filters.filter(rule))
        self._show_state()
        self._select_first_open()

    def _take_filter(self) -> None:
        kept = self.table.selected_ids()
        self.model.set_filter(self.filters.filter(self.checklist.rule))
        self._show_state()
        if not self.table.select_ids(kept):
            self._select_first_open()

    def _select_first_open(self) -> None:
        if self.model.rowCount():
            row = self.model.next_open(-1)
            self.table.go_to(row or 0)
        self._take_selection()

    def go_to_next_open(self, after: int | None = None) -> bool:
        """The next open finding, in the other rows of the checklist too; whether there is one."""
        row = self.model.next_open(self.table.currentIndex().row() if after is None else after)
        if row is not None:
            self.table.go_to(row)
            return True
        rule = self.checklist.next_open(self.checklist.rule)
        if rule is None:
            return False
        if rule is self.checklist.rule:
            # Its open ones are filtered out.
            self.filters.clear()
        self.checklist.choose(rule)
        self._select_first_open()
        return True

    # -- the selected finding --------------------------------------------------

    def _take_selection(self) -> None:
        self._selection_timer.stop()
        selected = self.table.selected()
        current = self.table.current()
        if current not in selected:
            current = selected[0] if selected else None
        before = self.details.finding
        self.details.show_finding(current, len(selected))
        self._permit()
        if current is None:
            self.reader.forget_finding()
            return
        if self.reading is None:
            return
        if before is None or before.finding != current.finding:
            self.reader.read_around(self.reading, current)
        self.details.show_earlier(current, (*self._earlier, *self.reading.review.findings))

    def _permit(self) -> None:
        reading = self.reading
        selected: Sequence[ReviewedFinding] = self.table.selected() if reading else ()
        reviewer = reading.store.reviewer if reading else None
        why_not = reading.store.why_not if reading else ""
        entries = self.details.known_entries() if len(selected) == 1 else ()
        self.details.form.permit(permit_decision(selected, reviewer, why_not, entries))

    def _show_around(self, one: ReviewedFinding, context: FindingContext) -> None:
        self.details.show_context(one, context)
        self._permit()

    def open_in_log(self) -> None:
        """The finding's entries on the audit log page."""
        one = self.details.finding
        if one is None:
            return
        entries = self.details.known_entries()
        first = one.finding.occurred_at
        last = entries[-1].occurred_at if entries else first
        choice = PeriodChoice(
            Preset.CUSTOM,
            first.isoformat(self._zone),
            Instant(last.microseconds + 1).isoformat(self._zone),
        )
        self.open_entries.emit(LogFilters(choice, actors=(one.finding.actor_id,)))

    # -- deciding --------------------------------------------------------------

    def _take_key(self, verdict: Verdict) -> None:
        """A verdict typed over the findings is about what is selected this very moment."""
        if self._selection_timer.isActive():
            self._take_selection()
        self.details.form.decide(verdict)

    def _decide(self, ids: tuple[str, ...], verdict: Verdict, note: str) -> None:
        reading = self.reading
        if reading is None:
            return
        self.reader.note_change()
        wanted = set(ids)
        findings = [one for one in reading.review.findings if one.finding.finding_id in wanted]
        self.writer.write(reading.store, findings, verdict, note, reading.review.policy.number)

    def take_back(self) -> None:
        """Reopen what was decided last in this window, and go back to it."""
        reading, ids = self.reading, self.writer.last_decided
        if reading is None or not ids:
            self.announce("There is no decision of yours to take back.")
            return
        self._decide(ids, Verdict.REOPENED, "Taken back.")

    def _show_writing(self, is_busy: bool) -> None:
        self.details.form.set_busy(is_busy=is_busy)
        if is_busy:
            self._busy_timer.start()
        else:
            self._show_busy_over()

    def _take_stored(self, ids: tuple[str, ...], decisions: tuple[Decision, ...]) -> None:
        reading = self.reading
        self.details.form.forget(ids)
        self.reader.note_change()
        if reading is None:
            return
        self.banner.hide()
        row = self.table.currentIndex().row()
        verdict = decisions[-1].verdict
        findings = source.with_decisions(reading.review, decisions)
        self.show_review(replace(reading.review, findings=findings))
        what = format_count(len(ids), "finding", "findings")
        said = f"{what} {VERDICT_WORDS[verdict]}."
        self.table.setFocus()
        if verdict is Verdict.REOPENED:
            self._show_findings(ids)
            self.announce(said)
            return
        # Where the decided ones left the list, the next stands in their place.
        is_gone = self.model.row_of(ids[-1]) is None
        if self.go_to_next_open(row - 1 if is_gone else row):
            self.announce(f"{said} {self.head.progress.text()}.")
        else:
            self.announce(f"{said} All findings are decided: the period can be signed off.")

    def _show_findings(self, ids: tuple[str, ...]) -> None:
        """Select these, in whichever row of the checklist they are."""
        reading = self.reading
        if reading is None or self.table.select_ids(ids):
            return
        for one in reading.review.findings:
            if one.finding.finding_id in ids:
                self.filters.clear()
                self.checklist.choose(one.finding.rule)
                self.table.select_ids(ids)
                return

    def _take_refusal(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        sentence = error.sentence
        if isinstance(error, DecidedMeanwhileError):
            findings = self.reading.review.findings if self.reading else ()
            sentence = source.describe_loss(error.decision, findings, self._zone)
            self._has_told_loss = True
        self._tell(sentence, is_error=not isinstance(error, DecidedMeanwhileError))
        if isinstance(error, AnswerIsNoError | DatabaseError):
            # What the other one decided is shown at once.
            self.follow()

    def _take_cancelled(self) -> None:
        self.banner.say("Deciding was cancelled. The findings show what is stored.")
        self.follow()

    # -- report, policy, signature ---------------------------------------------

    def open_report(self) -> None:
        """The dialog that writes the period's report."""
        if self._log is not None and self.reading is not None:
            self.dialogs.open_report(self._log.database, self.reading, self._zone)

    def open_policy(self) -> None:
        """The editor of the policy."""
        if self._log is not None and self.reading is not None:
            self.dialogs.open_policy(self._log.database, self.reading, self._zone)

    def open_sign_off(self) -> None:
        """The dialog that signs the period on show, where it can be signed."""
        if self._log is not None and self.reading is not None and self.head.sign_off.isEnabled():
            self.dialogs.open_sign_off(self._log.database, self.reading, self._zone)

    def _take_policy(self, version: PolicyVersion) -> None:
        self._tell(f"Policy version {version.number} is saved; the findings are read anew.")
        self.refresh()

    def _take_signature(self, made: SignOff) -> None:
        reading = self.reading
        if reading is None:
            return
        verb = "countersigned" if made.content.countersigns is not None else "signed off"
        self.show_review(
            replace(reading.review, sign_offs=(*reading.review.sign_offs, made), since_sign_off=())
        )
        self._tell(f"The period is {verb}: {format_count(made.content.population)} bound.")
        self.refresh()

    def _tell(self, sentence: str, *, is_error: bool = False) -> None:
        """Say it across the page, and aloud."""
        self.banner.say(sentence, is_error=is_error)
        self.announce(sentence)

    # -- layout ----------------------------------------------------------------

    def _take_widths(self) -> None:
        self._has_own_widths = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, the sides get some of it too, until the user moves them."""
        super().resizeEvent(event)
        if not self._has_own_widths:
            room = max(event.size().width() - _PLAIN_WIDTH, 0)
            side, details = _SIDE_WIDTH + room // 14, _DETAILS_WIDTH + room // 7
            middle = event.size().width() - side - details
            self.splitter.setSizes([side, middle, details])

    def save_layout(self, state: QSettings) -> None:
        """Keep splitter and period."""
        if self._has_own_widths:
            state.setValue("review/splitter", self.splitter.saveState())
        choice = self.head.choice
        if choice.preset is not Preset.CUSTOM:
            state.setValue("review/period", choice.preset.value)

    def restore_layout(self, state: QSettings) -> None:
        """As they were; what does not fit any more is passed over."""
        splitter, period = state.value("review/splitter"), state.value("review/period")
        if splitter is not None:
            self.splitter.restoreState(splitter)
            self._has_own_widths = True
        if period in {one.value for one in Preset}:
            self.head.set_choice(PeriodChoice(Preset(period)))
