"""The entries at unusual times and from new networks, found without reading the period.

What `outside_hours` and `new_networks` find, and the few entries of times for which no
calendar is made, is judged by `review.off_hours`, entry by entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from mylla_audit_desktop.database.networks_used import is_clean
from mylla_audit_desktop.database.new_networks import NewNetworks
from mylla_audit_desktop.database.outside_hours import (
    are_looked_up,
    look_up_outside_hours,
    read_outside_hours,
)
from mylla_audit_desktop.database.relation import Expression
from mylla_audit_desktop.database.seen_entries import SeenEntries
from mylla_audit_desktop.database.window import (
    Bounds,
    Window,
    odd_parts,
    ordinary_part,
    whole_months,
)
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.locations import Locations
from mylla_audit_desktop.review.off_hours import (
    SYSTEM,
    USUAL_ORIGIN,
    Origin,
    SeenEntry,
    UnusualEntry,
    judge_entry,
)
from mylla_audit_desktop.review.policy import Policy

_LONG = 400 * 86_400_000_000  # microseconds
_MOST_ACTORS = 5_000
_MOST_UNREADABLE = 100
_KEY = attrgetter("key")


class UnusualReader:
    """Reads unusual entries inside of one transaction, by one policy."""

    def __init__(
        self, log: SeenEntries, policy: Policy, locations: Locations | None = None
    ) -> None:
        self.log = log
        self.policy = policy
        self._networks = NewNetworks(log, policy, locations)

    def read_unusual(
        self, start: Instant | None, end: Instant | None, actors: Sequence[str] | None = None
    ) -> Iterator[UnusualEntry]:
        """Every unusual entry of a period, of some actors or of all.

        Actor by actor, each in order of time, then id. On PostgreSQL few are held at a time:
        a month of ten million entries has a hundred thousand at unusual times.
        """
        window, odd = self._parts(start, end)
        known = None if window is None else self._actors(window, actors)
        new = self.read_new_networks(start, end, known if actors is None else actors)
        seen = {entry.id: entry for bounds in odd for entry in self.log.read_between(bounds)}
        seen |= {entry.id: entry for entry, _ in new.values()}
        # Few, whoever they are of.
        others = _by_actor(seen.values())
        outside = () if window is None else self._outside_hours(window, known)
        wanted = None if actors is None else frozenset(actors)
        for actor, entries in groupby(outside, key=attrgetter("actor_id")):
            of_actor = _merge(others.pop(actor, []), entries)
            if wanted is None or actor in wanted:
                yield from self._judge(actor, of_actor, new)
        for actor, rest in others.items():
            if wanted is None or actor in wanted:
                yield from self._judge(actor, _merge(rest, ()), new)

    def _outside_hours(self, window: Window, actors: list[str] | None) -> Iterable[SeenEntry]:
        """Those outside of working time, in the same order; of all actors where None are known."""
        if actors is not None and are_looked_up(self.log, self.policy, window, actors):
            return look_up_outside_hours(self.log, self.policy, window, actors)
        found = read_outside_hours(self.log, self.policy, window)
        return sorted(found, key=attrgetter("actor_id", "key"))

    def _judge(
        self, actor: str, entries: Iterable[SeenEntry], new: dict[int, tuple[SeenEntry, Origin]]
    ) -> Iterator[UnusualEntry]:
        schedule = self.policy.schedule(actor)
        for entry in entries:
            origin = new[entry.id][1] if entry.id in new else USUAL_ORIGIN
            one = judge_entry(entry, schedule, origin)
            if one is not None:
                yield one

    def read_new_networks(
        self, start: Instant | None, end: Instant | None, actors: Sequence[str] | None = None
    ) -> dict[int, tuple[SeenEntry, Origin]]:
        """By id, the entries of a period from networks new to their actors.

        Those of other actors may be among them.
        """
        window, odd = self._parts(start, end)
        found = [
            pair for bounds in odd for pair in self._networks.among(self.log.read_between(bounds))
        ]
        if window is not None:
            found += self._networks.read(window, self._actors(window, actors))
        return {entry.id: (entry, origin) for entry, origin in found}

    def _parts(
        self, start: Instant | None, end: Instant | None
    ) -> tuple[Window | None, list[Bounds]]:
        """The ordinary times of a period, no longer than the log is, and the others."""
        window, odd = ordinary_part(start, end), list(odd_parts(start, end))
        if window is None or window.end.microseconds - window.start.microseconds <= _LONG:
            return window, odd
        when = self.log.relation.occurred_at
        inside = sa.select(when).where(when >= window.start, when < window.end)
        first, last = (
            self.log.connection.scalars(inside.order_by(direction).limit(_MOST_UNREADABLE)).all()
            for direction in (when.asc(), when.desc())
        )
        if not first:
            return None, odd
        # A view may hold times that sort into the window and cannot be read.
        first_at = next(filter(window.holds, first), window.start)
        last_at = next(filter(window.holds, last), None)
        after = window.end if last_at is None else Instant(last_at.microseconds + 1)
        if first[0] != first_at:
            odd.append((window.start, first_at))
        if last_at is not None and last[0] != last_at:
            odd.append((after, window.end))
        return Window(first_at, after), odd

    def _actors(self, window: Window, actors: Sequence[str] | None) -> list[str] | None:
        """Who acted in the window, by steps of the index; None where that is no help."""
        if actors is not None:
            return list(actors) if all(map(is_clean, actors)) else None
        if not self.log.database.has_indexes:
            return None
        actor = self.log.relation.text("actor_id")
        conditions: list[Expression] = []
        if self.log.database.is_postgresql:
            near = whole_months(window)
            when = self.log.relation.occurred_at
            conditions = [when >= near.start, when < near.end]
        steps = (
            sa.select(sa.func.min(actor).label("value"))
            .where(*conditions)
            .cte("steps", recursive=True)
        )
        following = sa.select(sa.func.min(actor)).where(actor > steps.c.value, *conditions)
        steps = steps.union_all(
            sa.select(following.scalar_subquery()).where(steps.c.value.is_not(None))
        )
        statement = (
            sa.select(steps.c.value).where(steps.c.value.is_not(None)).limit(_MOST_ACTORS + 1)
        )
        found = [one for one in self.log.connection.scalars(statement) if one != SYSTEM]
        are_usable = len(found) <= _MOST_ACTORS and all(is_clean(one) for one in found)
        return found if are_usable else None


def _by_actor(entries: Iterable[SeenEntry]) -> dict[str, list[SeenEntry]]:
    found: dict[str, list[SeenEntry]] = {}
    for entry in entries:
        found.setdefault(entry.actor_id, []).append(entry)
    return found


def _merge(few: list[SeenEntry], many: Iterable[SeenEntry]) -> Iterable[SeenEntry]:
    """All of them in order, each once; `many` are in order."""
    if not few:
        return many
    both = merge(sorted(few, key=_KEY), many, key=_KEY)
    return (next(same) for _, same in groupby(both, key=lambda one: one.id))
