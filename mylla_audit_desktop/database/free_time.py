"""What of a period is not somebody's working time, as intervals."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from mylla_audit_desktop.database.window import Window
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.policy import Schedule
from mylla_audit_desktop.review.working_time import shift_on, zone_of

_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def free_time(schedule: Schedule, window: Window) -> tuple[Window, ...]:
    """What of a window is not working time: intervals in order, none touching another."""
    zone = zone_of(schedule)
    low, high = (
        datetime.fromtimestamp(edge.microseconds // 1_000_000, UTC).astimezone(zone).date()
        for edge in (window.start, window.end)
    )
    free: list[Window] = []
    start = window.start
    # A shift that began two days before is over.
    for day in _days(low - 2 * _DAY, high + _DAY):
        for begin, finish in shift_on(schedule, day):
            shift_start, shift_end = Instant.from_datetime(begin), Instant.from_datetime(finish)
            if shift_end <= start or shift_start >= window.end:
                continue
            if shift_start > start:
                free.append(Window(start, shift_start))
            start = max(start, shift_end)
    if start < window.end:
        free.append(Window(start, window.end))
    return tuple(free)


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)
