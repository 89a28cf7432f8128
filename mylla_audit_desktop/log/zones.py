"""Time zones by their IANA names."""

import os
import time
import zoneinfo
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name such as `Europe/Berlin`. Raises InputError."""
    try:
        return ZoneInfo(name.strip())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"The time zone {name!r} is not known.",
            "Use an IANA name such as Europe/Berlin or UTC.",
            field="time zone",
        ) from None


@dataclass(frozen=True, slots=True)
class SystemZone:
    """The zone of this computer; UTC where it names none, and `doubt` says so then."""

    zone: ZoneInfo
    doubt: str = ""


def read_system_zone() -> SystemZone:
    """What TZ says, else what the computer is set to."""
    said = os.environ.get("TZ")
    if said is not None:
        zone = _zone_of_tz(said)
        if zone is not None:
            return SystemZone(zone)
        return SystemZone(ZoneInfo("UTC"), f"TZ is {said!r}, which names no time zone")
    try:
        return SystemZone(ZoneInfo(tzlocal.get_localzone_name() or ""))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        is_utc = not time.daylight and time.timezone == 0
        doubt = "" if is_utc else "This computer does not name its time zone"
        return SystemZone(ZoneInfo("UTC"), doubt)


def system_zone() -> ZoneInfo:
    """The zone of this computer; UTC where it does not say."""
    return read_system_zone().zone


def _zone_of_tz(said: str) -> ZoneInfo | None:
    """As POSIX and the C library read it: a name, `:name`, the path of a zone's file.

    Rules such as `CET-1CEST` are no name, and what they mean in other years nobody knows.
    """
    name = said.strip().removeprefix(":")
    if not name:
        return ZoneInfo("UTC")
    parts = Path(name).resolve().parts[1:] if Path(name).is_absolute() else (name,)
    for start in range(len(parts)):
        try:
            return ZoneInfo("/".join(parts[start:]))
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


def all_zone_names() -> list[str]:
    """Every IANA name of this computer's data, sorted."""
    return sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks of a zone first show a time (naive) or a later one; in UTC.

    Where a change of the clocks skips the time, it is the change; where it repeats the
    time, it is the earlier of the two.
    """
    return _moment(local, zone, fold=0)


def last_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The same, but the later of the two where a change of the clocks repeats the time."""
    return _moment(local, zone, fold=1)


def _moment(local: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    by_old, by_new = (local.replace(tzinfo=zone, fold=one).astimezone(UTC) for one in (0, 1))
    if by_old > by_new:
        # Skipped: the offset from before the change leads behind it, the other before it.
        return _change(by_new, by_old, zone)
    return by_new if fold else by_old


@dataclass(frozen=True, slots=True)
class OffsetSpan:
    """An offset from UTC that holds before `until` (None: from then on)."""

    until: Instant | None
    offset: timedelta


def offset_spans(first: Instant, last: Instant, zone: ZoneInfo) -> tuple[OffsetSpan, ...]:
    """The offsets of a zone from `first` to `last`, both within the years 1 to 9999.

    With them a database can format a million times by the rules of this computer,
    which are those of the screen.
    """
    low, high = first.to_datetime(), last.to_datetime()
    if low is None or high is None:
        raise ValueError("offsets are known for the years 1 to 9999 only")
    spans = []
    while low < high:
        # Changes of the clocks are weeks apart; half a day never holds two.
        step = min(low + timedelta(hours=12), high)
        offset, following = _offset_at(low, zone), _offset_at(step, zone)
        if offset != following:
            spans.append(OffsetSpan(Instant.from_datetime(_change(low, step, zone)), offset))
        low = step
    return (*spans, OffsetSpan(None, _offset_at(high, zone)))


def _offset_at(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second in `(low, high]` with the offset of `high`."""
    low, high = low.replace(microsecond=0), high.replace(microsecond=0) + timedelta(seconds=1)
    target = _offset_at(high, zone)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0, tzinfo=UTC)
        if _offset_at(middle, zone) == target:
            high = middle
        else:
            low = middle
    return high
