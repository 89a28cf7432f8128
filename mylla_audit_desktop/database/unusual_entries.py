"""The entries at unusual times and from new networks, found without reading the period.

What `outside_hours` and `new_networks` find, and the few entries of times for which no
calendar is made, is judged by `review.off_hours`, entry by entry.
"""

from collections.abc import Sequence
from functools import lru_cache

import sqlalchemy as sa

from mylla_audit_desktop.database.networks_used import is_clean
from mylla_audit_desktop.database.new_networks import NewNetworks
from mylla_audit_desktop.database.outside_hours import read_outside_hours
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
    ) -> list[UnusualEntry]:
        """Every unusual entry of a period, of some actors or of all; in no order."""
        seen: dict[int, SeenEntry] = {}
        window, odd = self._parts(start, end)
        for bounds in odd:
            seen |= {entry.id: entry for entry in self.log.read_between(bounds)}
        known = None if window is None else self._actors(window, actors)
        if window is not None:
            seen |= {
                entry.id: entry
                for entry in read_outside_hours(self.log, self.policy, window, known)
            }
        new = self.read_new_networks(start, end, known if actors is None else actors)
        seen |= {entry.id: entry for entry, _ in new.values()}
        wanted = None if actors is None else set(actors)
        schedule = lru_cache(maxsize=None)(self.policy.schedule)
        judged = (
            judge_entry(
                entry,
                schedule(entry.actor_id),
                new[entry.id][1] if entry.id in new else Origin(),
            )
            for entry in seen.values()
            if wanted is None or entry.actor_id in wanted
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
