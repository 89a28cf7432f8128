"""What an entry changed: its before and after, field by field.

Values are compared exactly: `true` is not `1`, `"1"` is not `1`, and `1.0` against
`1` is the same number in another notation, which is said. A column that is NULL,
a field that is not there, JSON null and an empty text are four different things.
"""

import json
import re
from dataclasses import dataclass, field
from enum import Enum
from itertools import zip_longest

from mylla_audit_desktop.log.json_scan import scan_members
from mylla_audit_desktop.log.json_text import (
    JsonArray,
    JsonObject,
    JsonValue,
    Unreadable,
    parse_json,
    write_json,
)
from mylla_audit_desktop.log.list_diff import paired_places
from mylla_audit_desktop.log.sameness import is_same_number, looks_same

# Changed fields shown at most, and as many unchanged ones; the CSV holds the whole.
MOST_FIELDS = 500
# Keys that need no quotes in a path; a backslash could pass for an escape.
_PLAIN_KEY = re.compile(r"[^.\[\]\"\\\s]+")
# A list of so few and so short values is shown as a whole.
_SHORT_LIST = 8
_SHORT_VALUE = 60


class Kind(Enum):
    """What happened to a field; the value is the word the user reads."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    NOTATION = "written differently"
    UNREADABLE = "not compared"


SIGNS = {
    Kind.CHANGED: "≠",
    Kind.ADDED: "+",
    Kind.REMOVED: "−",
    Kind.UNCHANGED: "=",
    Kind.NOTATION: "≈",
    Kind.UNREADABLE: "?",
}


class Missing(Enum):
    """The absence of a field; JSON null is None and an empty text is ""."""

    MISSING = "not set"


Side = JsonValue | Missing | Unreadable


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field: where it is, what happened, and its value on either side."""

    path: str
    kind: Kind
    before: Side
    after: Side
    note: str = ""


@dataclass(frozen=True, slots=True)
class EntryDiff:
    """All fields of an entry, those before first in their order, then the new ones.

    Up to `MOST_FIELDS` that changed and as many that did not: however many stayed as
    they were, they hide no change. `omitted` counts the changed ones beyond.
    """

    fields: tuple[FieldDiff, ...]
    omitted: int = 0

    @property
    def changes(self) -> tuple[FieldDiff, ...]:
        """The fields that are not unchanged."""
        return tuple(field for field in self.fields if field.kind is not Kind.UNCHANGED)


@dataclass(slots=True)
class _Found:
    """The fields found so far, and how many of either kind there were."""

    fields: list[FieldDiff] = field(default_factory=list)
    changed: int = 0
    unchanged: int = 0

    def add(self, path: str, old: Side, new: Side, note: str = "") -> None:
        kind, remark = _judge(old, new)
        if kind is Kind.UNCHANGED:
            self.unchanged += 1
            is_kept = self.unchanged <= MOST_FIELDS
        else:
            self.changed += 1
            is_kept = self.changed <= MOST_FIELDS
        if is_kept:
            self.fields.append(FieldDiff(path, kind, old, new, note or remark))


def diff_entry(before: str | None, after: str | None) -> EntryDiff:
    """Compare two JSON texts (None for a column that is NULL). Never raises."""
    old = Missing.MISSING if before is None else parse_json(before)
    new = Missing.MISSING if after is None else parse_json(after)
    if isinstance(old, Unreadable) or isinstance(new, Unreadable):
        return EntryDiff((_not_compared(before, after, old, new),))
    found = _Found()
    # A whole object that appears or goes is shown by its fields.
    if isinstance(old, JsonObject) and new is Missing.MISSING:
        new = JsonObject(())
    elif isinstance(new, JsonObject) and old is Missing.MISSING:
        old = JsonObject(())
    if old is not Missing.MISSING or new is not Missing.MISSING:
        _compare("", old, new, found)
    return EntryDiff(tuple(found.fields), max(found.changed - MOST_FIELDS, 0))


def value_text(side: Side) -> str:
    """A side as one text: a string bare, everything else as JSON."""
    if isinstance(side, Missing):
        return ""
    if isinstance(side, Unreadable):
        return side.text
    return side if isinstance(side, str) else write_json(side)


def _not_compared(before: str | None, after: str | None, old: Side, new: Side) -> FieldDiff:
    """Both texts as they are stored, and why: which of them cannot be read."""
    reasons = [side.reason if isinstance(side, Unreadable) else "" for side in (old, new)]
    if all(reasons):
        note = reasons[0] if reasons[0] == reasons[1] else " / ".join(reasons)
    elif before is None or after is None:
        note = "".join(reasons)
    else:
        note = f"before is {reasons[0]}" if reasons[0] else f"after is {reasons[1]}"
    raw_old, raw_new = (
        Missing.MISSING if text is None else Unreadable(text, reason or note)
        for text, reason in zip((before, after), reasons, strict=True)
    )
    return FieldDiff("", Kind.UNREADABLE, raw_old, raw_new, note)


def _compare(path: str, old: Side, new: Side, found: _Found) -> None:
    if isinstance(old, JsonObject) and isinstance(new, JsonObject):
        if old.members or new.members or not path:
            _compare_objects(path, old, new, found)
            return
    elif isinstance(old, JsonArray) and isinstance(new, JsonArray) and _is_worth_opening(old, new):
        _compare_arrays(path, old, new, found)
        return
    found.add(path, old, new)


def _is_worth_opening(old: JsonArray, new: JsonArray) -> bool:
    """Whether to compare by element; a short list of plain values reads better whole."""
    return old != new and (
        max(len(old.elements), len(new.elements)) > _SHORT_LIST
        or any(
            isinstance(element, JsonObject | JsonArray) or len(value_text(element)) > _SHORT_VALUE
            for element in (*old.elements, *new.elements)
        )
    )


def _compare_arrays(path: str, old: JsonArray, new: JsonArray, found: _Found) -> None:
    olds, news = old.elements, new.elements
    for old_at, new_at in paired_places([*map(write_json, olds)], [*map(write_json, news)]):
        # Removed elements carry their place before, all others their place after.
        _compare(
            f"{path}[{old_at if new_at is None else new_at}]",
            Missing.MISSING if old_at is None else olds[old_at],
            Missing.MISSING if new_at is None else news[new_at],
            found,
        )


def _compare_objects(path: str, old: JsonObject, new: JsonObject, found: _Found) -> None:
    olds, news = _by_key(old), _by_key(new)
    for key in olds | news:
        inner = _join(path, key)
        sides = list(zip_longest(olds.get(key, ()), news.get(key, ()), fillvalue=Missing.MISSING))
        if len(sides) == 1:
            _compare(inner, *sides[0], found)
            continue
        # A key that occurs twice: every occurrence is shown, and said to be one of several.
        for number, (mine, theirs) in enumerate(sides, 1):
            found.add(inner, mine, theirs, f"duplicate key, {number} of {len(sides)}")


def _by_key(value: JsonObject) -> dict[str, list[JsonValue]]:
    grouped: dict[str, list[JsonValue]] = {}
    for key, item in value.members:
        grouped.setdefault(key, []).append(item)
    return grouped


def _join(path: str, key: str) -> str:
    """`escalation.number`; a key that holds a dot or the like is quoted."""
    name = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
    return f"{path}.{name}" if path else name


def _judge(old: Side, new: Side) -> tuple[Kind, str]:
    if old is Missing.MISSING:
        return Kind.ADDED, ""
    if new is Missing.MISSING:
        return Kind.REMOVED, ""
    # Exact: a number is its digits here, never Python's 1, which equals True.
    if old == new:
        return Kind.UNCHANGED, ""
    if is_same_number(old, new):
        return Kind.NOTATION, "the same number, written differently"
    return Kind.CHANGED, "looks the same, made of other characters" if looks_same(old, new) else ""


# -- the names of the changed fields, for the table ------------------------------


def changed_fields(before: str | None, after: str | None) -> tuple[tuple[str, ...], bool]:
    """The top-level names whose values differ, and whether names may be missing.

    Both texts may be cut off anywhere; a value that is cut off counts as changed.
    Never raises: it names fields for a table, `diff_entry` says what changed.
    """
    old, is_old_whole = scan_members(before)
    new, is_new_whole = scan_members(after)
    names = [name for name in old | new if _is_other(old.get(name), new.get(name))]
    return tuple(names), not (is_old_whole and is_new_whole)


def _is_other(old: str | None, new: str | None) -> bool:
    """Whether two spellings stand for different values; None is cut off or missing."""
    if old is None or new is None:
        return True
    if old == new:
        return False
    # Only these can be spelled in several ways.
    may_be_same = old[0] == new[0] and (old[0] in "{[" or "\\" in old + new)
    return not may_be_same or _reads_otherwise(old, new) or bool(diff_entry(old, new).changes)


def _reads_otherwise(old: str, new: str) -> bool:
    """Whether plain JSON already tells two spellings apart: a tenth of the full comparison.

    It takes `1` for `1.0` and drops the first of two equal names, so what it finds to be
    the same may still differ, but never the other way round.
    """
    try:
        return bool(json.loads(old) != json.loads(new))
    except (ValueError, RecursionError):
        return False
