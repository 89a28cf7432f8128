"""The real window over a small log, offscreen."""

import itertools
import os
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

# A second's load, which nothing cancels, while the policy is looked at; a window under test is
# closed before.
import holidays.countries  # noqa: F401
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from tests.database.conftest import set_up_team
from tests.desktop.reviewing import Office, usual_entries
from tests.servers import Server

NOON = Instant.parse("2026-11-20T12:00:00Z")
SECOND = 1_000_000

HOSTILE = (
    "<b>bold</b>",
    "<img src=http://192.0.2.1/x>",
    "x&lt;b&gt;",
    "<a href=file:///etc/passwd>here</a>",
    "a\u202eb",
    "%s {0} &File",
)


def make_entries(count: int) -> list[NewEntry]:
    """One entry a second up to noon; three actors, two actions, ids from 1."""
    return [
        NewEntry(
            occurred_at=Instant(NOON.microseconds - (count - number) * SECOND),
            actor_type="member",
            actor_id=f"usr_{number % 3}",
            actor_name=("Ana Weber", "Luis Ortega", "Priya Raman")[number % 3],
            action=("agent.update", "number.release")[number % 2],
            target_type="agent",
            target_id=f"agt_{number % 7}",
            target_name=f"Desk {number % 7}",
            before=f'{{"greeting": "Hello {number}"}}',
            after=f'{{"greeting": "Welcome {number}", "voice": "calm"}}',
            ip_address="192.0.2.7",
        )
        for number in range(count)
    ]


@pytest.fixture
def log_url(tmp_path: Path) -> Callable[[list[NewEntry]], str]:
    """A database of these entries; its URL."""

    def make(entries: list[NewEntry]) -> str:
        url = f"sqlite:///{tmp_path}/log.sqlite"
        database = open_database(url, create=True)
        upgrade_schema(database)
        append_entries(database, entries, Cancellation())
        database.close()
        return url

    return make


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Start the application as the command does; ends it, and sees that it ended."""
    sessions: list[Session] = []

    def begin(
        url: str | None,
        target: str | None = None,
        *,
        secrets: Secrets | None = None,
        connection: str | None = None,
        reviewer: str | None = None,
        size: tuple[int, int] | None = (1300, 800),
    ) -> Session:
        arguments = Namespace(
            profile=str(tmp_path / "profile"),
            theme="light",
            size=size,
            demo=False,
            database=url,
            connection=connection,
            target=target,
            reviewer=reviewer,
        )
        session = Session(qapp, arguments, secrets)
        sessions.append(session)
        session.window.set_zone("Europe/Berlin")
        session.start()
        return session

    yield begin
    for session in sessions:
        session.window.close()
        assert session.finish(), "work was still under way after two seconds"
        session.window.deleteLater()
        assert session.boundary.caught == []
    qtbot.wait_until(lambda: True)


_review_numbers = itertools.count()


@pytest.fixture
def sqlite_log(tmp_path: Path) -> Office:
    """An empty log in a file."""
    url = f"sqlite:///{tmp_path}/review.sqlite"
    database = open_database(url, create=True)
    upgrade_schema(database)
    database.close()
    return Office(url, is_postgresql=False)


@pytest.fixture
def postgresql_log(postgresql_server: Server) -> Iterator[Office]:
    """An empty log on a server, with logins for its team."""
    name = f"reviewed_{next(_review_numbers)}"
    url = postgresql_server.create_database(name, "mylla_template")
    set_up_team(url)
    yield Office(url, is_postgresql=True)
    postgresql_server.drop_database(name)


@pytest.fixture(params=["sqlite_log", pytest.param("postgresql_log", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest) -> Office:
    """The usual log, on either database."""
    made: Office = request.getfixturevalue(request.param)
    made.add(usual_entries())
    made.set_policy()
    return made


@pytest.fixture
def small(sqlite_log: Office) -> Office:
    """The usual log in a file."""
    sqlite_log.add(usual_entries())
    sqlite_log.set_policy()
    return sqlite_log
