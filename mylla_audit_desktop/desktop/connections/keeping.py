"""Putting passwords into the keyring and taking them out, in the background."""

from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.connections.secrets import SecretError, Secrets
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.background import Background, Report, Work
from mylla_audit_desktop.desktop.widgets import plain_message


class KeepPassword:
    """What cannot be kept is said in a message over `window`; the connection works anyway."""

    def __init__(self, background: Background, secrets: Secrets, window: QWidget | None) -> None:
        self._background, self._secrets, self._window = background, secrets, window

    def keep(self, name: str, password: str | None, *, former: str = "") -> None:
        """Keep a password; without one, keep the one of the former name."""
        secrets = self._secrets

        def work(cancellation: Cancellation, _report: Report) -> None:
            secret = password
            if secret is None and former and former != name:
                secret = secrets.read(former, cancellation)
            if secret is not None:
                secrets.store(name, secret, cancellation)
            if former and former != name:
                secrets.remove(former, cancellation)

        self._run(work, "The password is not kept.")

    def forget(self, name: str) -> None:
        """Take a password out."""
        secrets = self._secrets

        def work(cancellation: Cancellation, _report: Report) -> None:
            # Where no password can be kept, none is.
            if not secrets.why_not(cancellation):
                secrets.remove(name, cancellation)

        self._run(work, "The password could not be taken out of the keyring.")

    def _run(self, work: Work, what: str) -> None:
        def failed(error: Exception) -> None:
            if isinstance(error, SecretError):
                plain_message(self._window, what, error.sentence).open()
            else:
                self._background.crashed.emit(error)

        self._background.run(work, done=lambda _none: None, failed=failed, lane="connect")
