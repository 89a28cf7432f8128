"""The entries at unusual times and from new networks, found without reading the period.

What `outside_hours` and `new_networks` find, and the few entries of times for which no
calendar is made, is judged by `review.off_hours`, entry by entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

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
    Origin,
    SeenEntry,
    UnusualEntry,
    judge_entry,
)
from mylla_audit_desktop.review.policy import Policy

_LONG = 400 * 86_400_000_000  # microseconds
_MOST_ACTORS = 5_000
_MOST_UNREADABLE = 100
# How many entries are held at a time, more or less: a month of ten million has a hundred
# thousand at unusual times.
_BATCH_ENTRIES = 5_000
_FIRST_BATCH = 1  # actors


class UnusualReader:
    """Reads unusual entries inside of one transaction, by one policy."""

    def __init__(
        self, log: SeenEntries, policy: Policy, locations: Locations | None = None
    ) -> None:
        self.log = log
        self.policy = policy
        self._networks = NewNetworks(log, policy, locations)
        self._schedule = lru_cache(maxsize=None)(policy.schedule)

    def read_unusual(
        self, start: Instant | None, end: Instant | None, actors: Sequence[str] | None = None
    ) -> list[UnusualEntry]:
        """Every unusual entry of a period, of some actors or of all; in no order."""
        batches = self.read_by_actors(start, end, actors)
        return [one for batch in batches for one in batch]

    def read_by_actors(
        self, start: Instant | None, end: Instant | None, actors: Sequence[str] | None = None
    ) -> Iterator[list[UnusualEntry]]:
        """The same in batches, each with all entries of its actors."""
        window, odd = self._parts(start, end)
        known = None if window is None else self._actors(window, actors)
        new = self.read_new_networks(start, end, known if actors is None else actors)
        # Few, whoever they are of.
        seen = {entry.id: entry for bounds in odd for entry in self.log.read_between(bounds)}
        seen |= {entry.id: entry for entry, _ in new.values()}
        if window is not None:
            if known is None or not are_looked_up(self.log, self.policy, window, known):
                outside = read_outside_hours(self.log, self.policy, window)
                seen |= {entry.id: entry for entry in outside}
            else:
                of_actors = _by_actor(seen.values())
                for some, outside in self._look_up(window, known):
                    entries = [one for actor in some for one in of_actors.pop(actor, ())]
                    yield self._judge({one.id: one for one in (*entries, *outside)}, new)
                seen = {one.id: one for ones in of_actors.values() for one in ones}
        if actors is not None:
            wanted = set(actors)
            seen = {key: one for key, one in seen.items() if one.actor_id in wanted}
        yield self._judge(seen, new)

    def _look_up(
        self, window: Window, actors: list[str]
    ) -> Iterator[tuple[list[str], list[SeenEntry]]]:
        """Some actors at a time, so that few entries are held at once."""
        place, size = 0, _FIRST_BATCH
        while place < len(actors):
            some = actors[place : place + size]
            found = look_up_outside_hours(self.log, self.policy, window, some)
            yield some, found
            place += size
            size = max(1, size * _BATCH_ENTRIES // max(len(found), _BATCH_ENTRIES // 10))

    def _judge(
        self, seen: dict[int, SeenEntry], new: dict[int, tuple[SeenEntry, Origin]]
    ) -> list[UnusualEntry]:
        judged = (
            judge_entry(
                entry,
                self._schedule(entry.actor_id),
                new[entry.id][1] if entry.id in new else Origin(),
            )
            for entry in seen.values()
        )
        return [one for one in judged if one is not None]

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
            return list(actors)
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
