"""Creating the schema, adding entries, and what is refused."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from mylla_audit_desktop.database.append import (
    DuplicateIdError,
    EntryRefusedError,
    append_entries,
    read_is_empty,
)
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.entry import COLUMNS, NewEntry
from mylla_audit_desktop.log.errors import CancelledError, DatabaseError, InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort

WHEN = Instant.parse("2026-03-01T12:00:00Z")


def entry(entry_id: int | None = None, **values: str | None) -> NewEntry:
    return NewEntry(WHEN, "member", "usr_1", "Ana", "agent.update", id=entry_id, **values)


def catalog(database: Database) -> list[tuple[object, ...]]:
    statement = (
        "SELECT c.oid::text, c.relname, c.relkind::text, c.relacl::text FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'audit' ORDER BY 1"
        if database.is_postgresql
        else "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
    )
    with database.reading(Cancellation()) as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_init_again_changes_nothing(database: Database) -> None:
    before = catalog(database)
    upgrade_schema(database)
    assert catalog(database) == before
    assert set(COLUMNS) == set(database.column_types)


def test_the_types_are_those_of_the_contract(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    assert database.column_types == {
        "id": "int8",
        "occurred_at": "timestamptz",
        **dict.fromkeys(COLUMNS[2:9], "text"),
        "before": "json",
        "after": "json",
        "ip_address": "inet",
    }
    database.close()


INSERT = (
    "INSERT INTO audit.entries (id, occurred_at, actor_type, actor_id, actor_name, action)"
    " VALUES ({}, %s, 'member', 'u', 'U', 'agent.update') RETURNING id"
)


def test_an_id_may_be_given_and_none_comes_twice(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    database.close()

    def insert(connection: psycopg.Connection, given: str = "DEFAULT", month: int = 3) -> int:
        row = connection.execute(INSERT.format(given), (f"2026-{month:02}-01Z",)).fetchone()
        assert row is not None
        return int(row[0])

    def refused(connection: psycopg.Connection, given: int, month: int) -> None:
        with pytest.raises(psycopg.errors.UniqueViolation, match=f"the id {given} is there"):
            insert(connection, str(given), month)

    with (
        psycopg.connect(postgresql_url, autocommit=True) as one,
        psycopg.connect(postgresql_url, autocommit=True) as other,
    ):
        assert insert(one, "1") == 1
        assert insert(one) == 2, "above the one that was given first"
        assert insert(one, "500") == 500
        assert [insert(other), insert(one), insert(one, "7")] == [501, 502, 7]
        for connection in (one, other):
            for given in (1, 2, 7, 500, 501, 502):
                for month in (3, 4):
                    refused(connection, given, month)
        assert insert(one) == 503


def test_two_imports_of_the_same_evidence_leave_one(postgresql_url: str) -> None:
    databases = [open_database(postgresql_url, create=True) for _ in range(2)]
    upgrade_schema(databases[0])

    def add(database: Database) -> int:
        try:
            return append_entries(database, map(entry, range(500, 0, -1)), Cancellation())
        except DuplicateIdError:
            return 0

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(add, databases)) == [0, 500]
    for database in databases:
        database.close()


def test_the_owner_may_insert_any_time_by_hand(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    times = ["-infinity", "4713-01-01 00:00:00+00 BC", "1999-12-31 12:00+00", "infinity"]
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        for when in times:
            connection.execute(
                "INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action)"
                " VALUES (%s, 'member', 'u', 'U', 'agent.update')",
                (when,),
            )
    query = LogQuery(sort=Sort(ascending=True))
    read = [e.occurred_at for e in LogReader(database).iterate_entries(query, None, Cancellation())]
    assert read == [Instant.parse(when) for when in times]
    database.close()


def test_ids_given_and_ids_left_to_the_database_never_meet(database: Database) -> None:
    append_entries(database, [entry(5), entry(900)], Cancellation())
    append_entries(database, [entry(), entry()], Cancellation())
    append_entries(database, [entry(7)], Cancellation())
    append_entries(database, [entry()], Cancellation())
    read = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    ids = sorted(one.id for one in read)
    assert len(ids) == len(set(ids)) == 6
    assert ids[:3] == [5, 7, 900]


def test_a_raw_insert_after_given_ids_gets_a_higher_one(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    insert = (
        "INSERT INTO audit.entries ({0}occurred_at, actor_type, actor_id, actor_name, action)"
        " VALUES ({1}now(), 'member', 'u', 'U', 'agent.update') RETURNING id"
    )
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(insert.format("id, ", "41, ").encode())
        row = connection.execute(insert.format("", "").encode()).fetchone()
    assert row == (42,)
    database.close()


@pytest.mark.parametrize("given", [[entry(1), entry(2), entry(1)], [entry(3), entry(1)]])
def test_a_known_id_adds_nothing(database: Database, given: list[NewEntry]) -> None:
    append_entries(database, [entry(1)] if given[0].id == 3 else [], Cancellation())
    with pytest.raises(DuplicateIdError) as caught:
        append_entries(database, given, Cancellation())
    assert (caught.value.id, caught.value.position) == (1, len(given) - 1)
    assert read_is_empty(database) == (given[0].id == 1)


def test_postgresql_names_the_entry_it_refuses(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    for bad in (entry(ip_address="nowhere"), entry(before="{"), entry(target_name="a\x00b")):
        with pytest.raises(EntryRefusedError) as caught:
            append_entries(database, [entry(), entry(), bad, entry()], Cancellation())
        assert caught.value.position == 2
        assert read_is_empty(database)
    database.close()


def test_cancelling_adds_nothing(database: Database) -> None:
    cancellation = Cancellation()

    def stop(count: int) -> None:
        if count:
            cancellation.flag()

    with pytest.raises(CancelledError):
        append_entries(database, (entry() for _ in range(9000)), cancellation, progress=stop)
    assert read_is_empty(database)


def test_months_get_partitions_of_their_own(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    append_entries(database, [entry()], Cancellation())
    with psycopg.connect(postgresql_url) as connection:
        row = connection.execute("SELECT tableoid::regclass::text FROM audit.entries").fetchone()
    assert row == ("audit.entries_2026_03",)
    database.close()


def test_a_foreign_log_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "foreign.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE entries (id INTEGER, what TEXT)")
    connection.close()
    database = open_database(f"sqlite:///{path}", create=True)
    with pytest.raises(DatabaseError, match="not created by this program"):
        upgrade_schema(database)
    database.close()
    with pytest.raises(DatabaseError, match="lacks the columns occurred_at"):
        open_database(f"sqlite:///{path}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-29T03:30:00+02:00", "2026-03-29T01:30:00.000000+00:00"),
        ("2026-03-29 01:30:00.5Z", "2026-03-29T01:30:00.500000+00:00"),
        ("2026-03-29 01:30:00", "2026-03-29T01:30:00.000000+00:00"),
        ("2026-03-29T01:30:00.999999-05:30", "2026-03-29T07:00:00.999999+00:00"),
        # As PostgreSQL writes it, and ISO 8601 without the colon.
        ("2026-03-29 03:30:00.25+02", "2026-03-29T01:30:00.250000+00:00"),
        ("2026-03-29T03:30:00+0200", "2026-03-29T01:30:00.000000+00:00"),
        ("2026-03-29T01:30Z", "2026-03-29T01:30:00.000000+00:00"),
        ("2026-03-29", "2026-03-29T00:00:00.000000+00:00"),
        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59.000000+00:00"),
        ("-infinity", "--infinity"),
        ("infinity", "infinity"),
    ],
)
def test_a_time_inserted_by_hand_sorts_with_the_others(
    sqlite_url: str, written: str, meant: str
) -> None:
    database = open_database(sqlite_url, create=True)
    upgrade_schema(database)
    with sqlite3.connect(database.label.name) as connection:
        connection.execute(
            "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action)"
            " VALUES (?, 'member', 'u', 'U', 'agent.update')",
            (written,),
        )
        assert connection.execute("SELECT occurred_at FROM entries").fetchone() == (meant,)
    connection.close()
    database.close()


@pytest.mark.parametrize(
    "written",
    [
        "",
        "now",
        "12:00",
        "2461369",
        "Abc",
        "-foo",
        "2026-03-29 01:30:00.5 UTC",
        "2026-03-29T01:30:00,5Z",
        "2026-03-29T01:30:00+2",
        "2026-03-29T24:00:00Z",
        "2026-13-45T00:00:00.000000+00:00",
        "2026-02-30T00:00:00.000000+00:00",
        "2026-02-30",
    ],
)
def test_sqlite_refuses_what_is_no_time(sqlite_url: str, written: str) -> None:
    database = open_database(sqlite_url, create=True)
    upgrade_schema(database)
    connection = sqlite3.connect(database.label.name)
    with pytest.raises(sqlite3.IntegrityError, match="occurred_at"):
        connection.execute(
            "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action)"
            " VALUES (?, 'member', 'u', 'U', 'agent.update')",
            (written,),
        )
    connection.close()
    database.close()


def test_sqlite_refuses_bytes_where_a_text_belongs(sqlite_url: str) -> None:
    database = open_database(sqlite_url, create=True)
    upgrade_schema(database)
    connection = sqlite3.connect(database.label.name)
    with pytest.raises(sqlite3.IntegrityError, match="entries_texts"):
        connection.execute(
            "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action, before)"
            " VALUES ('2026-03-29', 'member', 'u', 'U', 'agent.update', x'7b7d')"
        )
    connection.close()
    database.close()


@pytest.mark.parametrize(
    "when",
    [
        Instant.EARLIEST,
        Instant.parse("-004713-11-24T00:00:00Z"),
        Instant.parse("0001-01-01T00:00:00Z"),
        Instant.parse("9999-12-31T23:59:59.999999Z"),
        Instant.parse("+290000-12-31T23:59:59.999999Z"),
        Instant.LATEST,
    ],
)
def test_every_time_comes_back_as_it_was(database: Database, when: Instant) -> None:
    added = NewEntry(when, "member", "usr_1", "Ana", "agent.update")
    append_entries(database, [added], Cancellation())
    [read] = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    assert read.occurred_at == when


def test_sqlite_keeps_what_it_was_told(sqlite_url: str) -> None:
    database = open_database(sqlite_url, create=True)
    with database.reading(Cancellation()) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        with pytest.raises(sa.exc.OperationalError, match="readonly"):
            connection.exec_driver_sql("CREATE TABLE t (x)")
    database.close()


def test_postgresql_reads_in_read_only_transactions(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    with (
        pytest.raises(DatabaseError, match="read-only"),
        database.reading(Cancellation()) as connection,
    ):
        connection.exec_driver_sql("CREATE TABLE t (x int)")
    database.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://u:s3cret@h/d", "holds a password"),
        ("postgresql://u@h/d?password=s3cret", "holds a password"),
        ("postgresql://u@h/d?options=-c", "'options'"),
        ("postgresql://u@h/host=evil", "= or ://"),
        ("mysql://h/d", "neither SQLite nor PostgreSQL"),
        ("nonsense", "cannot be read"),
        ("sqlite://", "names no file"),
    ],
)
def test_a_wrong_url_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        open_database(url)
    assert words in caught.value.sentence
    assert "s3cret" not in caught.value.sentence


def test_a_file_that_is_no_database_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("This is a letter and no database. " * 100)
    with pytest.raises(DatabaseError, match="is not an SQLite database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("This is a letter")
