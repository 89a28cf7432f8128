"""What the clocks of a zone show, as SQL.

Both databases count with the offsets that this computer knows (`log.zones`), so that an
hour of the week is the same on either, and the same as on the screen; a server's own data
on time zones may be of another year.
"""

from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from mylla_audit_desktop.database.instants import from_sqlite_text
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.week import (
    CALENDAR_END,
    CALENDAR_START,
    HOURS_OF_WEEK,
    is_in_calendar,
)
from mylla_audit_desktop.log.zones import OffsetSpan, offset_spans, zone_named

Expression = sa.ColumnElement[Any]

_SECOND = 1_000_000
_HOUR = 3_600
_DAY = 86_400
# SQL's division cuts towards zero. From a Monday long before 1900 all counts are positive:
# 1 January 1970 was a Thursday.
_WEEKS = 4_000
_TO_MONDAY = 3 * _DAY + _WEEKS * 7 * _DAY
_CANONICAL_LENGTH = len("2026-11-23T22:47:03.000000+00:00")


class LocalTime:
    """The time of an entry on the clocks of one zone.

    Every expression is NULL for times outside the calendar (`log.week`).
    """

    def __init__(
        self,
        when: Expression,
        zone: str,
        start: Instant | None,
        end: Instant | None,
        *,
        is_postgresql: bool,
    ) -> None:
        self._when = when
        self._zone = zone
        self._is_postgresql = is_postgresql
        self._spans = _spans_between(zone, start, end)

    def seconds(self) -> Expression:
        """Whole seconds since 1970-01-01T00:00:00 on the clock."""
        offset = _offset(self._when, self._spans)
        local = self._postgresql(offset) if self._is_postgresql else self._sqlite(offset)
        inside = sa.and_(self._when >= CALENDAR_START, self._when < CALENDAR_END)
        return sa.case((inside, local))

    def week_hour(self) -> Expression:
        """The hour of the week, Monday 00:00 being 0."""
        return week_second(self.seconds()) // number(_HOUR)

    def _postgresql(self, offset: Expression) -> Expression:
        moment = sa.type_coerce(self._when, sa.DateTime())
        # Exact: microseconds of these years fit into a double.
        epoch = sa.func.floor(sa.func.date_part(sa.literal_column("'epoch'"), moment))
        return sa.cast(epoch, sa.BigInteger) + offset

    def _sqlite(self, offset: Expression) -> Expression:
        text = sa.type_coerce(self._when, sa.Text)
        is_canonical = sa.and_(
            sa.func.length(text) == number(_CANONICAL_LENGTH),
            sa.func.substr(text, 27, 6) == sa.literal_column("'+00:00'"),
        )
        epoch = sa.func.strftime(sa.literal_column("'%s'"), sa.func.substr(text, 1, 19))
        # Other forms of ISO 8601, behind a view, do not compare as the instants do.
        other = sa.func.mylla_local(text, self._zone, type_=sa.BigInteger)
        return sa.case((is_canonical, sa.cast(epoch, sa.BigInteger) + offset), else_=other)


def local_seconds(text: str | None, zone: str) -> int | None:
    """`LocalTime.seconds` of a stored text, for SQLite: None where it is no time."""
    if text is None:
        return None
    instant = from_sqlite_text(text)
    moment = instant.to_datetime(zone_named(zone)) if is_in_calendar(instant) else None
    if moment is None:
        return None
    offset = moment.utcoffset()
    return instant.microseconds // _SECOND + (0 if offset is None else int(offset.total_seconds()))


def _spans_between(zone: str, start: Instant | None, end: Instant | None) -> tuple[OffsetSpan, ...]:
    """The offsets that the bounds leave to be met, by their year so that they are found again."""
    first = _year_of(start, CALENDAR_START)
    last = _year_of(end, CALENDAR_END) + 1
    return _spans(zone, min(first, 2099), max(min(last, 2100), min(first, 2099) + 1))


def _year_of(instant: Instant | None, usual: Instant) -> int:
    bounded = min(max(instant or usual, CALENDAR_START), CALENDAR_END)
    moment = bounded.to_datetime()
    return 1900 if moment is None else moment.year


@lru_cache(maxsize=64)
def _spans(zone: str, first: int, last: int) -> tuple[OffsetSpan, ...]:
    """From the beginning of the year `first` to that of `last`."""
    start, end = (Instant.parse(f"{year}-01-01T00:00:00Z") for year in (first, last))
    return offset_spans(start, end, ZoneInfo(zone))


def _offset(when: Expression, spans: tuple[OffsetSpan, ...]) -> Expression:
    """The offset in seconds that holds at `when`; halved again and again, so never many looks."""
    if len(spans) == 1:
        return number(int(spans[0].offset.total_seconds()))
    half = len(spans) // 2
    before = _offset(when, spans[:half])
    return sa.case((when < spans[half - 1].until, before), else_=_offset(when, spans[half:]))


def spare_compiling(connection: sa.Connection) -> None:
    """Have PostgreSQL interpret the rest of this transaction's statements.

    Two centuries of clock changes make a long expression. Each row passes eight steps of
    it, but to compile all of it (JIT) takes PostgreSQL a minute.
    """
    connection.exec_driver_sql("SET LOCAL jit = off")


def week_second(local: Expression) -> Expression:
    """From `LocalTime.seconds` to seconds since Monday 00:00."""
    return (local + number(_TO_MONDAY)) % number(7 * _DAY)


def hour_number(local: Expression) -> Expression:
    """From `LocalTime.seconds` to whole hours since 1970-01-01T00:00:00 on the clock."""
    shift = _WEEKS * HOURS_OF_WEEK
    return (local + number(shift * _HOUR)) // number(_HOUR) - number(shift)


def number(value: int) -> Expression:
    """A whole number in the statement's text, where a database can see that it is one."""
    return sa.literal_column(str(value), sa.BigInteger)
