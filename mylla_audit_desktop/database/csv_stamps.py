"""Times that SQLite stores as the timestamps of the CSV."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mylla_audit_desktop.log.instant import format_offset
from mylla_audit_desktop.log.zones import OffsetSpan

_TO_HOUR, _TO_OFFSET = len("2026-11-23T22"), len("2026-11-23T22:47:03.000000")
_UTC = b"+00:00"
_LENGTH = _TO_OFFSET + len(_UTC)
_HOUR = 3_600_000_000
_MOST_HOURS = 10_000

# The beginnings of timestamps, what follows them in turn, and what ends each of them.
Parts = tuple[list[bytes], list[bytes], bytes]


class Stamps:
    """Times in a zone with these offsets, earliest first.

    Where the offsets and the moments of their changes are whole hours, as in most zones, the
    hour of a time tells its local hour, and entries in the order of time share hours.
    Elsewhere SQLite has to format each time (`are_whole_hours` is false).
    """

    def __init__(self, spans: tuple[OffsetSpan, ...]) -> None:
        self.spans = spans
        self.are_whole_hours = not any(
            span.offset.total_seconds() % 3600
            or (span.until is not None and span.until.microseconds % _HOUR)
            for span in spans
        )
        self._changes = [
            (None if span.until is None else _hour_of(span.until.isoformat()), span.offset)
            for span in spans
        ]
        self._hours = _Hours(self._local)

    def parts(self, times: bytes, count: int) -> Parts | None:
        """The timestamps of so many stored times, in order and in one text.

        None where their form is odd or the clocks change among them.
        """
        if len(times) != _LENGTH * count or times[10::_LENGTH] != b"T" * count:
            return None
        rows = times.split(_UTC)
        if len(rows) != count + 1 or times[_TO_OFFSET::_LENGTH] != b"+" * count:
            return None
        rows.pop()
        offset = self._offset(rows[0][:_TO_HOUR])
        if offset != self._offset(rows[-1][:_TO_HOUR]):
            return None
        hours = self._hours
        begins = [hours[row[:_TO_HOUR]] for row in rows]
        return begins, [row[_TO_HOUR:] for row in rows], format_offset(offset).encode()

    def _offset(self, hour: bytes) -> timedelta:
        # Hours of the years 1900 to 2100 as texts stand in the order of time.
        return next(offset for until, offset in self._changes if until is None or hour < until)

    def _local(self, hour: bytes) -> bytes:
        moment = datetime.fromisoformat(hour.decode())
        return _hour_of((moment + self._offset(hour)).isoformat())


class _Hours(dict[bytes, bytes]):
    """Local hours by those of UTC, remembered."""

    def __init__(self, local: Callable[[bytes], bytes]) -> None:
        super().__init__()
        self._local = local

    def __missing__(self, hour: bytes) -> bytes:
        if len(self) >= _MOST_HOURS:
            self.clear()
        written = self[hour] = self._local(hour)
        return written


def _hour_of(text: str) -> bytes:
    return text[:_TO_HOUR].encode()
