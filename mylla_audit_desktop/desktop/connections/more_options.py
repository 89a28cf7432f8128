"""What few connections need: certificates of one's own, files, several hosts, marks."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from mylla_audit_desktop.connections.profile import (
    LONGEST_LABEL,
    Colour,
    ConnectionProfile,
    Preference,
)
from mylla_audit_desktop.desktop.connections.file_field import FileField
from mylla_audit_desktop.desktop.widgets import field_form, form_label
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton

_PREFERENCES = {
    Preference.ANY: "the first that answers",
    Preference.READ_WRITE: "the primary, which can be written to",
    Preference.PREFER_STANDBY: "a standby, or else the primary",
    Preference.STANDBY: "a standby only",
}
_COLOURS = {
    Colour.NONE: "none",
    Colour.RED: "red",
    Colour.ORANGE: "orange",
    Colour.GREEN: "green",
    Colour.BLUE: "blue",
}
_LABEL_WIDTH = 118


class MoreOptions(QWidget):
    """Folded away until somebody wants them, or has chosen one."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label = QLineEdit()
        self.label.setAccessibleName("Label")
        self.label.setPlaceholderText("e.g. Production: stands in the status bar")
        self.label.setMaxLength(LONGEST_LABEL)
        self.colour = ChoiceButton("Colour", list(_COLOURS.items()))
        self.preference = ChoiceButton("Which host", list(_PREFERENCES.items()))
        self.certificate = FileField("Client certificate", "none")
        self.key = FileField("Client key", "none")
        self.passfile = FileField("Password file", "none")
        self.decisions = FileField("Decisions file", "where the database takes no decisions")
        form = field_form()
        self.setLayout(form)
        self._server_rows: list[QWidget] = []
        for text, field, is_server in (
            ("Label", self.label, False),
            ("Colour", self.colour, False),
            ("Which host", self.preference, True),
            ("Client certificate", self.certificate, True),
            ("Client key", self.key, True),
            ("Password file", self.passfile, True),
            ("Decisions file", self.decisions, False),
        ):
            label = form_label(text, field.line if isinstance(field, FileField) else field)
            label.setFixedWidth(_LABEL_WIDTH)
            form.addRow(label, field)
            if is_server:
                self._server_rows += [label, field]
        for line in self.findChildren(QLineEdit):
            line.textChanged.connect(self.edited)
        for box in (self.colour, self.preference):
            box.chosen.connect(lambda _value: self.edited.emit())

    @property
    def has_choices(self) -> bool:
        """Whether something in here was chosen."""
        is_text = any(line.text() for line in self.findChildren(QLineEdit))
        is_marked = self.colour.value is not Colour.NONE
        return is_text or is_marked or self.preference.value is not Preference.ANY

    def show_server(self, *, is_server: bool) -> None:
        """Show what only a server needs, or hide it."""
        for widget in self._server_rows:
            widget.setVisible(is_server)

    def show_profile(self, profile: ConnectionProfile) -> None:
        """Put a saved connection into the fields."""
        self.label.setText(profile.label)
        self.colour.set_value(profile.colour)
        self.preference.set_value(profile.preference)
        self.certificate.line.setText(profile.client_certificate)
        self.key.line.setText(profile.client_key)
        self.passfile.line.setText(profile.passfile)
        self.decisions.line.setText(profile.decisions)

    def choices(self, *, is_file: bool) -> dict[str, Any]:
        """What is chosen, by the profile's names."""
        chosen: dict[str, Any] = {
            "label": self.label.text().strip(),
            "colour": self.colour.value,
            "decisions": self.decisions.text(),
        }
        if is_file:
            return chosen
        return chosen | {
            "preference": self.preference.value,
            "client_certificate": self.certificate.text(),
            "client_key": self.key.text(),
            "passfile": self.passfile.text(),
        }

    def fields(self) -> dict[str, QLineEdit]:
        """Lines by the profile's names, to mark one."""
        return {
            "label": self.label,
            "client_certificate": self.certificate.line,
            "client_key": self.key.line,
        }
