"""Public holidays of the demo's three countries: days on which nobody works by habit."""

from collections.abc import Sequence
from datetime import date, timedelta

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


def holidays_of_year(rules: Sequence[str], observed: str, year: int) -> frozenset[date]:
    """The days off of one year, by rules such as `12-25`, `easter+1` or `-1 mon 05`.

    `observed`: "nearest" adds the Friday before a Saturday and the Monday after a
    Sunday, "monday" only the latter, "" neither.
    """
    days = {_day_of(rule, year) for rule in rules}
    extra = set()
    for day in days:
        if observed and day.weekday() == 6:
            extra.add(day + _DAY)
        elif observed == "nearest" and day.weekday() == 5:
            extra.add(day - _DAY)
    return frozenset(days | extra)


def _day_of(rule: str, year: int) -> date:
    if rule.startswith("easter"):
        return _easter_sunday(year) + int(rule.removeprefix("easter")) * _DAY
    if " " in rule:
        nth, weekday, month = rule.split()
        return _nth_weekday(year, int(month), _WEEKDAYS.index(weekday), int(nth))
    month, day = rule.split("-")
    return date(year, int(month), int(day))


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth such weekday of a month; -1 is the last one."""
    if nth < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - _DAY
        return last - ((last.weekday() - weekday) % 7) * _DAY
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (nth - 1)) * _DAY


def _easter_sunday(year: int) -> date:
    """Gregorian Easter by the method of Meeus, Jones and Butcher ("Nature", 1876)."""
    century, year_of_century = divmod(year, 100)
    golden = year % 19
    skipped = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - skipped + 15) % 30
    to_sunday = (32 + 2 * (century % 4) + 2 * (year_of_century // 4) - epact) - year_of_century % 4
    to_sunday %= 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
