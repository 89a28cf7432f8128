"""The CSV of the evidence: columns, quoting (RFC 4180), formula guard, exact reading.

A field is quoted when it holds a comma, a quote, a line feed or a carriage return,
and when it is the empty text: NULL is an empty field and nothing else is. This is
how PostgreSQL's COPY writes CSV too (`CopyAttributeOutCSV`: it also quotes a lone
`\\.`, but only in a file of one column).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.errors import LineError


class Profile(Enum):
    """For whom a CSV is written.

    SPREADSHEET guards text that a spreadsheet could run as a formula (OWASP, CSV
    injection) with a leading apostrophe; SIEM writes every value exactly.
    """

    SPREADSHEET = "spreadsheet"
    SIEM = "siem"


CSV_COLUMNS = (
    "timestamp",
    "actor_id",
    "actor",
    "action",
    "target_type",
    "target_id",
    "target",
    "before",
    "after",
    "ip_address",
    "entry_id",
)
HEADER = ",".join(CSV_COLUMNS) + "\n"

# An apostrophe is guarded as well, so that the guard can be taken off again exactly.
GUARDED_CHARACTERS = "=+-@＝\t\r'"
_QUOTED = re.compile('[,"\n\r]')
# Possessive: a cell of 10 MB is read in one pass and needs no memory for going back.
_RECORD_FIELD = re.compile(r'(?:"([^"]*+(?:""[^"]*+)*+)"|([^",\r\n]*+))(,|\r?\n)')
# Ends what could otherwise fill the memory: a quote that is never closed.
_LONGEST_RECORD = 64 << 20


def guard(text: str) -> str:
    """The text with one apostrophe before it where a spreadsheet could act on it."""
    return f"'{text}" if text[:1] and text[0] in GUARDED_CHARACTERS else text


def unguard(text: str) -> str:
    """What `guard` was given."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in GUARDED_CHARACTERS else text


def format_row(entry: AuditEntry, profile: Profile, zone: ZoneInfo) -> str:
    """One entry as a line of the CSV, its line feed included."""
    missing = entry.missing
    texts: tuple[str | None, ...] = (
        None if "actor_id" in missing else entry.actor_id,
        None if "actor_name" in missing else entry.actor_name,
        None if "action" in missing else entry.action,
        entry.target_type,
        entry.target_id,
        entry.target_name,
        entry.before,
        entry.after,
        entry.ip_address,
    )
    if profile is Profile.SPREADSHEET:
        texts = tuple(None if text is None else guard(text) for text in texts)
    stamp = "" if "occurred_at" in missing else entry.occurred_at.isoformat(zone)
    cells = [stamp, *map(_cell, texts), "" if "id" in missing else str(entry.id)]
    return ",".join(cells) + "\n"


def _cell(text: str | None) -> str:
    if text is None:
        return ""
    if not text or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text


@dataclass(frozen=True, slots=True)
class Record:
    """One record; `line` is where it starts, from 1. NULL is None."""

    line: int
    fields: tuple[str | None, ...]


def split_records(lines: Iterable[str], *, is_bounded: bool = True) -> Iterator[tuple[int, str]]:
    """Where each record of a CSV starts (lines count from 1), and its text as it stands.

    Takes the physical lines, ends included; those inside of quotes belong to the
    record. Raises LineError naming the line for a quote that is never closed, and
    for a last line without an end: there a number could have lost its last digits.
    is_bounded: False for a file that is known to be one that this program wrote.
    """
    parts: list[str] = []
    start = quotes = size = number = 0
    for number, line in enumerate(lines, 1):
        if not parts:
            start = number
        parts.append(line)
        quotes += line.count('"')
        size += len(line)
        if quotes % 2 == 0:
            if not line.endswith("\n"):
                raise LineError(
                    number,
                    "the file ends before the line does",
                    "It was cut off; get a complete copy.",
                )
            yield start, "".join(parts)
            parts, quotes, size = [], 0, 0
        elif is_bounded and size > _LONGEST_RECORD:
            raise LineError(
                start,
                f"the entry is longer than {_LONGEST_RECORD:,} characters",
                "A quote is probably never closed.",
            )
    if parts:
        raise LineError(
            start,
            f"a quoted value is never closed; the file ends in line {number}",
            "It was cut off; get a complete copy.",
        )


def read_records(lines: Iterable[str], *, is_bounded: bool = True) -> Iterator[Record]:
    """The records of a CSV given by its physical lines, ends included, as `split_records`.

    Tells an empty field (None) from a quoted empty text (""). Raises LineError
    naming the line for a quote or a carriage return in the wrong place.
    """
    for line, text in split_records(lines, is_bounded=is_bounded):
        yield Record(line, _split(text, line))


def _split(record: str, line: int) -> tuple[str | None, ...]:
    fields: list[str | None] = []
    position = 0
    while True:
        match = _RECORD_FIELD.match(record, position)
        if match is None:
            raise LineError(
                line,
                f"a quote or a line end stands in the wrong place in column {len(fields) + 1}",
                "The file is not the CSV that this program writes.",
            )
        quoted, plain, end = match.groups()
        fields.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        position = match.end()
        if end != ",":
            return tuple(fields)
