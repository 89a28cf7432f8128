"""Asking for the password of one connection."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QWidget

from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    fit,
    permit,
    plain_label,
    plain_tooltip,
)
from mylla_audit_desktop.log.visible import visible_text

_WIDTH = 460


class PasswordField(QLineEdit):
    """A line that hides what is typed, and is emptied after use."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName("Password")

    def take(self) -> str | None:
        """What was typed; None for nothing."""
        return self.text() or None


class RememberBox(QCheckBox):
    """Whether the password is kept in the keyring; says why where that is not possible.

    `decided`: it is known whether it is possible.
    """

    decided = Signal()

    def __init__(self, background: Background, secrets: Secrets) -> None:
        super().__init__("Remember in the keyring of this computer")
        self.setAccessibleName("Remember password")
        self.reason = plain_label("", "caption")
        self.reason.setWordWrap(True)
        self.reason.setAccessibleName("Why the password cannot be remembered")
        self.reason.hide()
        self.setEnabled(False)
        slot = self._slot = Latest()

        def work(cancellation: Cancellation, _report: Report) -> str:
            return secrets.why_not(cancellation)

        slot.put(background.run(work, done=self._take, lane="connect"))

    def _take(self, why_not: str) -> None:
        self.setEnabled(not why_not)
        self.setChecked(not why_not)
        self.reason.setText(visible_text(why_not))
        self.reason.setVisible(bool(why_not))
        self.setToolTip(plain_tooltip(why_not))
        self.setAccessibleDescription(why_not)
        self.decided.emit()

    def stop(self) -> None:
        """The answer is of no use any more."""
        self._slot.cancel()


class PasswordDialog(QDialog):
    """`why`: what the server said. Accepted with a password in `password`."""

    def __init__(
        self,
        name: str,
        why: str,
        background: Background,
        secrets: Secrets,
        parent: QWidget | None,
        *,
        may_remember: bool,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Password")
        self.setAccessibleName("Password needed")
        self.password = PasswordField()
        self.remember = RememberBox(background, secrets)
        self.reason = plain_label(why, "muted")
        self.reason.setWordWrap(True)
        self.reason.setAccessibleName("Why it is asked")
        self.reason.setAccessibleDescription(self.reason.text())
        # With the field, which has the focus.
        self.password.setAccessibleDescription(self.reason.text())
        self.connect_button = button("Connect", "primary")
        self.connect_button.setDefault(True)
        self._permit()
        cancel = button("Cancel")
        cancel.clicked.connect(self.reject)
        self.connect_button.clicked.connect(self.accept)
        self.password.textChanged.connect(self._permit)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.connect_button)
        layout = dialog_column(self, f"Password for {visible_text(name)}")
        layout.addWidget(self.reason)
        layout.addWidget(self.password)
        layout.addWidget(self.remember)
        layout.addWidget(self.remember.reason)
        layout.addLayout(buttons)
        self.remember.decided.connect(lambda: fit(self, _WIDTH))
        if not may_remember:
            self.remember.stop()
            self.remember.hide()
        self.finished.connect(self.remember.stop)
        fit(self, _WIDTH)

    def _permit(self) -> None:
        permit(self.connect_button, "" if self.password.text() else "Type the password.")

    @property
    def is_to_be_kept(self) -> bool:
        """Whether the password goes into the keyring."""
        return self.remember.isVisibleTo(self) and self.remember.isChecked()
