"""What an entry changed: its before and after, field by field.

Values are compared exactly: `true` is not `1`, `"1"` is not `1`, and `1.0` against
`1` is the same number in another notation, which is said. A column that is NULL,
a field that is not there, JSON null and an empty text are four different things.
"""

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import lru_cache

from mylla_audit_desktop.log.json_scan import scan_members
from mylla_audit_desktop.log.json_text import (
    JsonArray,
    JsonNumber,
    JsonObject,
    JsonValue,
    Unreadable,
    parse_json,
    write_json,
)

# What one entry shows at most; the CSV holds the whole.
MOST_FIELDS = 500
_PLAIN_KEY = re.compile(r"[^.\[\]\"\s]+")


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

    `omitted` counts fields beyond `MOST_FIELDS`.
    """

    fields: tuple[FieldDiff, ...]
    omitted: int = 0

    @property
    def changes(self) -> tuple[FieldDiff, ...]:
        """The fields that are not unchanged."""
        return tuple(field for field in self.fields if field.kind is not Kind.UNCHANGED)


def diff_entry(before: str | None, after: str | None) -> EntryDiff:
    """Compare two JSON texts (None for a column that is NULL). Never raises."""
    sides = [Missing.MISSING if text is None else parse_json(text) for text in (before, after)]
    if any(isinstance(side, Unreadable) for side in sides):
        reason = next(side.reason for side in sides if isinstance(side, Unreadable))
        whole = [
            Missing.MISSING if text is None else Unreadable(text, reason)
            for text in (before, after)
        ]
        return EntryDiff((FieldDiff("", Kind.UNREADABLE, whole[0], whole[1], reason),))
    found: list[FieldDiff] = []
    old, new = sides
    # A whole object that appears or goes is shown by its fields.
    if isinstance(old, JsonObject) and new is Missing.MISSING:
        new = JsonObject(())
    elif isinstance(new, JsonObject) and old is Missing.MISSING:
        old = JsonObject(())
    if old is not Missing.MISSING or new is not Missing.MISSING:
        _compare("", old, new, found)
    return EntryDiff(tuple(found[:MOST_FIELDS]), max(len(found) - MOST_FIELDS, 0))


def value_text(side: Side) -> str:
    """A side as one text: a string bare, everything else as JSON."""
    if isinstance(side, Missing):
        return ""
    if isinstance(side, Unreadable):
        return side.text
    return side if isinstance(side, str) else write_json(side)


def _compare(path: str, old: Side, new: Side, found: list[FieldDiff]) -> None:
    if isinstance(old, JsonObject) and isinstance(new, JsonObject):
        if old.members or new.members or not path:
            _compare_objects(path, old, new, found)
        else:
            found.append(FieldDiff(path, Kind.UNCHANGED, old, new))
        return
    if isinstance(old, JsonArray) and isinstance(new, JsonArray) and _is_worth_opening(old, new):
        for index in range(max(len(old.elements), len(new.elements))):
            _compare(
                f"{path}[{index}]",
                old.elements[index] if index < len(old.elements) else Missing.MISSING,
                new.elements[index] if index < len(new.elements) else Missing.MISSING,
                found,
            )
        return
    kind, note = _judge(old, new)
    found.append(FieldDiff(path, kind, old, new, note))


def _is_worth_opening(old: JsonArray, new: JsonArray) -> bool:
    """Arrays of objects are compared by element, short lists of plain values as a whole."""
    return old != new and any(
        isinstance(element, JsonObject | JsonArray) for element in (*old.elements, *new.elements)
    )


def _compare_objects(path: str, old: JsonObject, new: JsonObject, found: list[FieldDiff]) -> None:
    olds, news = _by_key(old), _by_key(new)
    for key in [*olds, *(key for key in news if key not in olds)]:
        inner = _join(path, key)
        mine, theirs = olds.get(key, ()), news.get(key, ())
        if len(mine) <= 1 and len(theirs) <= 1:
            _compare(
                inner,
                mine[0] if mine else Missing.MISSING,
                theirs[0] if theirs else Missing.MISSING,
                found,
            )
            continue
        # A key that occurs twice: every occurrence is shown, and said to be one of several.
        for index in range(max(len(mine), len(theirs))):
            before = mine[index] if index < len(mine) else Missing.MISSING
            after = theirs[index] if index < len(theirs) else Missing.MISSING
            kind, _ = _judge(before, after)
            note = f"duplicate key, occurrence {index + 1}"
            found.append(FieldDiff(inner, kind, before, after, note))


def _by_key(value: JsonObject) -> dict[str, tuple[JsonValue, ...]]:
    grouped: dict[str, tuple[JsonValue, ...]] = {}
    for key, item in value.members:
        grouped[key] = (*grouped.get(key, ()), item)
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
    if _is_same(old, new):
        return Kind.UNCHANGED, ""
    if isinstance(old, JsonNumber) and isinstance(new, JsonNumber) and _is_same_number(old, new):
        return Kind.NOTATION, "the same number, written differently"
    return Kind.CHANGED, ""


def _is_same(old: Side, new: Side) -> bool:
    # Python holds True == 1 and "" == "" alike; types are part of a JSON value.
    return type(old) is type(new) and old == new


def _is_same_number(old: JsonNumber, new: JsonNumber) -> bool:
    if max(len(old.text), len(new.text)) > 10_000:
        return False
    try:
        return Decimal(old.text) == Decimal(new.text)
    except InvalidOperation:
        return False


# -- the names of the changed fields, for the table ------------------------------


@lru_cache(maxsize=4096)
def changed_fields(before: str | None, after: str | None) -> tuple[tuple[str, ...], bool]:
    """The top-level names whose values differ, and whether names may be missing.

    Both texts may be cut off anywhere; values are compared by their spelling.
    Never raises: it names fields for a table, `diff_entry` says what changed.
    """
    old, is_old_whole = scan_members(before)
    new, is_new_whole = scan_members(after)
    names = [name for name in old if old[name] is None or old[name] != new.get(name)]
    names += [name for name in new if name not in old]
    return tuple(names), not (is_old_whole and is_new_whole)
