"""Decisions beside a log that has no place for them."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mylla_audit_desktop.database import review_file
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.review_faults import DecidedMeanwhileError
from mylla_audit_desktop.database.review_guards import create_review_tables
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError, InputError
from tests.database.reviewing import ENTRIES, QUIET, decision, fill, sqlite_store


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Database]:
    """A log in SQLite that somebody else made."""
    path = tmp_path / "theirs.sqlite"
    made = open_database(f"sqlite:///{path}", create=True)
    upgrade_schema(made)
    fill(made)
    made.close()
    connection = sqlite3.connect(path)
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    for (name,) in tables:
        if name != "entries":
            connection.execute(f"DROP TABLE {name}")
    connection.commit()
    connection.close()
    database = open_database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "decisions.sqlite"


def test_decisions_go_into_the_file_that_is_named(foreign: Database, beside: Path) -> None:
    ana, ben = (sqlite_store(foreign, name, beside) for name in ("ana", "ben"))
    assert ana.is_local
    assert ana.where == f"the file {beside}"
    assert ana.why_not == ""
    assert (ana.read_decisions(None, QUIET), ana.read_sign_offs(QUIET)) == ({}, ())
    assert (ana.read_policy(QUIET).number, ana.read_change_mark(QUIET)) == (0, 0)
    assert not beside.exists(), "looking leaves nothing behind"
    [made] = ana.append_decisions([decision(1)], QUIET)
    assert not made.reviewer.is_verified
    with pytest.raises(DecidedMeanwhileError):
        ben.append_decisions([decision(1)], QUIET)
    assert ben.read_decisions(None, QUIET) == {made.finding_id: (made,)}
    ben.append_policy("# Ours\n", 0, QUIET)
    assert ana.read_change_mark(QUIET) == 2
    # The log itself is as it was.
    with foreign.reading(QUIET) as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert {name for (name,) in names} - {"sqlite_sequence"} == {"entries"}


def test_a_file_is_checked_against_the_log(foreign: Database, beside: Path) -> None:
    ana = sqlite_store(foreign, "ana", beside)
    with pytest.raises(InputError, match="does not hold the entries"):
        ana.append_decisions([decision(99)], QUIET)
    with pytest.raises(AnswerIsNoError, match="Ask another reviewer"):
        ana.append_decisions([decision(3)], QUIET)
    assert list(beside.parent.iterdir()) == [], "what was refused leaves no file behind"


def test_two_first_decisions_at_once_are_both_kept(
    foreign: Database, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, ben = (sqlite_store(foreign, name, beside) for name in ("ana", "ben"))
    real = create_review_tables

    def overtaken(*arguments: Any, **options: Any) -> None:
        monkeypatch.undo()
        ben.append_decisions([decision(2)], QUIET)
        real(*arguments, **options)

    monkeypatch.setattr(review_file, "create_review_tables", overtaken)
    ana.append_decisions([decision(1)], QUIET)
    assert set(ana.read_decisions(None, QUIET)) == {
        decision(1).finding_id,
        decision(2).finding_id,
    }
    assert list(beside.parent.iterdir()) == [beside]


def test_a_log_without_a_place_needs_a_file(foreign: Database) -> None:
    with pytest.raises(DatabaseError, match="has no place for decisions"):
        sqlite_store(foreign, "ana")


def test_a_damaged_file_is_named_and_left_as_it_is(foreign: Database, beside: Path) -> None:
    sqlite_store(foreign, "ana", beside).append_decisions([decision(1)], QUIET)
    whole = beside.read_bytes()
    for damage in (
        b"This is a letter and no database. " * 200,
        whole[: len(whole) // 2],
        whole[:4096] + os.urandom(len(whole) - 4096),
        whole[:100] + b"\xff" * 3000 + whole[3100:],
    ):
        beside.write_bytes(damage)
        store = sqlite_store(foreign, "ana", beside)
        for use in (
            lambda store: store.read_decisions(None, QUIET),
            lambda store: store.append_decisions([decision(2)], QUIET),
            lambda store: store.read_change_mark(QUIET),
        ):
            with pytest.raises(DatabaseError) as caught:
                use(store)
            assert str(beside) in caught.value.sentence
        assert beside.read_bytes() == damage
    beside.write_bytes(whole)
    assert len(sqlite_store(foreign, "ana", beside).read_decisions(None, QUIET)) == 1


def test_a_foreign_file_is_named_and_left_as_it_is(foreign: Database, tmp_path: Path) -> None:
    path = tmp_path / "music.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title)")
    connection.close()
    before = path.read_bytes()
    store = sqlite_store(foreign, "ana", path)
    with pytest.raises(DatabaseError, match="something else than decisions"):
        store.append_decisions([decision(1)], QUIET)
    assert path.read_bytes() == before


def test_a_file_belongs_to_one_log(foreign: Database, beside: Path, tmp_path: Path) -> None:
    sqlite_store(foreign, "ana", beside).append_decisions([decision(1)], QUIET)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    for name, is_same in (("theirs.sqlite", True), ("other.sqlite", False)):
        copy = moved / name
        copy.write_bytes(Path(foreign.label.name).read_bytes())
        database = open_database(f"sqlite:///{copy}")
        store = sqlite_store(database, "ana", beside)
        if is_same:
            assert len(store.read_decisions(None, QUIET)) == 1
        else:
            with pytest.raises(DatabaseError, match="holds the decisions on the log"):
                store.read_decisions(None, QUIET)
        database.close()


def test_an_empty_file_is_a_beginning(foreign: Database, tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    path.touch()
    store = sqlite_store(foreign, "ana", path)
    assert store.read_decisions(None, QUIET) == {}
    store.append_decisions([decision(1)], QUIET)
    assert store.read_change_mark(QUIET) == 1


def without_rights(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """As if this user might not write there; the tests may run as root, who always may."""
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda what, mode: (mode != os.W_OK and real(what, mode)) or str(what) != path
    )


def test_a_log_that_cannot_be_written(
    tmp_path: Path, beside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "evidence.sqlite"
    database = open_database(f"sqlite:///{path}", create=True)
    upgrade_schema(database)
    fill(database)
    without_rights(monkeypatch, str(path))
    store = sqlite_store(database, "ana", beside)
    assert store.is_local
    store.append_decisions([decision(1)], QUIET)
    monkeypatch.undo()
    # Where it holds decisions already, these count, and none are hidden behind a new file.
    sqlite_store(database, "ben").append_decisions([decision(2)], QUIET)
    without_rights(monkeypatch, str(path))
    store = sqlite_store(database, "ana", beside)
    assert not store.is_local
    assert list(store.read_decisions(None, QUIET)) == [decision(2).finding_id]
    assert "cannot be written" in store.why_not
    with pytest.raises(DatabaseError, match="cannot be written"):
        store.append_decisions([decision(1)], QUIET)
    database.close()


def test_a_log_of_an_older_version_says_so(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    database = open_database(f"sqlite:///{path}", create=True)
    upgrade_schema(database)
    with database.writing(QUIET) as connection:
        connection.exec_driver_sql("DROP TABLE review_decisions")
    with pytest.raises(DatabaseError, match="mylla-audit init"):
        sqlite_store(database, "ana", tmp_path / "x.sqlite")
    database.close()


@pytest.mark.parametrize("name", ["", "  ", "system", "a\nb", "a\u202eb"])
def test_nobody_is_no_reviewer(foreign: Database, beside: Path, name: str) -> None:
    with pytest.raises(InputError, match="no team member's ID"):
        open_review_store(foreign, read_access(foreign, QUIET), reviewer=name, local_file=beside)


_VIEW = """
CREATE SCHEMA theirs;
CREATE TABLE theirs.log (id bigint PRIMARY KEY, at timestamptz NOT NULL, who text, what text,
    kind text, object text);
CREATE SCHEMA audit;
CREATE VIEW audit.entries AS
SELECT id, at AS occurred_at, 'member' AS actor_type, who AS actor_id, who AS actor_name,
    what AS action, kind AS target_type, object AS target_id, NULL::text AS target_name,
    NULL::json AS before, NULL::json AS after, NULL::inet AS ip_address FROM theirs.log;
"""


@pytest.mark.postgresql
def test_a_foreign_view_and_a_file(postgresql_url: str, beside: Path) -> None:
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(_VIEW)
        for one in ENTRIES:
            connection.execute(
                "INSERT INTO theirs.log VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    one.id,
                    one.occurred_at.isoformat(),
                    one.actor_id,
                    one.action,
                    one.target_type,
                    one.target_id,
                ),
            )
    database = open_database(postgresql_url)
    access = read_access(database, QUIET)

    def opened(reviewer: str | None = None) -> ReviewStore:
        return open_review_store(database, access, reviewer=reviewer, local_file=beside)

    # The login of the server is the name, and nothing vouches for it.
    store = opened()
    assert store.is_local
    assert store.reviewer is not None
    assert (store.reviewer.actor_id, store.reviewer.is_verified) == ("postgres", False)
    [made] = store.append_decisions([decision(1)], QUIET)
    assert made.login == ""
    with pytest.raises(AnswerIsNoError, match="Ask another reviewer"):
        opened("usr_ana").append_decisions([decision(3)], QUIET)
    with pytest.raises(InputError, match="does not hold the entries"):
        store.append_decisions([decision(99)], QUIET)
    assert opened("usr_ana").read_decisions(None, QUIET) == {made.finding_id: (made,)}
    with psycopg.connect(postgresql_url) as connection:
        row = connection.execute("SELECT to_regnamespace('review')").fetchone()
    assert row == (None,)
    database.close()


@pytest.mark.postgresql
def test_on_postgresql_nobody_names_another_reviewer(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    access = read_access(database, QUIET)
    with pytest.raises(InputError, match="the login says who reviews"):
        open_review_store(database, access, reviewer="usr_ana")
    store = open_review_store(database, access)
    assert store.reviewer is None
    assert "mapped to no team member" in store.why_not
    with pytest.raises(DatabaseError, match="mapped to no team member"):
        store.append_decisions([decision(1)], QUIET)
    database.close()
