"""`--reviewer` at the start of the window, held against who reviews in that log."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop import __main__ as window
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.access import Role
from tests.foreign import make_foreign_log
from tests.servers import Server

Start = Callable[..., tuple[int, str]]
OPENED = 77
_numbers = count()


@pytest.fixture
def start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Start:
    """Start the window as far as its first line of Qt; the exit code and what was said."""
    monkeypatch.setattr(window, "load_window", lambda _arguments: lambda _arguments: OPENED)

    def start(*words: str) -> tuple[int, str]:
        code = window.main([*words, "--profile", str(tmp_path / "profile")])
        return code, capsys.readouterr().err

    return start


@pytest.fixture
def log(postgresql_url: str) -> str:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    database.close()
    return postgresql_url


@pytest.mark.postgresql
def test_a_reviewer_who_is_not_the_login_is_refused_before_any_window(
    start: Start, log: str
) -> None:
    code, told = start("--database", log, "--reviewer", "usr_7")
    assert code == 2
    assert told == (
        "mylla-audit-desktop: On PostgreSQL the login says who reviews, so no other reviewer can"
        " be named. Sign in as the one who decides, and leave --reviewer out.\n"
    )
    assert start("--database", log) == (OPENED, "")


@pytest.mark.postgresql
def test_the_logins_own_name_is_no_other(start: Start, log: str, postgresql_server: Server) -> None:
    login = f"starts_{next(_numbers)}"
    postgresql_server.execute(f"CREATE ROLE {login} LOGIN")
    owner = open_database(log)
    write_member(owner, login, Role.ADMIN, "usr_9", "Ben Okafor", Cancellation())
    owner.close()
    own = log.replace("postgres@", f"{login}@")
    assert start("--database", own, "--reviewer", "usr_9") == (OPENED, "")
    assert start("--database", own, "--reviewer", "usr_7")[0] == 2
    with psycopg.connect(log, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {login}".encode())
        connection.execute(f"DROP ROLE {login}".encode())


@pytest.mark.postgresql
def test_a_log_without_reviewers_of_its_own_takes_any(start: Start, postgresql_url: str) -> None:
    make_foreign_log(postgresql_url)
    assert start("--database", postgresql_url, "--reviewer", "usr_7") == (OPENED, "")


def test_sqlite_takes_whom_a_log_can_name(start: Start, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/log.sqlite"
    database = open_database(url, create=True)
    upgrade_schema(database)
    database.close()
    assert start("--database", url, "--reviewer", "usr_7") == (OPENED, "")
    code, told = start("--database", url, "--reviewer", "system")
    assert (code, "'system' is no team member's ID" in told) == (2, True)


@pytest.mark.parametrize("url", ["postgresql://u@127.0.0.1:1/d", "sqlite:////nowhere/log.sqlite"])
def test_a_log_that_cannot_be_read_is_left_to_the_window_to_say(start: Start, url: str) -> None:
    assert start("--database", url, "--reviewer", "usr_7") == (OPENED, "")
