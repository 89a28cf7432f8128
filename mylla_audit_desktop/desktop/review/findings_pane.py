"""The middle of the page: which findings are shown, and which of them is next."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from mylla_audit_desktop.desktop.review.checklist import Checklist
from mylla_audit_desktop.desktop.review.filter_row import FilterRow
from mylla_audit_desktop.desktop.review.finding_model import FindingModel
from mylla_audit_desktop.desktop.review.finding_table import FindingTable
from mylla_audit_desktop.desktop.review.words import RULE_TITLES
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import EmptyState
from mylla_audit_desktop.review.decision import ReviewedFinding
from mylla_audit_desktop.review.finding import Rule

_BUSY_MS = 1_000
_SHOW_ALL = "Show all findings"


class FindingsPane(QFrame):
    """The findings of the checklist's row, filtered, or why there are none.

    selection_changed: what is selected, or what is known of it, is another now. said: a
    notice stands in the table's place. read_wanted, stop_wanted: by the notice's button, by
    Cancel.
    """

    selection_changed = Signal()
    said = Signal(str)
    read_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, checklist: Checklist, theme: Theme, zone: ZoneInfo) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._checklist = checklist
        self._findings: tuple[ReviewedFinding, ...] | None = None
        self._awaits_findings = False
        self.filters = FilterRow()
        self.model = FindingModel(zone, self)
        self.table = FindingTable(self.model, theme)
        self.notice = EmptyState()
        self._results = QStackedWidget()
        self._results.addWidget(self.table)
        self._results.addWidget(self.notice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self._results, 1)
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        # Many changes of the selection in a row come to one.
        self._selection_timer = QTimer(self, singleShot=True, interval=0)
        checklist.rule_chosen.connect(self._take_rule)
        self.filters.changed.connect(self._take_filter)
        self.filters.stop.clicked.connect(self.stop_wanted)
        self.notice.action.clicked.connect(self._act_on_notice)
        self.table.selection_changed.connect(self._selection_timer.start)
        self.model.modelReset.connect(self._selection_timer.start)
        self._selection_timer.timeout.connect(self._tell_selection)
        self._busy_timer.timeout.connect(lambda: self.filters.show_busy(is_busy=True))

    def take_focus(self) -> None:
        """The keyboard goes to the findings, or to them once they are read."""
        if self.model.rowCount():
            self.table.setFocus()
        else:
            self._checklist.setFocus()
            self._awaits_findings = self._findings is None

    # -- content ---------------------------------------------------------------

    def clear(self) -> None:
        """Nothing has been read yet."""
        self._findings = None
        self.model.show_findings(())
        self._show_state()
        self._tell_selection()

    def show_findings(self, findings: tuple[ReviewedFinding, ...], *, is_other: bool) -> None:
        """Those of a period; what is selected stays selected while it is not another one."""
        self._findings = findings
        self.filters.offer_actors(findings)
        kept = () if is_other else self.table.selected_ids()
        if is_other:
            rule = self._checklist.next_open(self._checklist.rule)
            if rule is not None:
                self._checklist.choose(rule)
        self.model.set_filter(self.filters.filter(self._checklist.rule))
        self.model.show_findings(findings)
        self._show_state()
        if not self.table.select_ids(kept):
            self._select_first_open()
        if self._awaits_findings and self._checklist.hasFocus() and self.model.rowCount():
            self.table.setFocus()
        self._awaits_findings = False

    def update_findings(self, findings: tuple[ReviewedFinding, ...]) -> None:
        """The same ones with newer decisions: nothing moves."""
        self._findings = findings
        self.model.update_findings(findings)
        self._show_state()
        self._tell_selection()

    def set_busy(self, *, is_busy: bool) -> None:
        """Work is under way; where it takes its time it is said, and can be stopped."""
        if is_busy:
            self._busy_timer.start()
        else:
            self._busy_timer.stop()
            self.filters.show_busy(is_busy=False)

    def say(self, title: str, sentence: str, action: str = "") -> None:
        """A notice in the place of the table."""
        self.notice.say(title, sentence, action)
        self._results.setCurrentWidget(self.notice)
        self._tell_selection()
        self.said.emit(self.notice.accessibleDescription())

    def _show_state(self) -> None:
        """The table, or why it is empty."""
        if self.model.rowCount() or self._findings is None:
            self._results.setCurrentWidget(self.table)
            return
        rule = self._checklist.rule
        if not self._findings:
            self.say(
                "No findings in this period", "Nothing to decide: the period can be signed off."
            )
        elif not any(one.finding.rule is rule for one in self._findings):
            self.say(f"No {RULE_TITLES[rule].lower()} in this period", "Nothing to decide here.")
        else:
            self.say("No finding matches", "Others are filtered out.", _SHOW_ALL)

    def _act_on_notice(self) -> None:
        if self.notice.action.text() == _SHOW_ALL:
            self.filters.clear()
            self.table.setFocus()
        else:
            self.read_wanted.emit()

    def _take_rule(self, rule: Rule) -> None:
        self.model.set_filter(self.filters.filter(rule))
        self._show_filtered()
        self._select_first_open()

    def _take_filter(self) -> None:
        kept = self.table.selected_ids()
        self.model.set_filter(self.filters.filter(self._checklist.rule))
        self._show_filtered()
        if not self.table.select_ids(kept):
            self._select_first_open()

    def _show_filtered(self) -> None:
        # Before anything is read it is said why.
        if self._findings is not None:
            self._show_state()

    # -- selection -------------------------------------------------------------

    def settle_selection(self) -> None:
        """Tell a change of the selection now, if one is still to be told."""
        if self._selection_timer.isActive():
            self._tell_selection()

    def go_to_next_open(self, after: int | None = None) -> bool:
        """The next open finding, in the other rows of the checklist too; whether there is one."""
        row = self.model.next_open(self.table.currentIndex().row() if after is None else after)
        if row is not None:
            self.table.go_to(row)
            return True
        rule = self._checklist.next_open(self._checklist.rule)
        if rule is None:
            return False
        if rule is self._checklist.rule:
            # Its open ones are filtered out.
            self.filters.clear()
        self._checklist.choose(rule)
        self._select_first_open()
        return True

    def select(self, ids: tuple[str, ...]) -> None:
        """Select these, in whichever row of the checklist they are."""
        if self.table.select_ids(ids):
            return
        for one in self._findings or ():
            if one.finding.finding_id in ids:
                self.filters.clear()
                self._checklist.choose(one.finding.rule)
                self.table.select_ids(ids)
                return

    def _select_first_open(self) -> None:
        if self.model.rowCount():
            row = self.model.next_open(-1)
            self.table.go_to(row or 0)
        self._tell_selection()

    def _tell_selection(self) -> None:
        self._selection_timer.stop()
        self.selection_changed.emit()
