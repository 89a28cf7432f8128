"""Times and counts as the window words them."""

from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.instant import Instant, InstantFields, format_offset
from mylla_audit_desktop.log.period import Period

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_stamp(instant: Instant, zone: ZoneInfo) -> tuple[str, str]:
    """`23 Nov 2026 22:47:03` and ` +01:00`; the infinities have no offset."""
    fields = instant.fields(zone)
    if fields is None:
        return str(instant), ""
    clock = f"{fields.hour:02d}:{fields.minute:02d}:{fields.second:02d}"
    return f"{_day(fields)} {clock}", f" {format_offset(fields.offset)}"


def format_moment(instant: Instant, zone: ZoneInfo) -> str:
    """Local and UTC time on one line: `Mon 23 Nov 2026, 22:47:03 +01:00 · 21:47:03 UTC`."""
    head, offset = format_stamp(instant, zone)
    local, universal = instant.to_datetime(zone), instant.to_datetime(UTC)
    if local is None or universal is None:
        return head + offset
    other_day = (
        ""
        if universal.date() == local.date()
        else f"{universal.day} {_MONTHS[universal.month - 1]} "
    )
    day = f"{local:%a} {head.rpartition(' ')[0]}"
    if not local.utcoffset():
        return f"{day}, {local:%H:%M:%S} UTC"
    return f"{day}, {local:%H:%M:%S}{offset} · {other_day}{universal:%H:%M:%S}\u00a0UTC"


def format_day(instant: Instant, zone: ZoneInfo) -> str:
    """`23 Nov 2026`."""
    fields = instant.fields(zone)
    return str(instant) if fields is None else _day(fields)


def format_period(period: Period, zone: ZoneInfo) -> str:
    """`24 Oct 2026 - 23 Nov 2026`, both days included; `all time` where it is unbounded."""
    if period.start is None and period.end is None:
        return "all time"
    last = None if period.end is None else period.end.shifted(-1)
    if period.start is None and last is not None:
        return f"until {format_day(last, zone)}"
    if period.start is not None and last is None:
        return f"since {format_day(period.start, zone)}"
    first_day = format_day(period.start, zone) if period.start else ""
    last_day = format_day(last, zone) if last else ""
    return f"{first_day} - {last_day}"


def format_days(first: date, last: date) -> str:
    """`24 Oct - 23 Nov`, `23 Nov`: days whose year is said elsewhere."""
    days = [f"{day.day:02d} {_MONTHS[day.month - 1]}" for day in (first, last)]
    return days[0] if first == last else " - ".join(days)


def format_badge(count: int) -> str:
    """A count as a badge has room for: `9,999`, then `9,999+`; nothing for none."""
    most = 9_999
    return "" if not count else f"{count:,}" if count <= most else f"{most:,}+"


def format_count(count: int, noun: str = "entry", nouns: str = "entries") -> str:
    """`12,345 entries`, `1 entry`."""
    return f"{count:,} {noun if count == 1 else nouns}"


def format_zone(zone: ZoneInfo, offset: timedelta | None) -> str:
    """`Europe/Berlin (UTC+01:00)`."""
    return zone.key if offset is None else f"{zone.key} (UTC{format_offset(offset)})"


def _day(fields: InstantFields) -> str:
    year = f"{fields.year}" if fields.year > 0 else f"{1 - fields.year} BC"
    return f"{fields.day:02d} {_MONTHS[fields.month - 1]} {year}"


def format_short_stamp(instant: Instant, zone: ZoneInfo, *, with_year: bool = False) -> str:
    """`14 Sep 23:41`, where the whole is said elsewhere.

    In the hour that a change of the clocks repeats, the offset tells which one it is.
    """
    fields = instant.fields(zone)
    if fields is None:
        return str(instant)
    day = _day(fields) if with_year else f"{fields.day:02d} {_MONTHS[fields.month - 1]}"
    stamp = f"{day} {fields.hour:02d}:{fields.minute:02d}"
    moment = instant.to_datetime(zone)
    if moment is None or moment.replace(fold=0).utcoffset() == moment.replace(fold=1).utcoffset():
        return stamp
    return f"{stamp} {format_offset(moment.utcoffset() or timedelta())}"


def format_saved(stamp: str, zone: ZoneInfo) -> str:
    """`24 Nov 2026 12:45` of an ISO time; the text itself where it is none."""
    try:
        return format_short_stamp(Instant.parse(stamp), zone, with_year=True)
    except ValueError:
        return stamp


def format_size(size: int) -> str:
    """A number of bytes in the unit that fits: "64 KB", "12.3 GB"."""
    amount, unit = float(size), "bytes"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:,.1f} {unit}" if unit in {"GB", "TB"} else f"{amount:,.0f} {unit}"
