"""Reading JSON from the log without losing or breaking anything.

The standard library's reader keeps the last of duplicate keys, turns numbers into
floats and recurses as deep as the text does. Here numbers keep their digits,
duplicate keys stay, and what cannot be read is said in words instead of raised.
"""

import json
from dataclasses import dataclass
from typing import NoReturn

from mylla_audit_desktop.log.storable import SURROGATE

# Deeper texts are shown raw: Python's own reader gives up at about 1000.
_DEEPEST = 100
# Longer ones are shown in part: reading them would be felt in the window.
LONGEST = 500_000


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A number with its digits as written."""

    text: str


@dataclass(frozen=True, slots=True)
class JsonObject:
    """Members in the order of the text; a key may occur more than once."""

    members: tuple[tuple[str, "JsonValue"], ...]


@dataclass(frozen=True, slots=True)
class JsonArray:
    """The elements of an array."""

    elements: tuple["JsonValue", ...]


JsonValue = None | bool | str | JsonNumber | JsonObject | JsonArray


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that is not compared; `reason` says why, in words."""

    text: str
    reason: str


def parse_json(text: str) -> JsonValue | Unreadable:
    """The value of a JSON text, exact; never raises."""
    if len(text) > LONGEST:
        return Unreadable(text, f"too long to compare ({len(text):,} characters)")
    if _depth(text) > _DEEPEST:
        return Unreadable(text, "nested too deeply to compare")
    try:
        value: JsonValue = _freeze(DECODER.decode(text))
    except (ValueError, RecursionError):
        return Unreadable(text, "not valid JSON")
    return value


def write_json(value: JsonValue) -> str:
    """A value as compact JSON; numbers and duplicate keys as they were read."""
    match value:
        case JsonNumber(text):
            return text
        case JsonObject(members):
            inner = (f"{_quote(key)}: {write_json(item)}" for key, item in members)
            return "{" + ", ".join(inner) + "}"
        case JsonArray(elements):
            return "[" + ", ".join(write_json(item) for item in elements) + "]"
        case str():
            return _quote(value)
        case _:
            return json.dumps(value)


def _quote(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    # Half a character has no encoding: it can only be written as an escape.
    return SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class JsonMembers(list[tuple[str, object]]):
    """An object as the decoder makes it, told apart from the lists that are arrays."""


# Keeps numbers by their digits and duplicate keys; what JSON does not know is a ValueError.
DECODER = json.JSONDecoder(
    object_pairs_hook=JsonMembers,
    parse_int=JsonNumber,
    parse_float=JsonNumber,
    parse_constant=_refuse_constant,
)


def _freeze(value: object) -> JsonValue:
    if isinstance(value, JsonMembers):
        return JsonObject(tuple((key, _freeze(item)) for key, item in value))
    if isinstance(value, list):
        return JsonArray(tuple(_freeze(item) for item in value))
    if value is None or isinstance(value, bool | str | JsonNumber):
        return value
    raise ValueError(f"not JSON: {type(value).__name__}")


def _depth(text: str) -> int:
    """How deep brackets nest, at most (those inside of strings count where it is unsure)."""
    openings = text.count("{") + text.count("[")
    if openings <= _DEEPEST:
        return openings
    depth = deepest = 0
    is_string = is_escaped = False
    for character in text:
        if is_string:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                is_string = False
        elif character == '"':
            is_string = True
        elif character in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "}]":
            depth -= 1
    return deepest
