"""Selected entries as text for the clipboard."""

from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.reader import LogReader, Snapshot, Waypoints
from mylla_audit_desktop.desktop.audit_log.entry_model import COLUMNS
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.visible import visible_name, visible_text

# Beyond this an export is the right tool.
MOST_COPIED = 10_000


def read_as_text(
    reader: LogReader,
    snapshot: Snapshot,
    ranges: list[tuple[int, int]],
    waypoints: Waypoints | None,
    zone: ZoneInfo,
    cancellation: Cancellation,
) -> str:
    """The rows of `ranges` (first and last, included) with a heading, tab-separated."""
    lines = ["\t".join(COLUMNS)]
    for first, last in ranges:
        size = last - first + 1
        page = reader.read_page(snapshot, first, size, waypoints, cancellation)
        lines += [_line(entry, zone) for entry in page.entries]
    return "\n".join(lines)


def _line(entry: EntrySummary, zone: ZoneInfo) -> str:
    target = " ".join(filter(None, map(visible_name, (entry.target_name, entry.target_id))))
    cells = (
        entry.occurred_at.isoformat(zone),
        visible_text(entry.actor_name),
        visible_text(entry.action),
        target,
        ", ".join(map(visible_name, entry.changes)),
        visible_name(entry.ip_address),
    )
    return "\t".join(cells)
