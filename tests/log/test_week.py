"""Hours of the week: their words."""

import pytest

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.week import HOURS_OF_WEEK, WeekHour


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
