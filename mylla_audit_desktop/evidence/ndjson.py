"""Entries as JSON lines: the columns of the contract, `before` and `after` as JSON.

These two are embedded by their own spelling, so that digits, order and duplicate
keys survive the way out and back in; of JSON in several lines only the line ends are
spelled otherwise. A stored text that is no value to others (no valid JSON, nested too
deeply, `null` that is not NULL) is written as `{"$raw": "…"}`.
"""

import json
from ipaddress import ip_interface
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.entry import COLUMNS, AuditEntry, NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.json_scan import scan_members
from mylla_audit_desktop.log.json_text import (
    DECODER,
    JsonMembers,
    JsonNumber,
    JsonObject,
    Unreadable,
    parse_json,
)
from mylla_audit_desktop.log.storable import SURROGATE

_RAW = "$raw"
# What a database counts to, but for the room that the entries after it need: PostgreSQL would
# take no more, and SQLite would choose ids at random.
HIGHEST_ID = 2**63 - 2**32
# Readers of lines end one at each of these. The first two stand between the tokens of JSON
# only, the others in its strings only.
_LINE_ENDS = str.maketrans({"\n": " ", "\r": " "}) | {
    code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)
}


def entry_to_json(entry: AuditEntry, zone: ZoneInfo) -> str:
    """One entry as one line, without a line feed at its end."""
    parts = []
    for name in COLUMNS:
        value = getattr(entry, name)
        if name in entry.missing:
            text = "null"
        elif isinstance(value, Instant):
            text = json.dumps(value.isoformat(zone))
        elif name in {"before", "after"} and value is not None:
            text = _embedded(value)
        else:
            # Escaped to ASCII: a terminal or a pipe changes nothing of it.
            text = json.dumps(value)
        parts.append(f'"{name}": {text}')
    return "{" + ", ".join(parts) + "}"


def entry_from_json(line: str) -> NewEntry:
    """The entry of one line. Raises ValueError that says what is wrong with it."""
    try:
        members = DECODER.decode(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        # Its own words count lines within this one.
        column = min(error.pos, len(line.rstrip())) + 1
        raise ValueError(f"it is not JSON, from column {column} on: {error.msg}") from None
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(members, JsonMembers):
        raise ValueError("it is not a JSON object")
    value = dict(members)
    unknown = sorted(set(value) - set(COLUMNS))
    if unknown:
        raise ValueError(f"it has an unknown field {unknown[0][:60]!r}")
    if len(value) < len(members):
        raise ValueError("it has a field twice")
    spelled, _ = scan_members(line)
    texts: dict[str, str | None] = {}
    for name in COLUMNS[2:]:
        item = value.get(name)
        if name in {"before", "after"}:
            texts[name] = _stored_json(item, spelled.get(name))
        elif item is None or isinstance(item, str):
            texts[name] = item
        else:
            raise ValueError(f"{name} is not a text")
    when = value.get("occurred_at")
    if not isinstance(when, str):
        raise ValueError("occurred_at is missing")
    entry_id = value.get("id")
    if entry_id is None:
        return checked_entry(when, texts, None)
    if not isinstance(entry_id, JsonNumber) or not entry_id.text.lstrip("-").isdigit():
        raise ValueError("id is not a whole number")
    return checked_entry(when, texts, int(entry_id.text[:20]))


class OnlySqliteError(ValueError):
    """A value that SQLite keeps as it is, and PostgreSQL does not."""


def checked_entry(
    when: str,
    texts: dict[str, str | None],
    entry_id: int | None,
    *,
    is_for_sqlite: bool = False,
) -> NewEntry:
    """An entry that any database takes. Raises ValueError that names the field.

    is_for_sqlite: any text passes, with bytes that are no UTF-8 as lone surrogates; without
    it that is an OnlySqliteError.
    """
    try:
        occurred_at = Instant.parse(when)
    except ValueError:
        raise ValueError(f"the time {when[:60]!r} cannot be read") from None
    if not occurred_at.is_storable:
        raise ValueError(f"the time {when[:60]!r} is beyond the years 4713 BC to 294276")
    if entry_id is not None and not 0 < entry_id <= HIGHEST_ID:
        raise ValueError(f"the id {entry_id} is not between 1 and {HIGHEST_ID}")
    if not is_for_sqlite:
        _check_texts(texts)
    for name in ("actor_id", "actor_name", "action"):
        if texts.get(name) is None:
            raise ValueError(f"{name} is missing")
    if texts.get("actor_type") not in {"member", "system"}:
        raise ValueError("actor_type is neither member nor system")
    return NewEntry(
        occurred_at=occurred_at,
        actor_type=texts["actor_type"] or "",
        actor_id=texts["actor_id"] or "",
        actor_name=texts["actor_name"] or "",
        action=texts["action"] or "",
        target_type=texts.get("target_type"),
        target_id=texts.get("target_id"),
        target_name=texts.get("target_name"),
        before=texts.get("before"),
        after=texts.get("after"),
        ip_address=texts.get("ip_address"),
        id=entry_id,
    )


def _check_texts(texts: dict[str, str | None]) -> None:
    for name, text in texts.items():
        if text is not None and "\x00" in text:
            raise OnlySqliteError(f"{name} holds a NUL character")
        if text is not None and SURROGATE.search(text):
            raise OnlySqliteError(f"{name} holds half a character (a lone surrogate)")
    address = texts.get("ip_address")
    if address is not None:
        try:
            if "%" in address:
                raise ValueError
            ip_interface(address)
        except ValueError:
            raise OnlySqliteError(f"the IP address {address[:60]!r} is none") from None


def _embedded(text: str) -> str:
    value = parse_json(text)
    is_ambiguous = value is None or (
        isinstance(value, JsonObject) and [name for name, _ in value.members] == [_RAW]
    )
    # A lone surrogate has no UTF-8.
    if isinstance(value, Unreadable) or is_ambiguous or SURROGATE.search(text):
        return json.dumps({_RAW: text})
    return text.strip().translate(_LINE_ENDS)


def _stored_json(item: object, spelled: str | None) -> str | None:
    if item is None or spelled is None:
        # JSON null in the place of a column is NULL.
        return None
    if isinstance(item, JsonMembers) and len(item) == 1:
        name, text = item[0]
        if name == _RAW and isinstance(text, str):
            return text
    return spelled
