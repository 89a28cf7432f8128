"""Which findings of the chosen row are shown: by status, severity, actor."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mylla_audit_desktop.desktop.review.finding_model import FindingFilter
from mylla_audit_desktop.desktop.review.words import STATUS_WORDS
from mylla_audit_desktop.desktop.widgets import button, plain_label
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import ReviewedFinding, Status
from mylla_audit_desktop.review.finding import Rule, Severity
from mylla_audit_desktop.review.words import SEVERITY_NAMES

_ARROW_ROOM = 24


class FilterRow(QFrame):
    """`changed` tells that the user chose; also where reading is told and stopped."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findingFilters")
        self.status = ChoiceButton(
            "Status",
            [(None, "Any status"), *((one, STATUS_WORDS[one].capitalize()) for one in Status)],
        )
        self.severity = ChoiceButton(
            "Severity",
            [
                (None, "Any severity"),
                *((one, SEVERITY_NAMES[one]) for one in Severity),
            ],
        )
        self.actor = ChoiceButton("Actor", [(None, "Anyone")])
        self.busy = plain_label("Reading…", "muted")
        self.stop = button("Cancel", "link")
        self.stop.setAccessibleName("Cancel reading")
        row = QHBoxLayout(self)
        row.setContentsMargins(5, 4, 0, 4)
        row.setSpacing(0)
        for choice in (self.status, self.severity, self.actor):
            choice.make_quiet()
            choice.chosen.connect(lambda _value: self.changed.emit())
            # In a narrow window each keeps room for its words and the arrow behind them.
            words = choice.fontMetrics().horizontalAdvance(choice.text())
            choice.setMinimumWidth(words + _ARROW_ROOM)
            row.addWidget(choice)
        self.actor.setMaximumWidth(170)
        row.addStretch(1)
        row.addWidget(self.busy)
        row.addWidget(self.stop)
        self.setFixedHeight(36)
        self._is_busy = False
        self.show_busy(is_busy=False)

    def filter(self, rule: Rule) -> FindingFilter:
        """The choices as a filter over a rule's findings."""
        status, severity, actor = self.status.value, self.severity.value, self.actor.value
        return FindingFilter(
            rule,
            status if isinstance(status, Status) else None,
            severity if isinstance(severity, Severity) else None,
            actor if isinstance(actor, str) else None,
        )

    def offer_actors(self, findings: Iterable[ReviewedFinding]) -> None:
        """The actors of these findings, by name."""
        names = {one.finding.actor_id: one.finding.actor_name for one in findings}
        counts = list(names.values())
        choices = sorted(
            ((visible_text(name or actor_id), actor_id) for actor_id, name in names.items()),
            key=lambda pair: (pair[0].casefold(), pair[1]),
        )
        self.actor.offer(
            [
                (None, "Anyone"),
                *(
                    (
                        actor_id,
                        shown
                        if counts.count(names[actor_id]) == 1
                        else f"{shown} ({visible_text(actor_id)})",
                    )
                    for shown, actor_id in choices
                ),
            ]
        )

    def clear(self) -> None:
        """Any status, any severity, anyone."""
        for choice in (self.status, self.severity, self.actor):
            choice.set_value(None)
        self.changed.emit()

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filtered out."""
        return any(choice.value is not None for choice in (self.status, self.severity, self.actor))

    def show_busy(self, *, is_busy: bool) -> None:
        """Say that reading takes its time, and offer to stop it."""
        self._is_busy = is_busy
        self.stop.setVisible(is_busy)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Nothing covers anything in a narrow row."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where Cancel has no room, the actor makes it; the checklist says the word as well."""
        choices = (self.status, self.severity, self.actor)
        needed = sum(choice.minimumWidth() for choice in choices)
        needed += self.busy.sizeHint().width() + self.stop.sizeHint().width()
        is_crowded = self._is_busy and needed > self.contentsRect().width()
        self.busy.setVisible(self._is_busy and not is_crowded)
        self.actor.setHidden(is_crowded)
