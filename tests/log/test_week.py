"""Hours of the week: their words, and what clocks show."""

import pytest

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.week import HOURS_OF_WEEK, WeekHour, week_hour_of
from mylla_audit_desktop.log.zones import zone_named


def test_every_hour_is_written_as_it_is_read() -> None:
    hours = [WeekHour.at_index(index) for index in range(HOURS_OF_WEEK)]
    assert [WeekHour.parse(str(hour)) for hour in hours] == hours
    assert [hour.index for hour in sorted(hours)] == list(range(HOURS_OF_WEEK))


def test_an_hour_for_people() -> None:
    assert WeekHour.parse("MON 22").label == "Mon 22:00 - 23:00"
    assert WeekHour.parse("sun 23:00").label == "Sun 23:00 - 24:00"


@pytest.mark.parametrize("text", ["", "mon", "mon 24", "mon -1", "monday 1", "mon 1:30", "m 1"])
def test_what_is_no_hour_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        WeekHour.parse(text)


@pytest.mark.parametrize(
    ("when", "zone", "hour"),
    [
        ("2026-03-29T00:59:59.999999Z", "Europe/Berlin", WeekHour(6, 1)),
        ("2026-03-29T01:00:00Z", "Europe/Berlin", WeekHour(6, 3)),
        ("2026-10-25T00:30:00Z", "Europe/Berlin", WeekHour(6, 2)),
        ("2026-10-25T01:30:00Z", "Europe/Berlin", WeekHour(6, 2)),
        ("2026-11-22T18:29:59Z", "Asia/Kolkata", WeekHour(6, 23)),
        ("2026-11-22T18:30:00Z", "Asia/Kolkata", WeekHour(0, 0)),
        ("infinity", "UTC", None),
        ("1899-12-31T23:59:59.999999Z", "UTC", None),
    ],
)
def test_an_entry_stands_under_the_hour_on_the_clock(
    when: str, zone: str, hour: WeekHour | None
) -> None:
    assert week_hour_of(Instant.parse(when), zone_named(zone)) == hour
