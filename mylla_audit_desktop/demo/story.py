"""A believable log, made up: the same plan tells the same story on every machine."""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from mylla_audit_desktop.demo.cast import SYSTEM, Actor, Cast, load_cast
from mylla_audit_desktop.demo.changes import Change, seeded
from mylla_audit_desktop.demo.prose import load_prose
from mylla_audit_desktop.demo.slots import Slot, iterate_slots
from mylla_audit_desktop.demo.stage import Step
from mylla_audit_desktop.demo.storybook import plan_stories
from mylla_audit_desktop.demo.world import World
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_MOST_DAYS = 36_500
_LONGEST_BOUT = 6
# So many entries of `system` share their microsecond with the one before: jobs write in batches.
_BATCHED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """How many entries, over how many days before `until` (included), from which seed."""

    entries: int = 50_000
    days: int = 400
    seed: int = 1
    until: Instant


def tell_story(plan: DemoPlan) -> Iterator[NewEntry]:
    """Exactly `plan.entries` entries in `(until - days, until]`, in order of time, without IDs.

    Raises InputError at once where the plan cannot be told.
    """
    until = _checked(plan)
    return _entries(plan, until)


def _checked(plan: DemoPlan) -> datetime:
    if plan.entries < 1:
        raise InputError("A demo log needs at least one entry.", field="entries")
    if not 1 <= plan.days <= _MOST_DAYS:
        raise InputError(f"A demo log covers 1 to {_MOST_DAYS:,} days.", field="days")
    until = plan.until.to_datetime()
    start = Instant(plan.until.microseconds - (plan.days + 1) * _DAY).to_datetime()
    if until is None or start is None or start.year < 2 or until.year > 9998:
        raise InputError("The demo log must lie in the years 2 to 9998.", field="until")
    return until


def _entries(plan: DemoPlan, until: datetime) -> Iterator[NewEntry]:
    cast = load_cast()
    rng = seeded(plan.seed, "entries")
    world = World(rng, cast, load_prose())
    end = plan.until.microseconds + 1
    first = end - plan.days * _DAY
    steps = plan_stories(until, plan.days, plan.entries, cast, plan.seed, first, end)
    waiting = iter(steps)
    planned = next(waiting, None)
    moments = _moments(plan.entries - len(steps), first, end, cast, plan.seed)
    for at, actor in moments:
        while planned is not None and planned.at <= at:
            yield _told(planned, world, rng)
            planned = next(waiting, None)
        yield _entry(at, actor, actor.address_at(at), world.do_routine(rng, actor))
    while planned is not None:
        yield _told(planned, world, rng)
        planned = next(waiting, None)


def _told(step: Step, world: World, rng: Random) -> NewEntry:
    return _entry(step.at, step.actor, step.address, step.deed(world, rng, step.actor))


def _entry(at: int, actor: Actor, address: str | None, change: Change) -> NewEntry:
    return NewEntry(
        Instant(at), actor.actor_type, actor.id, actor.name, *change, ip_address=address
    )


def _moments(
    count: int, first: int, end: int, cast: Cast, seed: int
) -> Iterator[tuple[int, Actor]]:
    """So many ordinary moments in order of time, each with who acts then.

    The hours are gone through twice, to know the sum of their weights before the
    first is filled: that is quicker than keeping them.
    """
    rng = seeded(seed, "moments")
    total = sum(slot.weight for slot in iterate_slots(first, end, cast, seed))
    weight = done = 0
    for slot in iterate_slots(first, end, cast, seed):
        weight += slot.weight
        target = weight * count // total
        if target > done:
            yield from _moments_of_hour(rng, slot, target - done)
            done = target


def _moments_of_hour(rng: Random, slot: Slot, count: int) -> list[tuple[int, Actor]]:
    """Bouts of work: somebody does a few things one shortly after the other."""
    moments: list[tuple[int, Actor]] = []
    random = rng.random
    while (left := count - len(moments)) > 0:
        actor = slot.actors[bisect(slot.bounds, random() * slot.bounds[-1])]
        at = int(random() * slot.length)
        for _ in range(min(left, 1 + int(random() * _LONGEST_BOUT))):
            moments.append((slot.start + at, actor))
            if actor is not SYSTEM or random() > _BATCHED:
                # What would run over the hour goes on at its beginning.
                at = (at + int((8 + random() * 110) * _SECOND)) % slot.length
    moments.sort(key=lambda moment: moment[0])
    return moments
