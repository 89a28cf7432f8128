"""The entries from networks that are new to their actors.

They come from the pairs of actor and address (`networks_used`); an entry is read only where
its network is new.
"""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from mylla_audit_desktop.database.networks_used import (
    AddressUse,
    has_network_index,
    is_clean,
    read_address_uses,
    read_last_uses,
)
from mylla_audit_desktop.database.seen_entries import SeenEntries
from mylla_audit_desktop.database.window import Window
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
from mylla_audit_desktop.review.off_hours import Origin, SeenEntry
from mylla_audit_desktop.review.policy import Policy

# Values that one statement names; SQLite takes 32,766 at most.
_MOST_VALUES = 1_000

# An actor and a network.
Pair = tuple[str, str | None]


class NewNetworks:
    """Finds them by one policy, with countries where somebody chose data for them."""

    def __init__(self, log: SeenEntries, policy: Policy, locations: Locations | None) -> None:
        self.log = log
        self.locations = locations
        self._trusted = read_networks(policy.trusted_networks)
        # The key of the twentieth entry, None of who has fewer; the same all the time
        # within the transaction, and much to read where there is no index.
        self._twentieth: dict[str, tuple[int, int] | None] = {}

    def read(self, window: Window, actors: list[str] | None) -> Iterator[tuple[SeenEntry, Origin]]:
        """The first entry of each network that its actor had not used in the 90 days before.

        In a window of 90 days only the first use of a network can be new, so the period is
        taken in such windows, each held against the one before.
        """
        has_index = has_network_index(self.log.database, self.log.connection)
        known_actors = actors if has_index else None
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
                    self._trusted,
                )
            }
            for entry in self._first_entries(new):
                yield entry, self._origin(entry, (*before, *now))
            before, start = now, until

    def among(self, entries: Sequence[SeenEntry]) -> Iterator[tuple[SeenEntry, Origin]]:
        """The same of entries that are all there are of their time."""
        last_used: dict[Pair, Instant] = {}
        new = []
        for entry in sorted(entries, key=lambda one: one.key):
            pair = entry.actor_id, network_of(entry.ip_address)
            history = NetworkHistory(FEWEST_EARLIER_ENTRIES, last_used.get(pair))
            last_used[pair] = entry.occurred_at
            is_new = is_new_network(entry.ip_address, entry.occurred_at, history, self._trusted)
            if is_new and not entry.is_by_system:
                new.append(entry)
        for entry in self._with_enough_entries(new):
            yield entry, Origin(is_new_network=True)

    def _uses(self, window: Window, actors: list[str] | None) -> list[AddressUse]:
        self.log.cancellation.raise_if_cancelled()
        return read_address_uses(self.log.connection, self.log.relation, window, actors)

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
            self.log.connection,
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
        columns = self.log.columns(self.log.relation.table)
        when, actor = self.log.relation.occurred_at, self.log.relation.text("actor_id")
        times = sorted({use.first_at for use in pairs.values()})
        first: dict[Pair, SeenEntry] = {}
        for place in range(0, len(times), _MOST_VALUES):
            some = times[place : place + _MOST_VALUES]
            conditions = [when.in_(some), when >= some[0], when <= some[-1]]
            names = {name for name, _ in pairs}
            if len(names) <= _MOST_VALUES and all(name and is_clean(name) for name in names):
                conditions.append(actor.in_(sorted(names)))
            for entry in self.log.read(sa.select(*columns).where(*conditions)):
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
        missing = {entry.actor_id for entry in entries} - self._twentieth.keys()
        if missing:
            found = self._read_twentieth(missing)
            self._twentieth |= {actor: found.get(actor) for actor in found.keys() | missing}
        enough = []
        for entry in entries:
            twentieth = self._twentieth[entry.actor_id]
            if twentieth is not None and twentieth < entry.key:
                enough.append(entry)
        return enough

    def _read_twentieth(self, actors: set[str]) -> dict[str, tuple[int, int]]:
        """The key of the twentieth entry of each actor who has so many; maybe of others."""
        found: dict[str, tuple[int, int]] = {}
        table, actor = self.log.relation.table, self.log.relation.text("actor_id")
        if self.log.database.has_indexes and all(is_clean(one) for one in actors):
            statement = (
                sa.select(table.c.occurred_at, table.c.id)
                .where(actor == sa.bindparam("actor", type_=sa.Text))
                .order_by(table.c.occurred_at, table.c.id)
                .offset(FEWEST_EARLIER_ENTRIES - 1)
                .limit(1)
            )
            for one in actors:
                row = self.log.connection.execute(statement, {"actor": one}).first()
                if row is not None:
                    found[one] = (row[0].microseconds, row[1])
            return found
        name = sa.func.coalesce(actor, sa.literal_column("''")).label("actor_id")
        place = sa.func.row_number().over(
            partition_by=name, order_by=(table.c.occurred_at, table.c.id)
        )
        numbered = sa.select(name, table.c.occurred_at, table.c.id, place.label("place")).subquery()
        rows = self.log.connection.execute(
            sa.select(numbered.c.actor_id, numbered.c.occurred_at, numbered.c.id).where(
                numbered.c.place == FEWEST_EARLIER_ENTRIES
            )
        )
        return {row[0]: (row[1].microseconds, row[2]) for row in rows}

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
