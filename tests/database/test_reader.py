"""A query gives what plain Python gives over the same entries, page by page too."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database import reader as reader_module
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.log.csv_format import HEADER, Profile, format_row
from mylla_audit_desktop.log.entry import EntrySummary, NewEntry
from mylla_audit_desktop.log.errors import CancelledError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn
from mylla_audit_desktop.log.week import WeekHour
from mylla_audit_desktop.log.zones import zone_named
from tests.database.filling import Log
from tests.database.oracle import expected

START = Instant.parse("2026-10-24T22:30:00Z").microseconds
HOUR = 3_600_000_000
ACTIONS = (
    "agent.update",
    "agentXupdate",
    "number.release",
    "a_b.%c",
    "[a].b\\c",
    "a.b",
    "Agent.update",
)
NAMES = ("Ana", "ana", "Ödön", "Zoe", "system", "a%b", "=1+1", "'q", "Zoe, Dr.", "x\ny")
TARGETS = (None, "", " ", "agt_1", "agt%1", "AGT_1", "+49 30")
ADDRESSES = (
    None,
    "9.0.0.1",
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.9/8",
    "10.0.0.9/24",
    "10.0.0.8",
    "2001:db8::1",
    "2001:db8::5/64",
    "2001:db8::4",
    "::ffff:10.0.0.1",
)

ENTRIES = st.builds(
    NewEntry,
    # Few different moments, so that many entries share a microsecond.
    occurred_at=st.integers(0, 8).map(lambda n: Instant(START + n * HOUR)),
    actor_type=st.sampled_from(("member", "system")),
    actor_id=st.sampled_from(("usr_1", "usr_2", "system")),
    actor_name=st.sampled_from(NAMES),
    action=st.sampled_from(ACTIONS),
    target_type=st.sampled_from((None, "agent")),
    target_id=st.sampled_from(TARGETS),
    target_name=st.sampled_from(TARGETS),
    before=st.sampled_from((None, '{"a": 1.0}', '{"a":"x,y"}')),
    after=st.sampled_from((None, '{"a":1}', "-5", '{"t": "é\\u202e"}')),
    ip_address=st.sampled_from(ADDRESSES),
)
QUERIES = st.builds(
    LogQuery,
    start=st.none() | st.integers(0, 8).map(lambda n: Instant(START + n * HOUR)),
    end=st.none() | st.integers(0, 9).map(lambda n: Instant(START + n * HOUR)),
    actors=st.lists(st.sampled_from((*NAMES, "usr_1", "system")), max_size=2).map(tuple),
    actions=st.lists(
        st.sampled_from(
            (*ACTIONS, "*", "agent.*", "agent?update", "*.b*", "a_*", "[a]*", "*\\c", "%")
        ),
        max_size=2,
    ).map(tuple),
    targets=st.lists(st.sampled_from([one for one in TARGETS if one]), max_size=2).map(tuple),
    sort=st.builds(Sort, st.sampled_from(SortColumn), st.booleans()),
    # Saturday night to Sunday, when the clocks of Berlin go back.
    # Now and then: two centuries of clock changes make a long statement.
    hours=st.integers(0, 3).flatmap(
        lambda n: (
            st.just(())
            if n
            else st.lists(st.integers(144, 152).map(WeekHour.at_index), max_size=2).map(tuple)
        )
    ),
    hours_zone=st.sampled_from(("Europe/Berlin", "Asia/Kolkata")),
)


@settings(max_examples=60)
@given(entries=st.lists(ENTRIES, max_size=25), query=QUERIES)
def test_a_query_gives_what_plain_python_gives(
    log: Log, entries: list[NewEntry], query: LogQuery
) -> None:
    wanted = expected(log.fill(entries), query)
    assert list(log.reader.iterate_entries(query, None, Cancellation())) == wanted
    snapshot = log.reader.read_snapshot(query, Cancellation())
    assert log.reader.read_count(snapshot, Cancellation()) == len(wanted)


@settings(max_examples=40)
@given(
    entries=st.lists(ENTRIES, max_size=25),
    sort=st.builds(Sort, st.sampled_from(SortColumn), st.booleans()),
    step=st.integers(2, 7),
    size=st.integers(1, 9),
)
def test_pages_through_waypoints_are_the_one_ordered_read(
    log: Log, entries: list[NewEntry], sort: Sort, step: int, size: int
) -> None:
    wanted = [entry.id for entry in expected(log.fill(entries), LogQuery(sort=sort))]
    snapshot = log.reader.read_snapshot(LogQuery(sort=sort), Cancellation())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_module, "WAYPOINT_STEP", step)
        waypoints = log.reader.read_waypoints(snapshot, Cancellation())
    assert waypoints.count == len(wanted)
    for start in range(0, len(wanted) + 1, size):
        page = log.reader.read_page(snapshot, start, size, waypoints, Cancellation())
        assert [entry.id for entry in page.entries] == wanted[start : start + size]
        assert page.is_last == (start + size >= len(wanted))


@settings(max_examples=40)
@given(
    entries=st.lists(ENTRIES, max_size=20),
    later=st.lists(ENTRIES, min_size=1, max_size=5),
    query=QUERIES,
    size=st.integers(1, 6),
)
def test_entries_added_while_paging_shift_nothing_and_are_counted(
    log: Log, entries: list[NewEntry], later: list[NewEntry], query: LogQuery, size: int
) -> None:
    wanted = [entry.id for entry in expected(log.fill(entries), query)]
    snapshot = log.reader.read_snapshot(query, Cancellation())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_module, "WAYPOINT_STEP", 3)
        waypoints = log.reader.read_waypoints(snapshot, Cancellation())
    read: list[int] = []
    for start in range(0, len(wanted), size):
        append_entries(log.database, later, Cancellation())
        for known in (waypoints, None):
            page = log.reader.read_page(snapshot, start, size, known, Cancellation())
            assert [entry.id for entry in page.entries] == wanted[start : start + size]
        read += [entry.id for entry in page.entries]
    assert read == wanted
    # Counted anew: the database gave the ids.
    total = list(log.reader.iterate_entries(query, None, Cancellation()))
    new = log.reader.read_new_count(snapshot, Cancellation())
    assert new == len(total) - len(wanted)


@settings(max_examples=60)
@given(
    entries=st.lists(ENTRIES, min_size=1, max_size=15),
    query=QUERIES,
    column=st.sampled_from((SortColumn.ACTOR, SortColumn.ACTION, SortColumn.TARGET)),
    prefix=st.sampled_from(("a", "A", "ö", "Ö", "agent", "[A", "a%", "a_", "%", "'", "\\", " ")),
    after=st.integers(0, 14),
)
def test_type_ahead_finds_what_plain_python_finds(
    log: Log,
    entries: list[NewEntry],
    query: LogQuery,
    column: SortColumn,
    prefix: str,
    after: int,
) -> None:
    wanted = expected(log.fill(entries), query)
    snapshot = log.reader.read_snapshot(query, Cancellation())
    page = log.reader.read_page(snapshot, 0, 20, None, Cancellation())
    name = {
        SortColumn.ACTOR: "actor_name",
        SortColumn.ACTION: "action",
        SortColumn.TARGET: "target_name",
    }[column]
    found = [
        row
        for row, entry in enumerate(wanted)
        if (getattr(entry, name) or "").lower().startswith(prefix.lower())
    ]
    current = page.entries[after] if after < len(page.entries) else None
    behind = [row for row in found if current is not None and row > after]
    match = log.reader.read_next_match(snapshot, column, prefix, current, Cancellation())
    assert match == next(iter(behind + found), None)


@settings(max_examples=40)
@given(
    entries=st.lists(ENTRIES, max_size=12),
    query=QUERIES,
    profile=st.sampled_from(Profile),
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns")),
)
def test_the_csv_of_the_database_is_that_of_the_reference(
    log: Log, entries: list[NewEntry], query: LogQuery, profile: Profile, zone: str
) -> None:
    wanted = expected(log.fill(entries), query)
    stream = stream_csv(
        log.database,
        query,
        profile=profile,
        zone=zone_named(zone),
        cancellation=Cancellation(),
    )
    rows = "".join(format_row(entry, profile, zone_named(zone)) for entry in wanted)
    assert b"".join(stream).decode() == HEADER + rows


def test_moments_outside_of_the_calendar_are_read_sorted_and_exported(log: Log) -> None:
    moments = (
        "-infinity",
        "4713-01-01 00:00:00+00 BC",
        "0044-03-15 12:00:00+00 BC",
        "0001-01-01T00:00:00Z",
        "2016-12-31T23:59:60Z",
        "9999-12-31T23:59:59.999999Z",
        "+012026-01-01T00:00:00Z",
        "+294246-12-31T23:59:59.999999Z",
        "+294247-01-01T00:00:00.000001Z",
        "+294276-12-31T23:59:59.999998Z",
        "+294276-12-31T23:59:59.999999Z",
        "infinity",
    )
    entries = [
        NewEntry(Instant.parse(text), "member", "u", "U", "agent.update") for text in moments
    ]
    filled = log.fill(entries)
    oldest_first = LogQuery(sort=Sort(ascending=True))
    read = list(log.reader.iterate_entries(oldest_first, None, Cancellation()))
    assert read == filled
    for entry in filled:
        assert log.reader.read_entry(entry.id, entry.occurred_at, Cancellation()) == entry
    berlin = zone_named("Europe/Berlin")
    stream = stream_csv(
        log.database,
        oldest_first,
        profile=Profile.SIEM,
        zone=berlin,
        cancellation=Cancellation(),
    )
    rows = "".join(format_row(entry, Profile.SIEM, berlin) for entry in filled)
    assert b"".join(stream).decode() == HEADER + rows


def test_a_snapshot_does_not_move_when_entries_are_added(log: Log) -> None:
    entries = [
        NewEntry(Instant(START + n * HOUR), "member", "u", "U", "agent.update") for n in range(30)
    ]
    log.fill(entries)
    snapshot = log.reader.read_snapshot(LogQuery(), Cancellation())
    before = log.reader.read_page(snapshot, 0, 10, None, Cancellation())
    newer = [
        NewEntry(Instant(START + n * HOUR), "member", "u", "U", "agent.update") for n in (50, 60, 5)
    ]
    append_entries(log.database, newer, Cancellation())
    after = log.reader.read_page(snapshot, 0, 10, None, Cancellation())
    assert after == before
    assert log.reader.read_count(snapshot, Cancellation()) == 30
    assert log.reader.read_new_count(snapshot, Cancellation()) == 3


def test_type_ahead_finds_the_next_entry_and_begins_anew(log: Log) -> None:
    names = ["Zoe", "Ana", "Zoe", "Max"]
    log.fill(
        [
            NewEntry(Instant(START - n * HOUR), "member", "u", name, "agent.update")
            for n, name in enumerate(names)
        ]
    )
    snapshot = log.reader.read_snapshot(LogQuery(), Cancellation())
    page = log.reader.read_page(snapshot, 0, 10, None, Cancellation())

    def find(prefix: str, after: EntrySummary | None) -> int | None:
        return log.reader.read_next_match(snapshot, SortColumn.ACTOR, prefix, after, Cancellation())

    assert find("zo", None) == 0
    assert find("ZO", page.entries[0]) == 2
    assert find("zo", page.entries[2]) == 0
    assert find("nobody", None) is None


@pytest.mark.parametrize("prefix", ["ö", "Ö", "öD"])
def test_type_ahead_knows_the_case_of_every_letter(log: Log, prefix: str) -> None:
    log.fill([NewEntry(Instant(START), "member", "u", "Ödön", "agent.update")])
    snapshot = log.reader.read_snapshot(LogQuery(), Cancellation())
    row = log.reader.read_next_match(snapshot, SortColumn.ACTOR, prefix, None, Cancellation())
    assert row == 0


@pytest.mark.parametrize("ascending", [True, False])
def test_a_network_stands_beside_its_addresses(log: Log, *, ascending: bool) -> None:
    addresses = ["9.0.0.1", "10.0.0.9/8", "10.0.0.0/16", "10.0.0.9/24", "10.0.0.8", "::1"]
    log.fill(
        [
            NewEntry(Instant(START), "member", "u", "U", "agent.update", ip_address=address)
            for address in reversed(addresses)
        ]
    )
    query = LogQuery(sort=Sort(SortColumn.IP_ADDRESS, ascending=ascending))
    read = log.reader.iterate_entries(query, None, Cancellation())
    wanted = addresses if ascending else addresses[::-1]
    assert [entry.ip_address for entry in read] == wanted


def test_choices_name_each_actor_and_action_once(log: Log) -> None:
    log.fill(
        [
            NewEntry(Instant(START), "member", "usr_1", "Ana Old", "agent.update"),
            NewEntry(Instant(START + HOUR), "member", "usr_1", "Ana New", "agent.update"),
            NewEntry(Instant(START), "system", "system", "system", "number.release"),
        ]
    )
    actors = log.reader.read_actors(Cancellation())
    assert [(one.actor_id, one.actor_name) for one in actors] == [
        ("usr_1", "Ana New"),
        ("system", "system"),
    ]
    assert log.reader.read_actions(Cancellation()) == ("agent.update", "number.release")


def test_a_cancelled_read_ends(log: Log) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        log.reader.read_snapshot(LogQuery(), cancellation)
