"""Everything known about the selected finding, and where it is decided."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.audit_log.changes_table import ChangesTable
from mylla_audit_desktop.desktop.audit_log.details_pane import EntryDetails
from mylla_audit_desktop.desktop.formats import format_count, format_moment, format_short_stamp
from mylla_audit_desktop.desktop.review.decision_form import DecisionForm
from mylla_audit_desktop.desktop.review.facts import Fact, FactList
from mylla_audit_desktop.desktop.review.hours_chart import HoursChart
from mylla_audit_desktop.desktop.review.words import (
    STATUS_WORDS,
    VERDICT_WORDS,
    name_of,
)
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import (
    CutLabel,
    breakable,
    button,
    explain,
    plain_label,
    set_tone,
)
from mylla_audit_desktop.desktop.widgets.selection import SelectionFollower
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.diff import Kind
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.context import FindingContext
from mylla_audit_desktop.review.decision import Decision, ReviewedFinding
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.words import RULE_NAMES, SEVERITY_NAMES

_MOST_ROWS = 6
_READING, _NOT_READ = "Reading…", "Could not be read."
_MOST_EARLIER = 6
_ENTRY_HEIGHT = 22
_TALLEST_DIFF = 260
_FIELD_WIDTH = 96


class FindingDetails(QFrame):
    """Shows frozen values; asks for an entry's diff and for the audit log by signals."""

    entry_wanted = Signal(object)
    open_wanted = Signal()

    def __init__(self, catalog: ActionCatalog, theme: Theme, zone: ZoneInfo) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Finding details")
        self._catalog, self._theme, self._zone = catalog, theme, zone
        self._finding: ReviewedFinding | None = None
        self._entries: tuple[EntrySummary, ...] = ()
        self.kind = plain_label("", "severity", is_selectable=True)
        self.title = plain_label("", "title", is_selectable=True)
        self.reason = plain_label("", "muted", is_selectable=True)
        for label in (self.title, self.reason):
            label.setWordWrap(True)
        self.entries_title = plain_label("", "section")
        self.open = button("Open in audit log", "link")
        self.open.setToolTip("Show these entries, and what stands around them, on that page")
        self.open.clicked.connect(self.open_wanted)
        self.entries = QListWidget()
        self.entries.setObjectName("facts")
        self.entries.setAccessibleName("Entries of the finding")
        self.entries.setFont(mono_font())
        self.entries.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.setUniformItemSizes(True)
        self.entries.currentRowChanged.connect(self._take_entry)
        SelectionFollower(self.entries)
        self.changes = ChangesTable(theme, is_framed=True)
        self.no_changes = plain_label("", "muted")
        self.no_changes.setWordWrap(True)
        self.hours_title = CutLabel("section")
        self.hours_title.setMinimumWidth(60)
        self.hours = HoursChart(theme)
        self.following = FactList("Then, within 24 hours", are_lines=True)
        self.earlier = FactList("Earlier about the same people")
        self.decisions = FactList("Decisions")
        self.form = DecisionForm()
        self._content = QWidget()
        self._content.setObjectName("content")
        self._scroll = QScrollArea()
        self._scroll.setObjectName("plain")
        self.changes.rows_fitted.connect(self._fit_changes)
        self.changes.horizontalHeader().resizeSection(0, _FIELD_WIDTH)
        self._lay_out()
        self.show_finding(None)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.entries_title)
        head.addStretch(1)
        head.addWidget(self.open)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(4)
        for label in (self.kind, self.title, self.reason):
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(head)
        for widget in (self.entries, self.changes, self.no_changes):
            column.addWidget(widget)
        column.addSpacing(10)
        column.addWidget(self.hours_title)
        column.addWidget(self.hours)
        for facts in (self.following, self.earlier, self.decisions):
            column.addSpacing(6)
            column.addWidget(facts)
        column.addStretch(1)
        self._scroll.setWidget(self._content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = self._scroll.verticalScrollBar()
        # It is there all the time, and has a handle where there is something to scroll.
        bar.rangeChanged.connect(lambda low, high: bar.setEnabled(low < high))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.form)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Times are of another zone from now on; what is shown is asked for anew."""
        self._zone = zone

    # -- content ---------------------------------------------------------------

    @property
    def finding(self) -> ReviewedFinding | None:
        """The finding on show."""
        return self._finding

    def show_finding(self, one: ReviewedFinding | None, selected: int = 1) -> None:
        """Show a finding; what stands around it comes later. `selected` counts all selected."""
        is_other = one is None or self._finding is None or _id(one) != _id(self._finding)
        self._finding = one
        self._content.setVisible(one is not None)
        policy = Qt.ScrollBarPolicy
        # With a finding always there, so that the width, and with it every wrapped text, stays.
        self._scroll.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOff if one is None else policy.ScrollBarAlwaysOn
        )
        if one is None:
            self.setAccessibleDescription("")
            return
        finding = one.finding
        kind = f"{SEVERITY_NAMES[finding.severity]} · {RULE_NAMES[finding.rule]}"
        self.kind.setText(kind)
        set_tone(self.kind, "severity", finding.severity.value)
        more = f" (and {selected - 1:,} more selected)" if selected > 1 else ""
        title, reason = visible_text(finding.title) + more, visible_text(finding.reason)
        self.title.setText(breakable(title))
        self.reason.setText(breakable(reason))
        if is_other:
            self._entries = ()
            self.entries.clear()
            self.entries.hide()
            self.changes.hide()
            self.no_changes.setText(_READING)
            self.no_changes.show()
            self._scroll.verticalScrollBar().setValue(0)
            self.following.show_facts(None)
            self.earlier.show_facts(None)
            name = visible_text(finding.actor_name or finding.actor_id)
            self._say_hours(f"Usual hours of {name}")
            self.hours.show_hours((0,) * 24, frozenset())
        self.entries_title.setText(format_count(len(finding.entry_ids)))
        self.decisions.show_facts([self._decision(each) for each in one.decisions])
        self.decisions.setVisible(bool(one.decisions))
        self.setAccessibleDescription(
            f"{kind}. {title}. {reason} {STATUS_WORDS[one.status].capitalize()}."
        )

    def show_context(self, one: ReviewedFinding, context: FindingContext) -> None:
        """What stands around the finding on show; that of another one is passed over."""
        if self._finding is None or _id(self._finding) != _id(one):
            return
        name = visible_text(one.finding.actor_name or one.finding.actor_id)
        self._say_hours(f"Usual hours of {name} · {context.days} days before")
        self.hours.show_hours(context.hours, context.marked)
        self.hours.setAccessibleName(f"Usual hours of {name}, in {context.hours_zone}")
        following = [self._following(entry) for entry in context.following]
        left = context.following_count - len(following)
        if left > 0:
            following.append(Fact("", f"and {left:,} more"))
        self.following.show_facts(following or [Fact("", "nothing")])
        self._show_entries(context.entries, len(one.finding.entry_ids))

    def _say_hours(self, title: str) -> None:
        self.hours_title.setText(title)
        explain(self.hours_title, title)

    def show_earlier(self, one: ReviewedFinding, others: Sequence[ReviewedFinding]) -> None:
        """Which of these findings are earlier ones about the same people."""
        if self._finding is None or _id(self._finding) != _id(one):
            return
        earlier = about_the_same(one, others)
        facts = [self._earlier(each) for each in earlier[:_MOST_EARLIER]]
        if len(earlier) > _MOST_EARLIER:
            facts.append(Fact("", f"and {len(earlier) - _MOST_EARLIER:,} more"))
        self.earlier.show_facts(facts or [Fact("", "no findings")])

    def known_entries(self) -> tuple[EntrySummary, ...]:
        """The entries of the finding on show, as far as they have been read."""
        return self._entries

    def entries_filters(self) -> LogFilters | None:
        """What the audit log page shows of the finding: its actor, from its first entry to its
        last; None where no finding is on show.
        """
        one = self._finding
        if one is None:
            return None
        first = one.finding.occurred_at
        last = self._entries[-1].occurred_at if self._entries else first
        after = last.shifted(1)
        choice = PeriodChoice(
            Preset.CUSTOM,
            first.isoformat(self._zone),
            after.isoformat(self._zone) if after.is_finite else "",
        )
        return LogFilters(choice, actors=(one.finding.actor_id,))

    @property
    def is_reading(self) -> bool:
        """Whether what an entry changed is still to come."""
        return self.no_changes.isVisible() and self.no_changes.text() == _READING

    @property
    def is_unread(self) -> bool:
        """Whether reading what stands around the finding failed."""
        return self._finding is not None and self.no_changes.text() == _NOT_READ

    def end_reading(self) -> None:
        """Reading failed: what is not there yet will not come by itself."""
        if self._finding is None or self.no_changes.text() != _READING:
            return
        self._say_no_changes(_NOT_READ)
        if not self._entries:
            self.following.show_facts([Fact("", "could not be read")])

    def show_entry(self, details: EntryDetails | None) -> None:
        """The diff of the entry that was asked for."""
        if details is None:
            self._say_no_changes("The entry is not in the log any more.")
            return
        fields = tuple(f for f in details.fields if f.diff.kind is not Kind.UNCHANGED)
        self.changes.show_fields(fields)
        self.changes.setVisible(bool(fields))
        self.no_changes.setVisible(not fields)
        self.no_changes.setText("" if fields else "No changes were recorded.")

    def current_entry(self) -> EntrySummary | None:
        """The entry whose diff is shown."""
        row = self.entries.currentRow()
        if len(self._entries) == 1:
            row = 0
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def _show_entries(self, entries: tuple[EntrySummary, ...], wanted: int) -> None:
        self._entries = entries
        gone = wanted - len(entries)
        text = format_count(wanted)
        if gone > 0:
            text += f" · {len(entries):,} shown"
        self.entries_title.setText(text)
        self.entries.blockSignals(True)
        self.entries.clear()
        for entry in entries:
            self.entries.addItem(self._entry_item(entry))
        self.entries.blockSignals(False)
        self.entries.setVisible(len(entries) > 1)
        self.entries.setFixedHeight(min(len(entries), _MOST_ROWS) * _ENTRY_HEIGHT + 4)
        if not entries:
            self._say_no_changes("The entries are not in the log any more.")
        elif len(entries) == 1:
            self.entry_wanted.emit(entries[0])
        else:
            self.entries.setCurrentRow(0)

    def _entry_item(self, entry: EntrySummary) -> QListWidgetItem:
        stamp = format_short_stamp(entry.occurred_at, self._zone)
        target = visible_text(entry.target_name or entry.target_id or "")
        item = QListWidgetItem(f"{stamp}  {visible_text(entry.action)}  {target}".rstrip())
        words = f"{self._catalog.label_of(entry.action)} {target}".strip()
        item.setData(
            Qt.ItemDataRole.AccessibleTextRole,
            f"{format_moment(entry.occurred_at, self._zone)}, {visible_text(words)}",
        )
        return item

    def _take_entry(self, row: int) -> None:
        if 0 <= row < len(self._entries):
            self.entry_wanted.emit(self._entries[row])

    def _say_no_changes(self, sentence: str) -> None:
        self.changes.hide()
        self.no_changes.setText(sentence)
        self.no_changes.show()

    def _fit_changes(self) -> None:
        """As high as its rows, up to a limit.

        Whether it scrolls is said here and not found out by the view: a bar that comes makes
        columns narrower and rows higher, and one that goes the other way round, for ever.
        """
        rows = sum(self.changes.rowHeight(row) for row in range(self.changes.changes.rowCount()))
        height = rows + self.changes.horizontalHeader().height() + 2
        is_long = height > _TALLEST_DIFF
        policy = Qt.ScrollBarPolicy
        self.changes.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if is_long else policy.ScrollBarAlwaysOff
        )
        self.changes.setFixedHeight(min(height, _TALLEST_DIFF))

    # -- facts -----------------------------------------------------------------

    def _following(self, entry: EntrySummary) -> Fact:
        target = visible_text(entry.target_name or entry.target_id or "")
        return Fact(visible_text(entry.action), target, f"· {self._clock(entry)}")

    def _clock(self, entry: EntrySummary) -> str:
        """`23:44`; with the day where it is not that of the finding."""
        stamp = format_short_stamp(entry.occurred_at, self._zone)
        finding = self._finding
        if finding is None:
            return stamp
        day = format_short_stamp(finding.finding.occurred_at, self._zone)[:-5]
        return stamp.removeprefix(day)

    def _earlier(self, one: ReviewedFinding) -> Fact:
        stamp = format_short_stamp(
            one.finding.occurred_at, self._zone, with_year=self._is_of_another_year(one)
        )
        last = one.decisions[-1] if one.decisions else None
        status = STATUS_WORDS[one.status]
        if last is not None:
            note = f": {visible_text(last.note)}" if last.note else ""
            status = f"{status}, {visible_text(name_of(last.reviewer))}{note}"
        return Fact(stamp, f"{visible_text(one.finding.title)} · {status}")

    def _is_of_another_year(self, one: ReviewedFinding) -> bool:
        shown = self._finding or one
        years = {each.finding.occurred_at.isoformat(self._zone)[:4] for each in (one, shown)}
        return len(years) > 1

    def _decision(self, decision: Decision) -> Fact:
        stamp = format_short_stamp(decision.decided_at, self._zone, with_year=True)
        note = f": {visible_text(decision.note)}" if decision.note else ""
        words = VERDICT_WORDS[decision.verdict]
        who = visible_text(name_of(decision.reviewer))
        return Fact(
            stamp,
            f"{words}, {who} · policy {decision.policy_version}{note}",
        )


def about_the_same(
    one: ReviewedFinding, others: Sequence[ReviewedFinding]
) -> tuple[ReviewedFinding, ...]:
    """The earlier findings that share an actor or a target with this one, newest first."""
    mine = one.finding
    people = {mine.actor_id, mine.target_id} - {None, "system"}
    if mine.rule is Rule.OFF_HOURS:
        people = {mine.actor_id}
    earlier = [
        other
        for other in others
        if _id(other) != _id(one)
        and other.finding.occurred_at <= mine.occurred_at
        and people & {other.finding.actor_id, other.finding.target_id}
    ]
    return tuple(sorted(earlier, key=lambda other: other.finding.occurred_at, reverse=True))


def _id(one: ReviewedFinding) -> str:
    return one.finding.finding_id
