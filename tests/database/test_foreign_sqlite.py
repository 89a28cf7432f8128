"""A view over somebody else's SQLite table, whose columns have types of their own."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.evidence.ndjson import entry_to_json
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import COLUMNS
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.policy import Policy

_LOG = """
CREATE TABLE log (n INTEGER PRIMARY KEY, at TEXT, who INTEGER, what VARCHAR(40),
                  object INTEGER, old BLOB, new JSON);
INSERT INTO log VALUES
    (1, '2026-03-01T10:00:00.000000+00:00', 7, 'note.create', 10, NULL, '{"title":"Ä"}'),
    (2, '2026-03-01T11:00:00.000000+00:00', 7, 'note.update', 9, x'7b2261223a317d', '{"a":2}'),
    (3, '2026-03-01T12:00:00.000000+00:00', 8, 'note.delete', NULL, '{"a":2}', NULL);
CREATE VIEW entries AS
SELECT n AS id, at AS occurred_at, 'member' AS actor_type, who AS actor_id, who + 0 AS actor_name,
       what AS action, 'note' AS target_type, object + 0 AS target_id, object AS target_name,
       old AS before, new AS after, NULL AS ip_address
FROM log;
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "foreign.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(_LOG)
    connection.close()
    opened = open_database(f"sqlite:///{path}")
    yield opened
    opened.close()


def test_numbers_and_blobs_are_read_as_texts(database: Database) -> None:
    update = LogReader(database).read_entry(2, None, Cancellation())
    assert update is not None
    assert (update.actor_id, update.actor_name, update.target_id) == ("7", "7", "9")
    assert (update.before, update.after) == ('{"a":1}', '{"a":2}')


@pytest.mark.parametrize(
    "query",
    [
        LogQuery(actors=("7",), targets=("9",)),
        LogQuery(actions=("*.update",), targets=("9", "10")),
    ],
)
def test_numbers_are_found_by_their_digits(database: Database, query: LogQuery) -> None:
    found = LogReader(database).iterate_entries(query, None, Cancellation())
    assert [entry.id for entry in found] == [2]


@pytest.mark.parametrize("column", SortColumn)
@pytest.mark.parametrize("ascending", [True, False])
def test_pages_follow_the_one_order(
    database: Database, column: SortColumn, *, ascending: bool
) -> None:
    reader = LogReader(database)
    query = LogQuery(sort=Sort(column, ascending))
    ids = [entry.id for entry in reader.iterate_entries(query, None, Cancellation())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mylla_audit_desktop.database.reader.WAYPOINT_STEP", 2)
        snapshot = reader.read_snapshot(query, Cancellation())
        waypoints = reader.read_waypoints(snapshot, Cancellation())
    pages = [reader.read_page(snapshot, n, 1, waypoints, Cancellation()) for n in range(3)]
    assert [page.entries[0].id for page in pages] == ids
    if column is SortColumn.TARGET:
        # As texts: "10" before "9"; an empty one last in either direction.
        assert ids == ([1, 2, 3] if ascending else [2, 1, 3])


def test_it_is_exported(database: Database) -> None:
    stream = stream_csv(
        database,
        LogQuery(),
        profile=Profile.SPREADSHEET,
        zone=zone_named("UTC"),
        cancellation=Cancellation(),
    )
    assert b"".join(stream).decode().splitlines()[1:] == [
        '2026-03-01T12:00:00.000000+00:00,8,8,note.delete,note,,,"{""a"":2}",,,3',
        '2026-03-01T11:00:00.000000+00:00,7,7,note.update,note,9,9,"{""a"":1}","{""a"":2}",,2',
        '2026-03-01T10:00:00.000000+00:00,7,7,note.create,note,10,10,,"{""title"":""Ä""}",,1',
    ]


def test_second_60_is_the_next_minute(tmp_path: Path) -> None:
    path = tmp_path / "leap.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(_LOG)
        connection.execute("UPDATE log SET at = '2026-06-30T23:59:60.000000+00:00' WHERE n = 1")
    connection.close()
    opened = open_database(f"sqlite:///{path}")
    entry = LogReader(opened).read_entry(1, None, Cancellation())
    opened.close()
    assert entry is not None
    assert entry.occurred_at == Instant.parse("2026-07-01T00:00:00Z")


def test_an_entry_whose_time_cannot_be_read_is_found_in_the_period_it_sorts_into(
    tmp_path: Path,
) -> None:
    path = tmp_path / "odd.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(_LOG)
        connection.execute("UPDATE log SET at = '2026-03-01T22:61' WHERE n = 1")
    connection.close()
    opened = open_database(f"sqlite:///{path}")
    start, end = Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-03-02T00:00:00Z")
    found = read_findings(opened, Policy(), start, end, Cancellation(), rules=(Rule.OFF_HOURS,))
    opened.close()
    # All three are of a Sunday.
    assert sorted(id_ for one in found for id_ in one.entry_ids) == [1, 2, 3]


def test_entries_that_are_no_text_and_no_time_stop_nothing(tmp_path: Path) -> None:
    path = tmp_path / "odd.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE entries (id, occurred_at, actor_type, actor_id, actor_name, action,"
            " target_type, target_id, target_name, before, after, ip_address)"
        )
        times = ["2026-03-01T03:00:00.000000+00:00", None, 5, "", "garbage", "2026-13-01T00:00"]
        for number, when in enumerate(times, 1):
            connection.execute(
                "INSERT INTO entries VALUES (?, ?, 'member', 'u', CAST(? AS TEXT), 'a.b',"
                " NULL, NULL, NULL, NULL, NULL, CAST(? AS TEXT))",
                (number, when, b"Ad\xff", b"10.0.0.\xff"),
            )
    connection.close()
    opened = open_database(f"sqlite:///{path}")
    reader = LogReader(opened)
    for column in SortColumn:
        for ascending in (True, False):
            query = LogQuery(sort=Sort(column, ascending))
            found = reader.iterate_entries(query, None, Cancellation())
            assert sorted(entry.id for entry in found) == [1, 2, 3, 4, 5, 6]
    snapshot = reader.read_snapshot(LogQuery(), Cancellation())
    shown = reader.read_page(snapshot, 0, 10, None, Cancellation()).entries
    assert sorted(entry.id for entry in shown) == [1, 2, 3, 4, 5, 6]
    lines = stream_csv(
        opened,
        LogQuery(),
        profile=Profile.SIEM,
        zone=zone_named("Europe/Berlin"),
        cancellation=Cancellation(),
    )
    assert b"".join(lines).count(b"Ad\xff") == 6
    findings = read_findings(opened, Policy(), None, None, Cancellation(), rules=(Rule.OFF_HOURS,))
    assert {id_ for one in findings for id_ in one.entry_ids} >= {1, 6}
    opened.close()


def test_null_is_an_empty_field_in_any_column(tmp_path: Path) -> None:
    """A view may hold NULL where the contract wants a value: told apart from an empty text."""
    path = tmp_path / "nulls.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE entries (id, occurred_at, actor_type, actor_id, actor_name, action,"
            " target_type, target_id, target_name, before, after, ip_address)"
        )
        # The first of them sends the export down the one way, the other days down the other.
        for day in ("0900-03-02", "2026-03-02"):
            connection.execute("DELETE FROM entries")
            empty = (2, f"{day}T10:00:00.000000+00:00", *["member"], *[""] * 6, "", "", "")
            nothing = (None, f"{day}T11:00:00.000000+00:00", *[None] * 10)
            for entry in (nothing, empty):
                marks = ", ".join("?" * 12)
                connection.execute(f"INSERT INTO entries VALUES ({marks})", entry)
            connection.commit()
            with closing(open_database(f"sqlite:///{path}")) as opened:
                for highest_id, count in ((None, 2), (2, 1)):
                    lines = stream_csv(
                        opened,
                        LogQuery(),
                        profile=Profile.SIEM,
                        zone=zone_named("UTC"),
                        cancellation=Cancellation(),
                        highest_id=highest_id,
                    )
                    written = b"".join(lines).decode().splitlines()[1:]
                    assert (
                        written[-count:]
                        == [
                            f"{day}T11:00:00.000000+00:00" + "," * 10,
                            f"{day}T10:00:00.000000+00:00" + ',""' * 9 + ",2",
                        ][-count:]
                    )
                found = list(LogReader(opened).iterate_entries(LogQuery(), None, Cancellation()))
                assert json.loads(entry_to_json(found[0], zone_named("UTC"))) == dict.fromkeys(
                    COLUMNS
                ) | {"occurred_at": f"{day}T11:00:00.000000+00:00"}
    connection.close()
