"""The fields of a policy that are about everybody; exceptions have their own."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.review.policy_draft import ActorDraft, PolicyDraft
from mylla_audit_desktop.desktop.review.week_grid import WeekGrid
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import field_form, form_label, mark_wrong, plain_label
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.zones import all_zone_names
from mylla_audit_desktop.review.policy import LONGEST_SESSION_GAP_MINUTES

_NETWORKS = "trusted_networks"


class PolicyFields(QWidget):
    """`changed` tells that something was typed or chosen."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.zone = QLineEdit()
        self.holidays = QLineEdit()
        self.holidays.setPlaceholderText("A country such as DE, or DE-BE; empty for none")
        self.next_holidays = plain_label("", "muted")
        self.next_holidays.setWordWrap(True)
        self.next_holidays.setAccessibleName("Next holidays")
        self.gap = QSpinBox()
        self.gap.setRange(0, LONGEST_SESSION_GAP_MINUTES)
        self.gap.setSuffix(" minutes")
        self.gap.setObjectName("plain")
        # As in the fields above; the style sheet does not reach the field inside.
        self.gap.lineEdit().setTextMargins(9, 0, 9, 0)
        self.networks = QPlainTextEdit()
        self.networks.setTabChangesFocus(True)
        self.networks.setFont(mono_font())
        self.networks.setPlaceholderText("One a line, such as 10.0.0.0/8: never a new network")
        self.networks.setFixedHeight(72)
        self.countersignature = QCheckBox("A second reviewer must countersign a sign-off")
        self.countersignature.setAccessibleName("Countersignature required")
        self.week = WeekGrid(theme)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        form = field_form()
        for name, field in (
            ("Time zone", self.zone),
            ("Holidays", self.holidays),
            ("Session gap", self.gap),
            ("Trusted networks", self.networks),
        ):
            field.setAccessibleName(f"Policy {name.lower()}")
            form.addRow(form_label(name, field), field)
            if field is self.holidays:
                form.addRow("", self.next_holidays)
        form.addRow(self.countersignature)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(plain_label("Working hours", "section"))
        right.addWidget(self.week)
        right.addStretch(1)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 12, 0, 0)
        columns.setSpacing(24)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)

    def _connect(self) -> None:
        self.zone.textEdited.connect(self.changed)
        self.holidays.textEdited.connect(self.changed)
        self.gap.valueChanged.connect(self.changed)
        self.networks.textChanged.connect(self.changed)
        self.countersignature.toggled.connect(self.changed)
        self.week.changed.connect(self.changed)
        completer = QCompleter(all_zone_names(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.setCompleter(completer)
        completer.activated.connect(self.changed)

    def draft(self, actors: tuple[ActorDraft, ...]) -> PolicyDraft:
        """The fields as they stand, with these exceptions."""
        return PolicyDraft(
            self.zone.text(),
            self.holidays.text(),
            self.gap.value(),
            self.networks.toPlainText(),
            self.countersignature.isChecked(),
            self.week.week(),
            actors,
        )

    def show_draft(self, draft: PolicyDraft) -> None:
        """Put a policy into the fields."""
        self.zone.setText(draft.time_zone)
        self.holidays.setText(draft.holidays)
        self.gap.setValue(draft.gap_minutes)
        self.networks.setPlainText(draft.networks)
        self.countersignature.setChecked(draft.needs_countersignature)
        self.week.show_week(draft.week)

    def show_next_holidays(self, holidays: Sequence[tuple[date, str]]) -> None:
        """Those that come next, as a check of what was typed."""
        coming = ", ".join(f"{name} ({day:%a} {day.day} {day:%b})" for day, name in holidays)
        self.next_holidays.setText(visible_text(f"Next: {coming}" if coming else "No holidays."))
        self.next_holidays.setAccessibleDescription(self.next_holidays.text())

    def mark(self, key: str, sentence: str) -> None:
        """Mark the field of a key such as `hours.wed` with what is wrong with it."""
        fields = {
            "time_zone": self.zone,
            "holidays": self.holidays,
            "session_gap_minutes": self.gap,
            _NETWORKS: self.networks,
        }
        # A key may name one of the networks.
        wrong = _NETWORKS if key.startswith(_NETWORKS) else key
        for name, field in fields.items():
            mark_wrong(field, sentence if name == wrong else "")
        self.week.mark(key.removeprefix("hours.") if key.startswith("hours.") else "", sentence)
