"""How a report says things: names, periods, changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.access import ROLE_NAMES, Reviewer
from mylla_audit_desktop.log.diff import SIGNS, FieldDiff, Missing, diff_entry, value_text
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.json_text import Unreadable
from mylla_audit_desktop.log.visible import visible_lines, visible_text
from mylla_audit_desktop.review.decision import Status, Verdict
from mylla_audit_desktop.review.words import day_of, person

VERDICT_NAMES: dict[Verdict | Status, str] = {
    Status.OPEN: "Open",
    Status.EXPECTED: "Expected",
    Status.FOLLOW_UP: "Needs follow-up",
    Status.ESCALATED: "Escalated",
    Verdict.EXPECTED: "Expected",
    Verdict.FOLLOW_UP: "Needs follow-up",
    Verdict.ESCALATED: "Escalated",
    Verdict.REOPENED: "Reopened",
}
_MOST_CHANGES = 8
_LONGEST_VALUE = 160


@dataclass(frozen=True, slots=True)
class Change:
    """A field of an entry: sign and word of what happened to it, and its two values."""

    field: str
    sign: str
    word: str
    before: str
    after: str


def changes_of(before: str | None, after: str | None, longest: int) -> tuple[Change, ...]:
    """What an entry changed, the first fields of it; texts beyond `longest` are cut already."""
    if any(text is not None and len(text) > longest for text in (before, after)):
        return (
            Change(
                "",
                "?",
                "too long for a report, the CSV holds it whole",
                short_text(before or ""),
                short_text(after or ""),
            ),
        )
    found = diff_entry(before, after).changes
    shown = [_change(one) for one in found[:_MOST_CHANGES]]
    rest = len(found) - len(shown)
    if rest > 0:
        shown.append(Change("", "…", f"and {rest:,} more fields, which the CSV holds", "", ""))
    return tuple(shown)


def _change(one: FieldDiff) -> Change:
    word = f"{one.kind.value}, {one.note}" if one.note else one.kind.value
    return Change(
        visible_text(one.path), SIGNS[one.kind], word, _value(one.before), _value(one.after)
    )


def _value(side: object) -> str:
    if isinstance(side, Missing):
        return "not set"
    if isinstance(side, Unreadable):
        return short_text(side.text)
    text = value_text(side)  # type: ignore[arg-type]  # a value of the diff is one of its sides
    if not text:
        return "empty text"
    return short_text(text)


def short_text(text: str) -> str:
    """A text from the log on one line, cut where it is long, with its length."""
    if len(text) <= _LONGEST_VALUE:
        return visible_text(text)
    return f"{visible_text(text[:_LONGEST_VALUE])}… ({len(text):,} characters)"


def lines_of(text: str) -> Sequence[str]:
    """The lines of a note, hidden characters made visible."""
    return visible_lines(text).split("\n")


def utc_words(moment: Instant) -> str:
    """`2026-07-01 00:10:45 UTC`."""
    local = moment.to_datetime()
    return f"{local:%Y-%m-%d %H:%M:%S} UTC" if local else str(moment)


def period_words(start: Instant | None, end: Instant | None, zone: ZoneInfo) -> str:
    """`1 Jul 2026 to 30 Sep 2026`, both days included; `all time`."""
    if start is None and end is None:
        return "all time"
    last = None if end is None else end.shifted(-1)
    if start is None:
        return f"until {day_of(last, zone)}" if last is not None else "all time"
    first = day_of(start, zone)
    return f"since {first}" if last is None else f"{first} to {day_of(last, zone)}"


def reviewer_words(reviewer: Reviewer, login: str = "") -> str:
    """`Ana Weber (usr_7), Admin, login ana`, or that nobody vouches for it."""
    parts = [person(reviewer.actor_name, reviewer.actor_id)]
    if reviewer.role is not None:
        parts.append(ROLE_NAMES[reviewer.role])
    if login:
        parts.append(f"login {login}")
    if not reviewer.is_verified:
        parts.append("not verified")
    return visible_text(", ".join(parts))


def target_words(kind: str | None, identity: str | None, name: str | None) -> str:
    """`Reception (agt_1), agent`; "none" where the entry has no target."""
    if identity is None and not name:
        return "none"
    text = person(name or "", identity or "") if identity is not None else name or ""
    return visible_text(f"{text}, {kind}" if kind else text)
