"""How busy each hour is: the ordinary part of the log, hour by hour.

An hour's share of the entries follows from who works then, by the habits of the
cast, and from a day that is busier or quieter than others. Shares are whole
numbers, and the running total decides how many entries an hour gets, so that the
counts add up exactly and are the same on every machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mylla_audit_desktop.demo.cast import SYSTEM, Actor, Cast, LocalHour
from mylla_audit_desktop.demo.changes import seeded

HOUR = 3_600_000_000  # microseconds
_SYSTEM_WEIGHT, _SYSTEM_WEIGHT_AT_NIGHT = 20, 100
_NIGHTLY_JOBS = range(1, 4)  # hours of UTC


@dataclass(frozen=True, slots=True)
class Slot:
    """Part of one hour of UTC: `[start, start + length)` in microseconds.

    actors: who may act; bounds: their running weights, the last being the sum.
    """

    start: int
    length: int
    weight: int
    actors: tuple[Actor, ...]
    bounds: tuple[int, ...]


def iterate_slots(first: int, end: int, cast: Cast, seed: int) -> Iterator[Slot]:
    """The hours of `[first, end)` (microseconds since 1970, UTC), the outer ones cut to it."""
    moods = seeded(seed, "days")
    calendar = _Calendar(cast)
    day, mood = -1, 0
    for hour in range(first // HOUR, -(-end // HOUR)):
        if hour // 24 != day:
            day, mood = hour // 24, _mood(moods)
        actors, bounds = calendar.who_works(hour)
        start = max(first, hour * HOUR)
        length = min(end, (hour + 1) * HOUR) - start
        yield Slot(start, length, bounds[-1] * mood * length, actors, bounds)


def _mood(moods: Random) -> int:
    """How much is done on a day, in percent: mostly 60 to 140, rarely a rush or a lull."""
    kind = moods.random()
    if kind < 0.06:
        return 220 + int(moods.random() * 80)
    if kind < 0.14:
        return 15 + int(moods.random() * 25)
    return 60 + int(moods.random() * 80)


class _Calendar:
    """Who works in an hour of UTC; answers are few, so they are kept."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._zones = [(zone, ZoneInfo(zone)) for zone in cast.zones]
        self._known: dict[tuple[object, ...], tuple[tuple[Actor, ...], tuple[int, ...]]] = {}
        self._holidays: dict[tuple[str, date], bool] = {}

    def who_works(self, hour: int) -> tuple[tuple[Actor, ...], tuple[int, ...]]:
        """`system` first, then the members at work, with running weights."""
        moment = datetime.fromtimestamp(hour * 3600, UTC)
        locals_ = {zone: self._local_hour(zone, info, moment) for zone, info in self._zones}
        key = (moment.hour in _NIGHTLY_JOBS, *locals_.values())
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._weigh(moment.hour, locals_)
        return known

    def _weigh(
        self, hour: int, locals_: dict[str, LocalHour]
    ) -> tuple[tuple[Actor, ...], tuple[int, ...]]:
        total = _SYSTEM_WEIGHT_AT_NIGHT if hour in _NIGHTLY_JOBS else _SYSTEM_WEIGHT
        actors, bounds = [SYSTEM], [total]
        for member in self._cast.members:
            weight = member.weight_at(locals_[member.zone])
            if weight:
                total += weight
                actors.append(member)
                bounds.append(total)
        return tuple(actors), tuple(bounds)

    def _local_hour(self, zone: str, info: ZoneInfo, moment: datetime) -> LocalHour:
        local = moment.astimezone(info)
        today = local.date()
        return LocalHour(
            today.weekday(),
            local.hour,
            self._is_holiday(zone, today),
            self._is_holiday(zone, today - timedelta(days=1)),
        )

    def _is_holiday(self, zone: str, day: date) -> bool:
        known = self._holidays.get((zone, day))
        if known is None:
            known = self._holidays[zone, day] = self._cast.is_holiday(zone, day)
        return known
