"""The findings of one row of the checklist: filtered and sorted, all in memory.

A period has some hundred findings; what is read once is sorted and filtered here
without asking again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from mylla_audit_desktop.desktop.formats import format_moment, format_short_stamp
from mylla_audit_desktop.desktop.review.words import STATUS_WORDS, status_text
from mylla_audit_desktop.desktop.widgets import plain_tooltip
from mylla_audit_desktop.desktop.widgets.piece_table import PIECES_ROLE
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import ReviewedFinding, Status
from mylla_audit_desktop.review.finding import Rule, Severity
from mylla_audit_desktop.review.words import SEVERITY_NAMES, cut, named
from mylla_audit_desktop.review.working_time import Leisure

COLUMNS = ("Severity", "Finding", "By", "When", "Status")
SEVERITY, TITLE, BY, WHEN, STATUS = range(len(COLUMNS))
# How a cell is painted; severities in their own colours.
LOOKS = {TITLE: "text", BY: "text", WHEN: "mono muted", STATUS: "muted"}

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings are shown; None stands for all. actor: an actor's ID."""

    rule: Rule | None = None
    status: Status | None = None
    severity: Severity | None = None
    actor: str | None = None

    def admits(self, one: ReviewedFinding) -> bool:
        """Whether a finding is shown."""
        finding = one.finding
        return (
            (self.rule is None or self.rule is finding.rule)
            and (self.severity is None or self.severity is finding.severity)
            and (self.actor is None or self.actor == finding.actor_id)
            and (self.status is None or self.status is one.status)
        )


class FindingModel(QAbstractTableModel):
    """The findings that the filter admits, in the order asked for."""

    def __init__(self, zone: ZoneInfo, parent: QObject) -> None:
        super().__init__(parent)
        self._zone = zone
        self._all: tuple[ReviewedFinding, ...] = ()
        self._rows: list[ReviewedFinding] = []
        self._filter = FindingFilter()
        self._spans_years = False
        self._column, self._order = SEVERITY, Qt.SortOrder.AscendingOrder

    # -- content ---------------------------------------------------------------

    def show_findings(self, findings: Sequence[ReviewedFinding]) -> None:
        """Show these; they are sorted anew."""
        self._all = tuple(findings)
        moments = [one.finding.occurred_at for one in findings]
        ends = (min(moments), max(moments)) if moments else ()
        self._spans_years = len({end.isoformat(self._zone)[:4] for end in ends}) > 1
        self._arrange()

    def update_findings(self, findings: Sequence[ReviewedFinding]) -> None:
        """The same findings with newer decisions: each stays where it is, or leaves."""
        newer = {one.finding.finding_id: one for one in findings}
        if newer.keys() != {one.finding.finding_id for one in self._all}:
            self.show_findings(findings)
            return
        self._all = tuple(findings)
        kept = [newer[one.finding.finding_id] for one in self._rows]
        for row in range(len(kept) - 1, -1, -1):
            if self._filter.admits(kept[row]):
                if kept[row] != self._rows[row]:
                    self._rows[row] = kept[row]
                    self.dataChanged.emit(self.index(row, 0), self.index(row, len(COLUMNS) - 1))
            else:
                self.beginRemoveRows(QModelIndex(), row, row)
                del self._rows[row]
                self.endRemoveRows()
        shown = {one.finding.finding_id for one in self._rows}
        if any(
            self._filter.admits(one) and one.finding.finding_id not in shown for one in self._all
        ):
            # A reopened one comes back into a list of open ones.
            self._arrange()

    def set_filter(self, wanted: FindingFilter) -> None:
        """Show what this filter admits."""
        if wanted != self._filter:
            self._filter = wanted
            self._arrange()

    @property
    def filter(self) -> FindingFilter:
        """The filter in force."""
        return self._filter

    def widest(self, column: int) -> set[str]:
        """Texts of a column, among them the widest: every name, and one time for all."""
        if column == BY:
            rows = {one.finding.actor_id: one for one in self._rows}.values()
            return {self._text(one, BY) for one in rows}
        return {self._text(one, column) for one in self._rows[:1]}

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the times."""
        return self._zone

    def set_zone(self, zone: ZoneInfo) -> None:
        """Show times in another zone."""
        self._zone = zone
        if self._rows:
            last = len(self._rows) - 1
            self.dataChanged.emit(self.index(0, WHEN), self.index(last, WHEN))

    def finding_at(self, row: int) -> ReviewedFinding | None:
        """The finding of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, finding_id: str) -> int | None:
        """Where a finding stands; None where it is not shown."""
        for row, one in enumerate(self._rows):
            if one.finding.finding_id == finding_id:
                return row
        return None

    def next_open(self, after: int) -> int | None:
        """The next row with an open finding behind a row, and around."""
        count = len(self._rows)
        for step in range(1, count + 1):
            row = (after + step) % count
            if self._rows[row].status is Status.OPEN:
                return row
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; equal ones stand by time, newest first."""
        self._column, self._order = column, order
        self._arrange()

    def _arrange(self) -> None:
        rows = sorted(
            filter(self._filter.admits, self._all),
            key=lambda one: (-one.finding.occurred_at.microseconds, one.finding.finding_id),
        )
        is_descending = self._order is Qt.SortOrder.DescendingOrder
        rows.sort(key=lambda one: _sort_key(one, self._column), reverse=is_descending)
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    # -- what Qt asks ----------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """One row a finding."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """As many as COLUMNS."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The column's name."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, what a screen reader says, and what is painted."""
        one = self._rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(one, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            words = format_moment(one.finding.occurred_at, self._zone)
            return plain_tooltip(words if column == WHEN else self._text(one, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(one, column)
        if role == PIECES_ROLE:
            text = _short_title(one) if column == TITLE else self._text(one, column)
            return ((text, _look(one, column)),)
        return None

    def _text(self, one: ReviewedFinding, column: int) -> str:
        finding = one.finding
        if column == SEVERITY:
            return SEVERITY_NAMES[finding.severity]
        if column == TITLE:
            return visible_text(finding.title)
        if column == BY:
            return visible_text(finding.actor_name or finding.actor_id)
        if column == WHEN:
            return format_short_stamp(finding.occurred_at, self._zone, with_year=self._spans_years)
        return status_text(one.status)

    def _spoken(self, one: ReviewedFinding, column: int) -> str:
        if column == SEVERITY:
            return one.finding.severity.value
        if column == WHEN:
            return format_moment(one.finding.occurred_at, self._zone)
        if column == STATUS:
            return STATUS_WORDS[one.status]
        return self._text(one, column)


def _short_title(one: ReviewedFinding) -> str:
    """The title without the name that the column By says, and in fewer words."""
    finding = one.finding
    title = finding.title
    if finding.rule is Rule.OFF_HOURS:
        title = title.removeprefix(f"{cut(finding.actor_name or finding.actor_id)}: ")
        title = title.replace(f", {Leisure.OUTSIDE_HOURS.value}", ", outside hours", 1)
    elif finding.actor_id == finding.target_id:
        name = named(finding.actor_name, finding.actor_id, "")
        title = title.replace(f"{name} promoted themselves to", "Made themselves", 1)
    return visible_text(title)


def _sort_key(one: ReviewedFinding, column: int) -> Any:
    finding = one.finding
    if column == SEVERITY:
        return finding.severity.rank
    if column == TITLE:
        return _short_title(one).casefold()
    if column == BY:
        return (finding.actor_name.casefold(), finding.actor_id)
    if column == WHEN:
        return finding.occurred_at
    return list(Status).index(one.status)


def _look(one: ReviewedFinding, column: int) -> str:
    return f"bold {one.finding.severity.value}" if column == SEVERITY else LOOKS[column]
