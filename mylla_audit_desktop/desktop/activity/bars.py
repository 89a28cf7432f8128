"""From entries a day to the bars of the histogram: days, weeks, months or years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

MOST_BARS = 130


class Unit(Enum):
    """What one bar stands for; values are the words for it."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Bar:
    """Entries from `first` to `last`, both days included."""

    first: date
    last: date
    count: int

    @property
    def label(self) -> str:
        """`Mon 23 Nov 2026`, or `23 Nov 2026 - 29 Nov 2026`."""
        if self.first == self.last:
            return f"{self.first:%a} {_day(self.first)}"
        return f"{_day(self.first)} - {_day(self.last)}"


def make_bars(
    days: Iterable[tuple[date, int]], first: date | None, last: date | None
) -> tuple[Unit, tuple[Bar, ...]]:
    """Bars from day `first` to day `last`, without a gap; None begins or ends with the entries.

    days: the days that have entries, in order. Empty where nothing bounds it.
    """
    counted = list(days)
    if counted:
        first = counted[0][0] if first is None else min(first, counted[0][0])
        last = counted[-1][0] if last is None else max(last, counted[-1][0])
    if first is None or last is None or last < first:
        return Unit.DAY, ()
    unit = _unit_for((last - first).days + 1)
    bars = []
    start = first
    position = 0
    while start <= last:
        end = min(_last_day(start, unit), last)
        count = 0
        while position < len(counted) and counted[position][0] <= end:
            count += counted[position][1]
            position += 1
        bars.append(Bar(start, end, count))
        start = end + timedelta(days=1)
    return unit, tuple(bars)


def _unit_for(days: int) -> Unit:
    if days <= MOST_BARS:
        return Unit.DAY
    if days <= MOST_BARS * 7:
        return Unit.WEEK
    return Unit.MONTH if days <= MOST_BARS * 30 else Unit.YEAR


def _last_day(day: date, unit: Unit) -> date:
    """The last day of the unit in which a day lies; weeks begin on Monday."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day + timedelta(days=6 - day.weekday())
        case Unit.MONTH:
            following = day.replace(day=28) + timedelta(days=4)
            return following.replace(day=1) - timedelta(days=1)
        case Unit.YEAR:
            return day.replace(month=12, day=31)


def _day(day: date) -> str:
    return f"{day.day:02d} {day:%b} {day.year}"
