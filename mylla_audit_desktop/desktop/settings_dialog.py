"""The settings in one place: theme, time zone, who reviews, and the way to the policy."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from mylla_audit_desktop.desktop.theme import THEME_WORDS, ThemeChoice
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    field_form,
    fit,
    permit,
    plain_label,
)
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.visible import visible_text

_WIDTH = 460
_REVIEWER = (
    "On a server the login says who reviews; for a file it is your login on this computer,"
    " or who is named with --reviewer."
)


class SettingsDialog(QDialog):
    """What is chosen is in force at once. theme_chosen: a `ThemeChoice`."""

    theme_chosen = Signal(object)
    zone_requested = Signal()
    policy_requested = Signal()

    def __init__(self, theme: ThemeChoice, reviewer: str, no_policy: str, parent: QWidget) -> None:
        """reviewer: as in the status bar. no_policy: why it cannot be edited now, or ""."""
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setAccessibleName("Settings")
        self.theme = ChoiceButton("Theme", list(THEME_WORDS.items()))
        self.theme.set_value(theme)
        self.theme.chosen.connect(self.theme_chosen)
        self.zone = button("")
        self.zone.clicked.connect(self.zone_requested)
        self.policy = button("Review policy…")
        permit(self.policy, no_policy, "Working hours, holidays, networks and exceptions")
        self.policy.clicked.connect(self._ask_for_policy)
        who = plain_label(visible_text(reviewer) or "No log is open.")
        who.setAccessibleName("Reviewer")
        who.setAccessibleDescription(who.text())
        why = plain_label(_REVIEWER, "caption")
        why.setWordWrap(True)
        close = button("Close", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        zone, policy = QHBoxLayout(), QHBoxLayout()
        for row, opener in ((zone, self.zone), (policy, self.policy)):
            row.addWidget(opener)
            row.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(who)
        column.addWidget(why)
        form = field_form(
            ("Theme", self.theme),
            ("Time zone", zone),
            ("Reviewer", column),
            ("Policy", policy),
        )
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = dialog_column(self, "Settings")
        layout.addLayout(form)
        layout.addLayout(buttons)
        fit(self, _WIDTH)

    def show_zone(self, text: str) -> None:
        """The zone in force."""
        self.zone.setText(f"{text}…")
        self.zone.setAccessibleName(f"Time zone {text}")

    def _ask_for_policy(self) -> None:
        self.accept()
        self.policy_requested.emit()
