"""From the welcome page to a log: by the buttons and fields that a new user sees."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.connections.profile import Colour, ConnectionProfile, Kind
from mylla_audit_desktop.desktop.connections.dialog import ConnectionDialog
from mylla_audit_desktop.desktop.connections.evidence_dialog import EvidenceDialog
from mylla_audit_desktop.desktop.connections.opener import Source, SourceKind
from mylla_audit_desktop.desktop.connections.password_dialog import PasswordDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.welcome import WelcomePage
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.evidence.manifest import manifest_path
from tests.desktop.conftest import make_entries
from tests.desktop.connections.conftest import Begin
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer

LogUrl = Callable[..., str]
PATIENCE = 30_000
W = TypeVar("W", bound=QWidget)


def named(kind: type[W], name: str, parent: QWidget) -> W:
    """The widget of an accessible name, as a screen reader finds it."""
    found = [one for one in parent.findChildren(kind) if one.accessibleName() == name]
    assert len(found) == 1, (name, found)
    return found[0]


def press(qtbot: QtBot, name: str, parent: QWidget) -> None:
    qtbot.mouseClick(named(QPushButton, name, parent), Qt.MouseButton.LeftButton)


def write(dialog: QWidget, name: str, text: str) -> None:
    field = named(QLineEdit, name, dialog)
    field.setFocus()
    field.clear()
    QTest.keyClicks(field, text)


def shown(qtbot: QtBot, kind: type[W], session: Session) -> W:
    """The dialog of a kind that is on show."""

    def visible() -> list[W]:
        return [one for one in session.window.findChildren(kind) if one.isVisible()]

    qtbot.wait_until(lambda: bool(visible()), timeout=PATIENCE)
    return visible()[0]


def welcome_of(session: Session) -> WelcomePage:
    [page] = session.window.findChildren(WelcomePage)
    return page


def read(qtbot: QtBot, session: Session) -> None:
    page = session.window.audit_log
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)


def fill(dialog: ConnectionDialog, secure: SignInServer, password: str = PASSWORD) -> None:
    write(dialog, "Connection name", "Production")
    write(dialog, "Host", "localhost")
    write(dialog, "Port", str(secure.port))
    write(dialog, "Database", "mylla")
    write(dialog, "User", "ana")
    write(dialog, "Password", password)
    tls = named(ChoiceButton, "TLS mode", dialog)
    # Up to the first, verify-full.
    for _ in range(4):
        QTest.keyClick(tls, Qt.Key.Key_Up)
    write(dialog, "Root certificate", str(secure.authority.file))


@pytest.mark.postgresql
def test_a_new_user_is_in_and_next_time_without_typing(
    qtbot: QtBot, begin: Begin, secure: SignInServer, memory: MemoryKeyring
) -> None:
    session = begin()
    welcome = welcome_of(session)
    assert welcome.isVisible()
    press(qtbot, "Add a connection", welcome)
    dialog = shown(qtbot, ConnectionDialog, session)
    fill(dialog, secure)
    press(qtbot, "Test connection", dialog)
    qtbot.wait_until(lambda: dialog.state.text() == "The connection works.", timeout=PATIENCE)
    said = dialog.steps.accessibleDescription()
    for words in (
        f"localhost:{secure.port} answers",
        "TLS 1.3; the certificate of localhost is signed by Test CA and valid until",
        "As ana.",
        "Ana · Admin",
        "They can be read.",
        "PostgreSQL 1",
        "the primary",
    ):
        assert words in said
    press(qtbot, "Connect", dialog)
    read(qtbot, session)
    qtbot.wait_until(lambda: bool(memory.kept), timeout=PATIENCE)
    assert memory.kept == {("mylla-audit", "Production"): PASSWORD}
    window = session.window
    assert window.status.connection.text() == "Production · TLS 1.3 verified · read only"
    assert window.status.reviewer.text() == "Ana · Admin"
    window.close()
    again = begin()
    read(qtbot, again)
    assert again.window.status.connection.text() == "Production · TLS 1.3 verified · read only"
    assert PASSWORD not in again.store.path.read_text()


@pytest.mark.postgresql
def test_a_wrong_password_is_said_in_the_dialog_and_can_be_typed_anew(
    qtbot: QtBot, begin: Begin, secure: SignInServer, memory: MemoryKeyring
) -> None:
    session = begin()
    dialog = session.add_connection()
    fill(dialog, secure, "wrong")
    press(qtbot, "Connect", dialog)
    qtbot.wait_until(lambda: "authentication failed" in dialog.state.text(), timeout=PATIENCE)
    assert session.store.read() == ()
    assert memory.kept == {}
    write(dialog, "Password", PASSWORD)
    press(qtbot, "Connect", dialog)
    read(qtbot, session)


@pytest.mark.postgresql
def test_without_a_kept_password_it_is_asked_for_until_it_is_right(
    qtbot: QtBot, begin: Begin, secure: SignInServer, memory: MemoryKeyring
) -> None:
    session = begin()
    dialog = session.add_connection()
    fill(dialog, secure)
    dialog.form.remember.setChecked(False)
    press(qtbot, "Save", dialog)
    session.window.close()
    again = begin(connection="Production")
    asked = shown(qtbot, PasswordDialog, again)
    assert "asks for a password" in asked.reason.text()
    write(asked, "Password", "wrong")
    press(qtbot, "Connect", asked)
    qtbot.wait_until(lambda: not asked.isVisible())
    asked = shown(qtbot, PasswordDialog, again)
    assert 'authentication failed for user "ana"' in asked.reason.text()
    write(asked, "Password", PASSWORD)
    qtbot.wait_until(asked.remember.isChecked, timeout=PATIENCE)
    press(qtbot, "Connect", asked)
    read(qtbot, again)
    qtbot.wait_until(lambda: PASSWORD in memory.kept.values(), timeout=PATIENCE)


@pytest.mark.postgresql
def test_giving_no_password_leaves_a_way_on(
    qtbot: QtBot, begin: Begin, secure: SignInServer
) -> None:
    session = begin()
    dialog = session.add_connection()
    fill(dialog, secure)
    dialog.form.remember.setChecked(False)
    press(qtbot, "Save", dialog)
    session.window.close()
    again = begin(connection="Production")
    shown(qtbot, PasswordDialog, again).reject()
    notice = again.window.audit_log.notice
    qtbot.wait_until(lambda: "could not be opened" in notice.sentences(), timeout=PATIENCE)
    press(qtbot, "Edit connection", notice)
    edit = shown(qtbot, ConnectionDialog, again)
    assert named(QLineEdit, "User", edit).text() == "ana"
    edit.reject()


@pytest.mark.postgresql
def test_a_member_is_told_what_to_ask_for(
    qtbot: QtBot, begin: Begin, secure: SignInServer, memory: MemoryKeyring
) -> None:
    session = begin()
    dialog = session.add_connection()
    fill(dialog, secure)
    write(dialog, "User", "member")
    press(qtbot, "Connect", dialog)
    qtbot.wait_until(lambda: "Admin or Super Admin" in dialog.state.text(), timeout=PATIENCE)
    dialog.reject()


def test_no_keyring_is_said_where_it_matters(qtbot: QtBot, start: Callable[..., Session]) -> None:
    # The tests' own environment has no keyring.
    dialog = start(None).add_connection()
    remember = dialog.form.remember
    qtbot.wait_until(lambda: "has no keyring" in remember.reason.text(), timeout=PATIENCE)
    assert not remember.isEnabled()
    assert remember.reason.isVisible()
    dialog.reject()


def test_what_cannot_be_is_marked_at_its_field(qtbot: QtBot, begin: Begin) -> None:
    dialog = begin().add_connection()
    press(qtbot, "Connect", dialog)
    assert "names no host" in dialog.state.text()
    assert named(QLineEdit, "Host", dialog).property("isWrong") is True
    write(dialog, "Host", "db.example.com")
    assert named(QLineEdit, "Host", dialog).property("isWrong") is False
    write(dialog, "Database", "postgresql://x")
    press(qtbot, "Test connection", dialog)
    assert "holds = or ://" in dialog.state.text()
    write(dialog, "Database", "mylla")
    press(qtbot, "Connect", dialog)
    assert "has no name" in dialog.state.text()
    dialog.reject()


@pytest.mark.postgresql
def test_on_a_low_screen_the_last_step_of_a_test_is_seen(
    qtbot: QtBot, begin: Begin, secure: SignInServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _self: QRect(0, 0, 960, 540))
    dialog = begin().add_connection()
    fill(dialog, secure)
    press(qtbot, "Test connection", dialog)
    qtbot.wait_until(lambda: "works" in dialog.state.text(), timeout=PATIENCE)

    def is_last_seen() -> bool:
        view = dialog.area.viewport()
        labels = [one for one in dialog.steps.findChildren(QLabel) if one.isVisible()]
        lasts = [one for one in labels if one.accessibleName().startswith("Server ")]
        if not lasts or lasts[-1].y() <= 4 * lasts[-1].height():
            # Not laid out yet.
            return False
        last = lasts[-1]
        return view.rect().contains(last.mapTo(view, last.rect().bottomLeft()))

    qtbot.wait_until(is_last_seen)
    dialog.reject()


def test_a_weaker_tls_mode_wants_a_second_word(qtbot: QtBot, begin: Begin) -> None:
    dialog = begin().add_connection()
    write(dialog, "Connection name", "Production")
    write(dialog, "Host", "127.0.0.1")
    write(dialog, "Database", "mylla")
    tls = dialog.form.tls
    assert tls.box.accessibleDescription().startswith("prefer")
    write(dialog, "Host", "db.example.com")
    assert tls.box.accessibleDescription().startswith("verify-full")
    tls.box.setFocus()
    for _weaker in range(4):
        QTest.keyClick(tls.box, Qt.Key.Key_Down)
    assert "in the open" in tls.risk.text()
    press(qtbot, "Save", dialog)
    assert "confirm that you know the risk" in dialog.state.text()
    tls.confirm.setChecked(True)
    press(qtbot, "Save", dialog)
    assert not dialog.isVisible()


def test_evidence_is_opened_as_a_log_of_its_own(
    qtbot: QtBot, begin: Begin, log_url: LogUrl, tmp_path: Path
) -> None:
    csv = tmp_path / "evidence.csv"
    assert main(["export", "--database", log_url(make_entries(30)), "--output", str(csv),
                 "--all-time", "--for", "siem"]) == 0  # fmt: skip
    session = begin()
    session.open_evidence(csv)
    page = session.window.audit_log
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)
    assert session.window.status.connection.text() == "evidence.csv · read only"
    assert "Anyone who can read this file can read the log." in session.window.notice.text()
    press(qtbot, "Understood", session.window.notice)
    assert session.settings.settings.is_told_of_files
    made = list((session.profile.data / "evidence").iterdir())
    assert len(made) == 1
    # Once more: the same bytes are the same log.
    session.open_evidence(csv)
    qtbot.wait_until(lambda: not session.opener.is_busy and not dialogs(session), timeout=PATIENCE)
    assert list((session.profile.data / "evidence").iterdir()) == made
    assert not session.window.notice.isVisible()


def test_evidence_without_its_manifest_is_said_to_be_that(
    qtbot: QtBot, begin: Begin, log_url: LogUrl, tmp_path: Path
) -> None:
    csv = tmp_path / "evidence.csv"
    assert main(["export", "--database", log_url(make_entries(3)), "--output", str(csv),
                 "--all-time"]) == 0  # fmt: skip
    manifest_path(csv).unlink()
    session = begin()
    session.open_evidence(csv)
    page, notice = session.window.audit_log, session.window.notice
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)
    assert notice.text().startswith("No manifest stands beside evidence.csv")
    # What is told once of files is still to be told.
    press(qtbot, "Understood", notice)
    assert not session.settings.settings.is_told_of_files


def choices(session: Session, title: str) -> dict[str, QAction]:
    """What a submenu of the connection's menu offers; nothing where there is none."""
    menu = session.window.status.connections
    menu.aboutToShow.emit()
    for action in menu.actions():
        submenu = action.menu()
        if action.text() == title and isinstance(submenu, QMenu):
            return {one.text(): one for one in submenu.actions()}
    return {}


def answer(session: Session, button: str, *, for_good: bool = False) -> str:
    """Press a button of the question on show; what was asked."""
    (box,) = (one for one in session.window.findChildren(QMessageBox) if one.isVisible())
    if for_good:
        box.checkBox().click()
    next(one for one in box.buttons() if one.text() == button).click()
    return box.text()


def test_evidence_is_opened_again_and_removed(
    qtbot: QtBot, begin: Begin, log_url: LogUrl, tmp_path: Path
) -> None:
    url = log_url(make_entries(30))
    csv = tmp_path / "october.csv"
    assert main(["export", "--database", url, "--output", str(csv), "--all-time"]) == 0
    session = begin()
    connection = session.window.status.connection
    assert choices(session, "Remove evidence") == {}
    session.open_evidence(csv)
    qtbot.wait_until(lambda: connection.text().startswith("october.csv"), timeout=PATIENCE)
    # Not under the feet of the window.
    assert not choices(session, "Remove evidence")["october…"].isEnabled()
    assert choices(session, "Evidence opened before")["october"].isChecked()
    session.open(Source(SourceKind.URL, url))
    qtbot.wait_until(lambda: connection.text().startswith("log.sqlite"), timeout=PATIENCE)
    choices(session, "Evidence opened before")["october"].trigger()
    qtbot.wait_until(lambda: connection.text().startswith("october "), timeout=PATIENCE)
    session.open(Source(SourceKind.URL, url))
    qtbot.wait_until(lambda: connection.text().startswith("log.sqlite"), timeout=PATIENCE)
    folder = session.profile.data / "evidence"
    (made,) = folder.glob("*.sqlite")
    bytes_before = made.read_bytes()

    choices(session, "Remove evidence")["october…"].trigger()
    assert "october" in answer(session, "Cancel")
    assert made.exists()
    choices(session, "Remove evidence")["october…"].trigger()
    answer(session, "Remove")
    assert choices(session, "Remove evidence") == {}
    assert not made.exists()
    # What was done with it is there again with the same file.
    session.open_evidence(csv)
    qtbot.wait_until(lambda: connection.text().startswith("october.csv"), timeout=PATIENCE)
    assert made.read_bytes() == bytes_before
    session.open(Source(SourceKind.URL, url))
    qtbot.wait_until(lambda: connection.text().startswith("log.sqlite"), timeout=PATIENCE)
    choices(session, "Remove evidence")["october…"].trigger()
    answer(session, "Remove", for_good=True)
    assert choices(session, "Evidence opened before") == {}
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    assert csv.exists()


def dialogs(session: Session) -> list[EvidenceDialog]:
    return [one for one in session.window.findChildren(EvidenceDialog) if one.isVisible()]


def test_damaged_evidence_is_named_by_its_line_and_leaves_nothing(
    qtbot: QtBot, begin: Begin, log_url: LogUrl, tmp_path: Path
) -> None:
    csv = tmp_path / "evidence.csv"
    assert main(["export", "--database", log_url(make_entries(30)), "--output", str(csv),
                 "--all-time", "--for", "siem"]) == 0  # fmt: skip
    lines = csv.read_text().splitlines(keepends=True)
    lines[20] = "yesterday," + lines[20].partition(",")[2]
    csv.write_text("".join(lines))
    Path(f"{csv}.manifest.json").unlink()
    session = begin()
    dialog = session.open_evidence(csv)
    qtbot.wait_until(lambda: "line 21" in dialog.state.text(), timeout=PATIENCE)
    folder = session.profile.data / "evidence"
    assert not folder.exists() or list(folder.iterdir()) == []
    assert named(QPushButton, "Choose another file", dialog).isVisible()
    dialog.reject()
    assert welcome_of(session).isVisible()


def test_a_damaged_connections_file_is_named_on_the_welcome_page(
    qtbot: QtBot, begin: Begin, tmp_path: Path
) -> None:
    file = tmp_path / "profile" / "config" / "connections.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[connections.a]\npassword = 'kanarienvogel'\n")
    session = begin()
    welcome = welcome_of(session)
    assert str(file) in welcome.problem.text()
    assert "kanarienvogel" not in welcome.problem.text()
    assert file.read_text().startswith("[connections.a]")


def test_production_is_marked(qtbot: QtBot, begin: Begin, log_url: LogUrl) -> None:
    url = log_url(make_entries(3))
    session = begin()
    session.store.save(
        ConnectionProfile(
            "Production",
            Kind.SQLITE,
            database=url.removeprefix("sqlite:///"),
            label="Production",
            colour=Colour.RED,
        )
    )
    session.switcher.refresh()
    action = next(a for a in session.window.menus.connections.actions() if a.text() == "Production")
    action.trigger()
    read(qtbot, session)
    assert session.window.mark.isVisible()
    assert session.window.mark.property("colour") == "red"
    assert session.window.status.mark.text() == "Production"
