"""The database's CSV is byte for byte that of `log.csv_format`, whatever the log holds."""

import sqlite3
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.csv_format import HEADER, Profile, format_row
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import CancelledError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn
from mylla_audit_desktop.log.zones import zone_named
from tests.database.filling import Log

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns")
# The clocks change in Berlin (both ways) and in St. John's (both ways), and zones of old
# had offsets with seconds.
CHANGES = tuple(
    Instant.parse(text)
    for text in (
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-03-08T05:30:00Z",
        "2026-11-01T04:30:00Z",
        "1935-01-01T00:00:00Z",
        "1941-10-01T00:00:00Z",
    )
)
TEXTS = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
    | st.text("=+-@＝\t\r\n'\",; \\.a", max_size=4)
    # What a stretch of an SQLite log uses as signs.
    | st.text("\x1c\x1d\x1e\x1f\x02\x03,a", max_size=4)
)
ENTRIES = st.builds(
    NewEntry,
    occurred_at=st.builds(
        lambda change, offset: Instant(change.microseconds + offset),
        st.sampled_from(CHANGES),
        st.sampled_from((-3_600_000_000, -1, 0, 1, 1_800_000_000, 3_600_000_000)),
    ),
    actor_type=st.just("member"),
    actor_id=TEXTS,
    actor_name=TEXTS,
    action=TEXTS,
    target_type=st.none() | TEXTS,
    target_id=st.none() | TEXTS,
    target_name=st.none() | TEXTS,
    before=st.sampled_from(
        (
            None,
            "null",
            '"=1"',
            "-1",
            '{"a":\n"x,y"}',
            '{\n"a": 1}',
            "{}",
            '{"": ""}',
            " {}",
        )
    ),
    after=st.sampled_from((None, '{"a": 1.0, "a": 2}', '"\\u0000"', '{"ä":"\U0001f600"}')),
    ip_address=st.sampled_from((None, "10.0.0.1", "2001:db8::1", "10.0.0.0/8")),
)


def exported(
    database: Database, query: LogQuery, profile: Profile, zone: str, highest_id: int | None = None
) -> bytes:
    stream = stream_csv(
        database,
        query,
        profile=profile,
        zone=zone_named(zone),
        cancellation=Cancellation(),
        highest_id=highest_id,
    )
    return b"".join(stream)


@settings(max_examples=60)
@given(entries=st.lists(ENTRIES, max_size=12), profile=st.sampled_from(Profile))
def test_any_text_at_any_change_of_the_clocks_is_written_as_the_reference_does(
    log: Log, entries: list[NewEntry], profile: Profile
) -> None:
    filled = log.fill(entries)
    filled.sort(key=lambda entry: (entry.occurred_at, entry.id), reverse=True)
    for zone in ZONES:
        rows = "".join(format_row(entry, profile, zone_named(zone)) for entry in filled)
        assert exported(log.database, LogQuery(), profile, zone) == (HEADER + rows).encode()


@settings(max_examples=20)
@given(
    entries=st.lists(ENTRIES, min_size=2, max_size=12),
    sort=st.builds(Sort, st.sampled_from(SortColumn), st.booleans()),
)
def test_the_csv_of_a_snapshot_holds_its_rows_and_no_later_ones(
    log: Log, entries: list[NewEntry], sort: Sort
) -> None:
    query = LogQuery(sort=sort)
    log.fill(entries[:-1])
    snapshot = log.reader.read_snapshot(query, Cancellation())
    before = exported(log.database, query, Profile.SIEM, "Europe/Berlin")
    append_entries(log.database, entries[-1:], Cancellation())
    after = exported(log.database, query, Profile.SIEM, "Europe/Berlin", snapshot.highest_id)
    assert after == before


@pytest.mark.parametrize("stop", [Cancellation.cancel, Cancellation.flag])
def test_a_cancelled_export_ends_at_the_next_chunk(
    log: Log, stop: Callable[[Cancellation], None]
) -> None:
    """Also where the server has sent everything, or a signal could only leave a flag."""
    log.fill([NewEntry(Instant(n), "member", "u", "U" * 90, "agent.update") for n in range(20_000)])
    cancellation = Cancellation()
    stream = stream_csv(
        log.database,
        LogQuery(),
        profile=Profile.SIEM,
        zone=zone_named("UTC"),
        cancellation=cancellation,
    )
    chunks = [next(stream), next(stream)]
    stop(cancellation)
    with pytest.raises(CancelledError):
        chunks.extend(stream)
    assert 1 < b"".join(chunks).count(b"\n") < 20_001
    # The connection it used serves the next query.
    snapshot = log.reader.read_snapshot(LogQuery(), Cancellation())
    assert log.reader.read_count(snapshot, Cancellation()) == 20_000


def test_bytes_that_are_no_utf8_leave_as_they_are(sqlite_url: str) -> None:
    database = open_database(sqlite_url, create=True)
    upgrade_schema(database)
    with sqlite3.connect(database.label.name) as connection:
        connection.execute(
            "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action)"
            " VALUES ('2026-03-01T00:00:00Z', 'member', 'u', CAST(x'41ff42' AS TEXT), 'a.b')"
        )
    connection.close()
    for query in (LogQuery(), LogQuery(start=Instant.EARLIEST)):
        out = exported(database, query, Profile.SIEM, "Europe/Berlin")
        assert out.splitlines()[1:] == [b"2026-03-01T01:00:00.000000+01:00,u,A\xffB,a.b,,,,,,,1"]
    assert [
        entry.actor_name
        for entry in LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    ] == ["A\udcffB"]
    database.close()


def test_a_percent_sign_in_a_filter_stands_for_itself(log: Log) -> None:
    names = ("a%b", "a%%b", "ab")
    log.fill([NewEntry(Instant(n), "member", "u", one, one) for n, one in enumerate(names)])
    for query in (LogQuery(actors=("a%b",)), LogQuery(actions=("a%?",))):
        out = exported(log.database, query, Profile.SIEM, "UTC")
        assert [line.split(b",")[2] for line in out.splitlines()[1:]] == [b"a%b"]
