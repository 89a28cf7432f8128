"""Small logs, exports of them, and a process that exports and can be killed."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.evidence.export import ExportRequest
from mylla_audit_desktop.log.csv_format import HEADER, Profile
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import CancelledError, InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from tests.servers import Server

_numbers = count()
NOW = Instant.parse("2026-06-01T12:00:00Z")


def new_entry(**values: Any) -> NewEntry:
    """An entry; what is not given does not matter to the test."""
    fields: dict[str, Any] = {
        "occurred_at": Instant.parse("2026-03-01T10:00:00Z"),
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Ada",
        "action": "agent.update",
    }
    return NewEntry(**(fields | values))


def a_request(output: Path, **values: Any) -> ExportRequest:
    """An export of everything."""
    fields: dict[str, Any] = {
        "query": LogQuery(),
        "filters_as_given": {},
        "zone": ZoneInfo("Europe/Berlin"),
        "profile": Profile.SIEM,
        "output": output,
        "may_replace": False,
        "created_at": NOW,
    }
    return ExportRequest(**(fields | values))


Stream = Callable[..., Iterator[bytes]]


def streams_that_end_early(
    cancellation: Cancellation,
) -> tuple[tuple[Stream, type[Exception]], ...]:
    """In the place of `stream_csv`: one that fails, one that is cancelled; and what comes of it."""

    def broken(*_: object, **__: object) -> Iterator[bytes]:
        yield HEADER.encode()
        raise InputError("The disk is full.")

    def cancelled(*_: object, **__: object) -> Iterator[bytes]:
        yield HEADER.encode()
        cancellation.flag()
        yield b"more"

    return (broken, InputError), (cancelled, CancelledError)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


OpenLog = Callable[[Iterable[NewEntry]], Database]


@pytest.fixture
def open_log(tmp_path: Path) -> Iterator[OpenLog]:
    """Make a database on disk that holds these entries."""
    opened: list[Database] = []

    def make(entries: Iterable[NewEntry] = ()) -> Database:
        path = tmp_path / f"log-{len(opened)}.sqlite"
        database = open_database(f"sqlite:///{path}", create=True)
        opened.append(database)
        upgrade_schema(database)
        append_entries(database, entries, Cancellation())
        return database

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def open_server_log(postgresql_server: Server) -> Iterator[OpenLog]:
    """The same on a PostgreSQL server."""
    opened: list[tuple[str, Database]] = []

    def make(entries: Iterable[NewEntry] = ()) -> Database:
        name = f"evidence_{next(_numbers)}"
        database = open_database(postgresql_server.create_database(name, "mylla_template"))
        opened.append((name, database))
        append_entries(database, entries, Cancellation())
        return database

    yield make
    for name, database in opened:
        database.close()
        postgresql_server.drop_database(name)


@pytest.fixture(params=["open_log", pytest.param("open_server_log", marks=pytest.mark.postgresql)])
def open_any_log(request: pytest.FixtureRequest) -> OpenLog:
    """Either of them."""
    opener: OpenLog = request.getfixturevalue(request.param)
    return opener


class Victim:
    """`tests/evidence/victim.py` in a process of its own."""

    def __init__(self, *wrapper: str) -> None:
        self.process = subprocess.Popen(
            [*wrapper, sys.executable, "-m", "tests.evidence.victim"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def start(self, **command: object) -> int:
        """Begin an export; the process that does it."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return int(self._answer()["pid"])

    def wait(self) -> str:
        """How it ended: `done`, `killed`, or the sentence that it was refused with."""
        return str(self._answer()["outcome"])

    def export(self, **command: object) -> str:
        """Both."""
        self.start(**command)
        return self.wait()

    def _answer(self) -> dict[str, str]:
        assert self.process.stdout is not None
        answer: dict[str, str] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()


@pytest.fixture(scope="session")
def victim() -> Iterator[Victim]:
    victim = Victim()
    yield victim
    victim.close()
