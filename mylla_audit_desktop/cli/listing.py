"""`mylla-audit list`: entries as a table, JSON lines or CSV."""

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import chain, islice
from zoneinfo import ZoneInfo

from mylla_audit_desktop.cli.arguments import open_asked, read_filters
from mylla_audit_desktop.cli.table import stamp, table_lines
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.relation import EXCERPT_LENGTH
from mylla_audit_desktop.evidence.ndjson import entry_to_json
from mylla_audit_desktop.log.csv_format import HEADER, Profile, format_row
from mylla_audit_desktop.log.diff import changed_fields
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.visible import visible_name, visible_text

_HEADINGS = ("Timestamp", "Actor", "Action", "Target", "Changes", "IP address")


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Print the entries; a hint on standard error where there are more."""
    asked = read_filters(arguments)
    limit: int = arguments.limit
    with closing(open_asked(arguments)) as database:
        reader = LogReader(database)
        # One more than wanted tells whether there are more, before they are counted.
        entries = reader.iterate_entries(asked.query, limit + 1, cancellation)
        with closing(entries):
            _write(_parts(islice(entries, limit), arguments.format, asked.zone))
            has_more = next(entries, None) is not None
        if has_more:
            snapshot = reader.read_snapshot(asked.query, cancellation)
            count = reader.read_count(snapshot, cancellation)
            print(
                f"mylla-audit: {limit:,} of {count:,} entries shown; --limit N shows more.",
                file=sys.stderr,
            )
    return 0


def _parts(entries: Iterator[AuditEntry], form: str, zone: ZoneInfo) -> Iterator[str]:
    if form == "ndjson":
        return (f"{entry_to_json(entry, zone)}\n" for entry in entries)
    if form == "csv":
        # Exactly as stored, like the SIEM profile: a pipe runs no formulas.
        return chain([HEADER], (format_row(entry, Profile.SIEM, zone) for entry in entries))
    return table_lines(_HEADINGS, (_cells(entry, zone) for entry in entries))


def _write(parts: Iterable[str]) -> None:
    out = sys.stdout.buffer
    for part in parts:
        out.write(part.encode("utf-8", "surrogateescape"))
    out.flush()


def _cells(entry: AuditEntry, zone: ZoneInfo) -> tuple[str, ...]:
    names, has_more = changed_fields(_excerpt(entry.before), _excerpt(entry.after))
    target = " ".join(filter(None, map(visible_name, (entry.target_name, entry.target_id))))
    return (
        stamp(entry.occurred_at, zone),
        visible_text(entry.actor_name) or visible_name(entry.actor_id),
        visible_name(entry.action),
        target,
        ", ".join(map(visible_name, names)) + ("…" if has_more else ""),
        visible_name(entry.ip_address),
    )


def _excerpt(text: str | None) -> str | None:
    """As much as the window's table reads; whole ones would pile up in a cache."""
    return None if text is None else text[:EXCERPT_LENGTH]
