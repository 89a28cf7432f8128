"""The fields of one connection."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.parameters import DEFAULT_PORT, Host, check_port, parse_hosts
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.connections.file_field import FileField
from mylla_audit_desktop.desktop.connections.more_options import MoreOptions
from mylla_audit_desktop.desktop.connections.password_dialog import PasswordField, RememberBox
from mylla_audit_desktop.desktop.connections.tls_choice import TlsChoice
from mylla_audit_desktop.desktop.widgets import (
    LINK_INSET,
    button,
    field_form,
    flush_row,
    form_label,
    set_tone,
)
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.errors import InputError

_KINDS = {Kind.POSTGRESQL: "PostgreSQL server", Kind.SQLITE: "SQLite file"}
_LABEL_WIDTH = 118


class ConnectionForm(QWidget):
    """Shows a profile, and makes one of what is typed; `edited` tells of every change."""

    edited = Signal()

    def __init__(self, background: Background, secrets: Secrets) -> None:
        super().__init__()
        self.name = _line("Connection name", "e.g. Production")
        self.kind = ChoiceButton("Database type", list(_KINDS.items()))
        self.host = _line("Host", "db.example.com, or several with commas")
        self.port = _line("Port", str(DEFAULT_PORT))
        self.port.setFixedWidth(72)
        self.database = _line("Database", "")
        self.user = _line("User", "")
        self.password = PasswordField()
        self.remember = RememberBox(background, secrets)
        self.tls = TlsChoice()
        self.root = FileField("Root certificate", "the authorities that this computer trusts")
        self.file = FileField("File", "the log's SQLite file")
        self.more = MoreOptions()
        self.more_button = button("More options", "link")
        self.more_button.setCheckable(True)
        self._server_rows: list[QWidget] = []
        self._file_rows: list[QWidget] = []
        self._lay_out()
        self._connect()
        self._show_kind()

    def _lay_out(self) -> None:
        form = field_form()
        self._add(form, "Name", self.name)
        self._add(form, "Database type", self.kind)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.host, 1)
        row.addWidget(form_label("Port", self.port))
        row.addWidget(self.port)
        kept = QWidget()
        column = QVBoxLayout(kept)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.password)
        column.addWidget(self.remember)
        column.addWidget(self.remember.reason)
        for label, field, row_of_field in (
            ("Host", self.host, place),
            ("Database", self.database, self.database),
            ("User", self.user, self.user),
            ("Password", self.password, kept),
            ("TLS mode", self.tls.box, self.tls),
            ("Root certificate", self.root.line, self.root),
        ):
            self._server_rows += self._add(form, label, field, row_of_field)
        self._file_rows += self._add(form, "File", self.file.line, self.file)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(LINK_INSET, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(form)
        layout.addLayout(flush_row(self.more_button))
        layout.addWidget(self.more)
        self.more.hide()

    def _add(
        self, form: QFormLayout, text: str, field: QWidget, row: QWidget | None = None
    ) -> list[QWidget]:
        """row: what stands in the form, with the field in it."""
        label = form_label(text, field)
        label.setFixedWidth(_LABEL_WIDTH)
        form.addRow(label, row or field)
        return [label, row or field]

    def _connect(self) -> None:
        self.kind.chosen.connect(self._show_kind)
        self.more_button.toggled.connect(self._show_more)
        self.host.textChanged.connect(lambda text: self.tls.use_hosts(_names(text)))
        self.root.line.textChanged.connect(
            lambda text: self.tls.use_authority(is_given=bool(text.strip()))
        )
        for line in (self.name, self.host, self.port, self.database, self.user, self.password):
            line.textChanged.connect(self._take_edit)
        for file in (self.root, self.file):
            file.line.textChanged.connect(self._take_edit)
        self.kind.chosen.connect(self._take_edit)
        self.tls.changed.connect(self._take_edit)
        self.more.edited.connect(self._take_edit)

    def _take_edit(self) -> None:
        for line in self.findChildren(QLineEdit):
            set_tone(line, "isWrong", value=False)
        self.edited.emit()

    def _show_kind(self) -> None:
        is_file = self.kind.value is Kind.SQLITE
        for widget in self._server_rows:
            widget.setVisible(not is_file)
        for widget in self._file_rows:
            widget.setVisible(is_file)
        self.more.show_server(is_server=not is_file)

    def _show_more(self, is_open: bool) -> None:
        self.more.setVisible(is_open)
        self.more_button.setText("Fewer options" if is_open else "More options")
        self.more_button.setAccessibleName(self.more_button.text())

    # -- profiles --------------------------------------------------------------

    def show_profile(self, profile: ConnectionProfile) -> None:
        """Put a saved connection into the fields."""
        self.name.setText(profile.name)
        self.kind.set_value(profile.kind)
        self._show_kind()
        ports = {host.port for host in profile.hosts}
        shared = ports.pop() if len(ports) == 1 else None
        hosts = [Host(host.name) if shared else host for host in profile.hosts]
        self.host.setText(", ".join(map(str, hosts)))
        self.port.setText("" if shared is None else str(shared))
        if profile.kind is Kind.SQLITE:
            self.file.line.setText(profile.database)
        else:
            self.database.setText(profile.database)
        self.user.setText(profile.user)
        self.tls.show_mode(profile.tls, tuple(host.name for host in profile.hosts))
        self.root.line.setText(profile.root_certificate)
        self.more.show_profile(profile)
        self.more_button.setChecked(self.more.has_choices)

    def profile(self, unnamed: str = "") -> ConnectionProfile:
        """What is typed; `unnamed` stands where the name is still missing.

        Raises InputError naming the field.
        """
        kind = Kind(self.kind.value)
        is_file = kind is Kind.SQLITE
        name = self.name.text().strip() or unnamed
        more = self.more.choices(is_file=is_file)
        if is_file:
            return ConnectionProfile(name, kind, database=self.file.text(), **more)
        if not self.host.text().strip():
            raise InputError("The connection names no host.", field="host")
        return ConnectionProfile(
            name,
            kind,
            hosts=parse_hosts(self.host.text(), self._port()),
            database=self.database.text().strip(),
            user=self.user.text().strip(),
            tls=self.tls.chosen(),
            root_certificate=self.root.text(),
            **more,
        )

    def mark(self, error: InputError) -> None:
        """Show at which field an error is."""
        fields: dict[str, QLineEdit] = {
            "name": self.name,
            "host": self.host,
            "port": self.port,
            "database": self.file.line if self.file.isVisibleTo(self) else self.database,
            "password": self.password,
        } | self.more.fields()
        field = fields.get(error.field)
        if error.field in self.more.fields():
            self.more_button.setChecked(True)
        if field is not None:
            set_tone(field, "isWrong", value=True)
            field.setAccessibleDescription(error.sentence)
            field.setFocus()

    def _port(self) -> int | None:
        text = self.port.text().strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise InputError("The port is no number.", "Usual is 5432.", field="port")
        port = int(text[:9])
        check_port(port)
        return port


def _line(name: str, hint: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(hint)
    return line


def _names(text: str) -> tuple[str, ...]:
    try:
        return tuple(host.name for host in parse_hosts(text))
    except InputError:
        return (text,)
