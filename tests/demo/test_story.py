"""The demo log: believable, complete to the entry, and the same everywhere."""

import hashlib
import ipaddress
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.demo.cast import load_cast
from mylla_audit_desktop.demo.story import DemoPlan, tell_story
from mylla_audit_desktop.log.catalog import parse_catalog
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.resources import resource_path

UNTIL = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
PLAN = DemoPlan(entries=20_000, days=400, seed=1, until=Instant.from_datetime(UNTIL))
DAY = 86_400_000_000
RANKS = {"member": 0, "admin": 1, "super admin": 2}

# The SHA-256 of 3,000 entries. Renew it when the story is meant to change; any other
# difference means that two machines would show different logs for the same arguments.
FINGERPRINT = "075c8e7f76590e6935e79f3fca4466b8025e5dc77f919ef69b3d4d5c61367429"
FINGERPRINT_SCRIPT = """
import hashlib
from mylla_audit_desktop.demo.story import DemoPlan, tell_story
from mylla_audit_desktop.log.instant import Instant
until = Instant.parse("2025-07-01T12:00:00Z")
told = hashlib.sha256()
for entry in tell_story(DemoPlan(entries=3000, days=200, seed=7, until=until)):
    told.update(repr(entry).encode("utf-8"))
print(told.hexdigest())
"""


@pytest.fixture(scope="module")
def log() -> list[NewEntry]:
    return list(tell_story(PLAN))


def moment(entry: NewEntry) -> datetime:
    found = entry.occurred_at.to_datetime()
    assert found is not None
    return found


def within(log: list[NewEntry], first: date, last: date) -> list[NewEntry]:
    """Entries of whole days of Berlin, the last one included."""
    berlin = ZoneInfo("Europe/Berlin")
    return [e for e in log if first <= moment(e).astimezone(berlin).date() <= last]


def fields(text: str | None) -> dict[str, object]:
    parsed = json.loads(text) if text is not None else {}
    assert isinstance(parsed, dict)
    return parsed


def role_of(text: str | None) -> str:
    return str(fields(text).get("role", ""))


def fingerprint(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", FINGERPRINT_SCRIPT],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_same_arguments_tell_the_same_log_in_every_process() -> None:
    assert fingerprint("0") == FINGERPRINT
    assert fingerprint("4711") == FINGERPRINT


def test_another_seed_tells_another_log() -> None:
    def digest(seed: int) -> str:
        plan = DemoPlan(entries=200, days=30, seed=seed, until=PLAN.until)
        return hashlib.sha256(repr(list(tell_story(plan))).encode()).hexdigest()

    assert len({digest(seed) for seed in range(4)}) == 4


@settings(max_examples=40, deadline=None)
@given(
    entries=st.integers(1, 600),
    days=st.integers(1, 90),
    seed=st.integers(-(2**70), 2**70),
    until=st.datetimes(
        datetime.fromisoformat("1975-01-01"),
        datetime.fromisoformat("2080-01-01"),
        timezones=st.just(UTC),
    ),
)
def test_exactly_so_many_entries_in_order_and_within_the_days(
    entries: int, days: int, seed: int, until: datetime
) -> None:
    end = Instant.from_datetime(until)
    told = list(tell_story(DemoPlan(entries=entries, days=days, seed=seed, until=end)))
    times = [entry.occurred_at.microseconds for entry in told]
    assert len(told) == entries
    assert times == sorted(times)
    assert end.microseconds - days * DAY < times[0]
    assert times[-1] <= end.microseconds
    for entry in told:
        fields(entry.before)
        fields(entry.after)


@pytest.mark.parametrize("entries", [1, 2, 10, 100, 1_000, 30_001])
def test_counts_hold_over_a_year(entries: int) -> None:
    assert sum(1 for _ in tell_story(DemoPlan(entries=entries, until=PLAN.until))) == entries


def test_a_huge_log_is_told_entry_by_entry() -> None:
    huge = tell_story(DemoPlan(entries=20_000_000, days=3_000, until=PLAN.until))
    assert len(list(islice(huge, 1_000))) == 1_000


@pytest.mark.parametrize(
    ("entries", "days", "until", "field"),
    [
        (0, 1, "2026-11-23T00:00:00Z", "entries"),
        (1, 0, "2026-11-23T00:00:00Z", "days"),
        (1, 40_000, "2026-11-23T00:00:00Z", "days"),
        (1, 400, "infinity", "until"),
        (1, 400, "0001-06-01T00:00:00Z", "until"),
        (1, 400, "20260-06-01T00:00:00Z", "until"),
    ],
)
def test_an_impossible_plan_is_refused_at_once(
    entries: int, days: int, until: str, field: str
) -> None:
    with pytest.raises(InputError) as refused:
        tell_story(DemoPlan(entries=entries, days=days, until=Instant.parse(until)))
    assert refused.value.field == field


def test_ids_are_left_to_the_database(log: list[NewEntry]) -> None:
    assert all(entry.id is None for entry in log)


def test_system_acts_from_nowhere_and_members_from_both_kinds_of_network(
    log: list[NewEntry],
) -> None:
    versions: Counter[int] = Counter()
    for entry in log:
        if entry.actor_type == "system":
            assert (entry.actor_id, entry.actor_name) == ("system", "system")
            assert entry.ip_address is None
        else:
            assert entry.actor_type == "member"
            assert entry.ip_address is not None
            address = ipaddress.ip_address(entry.ip_address)
            versions[address.version] += 1
    assert versions[4] > len(log) // 3
    assert versions[6] > len(log) // 20
    assert len(log) // 20 < sum(e.actor_type == "system" for e in log) < len(log) // 4


def test_every_known_action_occurs_and_a_few_unknown_ones(log: list[NewEntry]) -> None:
    catalog = parse_catalog(resource_path("actions.toml").read_text(encoding="utf-8"))
    seen = {entry.action for entry in log}
    assert set(catalog.names()) <= seen
    assert seen - set(catalog.names()) == {"agent.archive", "webhook.rotate_secret"}


def test_a_dozen_members_in_three_zones_keep_their_hours(log: list[NewEntry]) -> None:
    cast = load_cast()
    assert len(cast.members) >= 12
    assert len({member.zone for member in cast.members}) == 3
    outside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for entry in log:
        if entry.actor_type == "system":
            continue
        member = cast.member(entry.actor_id)
        local = moment(entry).astimezone(ZoneInfo(member.zone))
        start, end = member.hours
        day, hour = local.date(), local.hour
        if end < start:
            if hour < end:
                day, hour = day - timedelta(days=1), hour + 24
            end += 24
        is_usual = start <= hour < end and day.weekday() in member.days
        is_usual = is_usual and not cast.is_holiday(member.zone, day)
        total[entry.actor_name] += 1
        outside[entry.actor_name] += not is_usual
    assert len(total) == len(cast.members)
    assert 0 < sum(outside.values()) < 0.06 * sum(total.values())
    # Those without a story about their hours never work outside them, odd entries apart.
    assert outside["Lea Fischer"] < 0.02 * total["Lea Fischer"]


def test_days_are_dense_and_sparse(log: list[NewEntry]) -> None:
    by_day = Counter(moment(entry).date() for entry in log)
    workdays = sorted(n for day, n in by_day.items() if day.weekday() < 5)
    weekend = sorted(n for day, n in by_day.items() if day.weekday() > 5)
    median = workdays[len(workdays) // 2]
    assert weekend[len(weekend) // 2] < median / 4
    assert workdays[-1] > 2 * median
    assert workdays[5] < median / 2
    assert by_day[date(2025, 12, 25)] < median / 3


def test_what_one_entry_leaves_is_what_the_next_one_finds(log: list[NewEntry]) -> None:
    known: dict[tuple[str | None, str], object] = {}
    compared = 0
    for entry in log:
        for name, value in fields(entry.before).items():
            key = (entry.target_id, name)
            if key in known:
                compared += 1
                assert known[key] == value, (entry.action, key)
        for name, value in fields(entry.after).items():
            known[entry.target_id, name] = value
    assert compared > len(log) // 3


def test_only_changed_fields_are_told(log: list[NewEntry]) -> None:
    for entry in log:
        before, after = fields(entry.before), fields(entry.after)
        same = [name for name in before.keys() & after.keys() if before[name] == after[name]]
        # Notation apart: 1.0 and 1 are equal to Python.
        assert not same or str(entry.target_id).startswith("biz_"), (entry.action, before, after)


def test_instructions_are_long_and_change_by_a_sentence(log: list[NewEntry]) -> None:
    lengths = []
    for entry in log:
        if entry.action != "agent.edit_instructions" or "agt_" not in str(entry.target_id):
            continue
        before = str(fields(entry.before)["instructions"]).split("\n")
        after = str(fields(entry.after)["instructions"]).split("\n")
        if len(before) < 5:
            continue  # the odd ones
        assert len(set(before) ^ set(after)) in {1, 2}
        lengths.append(sum(map(len, after)))
    assert sum(1_000 <= length <= 4_000 for length in lengths) > 0.7 * len(lengths)
    assert 7_000 < max(lengths) < 8_500


WINDOWS = [
    pytest.param(date(2026, 10, 24), date(2026, 11, 23), id="last 30 days"),
    pytest.param(date(2026, 7, 1), date(2026, 9, 30), id="last quarter"),
]


@pytest.mark.parametrize(("first", "last"), WINDOWS)
def test_role_stories_are_planted(log: list[NewEntry], first: date, last: date) -> None:
    found = within(log, first, last)
    changes = [e for e in found if e.action == "team.change_role"]
    unknown = [e for e in changes if role_of(e.after).lower() not in RANKS]
    invited = [e for e in found if e.action == "team.invite"]
    rises = [
        e
        for e in changes
        if RANKS.get(role_of(e.after).lower(), 0) > RANKS.get(role_of(e.before).lower(), 9)
    ]
    assert unknown
    assert {role_of(e.after) for e in invited} & {"Admin", "Super Admin"}
    assert any(e.actor_id != e.target_id for e in rises)
    own = [e for e in rises if e.actor_id == e.target_id]
    assert own
    for rise in own:
        actor = load_cast().member(rise.actor_id)
        assert moment(rise).astimezone(ZoneInfo(actor.zone)).hour == 23
        assert role_of(rise.after) == "Super Admin"
        assert rise.ip_address is not None
        network = ipaddress.ip_network(f"{rise.ip_address}/24", strict=False)
        used_before = {
            ipaddress.ip_network(f"{e.ip_address}/24", strict=False)
            for e in log
            if e.actor_id == actor.id and e.occurred_at < rise.occurred_at
            if e.ip_address and ":" not in e.ip_address
        }
        assert network not in used_before
        end = rise.occurred_at.microseconds + 3_600_000_000
        then = {
            e.action
            for e in log
            if e.actor_id == actor.id
            if rise.occurred_at.microseconds < e.occurred_at.microseconds < end
        }
        assert {"data.request_export", "team.remove"} <= then


@pytest.mark.parametrize(("first", "last"), WINDOWS)
def test_integrations_break_and_come_back_or_do_not(
    log: list[NewEntry], first: date, last: date
) -> None:
    history: defaultdict[str | None, list[NewEntry]] = defaultdict(list)
    for entry in log:
        if entry.target_type == "integration":
            history[entry.target_id].append(entry)
    ends = [e for e in within(log, first, last) if e.action == "integration.disconnect"]
    came_back = []
    for end in ends:
        course = history[end.target_id]
        place = course.index(end)
        assert any(e.action == "integration.assign" for e in course[:place])
        came_back.append(any(e.action == "integration.connect" for e in course[place:]))
    assert True in came_back
    assert False in came_back


@pytest.mark.parametrize(("first", "last"), WINDOWS)
def test_there_is_work_at_night_on_a_weekend_and_from_a_new_network(
    log: list[NewEntry], first: date, last: date
) -> None:
    cast = load_cast()
    found = within(log, first, last)
    night, weekend, holiday = [], [], []
    for entry in found:
        if entry.actor_type == "system":
            continue
        zone = cast.member(entry.actor_id).zone
        local = moment(entry).astimezone(ZoneInfo(zone))
        if local.hour in {2, 3} and entry.actor_name != "Tom Okafor":
            night.append(entry)
        if local.weekday() > 5:
            weekend.append(entry)
        if cast.is_holiday(zone, local.date()) and local.weekday() < 5:
            holiday.append(entry)
    assert night
    assert weekend
    assert holiday
    assert any(str(entry.ip_address).startswith("2001:db8:f") for entry in found)


def test_one_long_evening_is_one_session_of_many_entries() -> None:
    log = tell_story(DemoPlan(entries=60_000, days=60, until=PLAN.until))
    berlin = ZoneInfo("Europe/Berlin")
    late = [e for e in log if e.actor_id == "usr_3" and moment(e).astimezone(berlin).hour >= 21]
    evening = [e for e in late if moment(e).date() == moment(late[-1]).date()]
    assert len(evening) >= 60
    assert all(moment(b) - moment(a) < timedelta(minutes=60) for a, b in pairwise(evening))


def test_hostile_text_is_in_the_last_thirty_days(log: list[NewEntry]) -> None:
    text = "".join(
        f"{e.target_name}{e.before}{e.after}"
        for e in within(log, date(2026, 10, 24), date(2026, 11, 23))
    )
    for hostile in (
        "<b>",
        "=HYPERLINK(",
        "\u202e",
        "\u200b",
        "\u2028",
        "%s {0}",
        "\x1b[31m",
        "9007199254740993",
        "1.0",
        "🦷",
    ):
        assert hostile in text
    names = {entry.target_name for entry in log}
    assert {"", " ", None} <= names
    assert any(str(name).startswith("'") for name in names)
    assert max(len(word) for name in names for word in (name or "").split()) > 70


def test_even_ten_entries_hold_the_gravest_story() -> None:
    told = list(tell_story(DemoPlan(entries=10, until=PLAN.until)))
    rises = [n for n, e in enumerate(told) if role_of(e.after) == "Super Admin"]
    assert len(rises) == 1
    rise = told[rises[0]]
    assert rise.actor_id == rise.target_id == "usr_58"
    assert [(e.actor_name, e.action) for e in told[rises[0] + 1 :]][:3] == [
        ("Jonas Bell", "data.request_export"),
        ("Jonas Bell", "team.remove"),
        ("Marek Novak", "team.change_role"),
    ]


def test_objects_that_the_guide_names_exist(log: list[NewEntry]) -> None:
    targets = {entry.target_id for entry in log}
    assert {"agt_7Kq2", "num_19Zc", "int_hub", "req_4410", "biz_1", "exp_220", "usr_58"} <= targets


def test_some_entries_share_their_microsecond(log: list[NewEntry]) -> None:
    assert any(a.occurred_at == b.occurred_at for a, b in pairwise(log))
