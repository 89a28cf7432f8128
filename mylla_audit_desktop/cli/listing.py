"""`mylla-audit list`: entries as a table, JSON lines or CSV."""

import sys
import unicodedata
from argparse import Namespace
from collections.abc import Iterable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from mylla_audit_desktop.cli.arguments import read_filters
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.evidence.ndjson import entry_to_json
from mylla_audit_desktop.log.csv_format import HEADER, Profile, format_row
from mylla_audit_desktop.log.diff import changed_fields
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.visible import visible_text

_HEADINGS = ("Timestamp", "Actor", "Action", "Target", "Changes", "IP address")
_WIDEST = 44
# Rows that set the widths; the rest of a long list follows them without waiting.
_MEASURED = 500


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Print the entries; a hint on standard error where there are more."""
    asked = read_filters(arguments)
    database = open_database(arguments.database)
    limit: int = arguments.limit
    entries = LogReader(database).iterate_entries(asked.query, limit + 1, cancellation)
    shown = _Counted(islice(entries, limit))
    if arguments.format == "ndjson":
        _write(f"{entry_to_json(entry, asked.zone)}\n" for entry in shown)
    elif arguments.format == "csv":
        _write([HEADER])
        # Exactly as stored, like the SIEM profile: a pipe runs no formulas.
        _write(format_row(entry, Profile.SIEM, asked.zone) for entry in shown)
    else:
        _write(_table(shown, asked.zone))
    has_more = next(entries, None) is not None
    entries.close()
    if has_more:
        print(
            f"mylla-audit: the first {shown.count:,} entries are shown; "
            "there are more (see --limit).",
            file=sys.stderr,
        )
    return 0


class _Counted(Iterator[AuditEntry]):
    def __init__(self, entries: Iterator[AuditEntry]) -> None:
        self._entries = entries
        self.count = 0

    def __next__(self) -> AuditEntry:
        entry = next(self._entries)
        self.count += 1
        return entry


def _write(parts: Iterable[str]) -> None:
    out = sys.stdout.buffer
    for part in parts:
        out.write(part.encode("utf-8", "surrogateescape"))
    out.flush()


def _table(entries: Iterator[AuditEntry], zone: ZoneInfo) -> Iterator[str]:
    first = [_HEADINGS, *(_cells(entry, zone) for entry in islice(entries, _MEASURED))]
    widths = [
        min(max(_width(row[index]) for row in first), _WIDEST) for index in range(len(_HEADINGS))
    ]
    for row in first:
        yield _line(row, widths)
    for entry in entries:
        yield _line(_cells(entry, zone), widths)


def _cells(entry: AuditEntry, zone: ZoneInfo) -> tuple[str, ...]:
    names, has_more = changed_fields(entry.before, entry.after)
    target = " ".join(filter(None, (entry.target_name, entry.target_id)))
    cells = (
        _stamp(entry, zone),
        entry.actor_name or entry.actor_id,
        entry.action,
        target,
        ", ".join(names) + ("…" if has_more else ""),
        entry.ip_address or "",
    )
    return tuple(visible_text(cell) for cell in cells)


def _stamp(entry: AuditEntry, zone: ZoneInfo) -> str:
    text = entry.occurred_at.isoformat(zone).replace("T", " ")
    head, dot, tail = text.partition(".")
    return f"{head} {tail[6:]}" if dot else text


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (_fit(cell, width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"


def _fit(text: str, width: int) -> str:
    length = _width(text)
    if length <= width:
        return text + " " * (width - length)
    kept, used = [], 0
    for character in text:
        used += _width(character)
        if used >= width:
            break
        kept.append(character)
    cut = "".join(kept) + "…"
    return cut + " " * (width - _width(cut))


def _width(text: str) -> int:
    """Columns in a terminal: wide East Asian characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
