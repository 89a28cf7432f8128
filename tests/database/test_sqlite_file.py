"""The file of an SQLite log goes away, or another takes its place, while it is open."""

from pathlib import Path

import pytest
from sqlalchemy import event

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.query import LogQuery
from tests.desktop.conftest import make_entries


def made(path: Path, count: int) -> Database:
    database = open_database(f"sqlite:///{path}", create=True)
    upgrade_schema(database)
    append_entries(database, make_entries(count), Cancellation())
    return database


def count(database: Database) -> int:
    reader = LogReader(database)
    return reader.read_count(reader.read_snapshot(LogQuery(), Cancellation()), Cancellation())


def test_nothing_is_written_to_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    database = made(path, 3)
    assert count(database) == 3
    path.unlink()
    with pytest.raises(DatabaseError, match="cannot be opened"):
        append_entries(database, make_entries(1), Cancellation())
    with pytest.raises(DatabaseError, match="cannot be opened"):
        count(database)
    assert not path.exists()
    database.close()


def test_the_file_that_took_its_place_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    database = made(path, 3)
    assert count(database) == 3
    made(tmp_path / "restored.sqlite", 5).close()
    (tmp_path / "restored.sqlite").replace(path)
    assert count(database) == 5
    database.close()


def test_a_file_that_goes_just_as_it_is_opened_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    made(path, 3).close()
    database = open_database(f"sqlite:///{path}")
    database.close()  # what comes next opens it anew
    event.listen(database.engine, "connect", lambda *_: path.unlink(), insert=True)
    with pytest.raises(DatabaseError, match="cannot be opened"):
        count(database)
    database.close()
