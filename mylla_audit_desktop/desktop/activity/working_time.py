"""Where the working hours of the policy lie in a week of the reviewer's zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mylla_audit_desktop.review.policy import Policy, Schedule
from mylla_audit_desktop.review.working_time import shift_on


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working time of one weekday (Monday 0), in hours since midnight: 8.5 is 08:30."""

    weekday: int
    start: float
    end: float


def working_stretches(policy: Policy, zone: ZoneInfo, day: date) -> tuple[Stretch, ...]:
    """The working hours of everybody in the week of `day`, on the clocks of `zone`.

    Holidays and what differs for single team members are left out: the heat map adds
    many weeks and all people. In another zone than the policy's the hours move with the
    clocks; shown are those of this week.
    """
    usual = policy.schedule("")
    schedule = Schedule(usual.time_zone, "", usual.shifts)
    monday = day - timedelta(days=day.weekday())
    found = []
    for offset in range(-2, 9):
        for start, end in shift_on(schedule, monday + timedelta(days=offset)):
            found += _by_day(
                start.astimezone(zone).replace(tzinfo=None),
                end.astimezone(zone).replace(tzinfo=None),
                monday,
            )
    return tuple(sorted(found, key=lambda one: (one.weekday, one.start)))


def is_working(stretches: tuple[Stretch, ...], weekday: int, hour: int) -> bool:
    """Whether any of `[hour:00, hour + 1:00)` is working time."""
    return any(
        one.weekday == weekday and one.start < hour + 1 and one.end > hour for one in stretches
    )


def _by_day(start: datetime, end: datetime, monday: date) -> list[Stretch]:
    """The parts of `[start, end)` (local) that lie in the week of `monday`."""
    found = []
    day = start.date()
    while day <= end.date():
        midnight = datetime.combine(day, time())
        first = max((start - midnight).total_seconds() / 3600, 0.0)
        last = min((end - midnight).total_seconds() / 3600, 24.0)
        weekday = (day - monday).days
        if first < last and 0 <= weekday < 7:
            found.append(Stretch(weekday, first, last))
        day += timedelta(days=1)
    return found
