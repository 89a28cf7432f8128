"""Entries as JSON lines: the columns of the contract, `before` and `after` as JSON.

These two are embedded by their own spelling, so that digits, order and duplicate
keys survive the way out and back in. A stored text that is no valid JSON is
written as `{"$raw": "…"}`.
"""

import json
from ipaddress import ip_interface
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.entry import COLUMNS, AuditEntry, NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.json_scan import scan_members
from mylla_audit_desktop.log.json_text import Unreadable, parse_json

_RAW = "$raw"
_HIGHEST_ID = 2**63 - 1


def entry_to_json(entry: AuditEntry, zone: ZoneInfo) -> str:
    """One entry as one line, without a line feed at its end."""
    parts = []
    for name in COLUMNS:
        value = getattr(entry, name)
        if isinstance(value, Instant):
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
        value = json.loads(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise ValueError("it is not a JSON object")
    unknown = sorted(set(value) - set(COLUMNS))
    if unknown:
        raise ValueError(f"it has an unknown field {unknown[0]!r}")
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
    if entry_id is not None and (not isinstance(entry_id, int) or isinstance(entry_id, bool)):
        raise ValueError("id is not a whole number")
    return checked_entry(when, texts, entry_id)


def checked_entry(when: str, texts: dict[str, str | None], entry_id: int | None) -> NewEntry:
    """An entry that any database takes. Raises ValueError that names the field."""
    try:
        occurred_at = Instant.parse(when)
    except ValueError:
        raise ValueError(f"the time {when[:60]!r} cannot be read") from None
    if entry_id is not None and not 0 < entry_id <= _HIGHEST_ID:
        raise ValueError(f"the id {entry_id} is not between 1 and {_HIGHEST_ID}")
    for name, text in texts.items():
        if text is not None and "\x00" in text:
            raise ValueError(f"{name} holds a NUL character")
    for name in ("actor_id", "actor_name", "action"):
        if texts.get(name) is None:
            raise ValueError(f"{name} is missing")
    if texts.get("actor_type") not in {"member", "system"}:
        raise ValueError("actor_type is neither member nor system")
    address = texts.get("ip_address")
    if address is not None:
        try:
            if "%" in address:
                raise ValueError
            ip_interface(address)
        except ValueError:
            raise ValueError(f"the IP address {address[:60]!r} is none") from None
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
        ip_address=address,
        id=entry_id,
    )


def _embedded(text: str) -> str:
    if isinstance(parse_json(text), Unreadable):
        return json.dumps({_RAW: text})
    # Line ends stand between the tokens of valid JSON only, where a space does as well.
    return text.replace("\r", " ").replace("\n", " ")


def _stored_json(item: object, spelled: str | None) -> str | None:
    if item is None or spelled is None:
        # JSON null in the place of a column is NULL.
        return None
    if isinstance(item, dict) and set(item) == {_RAW} and isinstance(item[_RAW], str):
        return str(item[_RAW])
    return spelled
