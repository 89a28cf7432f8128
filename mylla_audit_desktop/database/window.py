"""Parts of a period: ordinary times, and those that no clock, calendar or partition is made for."""

from collections.abc import Iterator
from dataclasses import dataclass

from mylla_audit_desktop.log.instant import Instant

# Entries of other times are looked at one by one: there are hardly any.
FIRST = Instant.parse("1970-01-01T00:00:00Z")
LAST = Instant.parse("2200-01-01T00:00:00Z")

Bounds = tuple[Instant | None, Instant | None]


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period `[start, end)`."""

    start: Instant
    end: Instant

    def holds(self, instant: Instant) -> bool:
        """Whether an instant lies in it."""
        return self.start <= instant < self.end


def ordinary_part(start: Instant | None, end: Instant | None) -> Window | None:
    """What of a period lies in ordinary times; None bounds are open."""
    low = FIRST if start is None or start < FIRST else start
    high = LAST if end is None or end > LAST else end
    return Window(low, high) if low < high else None


def odd_parts(start: Instant | None, end: Instant | None) -> Iterator[Bounds]:
    """What of a period lies before the ordinary times, and after them."""
    if start is None or start < FIRST:
        yield start, FIRST if end is None or end > FIRST else end
    if end is None or end > LAST:
        yield LAST if start is None or start < LAST else start, end


def whole_months(window: Window) -> Window:
    """The window widened to whole months of UTC; as it is where the calendar does not reach."""
    start, end = window.start.to_datetime(), window.end.to_datetime()
    if start is None or end is None or end.year > 9000:
        return window
    first = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last = end.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = last.replace(year=last.year + last.month // 12, month=last.month % 12 + 1)
    return Window(Instant.from_datetime(first), Instant.from_datetime(following))
