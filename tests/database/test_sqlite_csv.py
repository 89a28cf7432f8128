"""Stretches of an SQLite log give the lines that its rows give, whatever they hold."""

import random
import sqlite3
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database import sqlite_csv, sqlite_stretch
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.csv_cells import RowWriter
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import CancelledError, DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn
from mylla_audit_desktop.log.zones import zone_named

# Berlin's clocks go back at 01:00 UTC; an hour holds many entries, and a moment several.
BEGIN = Instant.parse("2026-10-25T00:30:00Z").microseconds
ALPHABET = "\x00\x02\x03\x1c\x1d\x1e\x1f=+-@＝\t\r\n'\",{}[] aZä\U0001f600"
RAW = st.one_of(
    st.none(),
    st.text(ALPHABET, max_size=4).map(str.encode),
    st.sampled_from([b"", b"A\xffB", b"\xf0\x8f\xbc\x9d1", b"\xc0\xbd1", b"{\xff}"]),
)
DETAIL = st.one_of(
    RAW,
    st.sampled_from([b"{}", b"[]", b'{"a": 1}', b'{\n "a": "b"}', b"{\r}", b'{"\x02\x02"}', b"-5"]),
    st.text(ALPHABET, max_size=6).map(lambda text: f'{{"{text}"}}'.encode()),
)
ROWS = st.lists(
    st.tuples(
        st.integers(0, 9).map(lambda n: Instant(BEGIN + n * 600_000_000)),
        st.tuples(*[RAW] * 6, DETAIL, DETAIL, RAW),
    ),
    min_size=1,
    max_size=9,
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path_factory.mktemp('csv')}/log.sqlite", create=True)
    upgrade_schema(opened)
    yield opened
    opened.close()


def fill(database: Database, rows: list[tuple[Instant, tuple[bytes | None, ...]]]) -> None:
    marks = ", ".join(["CAST(? AS TEXT)"] * 9)
    with sqlite3.connect(database.label.name) as connection:
        connection.execute("DELETE FROM entries")
        for when, texts in rows:
            required = [text or b"" for text in texts[:3]]
            connection.execute(
                "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action,"
                " target_type, target_id, target_name, before, after, ip_address)"
                f" VALUES (?, 'member', {marks})",
                (when.isoformat(), *required, *texts[3:]),
            )
    connection.close()


def exported(
    database: Database, query: LogQuery, profile: Profile, zone: str, highest_id: int | None
) -> bytes:
    return b"".join(
        stream_csv(
            database,
            query,
            profile=profile,
            zone=zone_named(zone),
            cancellation=Cancellation(),
            highest_id=highest_id,
        )
    )


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=ROWS,
    profile=st.sampled_from(Profile),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
    bounds=st.none() | st.lists(st.integers(-1, 10), min_size=2, max_size=2).map(sorted),
    is_ascending=st.booleans(),
    size=st.integers(1, 4),
    cut=st.none() | st.integers(1, 9),
)
def test_stretches_and_rows_give_the_same_lines(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[Instant, tuple[bytes | None, ...]]],
    profile: Profile,
    zone: str,
    bounds: list[int] | None,
    is_ascending: bool,
    size: int,
    cut: int | None,
) -> None:
    fill(database, rows)
    period: dict[str, Any] = {}
    if bounds is not None:
        start, end = (Instant(BEGIN + n * 600_000_000) for n in bounds)
        period = {"start": start, "end": end}
    query = LogQuery(**period, sort=Sort(SortColumn.TIMESTAMP, is_ascending))
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_stretch, "STRETCH", size)
        patch.setattr(sqlite_csv, "_by_rows", None)
        fast = exported(database, query, profile, zone, cut)
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_csv, "_is_served_in_stretches", lambda *_: False)
        assert fast == exported(database, query, profile, zone, cut)


def usual(count: int) -> list[tuple[Instant, tuple[bytes | None, ...]]]:
    random_ = random.Random(1)
    return [
        (
            Instant(BEGIN + random_.randrange(10**12)),
            (b"u", b"Ana", b"agent.update", b"agent", b"agt_1", None, b'{"a":"x"}', None, b"::1"),
        )
        for _ in range(count)
    ]


def test_usual_entries_need_no_second_look(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, usual(3000))
    monkeypatch.setattr(RowWriter, "lines", None)
    lines = exported(database, LogQuery(), Profile.SPREADSHEET, "Europe/Moscow", None)
    stamps = [line[:32] for line in lines.splitlines()[1:]]
    assert len(stamps) == 3000
    assert all(one > other for one, other in pairwise(stamps))


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_no_thread_is_left_when_an_export_is_given_up(database: Database, taken: int) -> None:
    fill(database, usual(5000))
    before = threading.active_count()
    stream = stream_csv(
        database,
        LogQuery(),
        profile=Profile.SIEM,
        zone=zone_named("UTC"),
        cancellation=Cancellation(),
    )
    for _ in range(taken):
        next(stream)
    stream.close()
    assert threading.active_count() <= before
    assert len(exported(database, LogQuery(), Profile.SIEM, "UTC", None).splitlines()) == 5001


def test_a_cancelled_export_leaves_no_thread(database: Database) -> None:
    fill(database, usual(5000))
    before = threading.active_count()
    cancellation = Cancellation()
    stream = stream_csv(
        database,
        LogQuery(),
        profile=Profile.SIEM,
        zone=zone_named("UTC"),
        cancellation=cancellation,
    )
    next(stream), next(stream)
    cancellation.cancel()
    with pytest.raises(CancelledError):
        list(stream)
    assert threading.active_count() <= before


def test_a_file_that_is_damaged_on_the_way_ends_in_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, usual(1000))

    def broken(*_: object) -> Iterator[object]:
        yield from ()
        raise sqlite3.DatabaseError("database disk image is malformed")

    before = threading.active_count()
    monkeypatch.setattr(sqlite_csv, "_stretches", broken)
    with pytest.raises(DatabaseError, match="malformed"):
        exported(database, LogQuery(), Profile.SIEM, "UTC", None)
    assert threading.active_count() <= before
