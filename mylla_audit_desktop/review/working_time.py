"""Whether a moment is working time for an actor, and if not, why."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.zones import first_moment, last_moment, zone_named
from mylla_audit_desktop.review.holiday_calendar import holiday_name
from mylla_audit_desktop.review.policy import Schedule
from mylla_audit_desktop.review.policy_words import describe_hours


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


@lru_cache(maxsize=256)
def zone_of(schedule: Schedule) -> ZoneInfo:
    """The zone in which a schedule is meant."""
    return zone_named(schedule.time_zone)


Interval = tuple[datetime, datetime]


@lru_cache(maxsize=16_384)
def shift_on(schedule: Schedule, day: date) -> tuple[Interval, ...]:
    """The working time that starts on a day of the schedule's zone: `[start, end)` in UTC.

    Empty on a day off and on a public holiday. A night shift ends on the next day,
    whatever that is. Where a change of the clocks repeats the hour, the shift starts at
    the first and ends at the last time that the clock shows so; where it skips the hour,
    at the change.
    """
    shift = schedule.shifts[day.weekday()]
    if shift is None or holiday_name(schedule.holidays, day) is not None:
        return ()
    zone = zone_named(schedule.time_zone)
    try:
        last_day = day if shift.end > shift.start else day + timedelta(days=1)
        start = first_moment(datetime.combine(day, shift.start), zone)
        end = last_moment(datetime.combine(last_day, shift.end), zone)
    except OverflowError:
        # At the ends of the calendar, where nobody works.
        return ()
    return ((start, end),) if start < end else ()


def off_time(schedule: Schedule, moment: Instant) -> OffTime | None:
    """Why a moment is not working time; None where it is.

    A shift past midnight counts by the day on which it starts: it goes on into a holiday,
    and one that would have started on a holiday is off on the next morning too.
    """
    local = moment.to_datetime(zone_of(schedule))
    if local is None:
        # The infinities and years before 1 or after 9999: nobody works then.
        return _BEYOND_CALENDAR
    day = _day(schedule, local.date())
    for start, end in day.shifts:
        if start <= moment.microseconds < end:
            return None
    if day.night is not None and local.time() < day.night_end:
        return day.night
    return day.otherwise


_BEYOND_CALENDAR = OffTime(Leisure.BEYOND_CALENDAR)


@dataclass(frozen=True, slots=True)
class _Day:
    """shifts: the working time of this day and of the day before, `[start, end)` as instants.

    otherwise: why the rest of the day is off. night: why its first hours are, until
    `night_end` by the clock, where a night shift fell out because of a holiday.
    """

    shifts: tuple[tuple[int, int], ...]
    otherwise: OffTime
    night: OffTime | None
    night_end: time


@lru_cache(maxsize=16_384)
def _day(schedule: Schedule, day: date) -> _Day:
    holiday = holiday_name(schedule.holidays, day)
    if holiday is not None:
        otherwise = OffTime(Leisure.HOLIDAY, holiday)
    elif schedule.shifts[day.weekday()] is None:
        otherwise = OffTime(Leisure.DAY_OFF)
    else:
        otherwise = OffTime(Leisure.OUTSIDE_HOURS)
    days = [day] if day == date.min else [day - timedelta(days=1), day]
    shifts = tuple(
        (Instant.from_datetime(start).microseconds, Instant.from_datetime(end).microseconds)
        for each in days
        for start, end in shift_on(schedule, each)
    )
    night, night_end = None, time(0)
    before = schedule.shifts[days[0].weekday()]
    if len(days) > 1 and holiday is None and before is not None and before.end <= before.start:
        name = holiday_name(schedule.holidays, days[0])
        night = None if name is None else OffTime(Leisure.HOLIDAY, name)
        night_end = before.end
    return _Day(shifts, otherwise, night, night_end)


def working_words(schedule: Schedule) -> str:
    """`working hours Mon-Fri 08:00-18:00`."""
    return f"working hours {describe_hours(schedule.shifts)}"
