"""Logs with reviewers, on both databases."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.database.setup import upgrade_schema
from tests.database.filling import Log
from tests.database.reviewing import (
    QUIET,
    TEAM,
    Office,
    fill,
    open_as_login,
    sqlite_store,
)
from tests.servers import Server

_numbers = count()


def set_up_team(url: str) -> None:
    """Logins for the team, mapped; `nobody` is a login that is not."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in (*TEAM, "nobody"):
            # Logins belong to the server, on which another test made them already.
            with suppress(psycopg.errors.DuplicateObject):
                connection.execute(f"CREATE ROLE {name} LOGIN".encode())
    database = open_database(url)
    for name, (actor_id, actor_name, role) in TEAM.items():
        write_member(database, name, role, actor_id, actor_name, QUIET)
    database.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """An empty log for properties; one for all tests of a module."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('properties')}/log.sqlite"
    else:
        server: Server = request.getfixturevalue("postgresql_server")
        url = server.create_database(f"properties_{next(_numbers)}")
    database = open_database(url, create=True)
    upgrade_schema(database)
    yield Log(database)
    database.close()


@pytest.fixture
def sqlite_office(tmp_path: Path) -> Iterator[Office]:
    database = open_database(f"sqlite:///{tmp_path}/log.sqlite", create=True)
    upgrade_schema(database)
    fill(database)
    yield Office(database, lambda name: sqlite_store(database, name))
    database.close()


@pytest.fixture
def postgresql_office(postgresql_server: Server) -> Iterator[Office]:
    name = f"office_{next(_numbers)}"
    url = postgresql_server.create_database(name, "mylla_template")
    set_up_team(url)
    database = open_database(url)
    fill(database)
    opened: list[Database] = [database]

    def open_as(login: str) -> ReviewStore:
        mine = open_as_login(url, login)
        opened.append(mine)
        return open_review_store(mine, read_access(mine, QUIET))

    yield Office(database, open_as)
    for one in opened:
        one.close()
    postgresql_server.drop_database(name)


@pytest.fixture(
    params=["sqlite_office", pytest.param("postgresql_office", marks=pytest.mark.postgresql)]
)
def office(request: pytest.FixtureRequest) -> Office:
    """A log with reviewers, on either database."""
    made: Office = request.getfixturevalue(request.param)
    return made
