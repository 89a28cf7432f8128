"""Times, names and lists as the reasons of findings say them."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.instant import Instant, format_offset
from mylla_audit_desktop.review.finding import Rule, Severity

RULE_NAMES = {
    Rule.ROLE_PROMOTION: "Role promotion",
    Rule.INTEGRATION_DISCONNECT: "Integration disconnect",
    Rule.OFF_HOURS: "Off-hours activity",
}
# A shape and a word, so that black and white tells them apart.
SEVERITY_NAMES = {
    Severity.CRITICAL: "▲▲ Critical",
    Severity.HIGH: "▲ High",
    Severity.MEDIUM: "◆ Medium",
    Severity.LOW: "● Low",
}
_LONGEST_NAME = 80
_MOST_LISTED = 20


def clock(moment: Instant, zone: ZoneInfo) -> str:
    """`Sat 03:12`, in the zone; the whole time where the calendar does not reach."""
    local = moment.to_datetime(zone)
    return f"{local:%a %H:%M}" if local else str(moment)


def hour(moment: Instant, zone: ZoneInfo) -> str:
    """`03:12`."""
    local = moment.to_datetime(zone)
    return f"{local:%H:%M}" if local else str(moment)


def date_and_clock(moment: Instant, zone: ZoneInfo) -> str:
    """`Mon 14 Sep 2026, 23:41:07 +02:00`."""
    local = moment.to_datetime(zone)
    if local is None:
        return str(moment)
    offset = format_offset(local.utcoffset() or timedelta())
    return f"{local:%a} {local.day} {local:%b} {local.year:04d}, {local:%H:%M:%S} {offset}"


def day_of(moment: Instant, zone: ZoneInfo) -> str:
    """`14 Sep 2026`."""
    local = moment.to_datetime(zone)
    return f"{local.day} {local:%b} {local.year:04d}" if local else str(moment)


def duration(start: Instant, end: Instant) -> str:
    """`2 h 00 min`, `1 day 19 h 37 min`, `35 min`, `12 s`."""
    if not (start.is_finite and end.is_finite):
        return "an unknown time"
    seconds = (end.microseconds - start.microseconds) // 1_000_000
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86_400
    if days:
        return f"{counted(days, 'day')} {hours} h {minutes:02d} min"
    if hours:
        return f"{hours} h {minutes:02d} min"
    if minutes:
        return f"{minutes} min"
    return f"{seconds} s" if seconds else "less than a second"


def person(name: str, actor_id: str) -> str:
    """`Jonas Bell (usr_58)`; the ID alone where there is no name of its own."""
    if not name or name == actor_id:
        return cut(actor_id) or "nobody named"
    return f"{cut(name)} ({cut(actor_id)})"


def named(name: str | None, object_id: str | None, otherwise: str) -> str:
    """The name of a target, or its ID, or what stands for it."""
    return cut(name or object_id or otherwise)


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 entry`, `2 entries`, `1,200 entries`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def listed(texts: Sequence[str]) -> str:
    """`agt_1, agt_2`; the first twenty and how many more."""
    shown = ", ".join(cut(text) for text in texts[:_MOST_LISTED])
    rest = len(texts) - _MOST_LISTED
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def cut(text: str) -> str:
    """A text that is not longer than a line is wide; blanks alone in quotes, to be seen."""
    if text.isspace():
        text = f'"{text}"'
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"
