"""Pictures of the welcome page and the dialogs of connections, from the real window.

Usage: PYTHONPATH=. python packaging/setup/connection_pictures.py FOLDER THEME WIDTHxHEIGHT
"""

import os
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mylla_audit_desktop.cli.main import main as command
from mylla_audit_desktop.connections.profile import Colour, ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.desktop.connections.opener import saved
from mylla_audit_desktop.desktop.connections.password_dialog import PasswordDialog
from mylla_audit_desktop.desktop.session import Session
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer, running_sign_in_server

_PATIENCE_SECONDS = 60.0


class Photographer:
    """One window, and what it looks like on the way to a log."""

    def __init__(self, application: QApplication, folder: Path, theme: str, size: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # Paths are seen in the pictures; those from here are short and nobody's.
        os.chdir(folder)
        self._folder, self._suffix = Path(), f"{theme}-{size}"
        keyring = MemoryKeyring()
        arguments = Namespace(
            profile=f"profile-{self._suffix}",
            theme=theme,
            size=tuple(int(one) for one in size.split("x")),
            demo=False,
            database=None,
            connection=None,
            target=None,
        )
        self.session = Session(application, arguments, Secrets(lambda: keyring))
        self.session.start()

    def take(self, server: SignInServer) -> None:
        """All pictures, in the order in which a new user sees them."""
        session = self.session
        self._shoot("welcome")
        self._dialog(server)
        self._password()
        self._evidence()
        self._production()
        session.window.close()
        session.finish()

    def _dialog(self, server: SignInServer) -> None:
        dialog = self.session.add_connection()
        form = dialog.form
        self._until(form.remember.isEnabled)
        for line, text in (
            (form.name, "Production"),
            (form.host, "localhost"),
            (form.port, str(server.port)),
            (form.database, "mylla"),
            (form.user, "ana"),
            (form.password, PASSWORD),
        ):
            line.setText(text)
        form.tls.box.setCurrentIndex(0)
        shutil.copy(server.authority.file, "company-ca.crt")
        form.root.line.setText("company-ca.crt")
        dialog.start_test()
        self._until(lambda: "works" in dialog.state.text())
        dialog.resize(dialog.width(), 700)
        self._shoot("connection-tested", dialog)
        form.root.line.setText("")
        form.tls.box.setCurrentIndex(0)
        dialog.start_test()
        self._until(lambda: "not work" in dialog.state.text())
        self._shoot("connection-refused", dialog)
        form.host.setText("db1.example.com, db2.example.com")
        form.port.setText("")
        form.tls.box.setCurrentIndex(2)
        self._shoot("connection-weak-tls", dialog)
        form.tls.box.setCurrentIndex(0)
        form.more_button.setChecked(True)
        form.more.label.setText("Production")
        form.more.colour.setCurrentIndex(1)
        dialog.resize(dialog.width(), 720)
        self._shoot("connection-more", dialog)
        dialog.reject()

    def _password(self) -> None:
        session = self.session
        dialog = PasswordDialog(
            "Production",
            "mylla on db1.example.com asks for a password.",
            session.background,
            session.secrets,
            session.window,
            may_remember=True,
        )
        dialog.open()
        self._until(dialog.remember.isEnabled)
        self._shoot("password", dialog)
        dialog.reject()

    def _evidence(self) -> None:
        file = self._folder / "evidence.csv"
        file.write_text("timestamp,actor_id\n2026-01-01,usr_1\n", "utf-8")
        dialog = self.session.open_evidence(file)
        self._until(dialog.another.isVisible)
        self._shoot("evidence-damaged", dialog)
        dialog.reject()

    def _production(self) -> None:
        log = self._folder / "log.sqlite"
        if not log.exists():
            command(["demo", "--database", f"sqlite:///{log}", "--entries", "5000"])
        session = self.session
        session.store.save(
            ConnectionProfile(
                "Production EU",
                Kind.SQLITE,
                database=str(log),
                label="Production",
                colour=Colour.RED,
            )
        )
        session.welcome.refresh()
        self._shoot("welcome-again")
        session.open(saved("Production EU"))
        page = session.window.audit_log
        self._until(lambda: page.model.waypoints is not None)
        self._until(lambda: page.details.shown_entry() is not None)
        self._shoot("production")
        menu = session.window.connection_menu
        menu.popup(session.window.mapToGlobal(session.window.rect().center()))
        self._shoot("switcher", menu)
        menu.close()

    def _until(self, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_there():
            assert time.monotonic() < deadline, "the window did not come so far"
            QTest.qWait(20)

    def _shoot(self, name: str, widget: QWidget | None = None) -> None:
        QTest.qWait(300)
        path = self._folder / f"{name}-{self._suffix}.png"
        assert (widget or self.session.window).grab().save(str(path)), path


def main() -> int:
    """Take all pictures."""
    application = QApplication(sys.argv[:1])
    with running_sign_in_server() as server:
        Photographer(application, Path(sys.argv[1]), sys.argv[2], sys.argv[3]).take(server)
    return 0


if __name__ == "__main__":
    sys.exit(main())
