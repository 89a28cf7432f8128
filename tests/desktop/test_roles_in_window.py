"""What the window shows of a role: who is signed in, what is grey, and why."""

from collections.abc import Callable, Iterator
from itertools import count

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.access import Role
from tests.desktop.conftest import make_entries
from tests.desktop.test_audit_log_page import opened
from tests.foreign import make_foreign_log
from tests.servers import Server

pytestmark = pytest.mark.postgresql
Start = Callable[..., Session]
_numbers = count()


@pytest.fixture
def owner(postgresql_url: str) -> Iterator[Database]:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    append_entries(database, make_entries(3), Cancellation())
    yield database
    database.close()


@pytest.fixture
def login(postgresql_server: Server, owner: Database) -> Iterator[str]:
    name = f"seen_{next(_numbers)}"
    postgresql_server.execute(f"CREATE ROLE {name} LOGIN")
    yield name
    with psycopg.connect(postgresql_server.url(owner.label.name), autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {name}".encode())
        connection.execute(f"DROP ROLE {name}".encode())


def url_of(owner: Database, login: str) -> str:
    return f"postgresql://{login}@127.0.0.1:{owner.label.port}/{owner.label.name}"


def test_an_admin_is_named_and_may_export(
    qtbot: QtBot, start: Start, owner: Database, login: str
) -> None:
    write_member(owner, login, Role.ADMIN, "usr_9", "Ben Okafor", Cancellation())
    session = start(url_of(owner, login))
    page = opened(qtbot, session)
    assert session.window.status.reviewer.text() == "Ben Okafor · Admin"
    assert page.bar.export.isEnabled()


def test_who_may_read_and_has_no_role_sees_why_export_is_grey(
    qtbot: QtBot, start: Start, postgresql_server: Server, owner: Database, login: str
) -> None:
    with psycopg.connect(postgresql_server.url(owner.label.name), autocommit=True) as connection:
        for grant in ("CONNECT ON DATABASE " + owner.label.name, "USAGE ON SCHEMA audit"):
            connection.execute(f"GRANT {grant} TO {login}".encode())
        connection.execute(f"GRANT SELECT ON audit.entries TO {login}".encode())
    page = opened(qtbot, start(url_of(owner, login)))
    assert page.model.rowCount() == 3
    assert not page.bar.export.isEnabled()
    assert "Exporting needs the role Admin or Super Admin" in page.bar.export.toolTip()
    assert "Exporting needs" in page.bar.export.accessibleDescription()
    # Ctrl+E and the menu say it too, and open nothing.
    page.exporting.open()
    assert "Exporting needs the role" in page.bar.message.text()
    assert QApplication.activeModalWidget() is None
    qtbot.mouseClick(page.bar.export, Qt.MouseButton.LeftButton)
    assert QApplication.activeModalWidget() is None


def test_a_member_is_told_what_to_ask_for(
    qtbot: QtBot, start: Start, owner: Database, login: str
) -> None:
    write_member(owner, login, Role.MEMBER, "usr_9", "Ben Okafor", Cancellation())
    session = start(url_of(owner, login))
    qtbot.wait_until(lambda: "role Admin or Super Admin" in seen(session), timeout=20_000)


def seen(session: Session) -> str:
    """Every text that the window shows."""
    from PySide6.QtWidgets import QLabel

    return " ".join(
        label.text() for label in session.window.findChildren(QLabel) if label.isVisible()
    )


def test_who_is_named_as_the_reviewer_of_a_log_of_somebody_else_is_shown(
    qtbot: QtBot, start: Start, postgresql_url: str
) -> None:
    make_foreign_log(postgresql_url)
    session = start(postgresql_url, reviewer="usr_4")
    opened(qtbot, session)
    assert session.window.status.reviewer.text() == "usr_4"
