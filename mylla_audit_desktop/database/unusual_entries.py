"""The entries at unusual times and from new networks, found without reading the period.

Working time is computed here for each actor, so what lies outside of it is known as
intervals: our own table is asked for each interval of each actor by its index, a view is
read once. New networks come from the pairs of actor and address (`networks_used`). What is
found is then judged by `review.off_hours`, entry by entry.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.drivers import sqlite_driver
from mylla_audit_desktop.database.instants import InstantType, postgresql_text, sqlite_text
from mylla_audit_desktop.database.networks_used import (
    AddressUse,
    Window,
    has_network_index,
    is_clean,
    read_address_uses,
    read_last_uses,
    whole_months,
)
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.locations import CountryHint, Locations
from mylla_audit_desktop.review.networks import (
    FEWEST_EARLIER_ENTRIES,
    LOOK_BACK,
    NetworkHistory,
    is_new_network,
    network_of,
    read_networks,
)
from mylla_audit_desktop.review.off_hours import (
    SYSTEM,
    Origin,
    SeenEntry,
    UnusualEntry,
    judge_entry,
)
from mylla_audit_desktop.review.policy import Policy, Schedule, shift_on
from mylla_audit_desktop.review.working_time import zone_of

# Entries of other times are looked at one by one: there are hardly any, and no clock,
# calendar or partition is made for them.
FIRST = Instant.parse("1970-01-01T00:00:00Z")
LAST = Instant.parse("2200-01-01T00:00:00Z")
_DAY = timedelta(days=1)
_LONG = 400 * 86_400_000_000  # microseconds
# More look-ups by index than this take longer than reading the period once.
_MOST_LOOKUPS = 40_000
_MOST_ACTORS = 5_000

# Values that one statement names; SQLite takes 32,766 at most.
_MOST_VALUES = 1_000

# An actor and a network.
Pair = tuple[str, str | None]
Bounds = tuple[Instant | None, Instant | None]
_TEXTS = ("actor_type", "actor_id", "actor_name", "target_id", "target_name", "ip_address")


@dataclass(frozen=True, slots=True)
class UnusualReader:
    """Reads unusual entries inside of one transaction, by one policy."""

    database: Database
    connection: sa.Connection
    relation: EntryRelation
    policy: Policy
    cancellation: Cancellation
    locations: Locations | None = None

    def read_unusual(
        self, start: Instant | None, end: Instant | None, actors: Sequence[str] | None = None
    ) -> list[UnusualEntry]:
        """Every unusual entry of a period, of some actors or of all; in no order."""
        seen: dict[int, SeenEntry] = {}
        for bounds in self._odd_windows(start, end):
            seen |= {entry.id: entry for entry in self._read_odd(bounds)}
        window = self._usual_window(start, end)
        known = None if window is None else self._actors(window, actors)
        if window is not None:
            seen |= {entry.id: entry for entry in self._read_outside_hours(window, known)}
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
        found = [
            pair
            for bounds in self._odd_windows(start, end)
            for pair in self._odd_origins(self._read_odd(bounds))
        ]
        window = self._usual_window(start, end)
        if window is not None:
            found += self._read_new(window, self._actors(window, actors))
        return {entry.id: (entry, origin) for entry, origin in found}

    # -- the period --------------------------------------------------------------

    def _usual_window(self, start: Instant | None, end: Instant | None) -> Window | None:
        low = FIRST if start is None or start < FIRST else start
        high = LAST if end is None or end > LAST else end
        if low >= high:
            return None
        if high.microseconds - low.microseconds <= _LONG:
            return Window(low, high)
        # No longer than the log is: an open period has no end of days.
        when = self.relation.occurred_at
        edges = []
        for direction in (when.asc(), when.desc()):
            statement = sa.select(when).where(when >= low, when < high)
            edges.append(self.connection.scalar(statement.order_by(direction).limit(1)))
        if edges[0] is None or edges[1] is None:
            return None
        return Window(edges[0], Instant(edges[1].microseconds + 1))

    def _odd_windows(self, start: Instant | None, end: Instant | None) -> Iterator[Bounds]:
        if start is None or start < FIRST:
            yield start, FIRST if end is None or end > FIRST else end
        if end is None or end > LAST:
            yield LAST if start is None or start < LAST else start, end

    def _actors(self, window: Window, actors: Sequence[str] | None) -> list[str] | None:
        """Who acted in the window, by steps of the index; None where that is no help."""
        if actors is not None:
            return list(actors)
        if not self.database.has_indexes:
            return None
        actor = self.relation.text("actor_id")
        conditions: list[Expression] = []
        if self.database.is_postgresql:
            near = whole_months(window)
            when = self.relation.occurred_at
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
        found = [one for one in self.connection.scalars(statement) if one != SYSTEM]
        are_usable = len(found) <= _MOST_ACTORS and all(is_clean(one) for one in found)
        return found if are_usable else None

    # -- unusual times -----------------------------------------------------------

    def _read_outside_hours(self, window: Window, actors: list[str] | None) -> list[SeenEntry]:
        """Entries outside of working time, and few others."""
        if self.database.has_indexes and actors is not None:
            intervals = {actor: free_time(self.policy.schedule(actor), window) for actor in actors}
            if sum(len(times) for times in intervals.values()) <= _MOST_LOOKUPS:
                return self._look_up(window, intervals)
        return self._read_once(window)

    def _look_up(self, window: Window, intervals: dict[str, tuple[Window, ...]]) -> list[SeenEntry]:
        if self.database.is_postgresql:
            rows = [
                (actor, postgresql_text(time.start), postgresql_text(time.end))
                for actor, times in intervals.items()
                for time in times
            ]
            return self._seen(self._postgresql_look_up(window, rows)) if rows else []
        # One short statement for each interval: SQLite has no LATERAL, and would rather
        # hold every entry of the actor against every interval than join in this order.
        when, actor_id = self.relation.occurred_at, self.relation.table.c.actor_id
        statement = sa.select(*self._columns(self.relation.table)).where(
            actor_id == sa.bindparam("actor", type_=sa.Text),
            when >= sa.bindparam("start", type_=InstantType()),
            when < sa.bindparam("end", type_=InstantType()),
        )
        found: list[SeenEntry] = []
        for actor, times in intervals.items():
            for time in times:
                bounds = {"actor": actor, "start": time.start, "end": time.end}
                found += self._seen(statement, bounds)
        return found

    def _postgresql_look_up(
        self, window: Window, rows: list[tuple[str, str, str]]
    ) -> sa.Select[Any]:
        actors, starts, ends = (list(column) for column in zip(*rows, strict=True))
        off = sa.text(
            'SELECT actor_id COLLATE "C" AS actor_id, start_at, end_at'
            " FROM unnest(CAST(:actors AS text[]), CAST(:starts AS timestamptz[]),"
            " CAST(:ends AS timestamptz[])) AS off (actor_id, start_at, end_at)"
        ).bindparams(actors=actors, starts=starts, ends=ends)
        free = off.columns(
            sa.column("actor_id", sa.Text),
            sa.column("start_at", InstantType()),
            sa.column("end_at", InstantType()),
        ).subquery("free")
        entries = self.relation.table.alias()
        when = entries.c.occurred_at
        # OFFSET 0 keeps the server from joining by actor and comparing times afterwards.
        inside = (
            sa.select(entries)
            .where(
                self.relation.text("actor_id", entries) == free.c.actor_id,
                when >= free.c.start_at,
                when < free.c.end_at,
                when >= window.start,
                when < window.end,
            )
            .offset(0)
            .lateral()
        )
        columns = self._columns(inside)
        return sa.select(*columns).select_from(free.join(inside, sa.true()))

    def _read_once(self, window: Window) -> list[SeenEntry]:
        """By one pass over the period, each entry held against the free time of its actor."""
        when = self.relation.occurred_at
        actor = sa.func.coalesce(self.relation.text("actor_id"), sa.literal_column("''"))
        by_schedule: dict[Schedule, list[str]] = {}
        for one in self.policy.actors:
            by_schedule.setdefault(self.policy.schedule(one), []).append(one)
        usual = self.policy.schedule("")
        others = [
            (actor.in_(ids), self._is_free(schedule, window))
            for schedule, ids in by_schedule.items()
            if schedule != usual
        ]
        is_free = self._is_free(usual, window)
        condition = sa.case(*others, else_=is_free) if others else is_free
        kind = sa.func.coalesce(self.relation.text("actor_type"), sa.literal_column("''"))
        statement = sa.select(*self._columns(self.relation.table)).where(
            when >= window.start, when < window.end, kind != SYSTEM, actor != SYSTEM, condition
        )
        return self._seen(statement)

    def _is_free(self, schedule: Schedule, window: Window) -> Expression:
        """Whether an entry's time lies in the free time of a schedule."""
        edges = [edge for time in free_time(schedule, window) for edge in (time.start, time.end)]
        if not edges:
            return sa.false()
        if self.database.is_postgresql:
            # Which gap between the edges: 1, 3, 5 … are the free ones.
            texts = [postgresql_text(edge) for edge in edges]
            bounds = sa.cast(sa.literal(texts, ARRAY(sa.Text)), ARRAY(TIMESTAMP(timezone=True)))
            when = sa.type_coerce(self.relation.occurred_at, TIMESTAMP(timezone=True))
            place: Expression = sa.func.width_bucket(when, bounds, type_=sa.Integer)
            return place % 2 == 1
        texts = [sqlite_text(edge) for edge in edges]
        name = f"mylla_free_{abs(hash(schedule)):x}"
        driver = sqlite_driver(self.connection)
        driver.create_function(
            name, 1, lambda text: bisect_right(texts, text) % 2, deterministic=True
        )
        call = getattr(sa.func, name)(sa.type_coerce(self.relation.occurred_at, sa.Text))
        return sa.type_coerce(call, sa.Integer) == 1

    # -- new networks ------------------------------------------------------------

    def _read_new(
        self, window: Window, actors: list[str] | None
    ) -> Iterator[tuple[SeenEntry, Origin]]:
        """The first entry of each network that its actor had not used in the 90 days before.

        In a window of 90 days only the first use of a network can be new, so the period is
        taken in such windows, each held against the one before.
        """
        has_index = has_network_index(self.database, self.connection)
        known_actors = actors if has_index else None
        trusted = read_networks(self.policy.trusted_networks)
        start, end = window.start.microseconds, window.end.microseconds
        before: list[AddressUse] | None = None
        while start < end:
            until = min(start + LOOK_BACK, end)
            now = self._uses(Window(Instant(start), Instant(until)), known_actors)
            first_used = _first_uses(now)
            if before is None:
                earlier = Window(Instant(start - LOOK_BACK), Instant(start))
                before = self._uses_before(earlier, now, first_used, known_actors)
            last_used: dict[Pair, Instant] = {}
            for use in before:
                pair = _pair(use)
                last_used[pair] = max(use.last_at, last_used.get(pair, use.last_at))
            # Nearly all are known; the entries are read of the others only.
            new = {
                pair: use
                for pair, use in first_used.items()
                if is_new_network(
                    use.address,
                    use.first_at,
                    NetworkHistory(FEWEST_EARLIER_ENTRIES, last_used.get(pair)),
                    trusted,
                )
            }
            for entry in self._first_entries(new):
                yield entry, self._origin(entry, (*before, *now))
            before, start = now, until

    def _uses(self, window: Window, actors: list[str] | None) -> list[AddressUse]:
        self.cancellation.raise_if_cancelled()
        return read_address_uses(self.connection, self.relation, window, actors)

    def _uses_before(
        self,
        window: Window,
        now: Sequence[AddressUse],
        first_used: dict[Pair, AddressUse],
        actors: list[str] | None,
    ) -> list[AddressUse]:
        """The uses in the 90 days before a window, as far as they matter for those in it.

        Most come from an address that the actor used before, which one look-up shows; the
        other addresses of an actor are looked for only where none of them was.
        """
        if actors is None:
            return self._uses(window, None)
        asked = [(use, first_used[_pair(use)].first_at) for use in now]
        found = read_last_uses(
            self.connection,
            [
                (use.actor_id, use.address, Instant(at.microseconds - LOOK_BACK), at)
                for use, at in asked
            ],
        )
        known = {_pair(use) for use in found}
        unknown = sorted({actor for actor, network in first_used if (actor, network) not in known})
        return [*found, *(self._uses(window, unknown) if unknown else ())]

    def _first_entries(self, pairs: dict[Pair, AddressUse]) -> Iterator[SeenEntry]:
        """The entries with which the uses began, of actors with enough entries before."""
        columns = self._columns(self.relation.table)
        when, actor = self.relation.occurred_at, self.relation.text("actor_id")
        times = sorted({use.first_at for use in pairs.values()})
        first: dict[Pair, SeenEntry] = {}
        for place in range(0, len(times), _MOST_VALUES):
            some = times[place : place + _MOST_VALUES]
            conditions = [when.in_(some), when >= some[0], when <= some[-1]]
            names = {name for name, _ in pairs}
            if len(names) <= _MOST_VALUES and all(name and is_clean(name) for name in names):
                conditions.append(actor.in_(sorted(names)))
            for entry in self._seen(sa.select(*columns).where(*conditions)):
                pair = entry.actor_id, network_of(entry.ip_address)
                if pair not in pairs or entry.occurred_at != pairs[pair].first_at:
                    continue
                if pair not in first or entry.id < first[pair].id:
                    first[pair] = entry
        enough = self._with_enough_entries([e for e in first.values() if not e.is_by_system])
        yield from enough

    def _with_enough_entries(self, entries: Sequence[SeenEntry]) -> list[SeenEntry]:
        """Those whose actor had as many entries before as make a network new."""
        if not entries:
            return []
        twentieth = self._twentieth_entries({entry.actor_id for entry in entries})
        return [
            entry
            for entry in entries
            if entry.actor_id in twentieth and twentieth[entry.actor_id] < entry.key
        ]

    def _twentieth_entries(self, actors: set[str]) -> dict[str, tuple[Instant, int]]:
        """Time and id of the twentieth entry of each actor who has so many."""
        found: dict[str, tuple[Instant, int]] = {}
        table, actor = self.relation.table, self.relation.text("actor_id")
        if self.database.has_indexes and all(is_clean(one) for one in actors):
            statement = (
                sa.select(table.c.occurred_at, table.c.id)
                .where(actor == sa.bindparam("actor", type_=sa.Text))
                .order_by(table.c.occurred_at, table.c.id)
                .offset(FEWEST_EARLIER_ENTRIES - 1)
                .limit(1)
            )
            for one in actors:
                row = self.connection.execute(statement, {"actor": one}).first()
                if row is not None:
                    found[one] = (row[0], row[1])
            return found
        name = sa.func.coalesce(actor, sa.literal_column("''")).label("actor_id")
        place = sa.func.row_number().over(
            partition_by=name, order_by=(table.c.occurred_at, table.c.id)
        )
        numbered = sa.select(name, table.c.occurred_at, table.c.id, place.label("place")).subquery()
        rows = self.connection.execute(
            sa.select(numbered.c.actor_id, numbered.c.occurred_at, numbered.c.id).where(
                numbered.c.place == FEWEST_EARLIER_ENTRIES
            )
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def _origin(self, entry: SeenEntry, uses: Iterable[AddressUse]) -> Origin:
        """With the country, where the chosen data knows it and it is new for the actor."""
        address = entry.ip_address
        if self.locations is None or not address:
            return Origin(is_new_network=True)
        country = self.locations.country(address)
        since = entry.occurred_at.microseconds - LOOK_BACK
        network = network_of(address)
        before = {
            self.locations.country(use.address)
            for use in uses
            if use.actor_id == entry.actor_id
            and use.first_at < entry.occurred_at
            and use.last_at.microseconds >= since
            and network_of(use.address) != network
        }
        if country is None or country in before:
            return Origin(is_new_network=True)
        return Origin(True, CountryHint(country, self.locations.source))

    # -- odd times ---------------------------------------------------------------

    def _read_odd(self, bounds: Bounds) -> list[SeenEntry]:
        start, end = bounds
        when = self.relation.occurred_at
        conditions = [when >= start] if start is not None else []
        if end is not None:
            conditions.append(when < end)
        return self._seen(sa.select(*self._columns(self.relation.table)).where(*conditions))

    def _odd_origins(self, entries: Sequence[SeenEntry]) -> Iterator[tuple[SeenEntry, Origin]]:
        trusted = read_networks(self.policy.trusted_networks)
        last_used: dict[Pair, Instant] = {}
        new = []
        for entry in sorted(entries, key=lambda one: one.key):
            pair = entry.actor_id, network_of(entry.ip_address)
            history = NetworkHistory(FEWEST_EARLIER_ENTRIES, last_used.get(pair))
            last_used[pair] = entry.occurred_at
            is_new = is_new_network(entry.ip_address, entry.occurred_at, history, trusted)
            if is_new and not entry.is_by_system:
                new.append(entry)
        for entry in self._with_enough_entries(new):
            yield entry, Origin(is_new_network=True)

    # -- rows --------------------------------------------------------------------

    def _columns(self, source: sa.FromClause) -> list[Expression]:
        texts = (self.relation.plain_text(name, source).label(name) for name in _TEXTS)
        return [source.c.id, source.c.occurred_at, *texts]

    def _seen(
        self, statement: sa.Select[Any], values: dict[str, object] | None = None
    ) -> list[SeenEntry]:
        self.cancellation.raise_if_cancelled()
        return [
            SeenEntry(row[0], row[1], row[2] or "", row[3] or "", row[4] or "", *row[5:])
            for row in self.connection.execute(statement, values)
        ]


def _pair(use: AddressUse) -> Pair:
    return use.actor_id, network_of(use.address)


def _first_uses(uses: Iterable[AddressUse]) -> dict[Pair, AddressUse]:
    """Of each actor and network, the address with which it began."""
    first: dict[Pair, AddressUse] = {}
    for use in uses:
        pair = _pair(use)
        if pair not in first or use.first_at < first[pair].first_at:
            first[pair] = use
    return first


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
