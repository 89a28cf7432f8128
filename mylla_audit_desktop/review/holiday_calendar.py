"""Public holidays by country and subdivision (ISO 3166), from the package `holidays`.

The package is loaded on first use: it takes half a second, which the start of the
window does not have.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice

_CODE = re.compile(r"(?P<country>[A-Z]{2})(?:-(?P<part>[^-\s][^\n]{0,40}))?")


def is_holiday_code(code: str) -> bool:
    """Whether `DE`, or `DE-BE`, is known."""
    match = _CODE.fullmatch(code)
    if match is None:
        return False
    try:
        _read_year(code, 2026)
    except NotImplementedError:
        return False
    return True


def holiday_name(code: str, day: date) -> str | None:
    """The public holiday on a day, in English where the package has it; "" has none."""
    return _holidays(code, day.year).get(day) if code else None


def next_holidays(code: str, first: date, count: int) -> tuple[tuple[date, str], ...]:
    """The next public holidays from `first` on, at most `count` and two years ahead."""
    if not code:
        return ()
    days = (first + timedelta(days=ahead) for ahead in range(731))
    named = ((day, holiday_name(code, day)) for day in days)
    return tuple(islice(((day, name) for day, name in named if name), count))


def holiday_codes() -> Mapping[str, tuple[str, ...]]:
    """Every country code with the codes of its subdivisions, sorted.

    Takes about a second the first time: ask for it away from the UI thread.
    """
    import holidays

    countries = holidays.list_supported_countries(include_aliases=False)
    return {
        country: tuple(sorted(parts))
        for country, parts in sorted(countries.items())
        if len(country) == 2
    }


@lru_cache(maxsize=1024)
def _holidays(code: str, year: int) -> Mapping[date, str]:
    try:
        return _read_year(code, year)
    except NotImplementedError:
        # A policy made by code and not by a file; files are checked when they are read.
        return {}


def _read_year(code: str, year: int) -> Mapping[date, str]:
    import holidays

    country, _, part = code.partition("-")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=year, language="en_US", expand=False
    )
    return {day: name for day, name in found.items() if day.year == year}
