"""From one log to another: what was open is closed when its work has ended, never before."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from sqlalchemy import QueuePool

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.parameters import Host, parse_hosts
from mylla_audit_desktop.desktop.connections.opener import DEMO, Source, SourceKind, saved
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.review.finding import Rule
from tests.desktop.connections.conftest import Begin
from tests.desktop.connections.test_first_start import fill
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer

PATIENCE = 30_000
ALL_TIME = LogFilters(PeriodChoice(Preset.ALL_TIME))


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """The databases that were closed, in order; each with no connection in use."""
    done: list[Database] = []
    close = Database.close

    def note(database: Database) -> None:
        assert isinstance(database.engine.pool, QueuePool)
        assert database.engine.pool.checkedout() == 0, "closed under the feet of its work"
        done.append(database)
        close(database)

    monkeypatch.setattr(Database, "close", note)
    return done


@pytest.fixture
def logs(tmp_path: Path) -> Callable[[str, int], ConnectionProfile]:
    def made(name: str, entries: int) -> ConnectionProfile:
        path = tmp_path / f"{name}.sqlite"
        words = ["demo", "--database", f"sqlite:///{path}", "--entries", str(entries)]
        assert main(words) == 0
        return ConnectionProfile(name, Kind.SQLITE, database=str(path))

    return made


def test_switching_to_and_fro_while_work_is_under_way(
    qtbot: QtBot,
    begin: Begin,
    logs: Callable[[str, int], ConnectionProfile],
    secure: SignInServer,
    memory: MemoryKeyring,
    closed: list[Database],
) -> None:
    session = begin()
    for profile in (logs("small", 30), logs("large", 20_000)):
        session.store.save(profile)
    session.store.save(
        ConnectionProfile(
            "server", hosts=(Host("localhost", secure.port),), database="mylla", user="open"
        )
    )
    page = session.window.audit_log
    page.bar.set_filters(ALL_TIME)
    names = ["small", "large", "server"] * 4
    opened = []
    session.opener.opened.connect(lambda _source, log: opened.append(log.database))
    for number, name in enumerate(names):
        with qtbot.wait_signal(session.opener.opened, timeout=PATIENCE):
            session.open(saved(name))
        if number % 2:
            # In the midst of reading; otherwise at once.
            qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)
            page.table.go_to(max(page.model.rowCount() - 1, 0))
    session.open(saved("small"))
    qtbot.wait_until(lambda: page.model.count == 30, timeout=PATIENCE)
    qtbot.wait_until(lambda: set(opened[:-1]) <= set(closed), timeout=PATIENCE)
    assert session.window.status.connection.text().startswith("small")
    assert opened[-1] not in closed


def test_giving_up_on_one_for_another_closes_what_was_opened_for_nothing(
    qtbot: QtBot,
    begin: Begin,
    logs: Callable[[str, int], ConnectionProfile],
    closed: list[Database],
) -> None:
    session = begin()
    for profile in (logs("one", 30), logs("two", 40)):
        session.store.save(profile)
    page = session.window.audit_log
    page.bar.set_filters(ALL_TIME)
    for name in ("one", "two", "one", "two"):
        session.open(saved(name))
    qtbot.wait_until(lambda: page.model.count == 40, timeout=PATIENCE)
    assert session.window.status.connection.text().startswith("two")


def test_making_the_demo_is_told_and_cancelled_while_another_log_is_on_show(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile]
) -> None:
    session = begin()
    session.store.save(logs("small", 30))
    page, status = session.window.audit_log, session.window.status
    page.bar.set_filters(ALL_TIME)
    session.open(saved("small"))
    qtbot.wait_until(lambda: page.model.count == 30, timeout=PATIENCE)
    session.open(DEMO)
    qtbot.wait_until(lambda: "of 50,000 entries" in status.opening.text(), timeout=PATIENCE)
    qtbot.mouseClick(status.cancel, Qt.MouseButton.LeftButton)
    assert not status.opening.isVisible()
    qtbot.wait_until(lambda: not list(session.profile.data.glob(".demo*")), timeout=PATIENCE)
    assert not (session.profile.data / "demo.sqlite").exists()
    assert status.connection.text().startswith("small")
    assert page.model.count == 30


def test_a_log_that_cannot_be_opened_leaves_the_one_on_show(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile], tmp_path: Path
) -> None:
    session = begin()
    session.store.save(logs("good", 30))
    session.store.save(ConnectionProfile("gone", Kind.SQLITE, database=str(tmp_path / "none")))
    page = session.window.audit_log
    page.bar.set_filters(ALL_TIME)
    session.open(saved("good"))
    qtbot.wait_until(lambda: page.model.count == 30, timeout=PATIENCE)
    session.open(saved("gone"))
    boxes: list[QMessageBox] = []

    def is_told() -> bool:
        boxes[:] = [one for one in session.window.findChildren(QMessageBox) if one.isVisible()]
        return bool(boxes)

    qtbot.wait_until(is_told, timeout=PATIENCE)
    assert "gone could not be opened" in boxes[0].text()
    assert "There is no file" in boxes[0].text()
    boxes[0].close()
    assert page.model.count == 30
    assert session.window.status.connection.text().startswith("good")
    assert session.settings.settings.last_connection == "good"


def test_opening_can_be_given_up_for_the_welcome_page(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile]
) -> None:
    session = begin()
    session.store.save(logs("good", 30))
    session.open(saved("good"))
    notice = session.window.audit_log.notice
    assert notice.action.text() == "Cancel opening"
    notice.action.click()
    assert session.welcome.isVisible()
    session.open(saved("good"))
    qtbot.wait_until(lambda: session.window.audit_log.model.snapshot is not None, timeout=PATIENCE)


def test_removing_forgets_connection_and_password(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile], memory: MemoryKeyring
) -> None:
    session = begin()
    server = ConnectionProfile("server", database="mylla", user="ana")
    session.store.save(server)
    kept = memory.kept
    kept["mylla-audit", "server"] = PASSWORD
    dialog = session.edit_connection("server")
    assert dialog is not None
    assert dialog.remove.isVisible()
    dialog.remove.click()
    [box] = dialog.findChildren(QMessageBox)
    next(one for one in box.buttons() if one.text() == "Remove").click()
    qtbot.wait_until(lambda: not kept, timeout=PATIENCE)
    assert session.store.read() == ()
    titles = [action.text() for action in session.window.status.connections.actions()]
    assert "server" not in titles


def test_renaming_takes_the_password_along(
    qtbot: QtBot, begin: Begin, memory: MemoryKeyring
) -> None:
    session = begin()
    session.store.save(
        ConnectionProfile("old", hosts=parse_hosts("localhost"), database="mylla", user="ana")
    )
    kept = memory.kept
    kept["mylla-audit", "old"] = PASSWORD
    dialog = session.edit_connection("old")
    assert dialog is not None
    qtbot.wait_until(dialog.form.remember.isEnabled, timeout=PATIENCE)
    dialog.form.name.setText("new")
    dialog.save.click()
    qtbot.wait_until(lambda: kept == {("mylla-audit", "new"): PASSWORD}, timeout=PATIENCE)
    assert [one.name for one in session.store.read()] == ["new"]


@pytest.mark.postgresql
def test_a_password_is_kept_while_another_log_is_left(
    qtbot: QtBot,
    begin: Begin,
    logs: Callable[[str, int], ConnectionProfile],
    secure: SignInServer,
    memory: MemoryKeyring,
) -> None:
    session = begin()
    session.store.save(logs("small", 30))
    session.open(saved("small"))
    page = session.window.audit_log
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)
    dialog = session.add_connection()
    fill(dialog, secure)
    qtbot.wait_until(dialog.form.remember.isEnabled, timeout=PATIENCE)
    dialog.connect_button.click()
    qtbot.wait_until(lambda: PASSWORD in memory.kept.values(), timeout=PATIENCE)
    button = session.window.status.connection
    qtbot.wait_until(lambda: button.text().startswith("Production"), timeout=PATIENCE)
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)


def test_every_page_says_that_a_log_is_being_opened_and_lets_one_stop(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile]
) -> None:
    session = begin()
    session.store.save(logs("good", 30))
    window = session.window
    # Made before it is opened, and while it is.
    before = window.review
    session.open(saved("good"))
    for notice in (before.notice, window.activity.notice, window.retention.empty):
        assert notice.sentences() == "Opening the audit log One moment."
        assert notice.action.text() == "Cancel opening"
    window.show_page(before)
    before.checklist.choose(Rule.OFF_HOURS)
    assert before.notice.isVisible()
    window.show_page(window.retention)
    assert window.retention.empty.isVisible()
    assert "Opening" in window.retention.empty.sentences()
    window.retention.empty.action.click()
    assert not session.opener.is_busy
    assert session.welcome.isVisible()


def test_what_was_given_up_is_opened_again_by_one_button(
    qtbot: QtBot, begin: Begin, logs: Callable[[str, int], ConnectionProfile]
) -> None:
    session = begin()
    path = logs("good", 30).database
    # As with --database: it is saved nowhere.
    session.open(Source(SourceKind.URL, f"sqlite:///{path}"))
    session.window.audit_log.notice.action.click()
    again = session.welcome.again
    assert again is not None
    assert again.isVisible()
    assert session.window.focusWidget() is again
    # Tab goes on as one reads.
    assert again.nextInFocusChain() is session.welcome.ways[0]
    assert (again.accessibleName(), again.accessibleDescription()) == (
        "Try again",
        "Opening the log was cancelled.",
    )
    again.click()
    page = session.window.audit_log
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=PATIENCE)


def test_every_page_says_why_no_log_is_open(qtbot: QtBot, begin: Begin, tmp_path: Path) -> None:
    session = begin()
    session.store.save(ConnectionProfile("gone", Kind.SQLITE, database=str(tmp_path / "none")))
    window = session.window
    session.open(saved("gone"))
    qtbot.wait_until(lambda: not session.opener.is_busy, timeout=PATIENCE)
    for page, notice in (
        (window.review, window.review.notice),
        (window.activity, window.activity.notice),
        (window.retention, window.retention.empty),
    ):
        window.show_page(page)
        assert notice.isVisible()
        assert notice.sentences().startswith("The log could not be opened There is no file")
        assert notice.action.text() == "Try again"
        notice.action.click()
        assert session.opener.is_busy
        qtbot.wait_until(lambda: not session.opener.is_busy, timeout=PATIENCE)
        assert "could not be opened" in notice.sentences()
