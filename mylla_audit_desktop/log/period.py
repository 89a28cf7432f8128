"""From "last 30 days" or "2026-03-29 to 2026-03-31" to half-open bounds in UTC.

Days are whole days of the reviewer's zone, right across daylight-saving changes:
a day runs from its first instant to the first instant of the next day, be it
23, 24 or 25 hours long.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.zones import first_moment


class Preset(Enum):
    """The periods that have a name; values are their stable codes.

    "Last N days" are the N whole days before today, and today so far. A week begins on
    Monday; this week, month and quarter reach up to today.
    """

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last-7-days"
    LAST_30_DAYS = "last-30-days"
    LAST_90_DAYS = "last-90-days"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    ALL_TIME = "all-time"
    CUSTOM = "custom"


PRESET_LABELS = {
    Preset.TODAY: "Today",
    Preset.YESTERDAY: "Yesterday",
    Preset.LAST_7_DAYS: "Last 7 days",
    Preset.LAST_30_DAYS: "Last 30 days",
    Preset.LAST_90_DAYS: "Last 90 days",
    Preset.THIS_WEEK: "This week",
    Preset.LAST_WEEK: "Last week",
    Preset.THIS_MONTH: "This month",
    Preset.LAST_MONTH: "Last month",
    Preset.THIS_QUARTER: "This quarter",
    Preset.LAST_QUARTER: "Last quarter",
    Preset.ALL_TIME: "All time",
    Preset.CUSTOM: "Custom",
}
# What the filters of the log offer, and the periods that are reviewed and signed off.
LOG_PRESETS = (
    Preset.TODAY,
    Preset.YESTERDAY,
    Preset.LAST_7_DAYS,
    Preset.LAST_30_DAYS,
    Preset.LAST_90_DAYS,
    Preset.THIS_QUARTER,
    Preset.LAST_QUARTER,
    Preset.ALL_TIME,
    Preset.CUSTOM,
)
REVIEW_PRESETS = (
    Preset.THIS_WEEK,
    Preset.LAST_WEEK,
    Preset.THIS_MONTH,
    Preset.LAST_MONTH,
    Preset.THIS_QUARTER,
    Preset.LAST_QUARTER,
    Preset.CUSTOM,
)


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """The period as chosen, before a clock or a zone is applied.

    `start` and `end` count only with `Preset.CUSTOM`: each is a date
    (`2026-03-29`, a whole day, the end day included) or an ISO time with offset
    (the end excluded); an empty text leaves that side open.
    """

    preset: Preset = Preset.LAST_30_DAYS
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open `[start, end)`; None is unbounded."""

    start: Instant | None
    end: Instant | None


def resolve_period(choice: PeriodChoice, now: datetime, zone: ZoneInfo) -> Period:
    """The bounds of a choice, `now` being an aware datetime.

    Raises InputError with `field` "From" or "To" where a date cannot be read or
    the end lies before the start.
    """
    if choice.preset is Preset.ALL_TIME:
        return Period(None, None)
    if choice.preset is Preset.CUSTOM:
        return _custom(choice, zone)
    first, last = _preset_days(choice.preset, now.astimezone(zone).date())
    return Period(start_of_day(first, zone), start_of_day(last + timedelta(days=1), zone))


def preset_days(preset: Preset, today: date) -> tuple[date, date] | None:
    """First and last day (included) of a named period; None for all time and custom."""
    if preset in {Preset.ALL_TIME, Preset.CUSTOM}:
        return None
    return _preset_days(preset, today)


def _preset_days(preset: Preset, today: date) -> tuple[date, date]:
    match preset:
        case Preset.TODAY:
            return today, today
        case Preset.YESTERDAY:
            return today - timedelta(days=1), today - timedelta(days=1)
        case Preset.LAST_7_DAYS:
            return today - timedelta(days=7), today
        case Preset.LAST_30_DAYS:
            return today - timedelta(days=30), today
        case Preset.LAST_90_DAYS:
            return today - timedelta(days=90), today
        case Preset.THIS_WEEK:
            return today - timedelta(days=today.weekday()), today
        case Preset.LAST_WEEK:
            monday = today - timedelta(days=today.weekday())
            return monday - timedelta(days=7), monday - timedelta(days=1)
        case Preset.THIS_MONTH:
            return today.replace(day=1), today
        case Preset.LAST_MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case Preset.THIS_QUARTER:
            return _quarter_start(today), today
        case Preset.LAST_QUARTER:
            last = _quarter_start(today) - timedelta(days=1)
            return _quarter_start(last), last
        case _:
            raise ValueError(f"{preset} has no days")


def _quarter_start(day: date) -> date:
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def start_of_day(day: date, zone: ZoneInfo) -> Instant:
    """The first instant of a day in a zone.

    Where a change of the clocks skips midnight, it is the instant of the change;
    where it repeats midnight, it is the earlier of the two.
    """
    midnight = datetime.combine(day, time())
    try:
        return Instant.from_datetime(first_moment(midnight, zone))
    except OverflowError:
        # The calendar's first day begins before it in UTC; clocks were not changed then.
        return Instant.from_datetime(midnight.replace(tzinfo=zone))


def _end_of_day(day: date, zone: ZoneInfo) -> Instant:
    """The first instant after a day."""
    if day < date.max:
        return start_of_day(day + timedelta(days=1), zone)
    # The calendar ends here, and no zone changes its clocks at New Year.
    return Instant(start_of_day(day, zone).microseconds + timedelta(days=1) // _MICROSECOND)


_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _custom(choice: PeriodChoice, zone: ZoneInfo) -> Period:
    start = _bound(choice.start, "From", zone, is_end=False)
    end = _bound(choice.end, "To", zone, is_end=True)
    # The last day is included, so that two swapped days can come to the same instant.
    are_days = bool(_DATE.fullmatch(choice.start.strip()) and _DATE.fullmatch(choice.end.strip()))
    if start is not None and end is not None and (end < start or (are_days and end == start)):
        raise InputError(
            f"The period ends ({choice.end.strip()}) before it starts ({choice.start.strip()}).",
            "Swap the two.",
            field="To",
        )
    return Period(start, end)


def _bound(text: str, field: str, zone: ZoneInfo, *, is_end: bool) -> Instant | None:
    text = text.strip()
    if not text:
        return None
    if _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise InputError(
                f"{field}: there is no day {text}.", "Dates are YYYY-MM-DD.", field=field
            ) from None
        return _end_of_day(day, zone) if is_end else start_of_day(day, zone)
    try:
        instant = Instant.parse(text)
    except ValueError:
        raise InputError(
            f"{field}: {text!r} is no date.",
            "Write YYYY-MM-DD, or a time with its offset such as 2026-03-29T08:00:00+02:00.",
            field=field,
        ) from None
    if not instant.is_storable:
        raise InputError(
            f"{field}: {text!r} is beyond the years 4713 BC to 294276.",
            "Leave it empty for no limit.",
            field=field,
        )
    return instant
