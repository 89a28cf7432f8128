"""Points in time as the audit log holds them.

PostgreSQL's `timestamptz` reaches from 4713 BC to the year 294276 and knows
`infinity`; Python's `datetime` ends at the years 1 and 9999. An `Instant` holds
them all, to the microsecond, and orders as the database does.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import ClassVar, Self

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND

_ISO = re.compile(
    r"(?P<year>[+-]\d{4,6}|\d{4,6})-(?P<month>\d\d)-(?P<day>\d\d)"
    r"[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<offset>Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)(?P<bc> BC)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, order=True, slots=True)
class Instant:
    """A point in time, in whole microseconds since 1970-01-01T00:00:00Z.

    Calendar fields are proleptic Gregorian, as in ISO 8601 and PostgreSQL.
    """

    microseconds: int

    LATEST: ClassVar["Instant"]
    EARLIEST: ClassVar["Instant"]
    # The first and the last that a database holds, besides the infinities.
    FIRST: ClassVar["Instant"]
    LAST: ClassVar["Instant"]

    @classmethod
    def from_datetime(cls, moment: datetime) -> Self:
        """The instant of an aware datetime. A naive one is a ValueError."""
        if moment.utcoffset() is None:
            raise ValueError("an instant needs an aware datetime")
        return cls((moment - _EPOCH) // timedelta(microseconds=1))

    @classmethod
    def now(cls) -> Self:
        """What the clock of this computer shows."""
        return cls.from_datetime(datetime.now(UTC))

    @classmethod
    def parse(cls, text: str) -> "Instant":
        """Read ISO 8601 with an offset, PostgreSQL's own output, or `infinity`.

        Second 60 is the first second of the next minute, as in PostgreSQL.
        Digits beyond the microsecond are rounded half up. Raises ValueError.
        """
        word = text.strip().lower()
        if word in {"infinity", "-infinity"}:
            return cls.EARLIEST if word.startswith("-") else cls.LATEST
        match = _ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a time with an offset: {text!r}")
        year = int(match["year"])
        if match["bc"]:
            year = 1 - year
        month, day = int(match["month"]), int(match["day"])
        hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
        if not 1 <= month <= 12 or not 1 <= day <= _days_in_month(year, month):
            raise ValueError(f"no such day: {text!r}")
        full_day = hour == 24 and minute == 0 and second == 0
        if minute > 59 or second > 60 or (hour > 23 and not full_day):
            raise ValueError(f"no such time of day: {text!r}")
        fraction = (match["fraction"] or "0").ljust(7, "0")
        micro = int(fraction[:6]) + (1 if fraction[6] >= "5" else 0)
        clock = ((hour * 60 + minute) * 60 + second) * _SECOND + micro
        return cls(_days_from_civil(year, month, day) * _DAY + clock - _offset(match["offset"]))

    @property
    def is_finite(self) -> bool:
        """False for `infinity` and `-infinity`."""
        return self not in (Instant.LATEST, Instant.EARLIEST)

    @property
    def is_storable(self) -> bool:
        """Whether a database holds it."""
        return not self.is_finite or Instant.FIRST <= self <= Instant.LAST

    def shifted(self, microseconds: int) -> "Instant":
        """So much later, or earlier: an infinity stays, and beyond what a database holds is one."""
        if not self.is_finite:
            return self
        moved = Instant(self.microseconds + microseconds)
        if moved.is_storable:
            return moved
        return Instant.LATEST if moved > Instant.LAST else Instant.EARLIEST

    def to_datetime(self, zone: tzinfo = UTC) -> datetime | None:
        """The aware datetime in `zone`, or None outside the years 1 to 9999."""
        try:
            return (_EPOCH + timedelta(microseconds=self.microseconds)).astimezone(zone)
        except (OverflowError, ValueError):
            return None

    def fields(self, zone: tzinfo = UTC) -> "InstantFields | None":
        """Calendar fields in `zone` (in UTC outside Python's years); None if infinite."""
        if not self.is_finite:
            return None
        moment = self.to_datetime(zone)
        if moment is not None:
            return InstantFields(
                moment.year,
                moment.month,
                moment.day,
                moment.hour,
                moment.minute,
                moment.second,
                moment.microsecond,
                moment.utcoffset() or timedelta(),
            )
        days, rest = divmod(self.microseconds, _DAY)
        year, month, day = _civil_from_days(days)
        seconds, micro = divmod(rest, _SECOND)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return InstantFields(year, month, day, hour, minute, second, micro, timedelta())

    def isoformat(self, zone: tzinfo = UTC) -> str:
        """ISO 8601 with six fraction digits and the offset of `zone`.

        Years outside 0000 to 9999 carry a sign and six digits (ISO 8601 4.3.2);
        the infinities are `infinity` and `-infinity`.
        """
        parts = self.fields(zone)
        if parts is None:
            return "infinity" if self == Instant.LATEST else "-infinity"
        year = f"{parts.year:04d}" if 0 <= parts.year <= 9999 else f"{parts.year:+07d}"
        return (
            f"{year}-{parts.month:02d}-{parts.day:02d}"
            f"T{parts.hour:02d}:{parts.minute:02d}:{parts.second:02d}.{parts.microsecond:06d}"
            f"{format_offset(parts.offset)}"
        )

    def __str__(self) -> str:
        return self.isoformat()


# Beyond every time that a database holds: PostgreSQL counts 64 bits from the year 2000,
# so its last years are a little more than 2**63 from 1970.
Instant.LATEST = Instant(2**64)
Instant.EARLIEST = Instant(-(2**64))
# PostgreSQL's: the beginning of 24 November 4714 BC, and the end of the year 294276.
Instant.FIRST = Instant(-210_866_803_200_000_000)
Instant.LAST = Instant(9_224_318_015_999_999_999)


@dataclass(frozen=True, slots=True)
class InstantFields:
    """Calendar fields of an instant; `year` 0 is 1 BC (astronomical numbering)."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int
    offset: timedelta


def format_offset(offset: timedelta) -> str:
    """`+01:00`; with seconds (`+00:53:28`) where a zone of old had them."""
    total = int(offset.total_seconds())
    sign = "-" if total < 0 else "+"
    minutes, seconds = divmod(abs(total), 60)
    text = f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


def _offset(text: str) -> int:
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "")
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4] or 0), int(digits[4:6] or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"no such offset: {text!r}")
    delta = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    tz = timezone(-delta if text[0] == "-" else delta)
    return int(tz.utcoffset(None).total_seconds()) * _SECOND


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


# Both conversions count in eras of 400 years that begin on 1 March, so that the
# leap day comes last and no table is needed.
def _days_from_civil(year: int, month: int, day: int) -> int:
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return (
        era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    ) - 719_468


def _civil_from_days(days: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (
        day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
    ) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_index + 2) // 5 + 1
    month = month_index + 3 if month_index < 10 else month_index - 9
    return era * 400 + year_of_era + (month <= 2), month, day
