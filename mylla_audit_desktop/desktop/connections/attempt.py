"""Trying a connection in the background: step by step, or opening its log."""

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.connections.check import Steps, check_connection, opening_to_try
from mylla_audit_desktop.connections.opening import open_connection
from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.connections.opener import close_all, marked
from mylla_audit_desktop.desktop.open_log import OpenLog


class Attempt(QObject):
    """One at a time. kept_as: the name under which its password is kept already, or "".

    stepped, tested: the steps of a test so far, and all of them. opened: the profile and
    its open log, which is the receiver's to close. failed: the error.
    """

    stepped = Signal(object)
    tested = Signal(object)
    opened = Signal(object, object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(
        self, background: Background, secrets: Secrets, kept_as: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._background, self._secrets, self._kept_as = background, secrets, kept_as
        self._slot = Latest()

    def test(self, profile: ConnectionProfile, password: str | None) -> None:
        """Say step by step how far the connection comes."""
        secrets, opening = self._secrets, opening_to_try(profile, self._kept_as)

        def work(cancellation: Cancellation, report: Report) -> Steps:
            return check_connection(
                profile, opening, secrets, cancellation, report, password=password
            )

        self._slot.put(
            self._background.run(
                work,
                done=self.tested.emit,
                failed=self.failed.emit,
                progress=self.stepped.emit,
                cancelled=self.cancelled.emit,
                lane="connect",
            )
        )

    def open(self, profile: ConnectionProfile, password: str | None) -> None:
        """Open the log."""
        secrets, opening = self._secrets, opening_to_try(profile, self._kept_as)
        made: list[Database] = []

        def work(cancellation: Cancellation, _report: Report) -> OpenLog:
            database = open_connection(opening, secrets, cancellation, password=password)
            made.append(database)
            log = OpenLog(database, profile.name, read_access(database, cancellation))
            cancellation.raise_if_cancelled()
            return marked(log, profile)

        def failed(error: Exception) -> None:
            close_all(made)
            self.failed.emit(error)

        def cancelled() -> None:
            close_all(made)
            self.cancelled.emit()

        self._slot.put(
            self._background.run(
                work,
                done=lambda log: self.opened.emit(profile, log),
                failed=failed,
                cancelled=cancelled,
                lane="connect",
            )
        )

    def cancel(self) -> None:
        """Give up on what is under way."""
        self._slot.cancel()
