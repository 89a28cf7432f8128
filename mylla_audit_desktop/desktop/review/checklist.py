"""The checklist: three rows, each a question, with how many findings are open."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from mylla_audit_desktop.desktop.review.words import RULE_QUESTIONS, RULE_TITLES
from mylla_audit_desktop.desktop.theme import Theme, text_font
from mylla_audit_desktop.desktop.widgets.selection import SelectionFollower
from mylla_audit_desktop.review.decision import ReviewedFinding, Status
from mylla_audit_desktop.review.finding import Rule

_COUNT_ROLE = Qt.ItemDataRole.UserRole + 1
_RADIUS = 8
_MARGIN = 8
_GAP = 6
_PILL_HEIGHT = 17
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many findings of a rule there are, and how many of them are open."""

    total: int
    open: int

    @property
    def words(self) -> str:
        """`3 open`, `done`, `none`."""
        if self.open:
            return f"{self.open:,} open"
        return "done" if self.total else "none"


def count_by_rule(findings: Iterable[ReviewedFinding]) -> dict[Rule, RuleCount]:
    """The counts of every rule, also of those that found nothing."""
    totals, opens = dict.fromkeys(Rule, 0), dict.fromkeys(Rule, 0)
    for one in findings:
        totals[one.finding.rule] += 1
        opens[one.finding.rule] += one.status is Status.OPEN
    return {rule: RuleCount(totals[rule], opens[rule]) for rule in Rule}


class Checklist(QListWidget):
    """One row a rule; `rule_chosen` tells which one's findings are wanted."""

    rule_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("checklist")
        self.setAccessibleName("Checklist")
        self.setItemDelegate(_ChecklistDelegate(theme, self))
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizeAdjustPolicy(QAbstractItemView.SizeAdjustPolicy.AdjustToContents)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._counts: dict[Rule, RuleCount] = {}
        for rule, title in RULE_TITLES.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, rule)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, RULE_QUESTIONS[rule])
            # Beside a screen reader an item is laid out as soon as one is selected.
            item.setData(_COUNT_ROLE, ("", False))
            self.addItem(item)
        self.setCurrentRow(0)
        self.show_counts(None)
        self.currentRowChanged.connect(lambda _row: self.rule_chosen.emit(self.rule))
        SelectionFollower(self)

    @property
    def rule(self) -> Rule:
        """The row on show."""
        return Rule(self.currentItem().data(Qt.ItemDataRole.UserRole))

    def choose(self, rule: Rule) -> None:
        """Go to a rule's row."""
        self.setCurrentRow(list(RULE_TITLES).index(rule))

    def show_counts(self, counts: dict[Rule, RuleCount] | None, unknown: str = "") -> None:
        """Show how many are open, or these words while that is not known."""
        self._counts = counts or {}
        for row, (rule, title) in enumerate(RULE_TITLES.items()):
            words = counts[rule].words if counts else unknown
            # The eye takes "none" for a count; the ear is told of what there is none.
            heard = words
            if counts and not counts[rule].open:
                heard = f"0 open, {words}"
            item = self.item(row)
            item.setData(_COUNT_ROLE, (words, bool(counts and counts[rule].open)))
            spoken = f"{title}, {heard}" if heard else title
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
        # A wider count leaves less room for its title.
        self._fit_height()

    def next_open(self, rule: Rule) -> Rule | None:
        """The next rule with an open finding, from this one on and around."""
        rules = list(RULE_TITLES)
        place = rules.index(rule)
        for one in rules[place:] + rules[:place]:
            if one in self._counts and self._counts[one].open:
                return one
        return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows wrap anew."""
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        """All three rows are always seen, whole."""
        self.scheduleDelayedItemsLayout()
        rows = [self.sizeHintForRow(row) for row in range(self.count())]
        self.setFixedHeight(sum(rows) + 2 * self.frameWidth())


class _ChecklistDelegate(QStyledItemDelegate):
    """A card: title and count on one line, the question below."""

    def __init__(self, theme: Theme, view: Checklist) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self._title, self._question = text_font(13, is_bold=True), text_font(13)
        self._pill = text_font(11, is_bold=True)

    def sizeHint(
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """As high as the wrapped texts need."""
        width = self._view.viewport().width()
        title, question, _pill = self._places(QRect(0, 0, width, 10_000), index)
        return QSize(width, title.height() + question.height() + 2 * _MARGIN + _GAP)

    def _places(
        self, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> tuple[QRect, QRect, QRect]:
        """Where title, question and count go."""
        inner = rect.adjusted(_MARGIN, _MARGIN - 2, -_MARGIN, 0)
        words, is_open = index.data(_COUNT_ROLE)
        text = words if is_open or words != "done" else f"✓ {words}"
        pill_width = QFontMetrics(self._pill).horizontalAdvance(text) + 16
        # Its words stand on the line of the title's.
        pill = QRect(inner.right() - pill_width + 1, inner.top(), pill_width, _PILL_HEIGHT)
        room = inner.width() - pill_width - 8
        flags = int(_WRAP)
        title = QFontMetrics(self._title).boundingRect(
            QRect(inner.left(), inner.top(), room, 1000), flags, str(index.data())
        )
        title.setWidth(room)
        question = QFontMetrics(self._question).boundingRect(
            QRect(inner.left(), title.bottom() + 3, inner.width(), 1000),
            flags,
            str(index.data(Qt.ItemDataRole.AccessibleDescriptionRole)),
        )
        question.setWidth(inner.width())
        return title, question, pill

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Ground, texts, count."""
        theme = self._theme
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = option.rect.adjusted(0, 0, 0, -_GAP)
        if is_selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("tint"))
            painter.drawRoundedRect(card, _RADIUS, _RADIUS)
        if is_selected and self._view.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        title, question, pill = self._places(option.rect, index)
        painter.setFont(self._title)
        painter.setPen(theme.color("text"))
        painter.drawText(title, int(_WRAP), str(index.data()))
        painter.setFont(self._question)
        painter.setPen(theme.color("muted"))
        role = Qt.ItemDataRole.AccessibleDescriptionRole
        painter.drawText(question, int(_WRAP), str(index.data(role)))
        words, is_open = index.data(_COUNT_ROLE)
        self._paint_pill(painter, pill, words, is_open=is_open)
        painter.restore()

    def _paint_pill(self, painter: QPainter, place: QRect, words: str, *, is_open: bool) -> None:
        theme = self._theme
        is_done = words == "done"
        painter.setFont(self._pill)
        if is_open or is_done:
            tone = "changed" if is_open else "added"
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(f"{tone}_tint"))
            painter.drawRoundedRect(place, _PILL_HEIGHT / 2, _PILL_HEIGHT / 2)
            painter.setPen(theme.color(tone))
        else:
            painter.setPen(theme.color("muted"))
        text = f"✓ {words}" if is_done else words
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
