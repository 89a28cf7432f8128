"""Periods: whole days of a zone, across every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import PeriodChoice, Preset, resolve_period, start_of_day
from mylla_audit_desktop.log.zones import all_zone_names, offset_spans

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Africa/Cairo", "Asia/Kolkata",
     "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns", "Asia/Beirut"]
)  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 22, 4, tzinfo=UTC)


def bounds(choice: PeriodChoice, zone: ZoneInfo = BERLIN) -> tuple[str, str]:
    period = resolve_period(choice, NOW, zone)
    return str(period.start), str(period.end)


@given(st.dates(date(1950, 1, 1), date(2060, 1, 1)), ZONES)
def test_a_day_begins_with_its_first_instant(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    start = start_of_day(day, zone)
    first = start.to_datetime(zone)
    before = Instant(start.microseconds - 1).to_datetime(zone)
    assert first is not None
    assert before is not None
    # A day that a zone skipped (Samoa, 30 December 2011) begins with the next.
    assert first.date() >= day
    assert before.date() < day


@given(st.datetimes(datetime(1950, 1, 1), datetime(2060, 1, 1)), ZONES)  # noqa: DTZ001 - zoned below
def test_offsets_of_a_span_are_those_of_the_zone(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    aware = moment.replace(tzinfo=UTC)
    instant = Instant.from_datetime(aware)
    spans = offset_spans(
        Instant.from_datetime(aware - timedelta(days=200)),
        Instant.from_datetime(aware + timedelta(days=200)),
        zone,
    )
    span = next(span for span in spans if span.until is None or instant < span.until)
    assert span.offset == aware.astimezone(zone).utcoffset()


def test_the_last_30_days_are_30_whole_days_and_today() -> None:
    assert bounds(PeriodChoice()) == (
        "2026-10-23T22:00:00.000000+00:00",
        "2026-11-23T23:00:00.000000+00:00",
    )


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)]
)
def test_a_day_of_changing_clocks_is_whole(day: str, hours: int) -> None:
    period = resolve_period(PeriodChoice(Preset.CUSTOM, day, day), NOW, BERLIN)
    assert period.start is not None
    assert period.end is not None
    assert period.end.microseconds - period.start.microseconds == hours * 3_600_000_000


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        (Preset.TODAY, "2026-11-23", "2026-11-24"),
        (Preset.YESTERDAY, "2026-11-22", "2026-11-23"),
        (Preset.THIS_WEEK, "2026-11-23", "2026-11-24"),
        (Preset.LAST_WEEK, "2026-11-16", "2026-11-23"),
        (Preset.THIS_MONTH, "2026-11-01", "2026-11-24"),
        (Preset.LAST_MONTH, "2026-10-01", "2026-11-01"),
        (Preset.THIS_QUARTER, "2026-10-01", "2026-11-24"),
        (Preset.LAST_QUARTER, "2026-07-01", "2026-10-01"),
    ],
)
def test_named_periods(preset: Preset, start: str, end: str) -> None:
    wanted = tuple(str(start_of_day(date.fromisoformat(day), BERLIN)) for day in (start, end))
    assert bounds(PeriodChoice(preset)) == wanted


@given(st.dates(date.min, date(9999, 12, 30)), ZONES)
def test_a_day_ends_where_the_next_one_begins(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    first, second = (
        resolve_period(PeriodChoice(Preset.CUSTOM, str(one), str(one)), NOW, zone)
        for one in (day, day + timedelta(days=1))
    )
    assert first.start is not None
    assert first.end is not None
    # A zone may skip a whole day; none runs backwards.
    assert first.start <= first.end
    assert first.end == second.start


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("UTC", "0001-01-01T00:00:00", "+010000-01-01T00:00:00"),
        ("Europe/Berlin", "0000-12-31T23:06:32", "9999-12-31T23:00:00"),
        ("America/New_York", "0001-01-01T04:56:02", "+010000-01-01T05:00:00"),
        ("Pacific/Kiritimati", "0001-01-01T10:29:20", "9999-12-31T10:00:00"),
    ],
)
def test_the_first_and_the_last_day_of_the_calendar_are_days(
    zone: str, start: str, end: str
) -> None:
    choice = PeriodChoice(Preset.CUSTOM, "0001-01-01", "9999-12-31")
    period = resolve_period(choice, NOW, ZoneInfo(zone))
    assert str(period.start) == f"{start}.000000+00:00"
    assert str(period.end) == f"{end}.000000+00:00"


def test_a_time_with_an_offset_is_an_excluded_end() -> None:
    choice = PeriodChoice(Preset.CUSTOM, "", "2026-03-29T02:00:00+01:00")
    period = resolve_period(choice, NOW, BERLIN)
    assert (period.start, str(period.end)) == (None, "2026-03-29T01:00:00.000000+00:00")


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2026-02-30", "", "From"),
        ("", "yesterday", "To"),
        ("2026-03-02T10:00:00", "", "From"),
        ("2026-03-02", "2026-03-01", "To"),
        ("0000-12-31", "", "From"),
        ("", "10000-01-01", "To"),
        ("", "+294277-01-01T00:00:00Z", "To"),
        ("-004714-12-31T00:00:00Z", "", "From"),
    ],
)
def test_what_is_no_period_names_its_field(start: str, end: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve_period(PeriodChoice(Preset.CUSTOM, start, end), NOW, BERLIN)
    assert caught.value.field == field


def test_every_zone_has_a_start_of_today() -> None:
    for name in all_zone_names():
        start_of_day(date(2026, 11, 23), ZoneInfo(name))
