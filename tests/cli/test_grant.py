"""`grant` as an administrator types it: words, exit codes, and nothing done twice."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from tests.cli.conftest import Run
from tests.foreign import make_foreign_log
from tests.servers import Server

_numbers = count()
WHO = ("--actor-id", "usr_4", "--actor-name", "Ana Weber")


@pytest.fixture
def log(postgresql_url: str, run: Run) -> str:
    outcome = run("init", "--database", postgresql_url)
    assert (outcome.code, outcome.err) == (0, "")
    return postgresql_url


@pytest.fixture
def login(postgresql_server: Server, log: str) -> Iterator[str]:
    name = f"cli_{next(_numbers)}"
    postgresql_server.execute(f"CREATE ROLE {name} LOGIN")
    yield name
    with psycopg.connect(log, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {name}".encode())
        connection.execute(f"DROP ROLE {name}".encode())


@pytest.mark.postgresql
def test_a_login_gets_its_role_once(log: str, login: str, run: Run) -> None:
    words = ("grant", login, "--role", "super-admin", *WHO, "--database", log)
    first, second = run(*words), run(*words)
    assert (first.code, first.err) == (0, "")
    assert first.out == f"{login} is now Super Admin: Ana Weber (usr_4)\n"
    assert (second.code, second.out) == (0, f"{login} is already Super Admin: Ana Weber (usr_4)\n")
    own = log.replace("postgres@", f"{login}@")
    assert run("list", "--database", own, "--all-time").code == 0
    taken = run("grant", login, "--role", "member", *WHO, "--database", log)
    assert taken.out == f"{login} is now Member: Ana Weber (usr_4)\n"
    refused = run("list", "--database", own, "--all-time")
    assert (refused.code, refused.out) == (3, "")
    assert "role Admin or Super Admin" in refused.err
    assert refused.err.count("\n") == 1


@pytest.mark.postgresql
def test_pasted_blanks_are_no_part_of_a_team_member(log: str, login: str, run: Run) -> None:
    who = ("--actor-id", " usr_4\n", "--actor-name", "Ana Weber ")
    outcome = run("grant", login, "--role", "admin", *who, "--database", log)
    assert outcome.out == f"{login} is now Admin: Ana Weber (usr_4)\n"
    outcome = run("grant", login, "--role", "admin", *WHO, "--database", log)
    assert outcome.out == f"{login} is already Admin: Ana Weber (usr_4)\n"


@pytest.mark.postgresql
def test_who_is_no_administrator_gives_no_roles(log: str, login: str, run: Run) -> None:
    assert run("grant", login, "--role", "super-admin", *WHO, "--database", log).code == 0
    own = log.replace("postgres@", f"{login}@")
    outcome = run("grant", login, "--role", "admin", *WHO, "--database", own)
    assert (outcome.code, outcome.out) == (3, "")
    assert "may not give roles" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.postgresql
def test_a_login_that_is_not_there_is_a_wrong_call(log: str, run: Run) -> None:
    outcome = run("grant", "no'body\"", "--role", "admin", *WHO, "--database", log)
    assert (outcome.code, outcome.out) == (2, "")
    assert "There is no login" in outcome.err


@pytest.mark.postgresql
def test_a_log_of_somebody_else_is_not_said_to_need_a_set_up(
    postgresql_url: str, postgresql_server: Server, run: Run
) -> None:
    make_foreign_log(postgresql_url)
    outcome = run("grant", "postgres", "--role", "admin", *WHO, "--database", postgresql_url)
    assert outcome.code == 3
    assert "was not created by this program" in outcome.err
    # Which refuses there.
    assert "mylla-audit init" not in outcome.err
    assert "GRANT SELECT ON audit.entries" in outcome.err


@pytest.mark.postgresql
def test_a_database_without_our_roles_says_so(postgresql_url: str, run: Run) -> None:
    outcome = run("grant", "postgres", "--role", "admin", *WHO, "--database", postgresql_url)
    assert outcome.code == 3
    assert "mylla-audit init" in outcome.err


def test_sqlite_has_no_logins(sqlite_log: str, run: Run) -> None:
    outcome = run("grant", "ana", "--role", "admin", *WHO, "--database", sqlite_log)
    assert (outcome.code, outcome.out) == (2, "")
    assert "SQLite knows no logins" in outcome.err
