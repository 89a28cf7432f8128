"""The policy file: what it may hold, what is refused by name, and the working time it gives."""

from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.resources import resource_path
from mylla_audit_desktop.review.policy import ActorPolicy, Hours, Policy, Shift
from mylla_audit_desktop.review.policy_file import format_policy, parse_policy
from mylla_audit_desktop.review.policy_words import describe_policy, explain_policy
from mylla_audit_desktop.review.working_time import shift_on

EXAMPLE = """
time_zone = "Europe/Berlin"
holidays = "DE-BE"
session_gap_minutes = 60
trusted_networks = ["10.0.0.0/8", "2001:db8::/32"]

[hours]
mon = "08:00-18:00"
tue = "08:00-18:00"
wed = "08:00-18:00"
thu = "08:00-18:00"
fri = "08:00-18:00"

[actors.usr_7]
time_zone = "America/New_York"
holidays = "US"

[actors.usr_9.hours]
wed = "22:00-06:00"
"""

TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
HOURS = st.dictionaries(st.integers(0, 6), st.builds(Shift, TIMES, TIMES))
ZONES = st.sampled_from(("Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC"))
HOLIDAYS = st.sampled_from(("", "DE", "DE-BE", "US", "US-CA", "JP"))
NETWORKS = st.sampled_from(("10.0.0.0/8", "2001:db8::/32", "192.0.2.1", "::ffff:10.0.0.0/104"))
POLICIES = st.builds(
    Policy,
    time_zone=ZONES,
    holidays=HOLIDAYS,
    session_gap_minutes=st.integers(0, 1440),
    trusted_networks=st.lists(NETWORKS).map(tuple),
    hours=HOURS,
    actors=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        st.builds(ActorPolicy, st.none() | ZONES, st.none() | HOLIDAYS, st.none() | HOURS),
        max_size=3,
    ),
    countersignature_required=st.booleans(),
)


def test_the_example_of_the_contract() -> None:
    policy = parse_policy(EXAMPLE)
    assert policy.time_zone == "Europe/Berlin"
    assert policy.hours == {day: Shift(time(8), time(18)) for day in range(5)}
    assert policy.actors["usr_7"] == ActorPolicy("America/New_York", "US")
    assert policy.actors["usr_9"].hours == {2: Shift(time(22), time(6))}
    assert describe_policy(policy) == (
        "Mon-Fri 08:00-18:00, Europe/Berlin, holidays DE-BE, 2 trusted networks, 2 exceptions"
    )
    assert "usr_9: Wed 22:00-06:00." in explain_policy(policy)


def test_the_sample_that_is_shipped_is_a_policy() -> None:
    policy = parse_policy(resource_path("sample-policy.toml").read_text("utf-8"))
    assert policy.schedule("usr_7").time_zone == "America/New_York"
    assert policy.schedule("usr_9").shifts[2] == Shift(time(22), time(6))
    assert parse_policy(format_policy(policy)) == policy


def test_an_empty_file_is_the_built_in_policy() -> None:
    assert parse_policy("") == Policy()


@settings(max_examples=200)
@given(POLICIES)
def test_what_is_written_is_read_back(policy: Policy) -> None:
    assert parse_policy(format_policy(policy)) == policy
    assert describe_policy(policy)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('colour = "red"', "colour"),
        ('time_zone = "Mars/Base"', "time_zone"),
        ('time_zone = ""', "time_zone"),
        ('time_zone = " UTC"', "time_zone"),
        ("time_zone = 3", "time_zone"),
        ('holidays = "XX"', "holidays"),
        ('holidays = "DE-XX"', "holidays"),
        ('holidays = "de"', "holidays"),
        ('holidays = "HolidayBase"', "holidays"),
        ("holidays = true", "holidays"),
        ("session_gap_minutes = -1", "session_gap_minutes"),
        ("session_gap_minutes = 1441", "session_gap_minutes"),
        ("session_gap_minutes = true", "session_gap_minutes"),
        ("session_gap_minutes = 1.5", "session_gap_minutes"),
        ('session_gap_minutes = "60"', "session_gap_minutes"),
        ('trusted_networks = "10.0.0.0/8"', "trusted_networks"),
        ('trusted_networks = ["10.0.0.0/8", "10.0.0.1/8"]', "trusted_networks[1]"),
        ('trusted_networks = ["010.0.0.0/8"]', "trusted_networks[0]"),
        ("trusted_networks = [1]", "trusted_networks[0]"),
        ('countersignature_required = "yes"', "countersignature_required"),
        ('hours = "08:00-18:00"', "hours"),
        ('[hours]\nmonday = "08:00-18:00"', "hours.monday"),
        ('[hours]\nmon = "8-18"', "hours.mon"),
        ('[hours]\nmon = "08:00-25:00"', "hours.mon"),
        ('[hours]\nmon = "24:00-08:00"', "hours.mon"),
        ('[hours]\nmon = "08:00-18:00 "', "hours.mon"),
        ('[hours]\nmon = "08:00–18:00"', "hours.mon"),
        ('[hours]\nmon = ["08:00-18:00"]', "hours.mon"),
        ("[hours]\nmon = 08:00:00", "hours.mon"),
        ("actors = []", "actors"),
        ("[actors]\nusr_9 = 1", "actors.usr_9"),
        ('[actors.usr_9]\nname = "Tom"', "actors.usr_9.name"),
        ('[actors.usr_9]\ntime_zone = "Mars/Base"', "actors.usr_9.time_zone"),
        ('[actors.usr_9]\nholidays = "ZZ"', "actors.usr_9.holidays"),
        ('[actors.usr_9.hours]\nwed = "late"', "actors.usr_9.hours.wed"),
        ('[actors."a.b".hours]\nwed = "late"', 'actors."a.b".hours.wed'),
    ],
)
def test_what_is_wrong_is_refused_by_its_key(text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_policy(text)
    assert caught.value.field == key
    assert caught.value.what.startswith(f"{key}: ")


@pytest.mark.parametrize("text", ["[hours", "a = 1\na = 2", "x = " + "[" * 5000, "\0"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not TOML"):
        parse_policy(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


DAILY: Hours = {day: Shift(time(8), time(18)) for day in range(7)}
NIGHTS: Hours = {day: Shift(time(22), time(6)) for day in range(7)}


@pytest.mark.parametrize(
    ("hours", "day", "start", "end"),
    [
        (DAILY, "2026-03-28", "2026-03-28T07:00", "2026-03-28T17:00"),
        (DAILY, "2026-03-29", "2026-03-29T06:00", "2026-03-29T16:00"),
        (DAILY, "2026-10-25", "2026-10-25T07:00", "2026-10-25T17:00"),
        # A night shift is an hour shorter in spring and an hour longer in autumn.
        (NIGHTS, "2026-03-28", "2026-03-28T21:00", "2026-03-29T04:00"),
        (NIGHTS, "2026-10-24", "2026-10-24T20:00", "2026-10-25T05:00"),
        # 02:30 is skipped in spring and there twice in autumn.
        (
            {6: Shift(time(2, 30), time(10))},
            "2026-03-29",
            "2026-03-29T01:00",
            "2026-03-29T08:00",
        ),
        (
            {6: Shift(time(2, 30), time(10))},
            "2026-10-25",
            "2026-10-25T00:30",
            "2026-10-25T09:00",
        ),
        (
            {5: Shift(time(22), time(2, 30))},
            "2026-10-24",
            "2026-10-24T20:00",
            "2026-10-25T01:30",
        ),
        # The whole day, and 24 hours from eight to eight.
        ({0: Shift(time(0), time(0))}, "2026-11-23", "2026-11-22T23:00", "2026-11-23T23:00"),
        ({0: Shift(time(8), time(8))}, "2026-11-23", "2026-11-23T07:00", "2026-11-24T07:00"),
    ],
)
def test_working_time_of_a_day(hours: Hours, day: str, start: str, end: str) -> None:
    policy = Policy(time_zone="Europe/Berlin", hours=hours)
    found = shift_on(policy.schedule("usr_1"), date.fromisoformat(day))
    assert found == ((utc(start), utc(end)),)


def test_a_day_off_a_holiday_and_a_skipped_shift_have_no_working_time() -> None:
    policy = parse_policy(EXAMPLE)
    assert shift_on(policy.schedule("usr_1"), date(2026, 11, 21)) == ()
    # International Women's Day is a holiday in Berlin, not in all of Germany.
    assert shift_on(policy.schedule("usr_1"), date(2027, 3, 8)) == ()
    assert shift_on(Policy(holidays="DE").schedule("usr_1"), date(2027, 3, 8)) != ()
    skipped = Policy(time_zone="Europe/Berlin", hours={6: Shift(time(2, 10), time(2, 40))})
    assert shift_on(skipped.schedule("usr_1"), date(2026, 3, 29)) == ()


def test_each_actor_has_their_own_zone_holidays_and_hours() -> None:
    policy = parse_policy(EXAMPLE)
    thanksgiving = date(2026, 11, 26)
    assert shift_on(policy.schedule("usr_7"), thanksgiving) == ()
    assert shift_on(policy.schedule("usr_1"), thanksgiving) != ()
    assert shift_on(policy.schedule("usr_7"), date(2026, 11, 25)) == (
        (utc("2026-11-25T13:00"), utc("2026-11-25T23:00")),
    )
    assert shift_on(policy.schedule("usr_9"), date(2026, 11, 25)) == (
        (utc("2026-11-25T21:00"), utc("2026-11-26T05:00")),
    )
    assert shift_on(policy.schedule("usr_9"), date(2026, 11, 26)) == ()
