"""When and by whom the steps of a story are done: the tools that stories are written with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mylla_audit_desktop.demo.cast import Actor, Cast
from mylla_audit_desktop.demo.changes import Change, between
from mylla_audit_desktop.demo.world import World
from mylla_audit_desktop.log.instant import Instant

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

CYCLE_DAYS = 30
_SECOND = 1_000_000

Deed = Callable[[World, Random, Actor], Change]


@dataclass(frozen=True, slots=True)
class Step:
    """One planned entry: `at` in microseconds, the address as the log shows it."""

    at: int
    actor: Actor
    address: str | None
    deed: Deed


@dataclass(frozen=True)
class Stage:
    """The time and the people of one telling of the stories.

    Stories are told again every 30 days, counted back from the end of the log:
    `cycle` 0 is the latest telling. A log shorter than that has them closer together.
    entries: how long the whole log is; sessions grow with it.
    """

    cycle: int
    until: datetime
    days: int
    entries: int
    cast: Cast
    rng: Random

    def day(self, days_ago: int, weekday: int | None = None) -> date:
        """The day so long before the end of this telling, or the last such weekday by then."""
        scaled = days_ago * min(self.days, CYCLE_DAYS) // CYCLE_DAYS
        day = self.until.date() - timedelta(days=scaled + self.cycle * CYCLE_DAYS)
        if weekday is not None:
            day -= timedelta(days=(day.weekday() - weekday) % 7)
        return day

    def step(
        self, actor: Actor, day: date, clock: str, deed: Deed, *, address: str | None = None
    ) -> Step:
        """A deed at "23:41" of the actor's own zone, some seconds past."""
        local = datetime.combine(day, time.fromisoformat(clock), ZoneInfo(actor.zone))
        at = Instant.from_datetime(local).microseconds + int(self.rng.random() * 60 * _SECOND)
        return Step(at, actor, address or actor.address_at(at), deed)

    def session(
        self, actor: Actor, day: date, clock: str, count: int, *, address: str | None = None
    ) -> list[Step]:
        """So many ordinary deeds one after the other, with gaps of up to two minutes."""
        steps = [self.step(actor, day, clock, World.do_routine, address=address)]
        for _ in range(count - 1):
            last = steps[-1]
            gap = between(self.rng, 25 * _SECOND, 120 * _SECOND)
            steps.append(Step(last.at + gap, actor, last.address, World.do_routine))
        return steps

    def share(self, part: int, least: int, most: int) -> int:
        """One entry in `part` of the whole log, within bounds."""
        return max(least, min(most, self.entries // part))
