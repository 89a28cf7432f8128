"""The retention page, by its buttons and its accessible names."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.purge import purge
from mylla_audit_desktop.database.retention import read_retention
from mylla_audit_desktop.database.retention_change import set_retention
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.retention import page as page_module
from mylla_audit_desktop.desktop.retention.change_dialog import ChangeDialog
from mylla_audit_desktop.desktop.retention.page import RetentionPage
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.access import Access, Role
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import RetentionChange, RetentionState
from tests.desktop.reviewing import window_of
from tests.servers import Server

DAY = 86_400_000_000
Start = Callable[..., Session]


def ago(days: float) -> Instant:
    return Instant(Instant.from_datetime(datetime.now(UTC)).microseconds - int(days * DAY))


def entries(*ages: float) -> list[NewEntry]:
    return [NewEntry(ago(age), "member", "usr_1", "Ana", "agent.update") for age in ages]


@pytest.fixture
def log(tmp_path: object) -> Database:
    """Two entries overdue, one that goes tomorrow, two within 30 days, one that stays."""
    database = open_database(f"sqlite:///{tmp_path}/log.sqlite", create=True)
    upgrade_schema(database)
    ages = (1200, 1096, 1094.5, 1080, 1070, 5)
    append_entries(database, entries(*ages), Cancellation())
    return database


def set_days(database: Database, days: int, documented: int, based_on: int = 0) -> None:
    change = RetentionChange(days, documented, "Policy 4.2", based_on)
    set_retention(database, read_access(database, Cancellation()), change, Cancellation())


@pytest.fixture
def open_page(start: Start, qtbot: QtBot, log: Database) -> Callable[[], RetentionPage]:
    """The page, reached as a user does."""

    def open_page() -> RetentionPage:
        url = f"sqlite:///{log.label.name}"
        log.close()
        session = start(url)
        window = session.window
        qtbot.wait_until(lambda: window.audit_log.model.snapshot is not None)
        [item] = window.pages.findItems("Retention", Qt.MatchFlag.MatchExactly)
        place = window.pages.visualItemRect(item).center()
        qtbot.mouseClick(window.pages.viewport(), Qt.MouseButton.LeftButton, pos=place)
        page = window.retention
        assert page.isVisible()
        qtbot.wait_until(lambda: page.state is not None)
        return page

    return open_page


def said(page: QWidget, name: str) -> str:
    [label] = [one for one in page.findChildren(QLabel) if one.accessibleName() == name]
    assert label.isVisible()
    return label.accessibleDescription()


def named(widget: QWidget, name: str) -> QPushButton:
    [one] = [one for one in widget.findChildren(QPushButton) if one.accessibleName() == name]
    return one


def click(qtbot: QtBot, widget: QWidget) -> None:
    assert widget.isVisible()
    assert widget.isEnabled()
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def warnings(page: RetentionPage) -> str:
    return page.notice.accessibleDescription()


def test_the_three_values_and_what_goes_next(
    open_page: Callable[[], RetentionPage], log: Database
) -> None:
    set_days(log, 1095, 1095)
    purge(log, 1095, Cancellation())
    append_entries(log, entries(1100), Cancellation())
    page = open_page()
    assert said(page, "Retention days").startswith("1095 days Set by ")
    assert said(page, "Documented standard") == "1095 days agrees Policy 4.2"
    enforced = said(page, "Last enforced")
    assert enforced.startswith("1095 days agrees ")
    assert "2 entries went" in enforced
    assert said(page, "Go until tomorrow").startswith("2 entries older than ")
    assert said(page, "Go until tomorrow").endswith(", 1 of them overdue")
    assert said(page, "Go within 30 days").startswith("4 entries older than ")
    assert warnings(page) == (
        "Configured, documented and enforced agree. The daily job ran less than an hour ago."
    )
    assert page.runs.rowCount() == 1
    assert page.runs.model().index(0, 3).data() == "2"
    assert named(page, "Change retention").isEnabled()


def test_what_differs_is_warned_of(open_page: Callable[[], RetentionPage], log: Database) -> None:
    set_days(log, 1095, 730)
    purge(log, 3000, Cancellation(), now=ago(2))
    page = open_page()
    assert said(page, "Documented standard") == "730 days differs Policy 4.2"
    assert said(page, "Last enforced").startswith("3000 days differs ")
    for words in (
        "Policy 4.2 states 730 days",
        "the daily job enforces 3000 days",
        "has not run to its end for 2 days",
    ):
        assert words in warnings(page)
    lines = [label.text() for label in page.notice.findChildren(QLabel) if label.text()]
    assert len(lines) == 3


def test_in_the_smallest_window_large_counts_cut_nothing(
    open_page: Callable[[], RetentionPage], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = 987_654_321_012

    def read(*of_log: Any) -> RetentionState:
        return replace(
            read_retention(*of_log), due_now=many, due_tomorrow=many, due_in_30_days=many
        )

    monkeypatch.setattr(page_module, "read_retention", read)
    page = open_page()
    qtbot.wait_until(lambda: "987,654,321,012" in page.month.text())
    page.window().resize(800, 520)

    def is_whole() -> bool:
        return all(
            one.mapTo(page, one.rect().topRight()).x() < page.width()
            for one in (page.export, page.month, page.notice)
        )

    qtbot.wait_until(is_whole)
    page.window().resize(1280, 800)
    qtbot.wait_until(lambda: page.export.x() > page.month.geometry().right())


def test_a_new_log_says_what_is_missing(open_page: Callable[[], RetentionPage]) -> None:
    page = open_page()
    assert said(page, "Documented standard").startswith("Not named")
    assert said(page, "Last enforced").startswith("Never")
    assert "No security document is named" in warnings(page)
    assert "has never run" in warnings(page)
    assert page.no_runs.isVisible()


def test_export_them_first_exports_exactly_what_goes(
    open_page: Callable[[], RetentionPage], qtbot: QtBot
) -> None:
    page = open_page()
    window = window_of(page)
    click(qtbot, named(page, "Export them first"))
    qtbot.wait_until(lambda: bool(window.findChildren(ExportDialog)))
    [dialog] = window.findChildren(ExportDialog)
    assert window.audit_log.isVisible()
    assert page.state is not None
    snapshot = window.audit_log.model.snapshot
    assert snapshot is not None
    assert (snapshot.query.start, snapshot.query.end) == (None, page.state.cutoff_in(30))
    assert page.state.due_in_30_days == 5
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(text.startswith("5 entries") for text in said), said
    dialog.reject()
    # Again, with the same filters in force.
    window.show_page(page)
    click(qtbot, named(page, "Export them first"))
    qtbot.wait_until(
        lambda: [one for one in window.findChildren(ExportDialog) if one.isVisible()] != []
    )
    for one in window.findChildren(ExportDialog):
        one.reject()


def opened_dialog(qtbot: QtBot, page: RetentionPage) -> ChangeDialog:
    click(qtbot, named(page, "Change retention"))
    [dialog] = [one for one in page.findChildren(ChangeDialog) if one.isVisible()]
    assert dialog.accessibleName() == "Change retention"
    return dialog


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)


def test_a_shorter_period_wants_the_number_typed(
    open_page: Callable[[], RetentionPage], qtbot: QtBot
) -> None:
    page = open_page()
    dialog = opened_dialog(qtbot, page)
    assert not dialog.apply.isEnabled()
    type_into(qtbot, dialog.days, "1075")
    type_into(qtbot, dialog.reference, "Policy 5")
    qtbot.wait_until(lambda: "Type 4 to confirm" in dialog.consequence.text())
    assert dialog.consequence.text().startswith("The next run deletes 4 entries for good.")
    assert not dialog.apply.isEnabled()
    type_into(qtbot, dialog.typed, "5")
    assert not dialog.apply.isEnabled()
    type_into(qtbot, dialog.typed, "4")
    # Return in a field is no confirmation of what is grave.
    qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert page.state is not None
    assert page.state.setting.number == 0
    assert dialog.isVisible()
    before = page.state
    click(qtbot, dialog.apply)
    qtbot.wait_until(lambda: page.state is not before and not page.busy.text())
    assert page.state.setting.days == 1075
    assert said(page, "Retention days").startswith("1075 days")
    assert said(page, "Documented standard") == "1075 days agrees Policy 5"


def test_a_longer_period_needs_no_number(
    open_page: Callable[[], RetentionPage], qtbot: QtBot
) -> None:
    page = open_page()
    dialog = opened_dialog(qtbot, page)
    type_into(qtbot, dialog.days, "2000")
    qtbot.wait_until(lambda: "0 entries" in dialog.consequence.text())
    assert not dialog.typed.isVisible()
    assert not dialog.apply.isEnabled()
    type_into(qtbot, dialog.reference, "Policy 5")
    before = page.state
    click(qtbot, dialog.apply)
    qtbot.wait_until(lambda: page.state is not before and not page.busy.text())
    assert page.state is not None
    assert page.state.setting.days == 2000


@pytest.mark.parametrize("text", ["", "0", "x", "-1", "1e3", "36501", "10 95"])
def test_what_is_no_number_of_days_cannot_be_saved(
    open_page: Callable[[], RetentionPage], qtbot: QtBot, text: str
) -> None:
    dialog = opened_dialog(qtbot, open_page())
    type_into(qtbot, dialog.reference, "Policy 5")
    dialog.days.clear()
    qtbot.keyClicks(dialog.days, text)
    assert not dialog.apply.isEnabled()
    assert ("whole days" in dialog.consequence.text()) == bool(text)
    dialog.reject()


def test_a_change_by_somebody_else_is_told(
    open_page: Callable[[], RetentionPage], qtbot: QtBot, log: Database
) -> None:
    dialog = opened_dialog(qtbot, page := open_page())
    other = open_database(f"sqlite:///{log.label.name}")
    set_days(other, 3000, 3000)
    type_into(qtbot, dialog.days, "2000")
    type_into(qtbot, dialog.reference, "Policy 5")
    qtbot.wait_until(dialog.apply.isEnabled)
    click(qtbot, dialog.apply)
    qtbot.wait_until(dialog.problem.isVisible)
    assert "Somebody else changed the retention meanwhile." in dialog.problem.text()
    assert read_retention(other, Cancellation()).setting.days == 3000
    other.close()
    dialog.reject()
    assert page.isVisible()


def test_who_may_not_change_it_reads_why(start: Start, qtbot: QtBot, log: Database) -> None:
    url = f"sqlite:///{log.label.name}"
    session = start(url)
    window = session.window
    qtbot.wait_until(lambda: window.audit_log.model.snapshot is not None)
    why = "Changing retention needs the role Super Admin."
    page = window.retention
    page.show_log(OpenLog(log, "Log", Access("ana", None, why, why, why)))
    window.show_page(page)
    qtbot.wait_until(lambda: page.state is not None)
    for name in ("Change retention", "Export them first"):
        assert not named(page, name).isEnabled()
        assert why in named(page, name).toolTip()
    page.open_change()
    assert page.findChildren(QDialog) == []
    log.close()


def test_a_foreign_log_says_who_decides(start: Start, qtbot: QtBot, tmp_path: object) -> None:
    import sqlite3

    path = f"{tmp_path}/foreign.sqlite"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(
            "CREATE TABLE entries (id INTEGER PRIMARY KEY, occurred_at TEXT, actor_type TEXT,"
            " actor_id TEXT, actor_name TEXT, action TEXT, target_type TEXT, target_id TEXT,"
            " target_name TEXT, before TEXT, after TEXT, ip_address TEXT)"
        )
    connection.close()
    window = start(f"sqlite:///{path}").window
    qtbot.wait_until(lambda: window.audit_log.model.snapshot is not None)
    page = window.retention
    window.show_page(page)
    qtbot.wait_until(page.empty.isVisible)
    assert "belongs to another program" in page.empty.sentences()
    assert not named(page, "Change retention").isEnabled()
    assert not page.empty.action.isVisible()


def test_a_failure_is_said_and_can_be_tried_again(
    open_page: Callable[[], RetentionPage], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mylla_audit_desktop.desktop.retention import page as module
    from mylla_audit_desktop.log.errors import DatabaseError

    page = open_page()

    def fail(*_: object) -> None:
        raise DatabaseError("The log cannot be reached.", "Check the network.")

    with monkeypatch.context() as patch:
        patch.setattr(module, "read_retention", fail)
        click(qtbot, named(page, "Read again"))
        qtbot.wait_until(page.empty.isVisible)
    assert "The log cannot be reached. Check the network." in page.empty.sentences()
    click(qtbot, page.empty.action)
    qtbot.wait_until(lambda: page.state is not None)
    assert page.notice.isVisible()


def test_hostile_texts_stay_texts(open_page: Callable[[], RetentionPage], log: Database) -> None:
    evil = "<b>Policy</b> \u202e <img src=http://192.0.2.1/x>"
    change = RetentionChange(1095, 730, evil, 0)
    set_retention(log, read_access(log, Cancellation()), change, Cancellation())
    page = open_page()
    shown = page.documented.detail.text()
    assert shown == "<b>Policy</b> \\u202e <img src=http://192.0.2.1/x>"
    for label in page.findChildren(QLabel):
        assert label.textFormat() is not Qt.TextFormat.RichText
        assert "\u202e" not in label.text()
    assert page.documented.detail.textFormat() is Qt.TextFormat.PlainText


def test_times_follow_the_zone(open_page: Callable[[], RetentionPage], log: Database) -> None:
    purge(log, None, Cancellation())
    page = open_page()
    assert "+01:00" in said(page, "Last enforced") or "+02:00" in said(page, "Last enforced")
    window_of(page).set_zone("Asia/Tokyo")
    assert "+09:00" in said(page, "Last enforced")


@pytest.fixture
def people(postgresql_server: Server, postgresql_url: str) -> Iterator[dict[str, str]]:
    """A log on PostgreSQL with one overdue entry; its URL for a Super Admin and an Admin."""
    owner = open_database(postgresql_url, create=True)
    upgrade_schema(owner)
    append_entries(owner, entries(1200, 800, 5), Cancellation())
    urls = {}
    for role in (Role.SUPER_ADMIN, Role.ADMIN):
        login = f"page_{role.value}"
        postgresql_server.execute(f'CREATE ROLE "{login}" LOGIN')
        write_member(owner, login, role, f"usr_{role.value}", "Ana Weber", Cancellation())
        urls[role.value] = postgresql_url.replace("postgres@", f"{login}@")
    owner.close()
    yield urls
    postgresql_server.drop_database(owner.label.name)
    for role in urls:
        postgresql_server.execute(f'DROP ROLE "page_{role}"')


@pytest.mark.postgresql
def test_a_super_admin_changes_it_on_the_server(
    start: Start, qtbot: QtBot, people: dict[str, str]
) -> None:
    window = start(people["super-admin"]).window
    page = window.retention
    # A server has a daily job; that it never ran shows before the page is opened.
    qtbot.wait_until(lambda: page.state is not None)
    [item] = window.pages.findItems("Retention", Qt.MatchFlag.MatchExactly)
    assert item.toolTip() == "Retention: 2 warnings"
    window.show_page(page)
    qtbot.wait_until(lambda: not page.busy.text())
    dialog = opened_dialog(qtbot, page)
    type_into(qtbot, dialog.days, "730")
    type_into(qtbot, dialog.reference, "Policy 5")
    qtbot.wait_until(dialog.typed.isVisible)
    type_into(qtbot, dialog.typed, "2")
    before = page.state
    click(qtbot, dialog.apply)
    qtbot.wait_until(lambda: page.state is not before and not page.busy.text())
    assert said(page, "Retention days").startswith("730 days Set by Ana Weber, ")
    # It is in the log at once, under the name of who did it.
    window.audit_log.refresh()
    window.show_page(window.audit_log)
    model = window.audit_log.model
    qtbot.wait_until(lambda: "settings.change_retention" in text_of(model))
    assert "Ana Weber" in text_of(model)


def text_of(model: QAbstractItemModel) -> str:
    return " ".join(
        str(model.index(row, column).data())
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    )


@pytest.mark.postgresql
def test_an_admin_sees_everything_and_changes_nothing(
    start: Start, qtbot: QtBot, people: dict[str, str]
) -> None:
    window = start(people["admin"]).window
    page = window.retention
    qtbot.wait_until(lambda: page.state is not None)
    window.show_page(page)
    assert said(page, "Go until tomorrow").startswith("1 entry older than ")
    change = named(page, "Change retention")
    assert not change.isEnabled()
    assert "Super Admin" in change.toolTip()
    assert "Super Admin" in change.accessibleDescription()


def test_reading_can_be_cancelled_and_begun_again(
    open_page: Callable[[], RetentionPage], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()

    def hangs(_database: Database, cancellation: Cancellation) -> None:
        stopped = Event()
        with cancellation.interrupting(stopped.set):
            stopped.wait()
        cancellation.raise_if_cancelled()

    assert not page.stop.isVisible()
    shown = said(page, "Retention days")
    with monkeypatch.context() as slow:
        slow.setattr(page_module, "read_retention", hangs)
        click(qtbot, page.again)
        qtbot.wait_until(page.stop.isVisible, timeout=20_000)
        assert page.busy.text() == "Reading…"
        click(qtbot, page.stop)
    assert page.busy.text() == "Cancelled"
    assert not page.stop.isVisible()
    assert said(page, "Retention days") == shown, "what was read before stays"
    before = page.state
    click(qtbot, page.again)
    qtbot.wait_until(lambda: page.state is not before and not page.busy.text())
