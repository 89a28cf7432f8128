"""How the connection is secured; what is weaker than the default wants a second word."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from mylla_audit_desktop.database.tls import TLS_RISKS, TlsMode, default_tls, is_loopback
from mylla_audit_desktop.desktop.widgets import plain_label, set_tone
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.errors import InputError

_WORDS = {
    TlsMode.VERIFY_FULL: "verify-full: certificate and host name are checked",
    TlsMode.VERIFY_CA: "verify-ca: the certificate is checked, not the name",
    TlsMode.REQUIRE: "require: encrypted, the server is not checked",
    TlsMode.PREFER: "prefer: encrypted where the server offers it",
    TlsMode.DISABLE: "disable: never encrypted",
}


class TlsChoice(QWidget):
    """Follows the default of the hosts until somebody chooses.

    Who names a root certificate wants the server checked, on this computer too.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._hosts: tuple[str, ...] = ("server",)
        self._is_chosen = False
        self._has_authority = False
        self.box = ChoiceButton("TLS mode", list(_WORDS.items()))
        self.risk = plain_label("", "error")
        self.risk.setWordWrap(True)
        self.risk.setAccessibleName("Risk of this TLS mode")
        self.confirm = QCheckBox("I know the risk and want this mode")
        self.confirm.setAccessibleName("Confirm the weaker TLS mode")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box)
        layout.addWidget(self.risk)
        layout.addWidget(self.confirm)
        self.setFocusProxy(self.box)
        self.box.chosen.connect(self._choose)
        self.confirm.toggled.connect(self.changed)
        self._show()

    @property
    def mode(self) -> TlsMode:
        """The mode that is shown."""
        return TlsMode(self.box.value)

    @property
    def is_weak(self) -> bool:
        """Whether the mode is weaker than what these hosts should have."""
        is_remote = not all(map(is_loopback, self._hosts))
        return is_remote and self.mode is not TlsMode.VERIFY_FULL

    def use_hosts(self, hosts: tuple[str, ...]) -> None:
        """The connection goes to these hosts."""
        self._hosts = hosts or ("server",)
        self._follow()

    def use_authority(self, *, is_given: bool) -> None:
        """Whether a root certificate is named."""
        self._has_authority = is_given
        self._follow()

    def _follow(self) -> None:
        if not self._is_chosen:
            mode = TlsMode.VERIFY_FULL if self._has_authority else default_tls(self._hosts)
            self._set(mode)
        self._show()

    def show_mode(self, mode: TlsMode | None, hosts: tuple[str, ...]) -> None:
        """As it was saved; a weaker mode was confirmed then."""
        self._hosts = hosts or ("server",)
        self._is_chosen = True
        self._set(mode or default_tls(self._hosts))
        self._show()
        self.confirm.setChecked(self.is_weak)

    def chosen(self) -> TlsMode | None:
        """The mode, None for the default. Raises InputError where a weaker one is not confirmed."""
        if self.is_weak and not self.confirm.isChecked():
            raise InputError(
                "The TLS mode is weaker than it should be for this host.",
                "Choose verify-full, or confirm that you know the risk.",
                field="tls",
            )
        return None if self.mode is default_tls(self._hosts) else self.mode

    def _choose(self) -> None:
        self._is_chosen = True
        self._show()

    def _set(self, mode: TlsMode) -> None:
        self.box.set_value(mode)

    def _show(self) -> None:
        risk = TLS_RISKS[self.mode] if self.is_weak else ""
        self.risk.setText(risk)
        self.risk.setVisible(bool(risk))
        self.confirm.setVisible(bool(risk))
        if not risk:
            self.confirm.setChecked(False)
        set_tone(self.risk, "tone", "error")
        self.changed.emit()
