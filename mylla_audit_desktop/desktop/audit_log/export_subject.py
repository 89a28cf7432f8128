"""What an export is about."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.reader import Snapshot
from mylla_audit_desktop.log.filters import LogFilters


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """What is on the screen: exactly these entries are written."""

    filters: LogFilters
    snapshot: Snapshot
    count: int | None
    summary: str
    zone: ZoneInfo
