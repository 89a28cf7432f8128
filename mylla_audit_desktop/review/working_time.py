"""Whether a moment is working time for an actor, and if not, why."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.holiday_calendar import holiday_name
from mylla_audit_desktop.review.policy import Schedule, describe_hours, shift_on

_ONE_DAY = timedelta(days=1)


class Leisure(Enum):
    """Why a moment is not working time."""

    OUTSIDE_HOURS = "outside working hours"
    DAY_OFF = "a day off"
    HOLIDAY = "a public holiday"
    BEYOND_CALENDAR = "beyond the calendar"


@dataclass(frozen=True, slots=True)
class OffTime:
    """A moment that is not working time. holiday: its name, "" where there is none."""

    kind: Leisure
    holiday: str = ""


def zone_of(schedule: Schedule) -> ZoneInfo:
    """The zone in which a schedule is meant."""
    return zone_named(schedule.time_zone)


def off_time(schedule: Schedule, moment: Instant) -> OffTime | None:
    """Why a moment is not working time; None where it is.

    A shift past midnight counts by the day on which it starts: it goes on into a holiday,
    and one that would have started on a holiday is off on the next morning too.
    """
    local = moment.to_datetime(zone_of(schedule))
    utc = moment.to_datetime()
    if local is None or utc is None or not moment.is_finite:
        # The infinities and years before 1 or after 9999: nobody works then.
        return OffTime(Leisure.BEYOND_CALENDAR)
    today = local.date()
    days = [today] if today == date.min else [today - _ONE_DAY, today]
    for day in days:
        for start, end in shift_on(schedule, day):
            if start <= utc < end:
                return None
    holiday = holiday_name(schedule.holidays, today)
    if holiday is not None:
        return OffTime(Leisure.HOLIDAY, holiday)
    holiday = _holiday_of_night(schedule, days[0], local.time())
    if holiday is not None:
        return OffTime(Leisure.HOLIDAY, holiday)
    if schedule.shifts[today.weekday()] is None:
        return OffTime(Leisure.DAY_OFF)
    return OffTime(Leisure.OUTSIDE_HOURS)


def _holiday_of_night(schedule: Schedule, day: date, clock: time) -> str | None:
    """The holiday on which the night shift would have started that `clock` is part of."""
    shift = schedule.shifts[day.weekday()]
    is_past_midnight = shift is not None and shift.end <= shift.start and clock < shift.end
    return holiday_name(schedule.holidays, day) if is_past_midnight else None


def working_words(schedule: Schedule) -> str:
    """`working hours Mon-Fri 08:00-18:00`."""
    return f"working hours {describe_hours(schedule.shifts)}"
