"""The figures of the activity page are those of plain Python, on either database."""

import sqlite3
from collections import Counter
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database.activity import Activity, Top, read_activity, working_seconds
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.log.entry import AuditEntry, NewEntry
from mylla_audit_desktop.log.errors import CancelledError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.week import WeekHour, is_in_calendar
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.policy import ActorPolicy, Policy, Shift
from tests.database.filling import Log
from tests.database.oracle import matches, week_hour_of

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe")
# Both changes of the clocks in Berlin, St. John's and Lord Howe (half an hour), an offset
# with seconds of old, the edges of the calendar, and what lies beyond them.
MOMENTS = tuple(
    Instant.parse(text)
    for text in (
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-03-08T05:30:00Z",
        "2026-11-01T04:30:00Z",
        "2026-04-04T15:00:00Z",
        "2026-10-03T15:30:00Z",
        "1935-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "1900-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z",
        "infinity",
        "-infinity",
        "4713-01-02T00:00:00+00 BC",
        "+012026-01-01T00:00:00Z",
    )
)
ENTRIES = st.builds(
    NewEntry,
    occurred_at=st.builds(
        lambda moment, offset: (
            Instant(moment.microseconds + offset) if moment.is_finite else moment
        ),
        st.sampled_from(MOMENTS),
        st.sampled_from((-3_600_000_000, -1, 0, 1, 1_800_000_000, 36_000_000_000)),
    ),
    actor_type=st.sampled_from(("member", "system")),
    actor_id=st.sampled_from(("usr_1", "usr_2", "usr_ü", "system")),
    actor_name=st.sampled_from(("Ana", "Ana W", "Ödön", "")),
    action=st.sampled_from(("a.b", "A.b", "a.c", "")),
    target_id=st.sampled_from((None, "", "agt_1", "AGT_1", "agt%1")),
    target_name=st.sampled_from((None, "", "Desk", "Desk 2", "Ödön")),
)
WEEK = {day: Shift(time(8), time(18)) for day in range(5)}
POLICIES = (
    Policy(),
    Policy(time_zone="Europe/Berlin"),
    Policy(
        time_zone="Asia/Kolkata",
        # From Sunday evening into Monday: over the end of the week.
        hours={6: Shift(time(22), time(6)), 2: Shift(time(9, 30), time(17, 45))},
        actors={
            "usr_1": ActorPolicy(time_zone="America/St_Johns"),
            "usr_ü": ActorPolicy(hours={5: Shift(time(0), time(0))}),
            "usr_2": ActorPolicy(holidays="US"),
        },
    ),
    Policy(hours={}),
)
QUERIES = st.builds(
    LogQuery,
    start=st.none() | st.sampled_from(MOMENTS),
    end=st.none() | st.sampled_from(MOMENTS),
    actors=st.sampled_from(((), ("usr_1", "Ödön"))),
    actions=st.sampled_from(((), ("a.*",))),
    hours=st.just(())
    | st.lists(st.integers(0, 167).map(WeekHour.at_index), min_size=80).map(tuple),
    hours_zone=st.sampled_from(ZONES),
)


def plainly(entries: list[AuditEntry], zone: str, policy: Policy) -> Activity:
    """The same figures, without a database."""
    hours: Counter[int] = Counter()
    days: Counter[date] = Counter()
    off_hours = members = outside = 0
    for entry in entries:
        if not is_in_calendar(entry.occurred_at):
            outside += 1
            continue
        moment = entry.occurred_at.to_datetime(zone_named(zone))
        hour = week_hour_of(entry, zone)
        assert moment is not None
        assert hour is not None
        hours[hour.index] += 1
        days[moment.date()] += 1
        if entry.actor_type == "member":
            members += 1
            off_hours += is_off(entry, policy)
    actors = [(one.occurred_at, one.actor_name, one.actor_id) for one in entries]
    targets = [
        (one.occurred_at, one.target_name or "", one.target_id)
        for one in entries
        if one.target_id is not None
    ]
    return Activity(
        count=len(entries),
        hours=tuple(hours[index] for index in range(168)),
        days=tuple(sorted(days.items())),
        outside_calendar=outside,
        members=members,
        off_hours=off_hours,
        actors=most([actor for _at, _name, actor in actors], newest_names(actors)),
        actions=most([entry.action for entry in entries]),
        targets=most([target for _at, _name, target in targets], newest_names(targets)),
    )


def newest_names(named: list[tuple[Instant, str, str]]) -> dict[str, str]:
    """The newest name by ID; of two at the same time the last in byte order."""
    return {value: name for _at, name, value in sorted(named, key=lambda one: one[:2])}


def is_off(entry: AuditEntry, policy: Policy) -> bool:
    own = policy.actors.get(entry.actor_id, ActorPolicy())
    local = entry.occurred_at.to_datetime(zone_named(own.time_zone or policy.time_zone))
    assert local is not None
    hours = policy.hours if own.hours is None else own.hours
    clock, day = local.time(), local.weekday()
    today, yesterday = hours.get(day), hours.get((day - 1) % 7)
    works = today is not None and (
        today.start <= clock and (clock < today.end or today.end <= today.start)
    )
    still_works = (
        yesterday is not None and yesterday.end <= yesterday.start and clock < yesterday.end
    )
    return not works and not still_works


def most(values: list[str], names: dict[str, str] | None = None) -> tuple[Top, ...]:
    counted = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0].encode()))
    return tuple(Top(value, (names or {}).get(value, ""), n) for value, n in counted[:10])


def read(database: Database, query: LogQuery, zone: str, policy: Policy) -> Activity:
    return read_activity(database, query, zone_named(zone), Cancellation(), policy)


@settings(max_examples=40)
@given(
    entries=st.lists(ENTRIES, max_size=25),
    query=QUERIES,
    zone=st.sampled_from(ZONES),
    policy=st.sampled_from(POLICIES),
    has_indexes=st.booleans(),
)
def test_the_figures_are_those_of_plain_python(
    log: Log,
    entries: list[NewEntry],
    query: LogQuery,
    zone: str,
    policy: Policy,
    has_indexes: bool,
) -> None:
    # A view has none; the figures are the same.
    log.database.has_indexes = has_indexes
    wanted = [entry for entry in log.fill(entries) if matches(entry, query)]
    assert read(log.database, query, zone, policy) == plainly(wanted, zone, policy)


@settings(max_examples=15)
@given(entries=st.lists(ENTRIES, max_size=25), zone=st.sampled_from(ZONES))
def test_every_cell_holds_as_many_entries_as_the_log_shows_for_its_hour(
    log: Log, entries: list[NewEntry], zone: str
) -> None:
    log.fill(entries)
    activity = read(log.database, LogQuery(), zone, Policy())
    for index, count in enumerate(activity.hours):
        if count:
            query = LogQuery(hours=(WeekHour.at_index(index),), hours_zone=zone)
            shown = list(log.reader.iterate_entries(query, None, Cancellation()))
            assert len(shown) == count


def test_only_the_ten_most_frequent_are_named(log: Log) -> None:
    log.fill(
        [
            NewEntry(
                Instant(n),
                "member",
                f"u{n % 15:02d}",
                "N",
                f"a.{n % 12:02d}",
                None,
                f"t{n % 13:02d}",
            )
            for n in range(1000)
        ]
    )
    activity = read(log.database, LogQuery(), "UTC", Policy())
    assert [top.value for top in activity.targets] == [f"t{n:02d}" for n in range(10)]
    assert [top.count for top in activity.targets] == [77] * 10
    assert len(activity.actors) == len(activity.actions) == 10


def test_an_empty_log_has_empty_figures(log: Log) -> None:
    log.fill([])
    activity = read(log.database, LogQuery(), "Europe/Berlin", Policy())
    assert activity == plainly([], "Europe/Berlin", Policy())


def test_it_can_be_cancelled(log: Log) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        read_activity(log.database, LogQuery(), zone_named("UTC"), cancellation)


def test_times_in_other_forms_behind_a_view_have_their_hour(tmp_path: Path) -> None:
    path = tmp_path / "foreign.sqlite"
    connection = sqlite3.connect(path)
    columns = "actor_type, actor_id, actor_name, action, target_type, target_id, target_name"
    connection.executescript(
        "CREATE TABLE log (n INTEGER PRIMARY KEY, at TEXT);"
        "INSERT INTO log (at) VALUES ('2026-03-29T01:00:00Z'), ('2026-03-29 03:00:00+02:00'),"
        " ('2026-03-29T03:00:00.000000+02:00'), ('yesterday'), ('2026-02-30T00:00:00Z');"
        f"CREATE VIEW entries (id, occurred_at, {columns}, before, after, ip_address) AS"
        " SELECT n, at, 'member', 'u', 'U', 'a.b', NULL, NULL, NULL, NULL, NULL, NULL FROM log;"
    )
    connection.close()
    database = open_database(f"sqlite:///{path}")
    activity = read(database, LogQuery(), "Europe/Berlin", Policy())
    assert activity.hours[WeekHour(6, 3).index] == 3
    assert activity.outside_calendar == 2
    database.close()


def test_a_shift_past_sunday_ends_on_monday() -> None:
    assert working_seconds({6: Shift(time(22), time(6))}) == [
        (6 * 86_400 + 22 * 3600, 7 * 86_400),
        (0, 6 * 3600),
    ]
