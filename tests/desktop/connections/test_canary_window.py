"""What is typed into a password field is in no text, file or log of the window."""

import logging
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.connections.check import Steps
from mylla_audit_desktop.desktop.connections import attempt
from mylla_audit_desktop.desktop.connections.dialog import ConnectionDialog
from mylla_audit_desktop.desktop.connections.password_dialog import PasswordDialog
from mylla_audit_desktop.desktop.session import Session
from tests.desktop.connections.conftest import Begin
from tests.desktop.connections.test_first_start import PATIENCE, fill, press, shown, write
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer

pytestmark = pytest.mark.postgresql
CANARY = "kanarienvogel-4711"


def texts(window: QWidget) -> str:
    """All that a person or a screen reader can be told."""
    told = [window.windowTitle()]
    for widget in (window, *window.findChildren(QWidget)):
        told += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        told += [widget.statusTip(), widget.whatsThis(), widget.windowTitle()]
        if isinstance(widget, QLabel | QPushButton | QMessageBox):
            told.append(widget.text())
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None:
            told += [interface.text(kind) for kind in QAccessible.Text if kind.value < 5]
    return "\n".join(told)


def assert_nowhere(session: Session, folder: Path, records: pytest.LogCaptureFixture) -> None:
    assert CANARY not in texts(session.window)
    assert CANARY not in records.text
    for path in folder.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def test_no_failure_of_the_dialogs_tells_the_password(
    qtbot: QtBot,
    begin: Begin,
    secure: SignInServer,
    memory: MemoryKeyring,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    session = begin()
    dialog = session.add_connection()
    fill(dialog, secure, CANARY)

    def fails(button: str, told: str) -> None:
        press(qtbot, button, dialog)
        qtbot.wait_until(lambda: told in dialog.state.text(), timeout=PATIENCE)
        assert_nowhere(session, tmp_path, caplog)

    fails("Connect", "authentication failed")
    fails("Test connection", "does not work yet")
    write(dialog, "Root certificate", str(tmp_path / "none.crt"))
    fails("Connect", "root certificate")
    write(dialog, "Root certificate", str(secure.authority.file))
    write(dialog, "Port", "1")
    fails("Connect", "nothing answers")
    write(dialog, "Port", str(secure.port))
    write(dialog, "Database", f"password={CANARY}")
    fails_typed(qtbot, dialog, "holds = or ://")
    write(dialog, "Database", "mylla")
    # A bug of ours, in a slot and in the background, with the password in its message.
    monkeypatch.setattr(attempt, "check_connection", failing)
    fails("Test connection", "unexpected")
    monkeypatch.setattr(dialog.form, "profile", failing)
    press(qtbot, "Connect", dialog)
    assert len(session.boundary.caught) == 2
    monkeypatch.undo()
    memory.mood = "refusing"
    write(dialog, "Password", CANARY)
    press(qtbot, "Save", dialog)
    qtbot.wait_until(lambda: has_message(session, "not kept"), timeout=PATIENCE)
    assert_nowhere(session, tmp_path, caplog)
    session.window.close()
    again = begin(connection="Production")
    asked = shown(qtbot, PasswordDialog, again)
    write(asked, "Password", CANARY)
    press(qtbot, "Connect", asked)
    qtbot.wait_until(lambda: not asked.isVisible())
    asked = shown(qtbot, PasswordDialog, again)
    assert_nowhere(again, tmp_path, caplog)
    asked.reject()
    again.window.close()
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err
    assert session.boundary.caught == ["ValueError", "ValueError"]
    session.boundary.caught.clear()
    assert PASSWORD not in texts(session.window)


def fails_typed(qtbot: QtBot, dialog: ConnectionDialog, told: str) -> None:
    """The secret stands in a field that is shown, where only its user put it."""
    press(qtbot, "Connect", dialog)
    assert told in dialog.state.text()
    assert CANARY not in dialog.state.text()


def failing(*_words: object, **_options: object) -> Steps:
    raise ValueError(CANARY)


def has_message(session: Session, told: str) -> bool:
    boxes = session.window.findChildren(QMessageBox)
    return any(told in box.text() for box in boxes if box.isVisible())
