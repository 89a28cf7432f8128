"""`audit.entries` as SQL expressions: what to select, how to filter, how to order.

It may be our own table or a view over somebody else's, so nothing here relies on
more than the columns of the contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.database.local_time import LocalTime
from mylla_audit_desktop.database.schema import Inet
from mylla_audit_desktop.log.entry import COLUMNS
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn, glob_to_like, is_glob

if TYPE_CHECKING:  # It imports what stands here.
    from mylla_audit_desktop.database.connection import Database

Expression = sa.ColumnElement[Any]

# Texts before and after are read up to this many characters for the table's Changes column.
EXCERPT_LENGTH = 4096

_TEXT_TYPES = frozenset({"text", "varchar", "bpchar"})
_SORT_COLUMNS = {
    SortColumn.ACTOR: "actor_name",
    SortColumn.ACTION: "action",
    SortColumn.TARGET: "target_name",
    SortColumn.IP_ADDRESS: "ip_address",
}


@dataclass(frozen=True, slots=True)
class RowKey:
    """Where an entry stands in the order of a result.

    `value` is the sort column's value in the form the database compares by
    (None for NULL, and for the timestamp, which needs none of its own).
    """

    value: str | None
    occurred_at: Instant
    id: int


class EntryRelation:
    """SQL over the entries of one database, after what `check_entries` learned of it."""

    def __init__(self, database: "Database") -> None:
        self.is_postgresql = database.is_postgresql
        self._types = database.column_types
        self._required = database.required_columns
        self.table = sa.table(
            "entries",
            sa.column("id", sa.BigInteger),
            sa.column("occurred_at", InstantType()),
            *(sa.column(name, sa.Text) for name in COLUMNS[2:]),
            schema="audit" if self.is_postgresql else None,
        )
        self.id = self.table.c.id
        self.occurred_at = self.table.c.occurred_at

    # -- columns ---------------------------------------------------------------

    def text(self, name: str, source: sa.FromClause | None = None) -> Expression:
        """A text column in byte order (which is code point order for UTF-8)."""
        column = (self.table if source is None else source).c[name]
        typed = column if self._is_text(name) else sa.cast(column, sa.Text)
        return sa.collate(typed, "C") if self.is_postgresql else typed

    def plain_text(self, name: str, source: sa.FromClause | None = None) -> Expression:
        """A column as text, exactly as it is stored; JSON keeps its own spelling."""
        column: Expression = (self.table if source is None else source).c[name]
        if self.is_address(name):
            # A cast would add "/32" to a single address.
            return sa.func.abbrev(sa.type_coerce(column, Inet), type_=sa.Text)
        return column if self._is_text(name) else sa.cast(column, sa.Text)

    def _is_text(self, name: str) -> bool:
        """Whether the column is sure to hold texts; a view may bring numbers and bytes."""
        return self._types.get(name, "").lower() in _TEXT_TYPES

    def is_address(self, name: str) -> bool:
        """Whether the database knows the column as an address and not as a text."""
        return self._types.get(name) == "inet"

    def summary_columns(self, source: sa.FromClause) -> list[Expression]:
        """What the table shows of an entry, in the order of `EntrySummary` but for changes."""
        names = ("actor_type", "actor_id", "actor_name", "action")
        targets = ("target_type", "target_id", "target_name", "ip_address")
        return [
            source.c.id,
            source.c.occurred_at,
            *(self.plain_text(name, source).label(name) for name in names + targets),
            *(
                sa.func.substr(self.plain_text(name, source), 1, EXCERPT_LENGTH).label(name)
                for name in ("before", "after")
            ),
        ]

    def entry_columns(
        self, source: sa.FromClause | None = None, *, longest: int | None = None
    ) -> list[Expression]:
        """All columns of the contract, in its order.

        longest: texts before and after are cut to so many characters.
        """
        table = self.table if source is None else source
        columns: list[Expression] = []
        for column in table.c:
            if column.name in {"id", "occurred_at"}:
                columns.append(column)
                continue
            text = self.plain_text(column.name, table)
            if longest is not None and column.name in {"before", "after"}:
                text = sa.func.substr(text, 1, longest, type_=sa.Text)
            columns.append(text.label(column.name))
        return columns

    # -- filters ---------------------------------------------------------------

    def filters(self, query: LogQuery) -> list[Expression]:
        """The conditions of a query; all of them must hold."""
        conditions: list[Expression] = []
        if query.start is not None:
            conditions.append(self.occurred_at >= query.start)
        if query.end is not None:
            conditions.append(self.occurred_at < query.end)
        if query.actors:
            conditions.append(
                sa.or_(
                    self.text("actor_id").in_(query.actors),
                    self.text("actor_name").in_(query.actors),
                )
            )
        if query.actions:
            conditions.append(sa.or_(*self._action_conditions(query.actions)))
        if query.targets:
            conditions.append(self.text("target_id").in_(query.targets))
        if query.hours:
            clock = self.local_time(query.hours_zone, query.start, query.end)
            conditions.append(clock.week_hour().in_([hour.index for hour in query.hours]))
        return conditions

    def local_time(self, zone: str, start: Instant | None, end: Instant | None) -> LocalTime:
        """What the clocks of a zone (IANA) show of entries in `[start, end)`."""
        return LocalTime(self.occurred_at, zone, start, end, is_postgresql=self.is_postgresql)

    def _action_conditions(self, patterns: Sequence[str]) -> list[Expression]:
        exact = [pattern for pattern in patterns if not is_glob(pattern)]
        conditions: list[Expression] = [self.text("action").in_(exact)] if exact else []
        for pattern in patterns:
            if not is_glob(pattern):
                continue
            if self.is_postgresql:
                like = self.text("action").like(glob_to_like(pattern), escape="\\")
            else:
                # LIKE ignores case in SQLite; GLOB does not, and knows one more wildcard.
                like = self.text("action").op("GLOB", is_comparison=True)(
                    pattern.replace("[", "[[]")
                )
            conditions.append(like)
        return conditions

    def begins_with(self, name: str, prefix: str) -> Expression:
        """Whether a column begins with `prefix`, in any case."""
        start: Expression = sa.func.substr(self.plain_text(name), 1, len(prefix))
        wanted: Expression = sa.literal(prefix, sa.Text)
        if prefix.isascii():
            return sa.func.lower(start) == sa.func.lower(wanted)
        if self.is_postgresql:
            # The byte order of our columns knows no letters beyond ASCII.
            start, wanted = sa.collate(start, "default"), sa.collate(wanted, "default")
            return sa.func.lower(start) == sa.func.lower(wanted)
        return sa.func.mylla_lower(_as_bytes(start), type_=sa.Text) == prefix.lower()

    # -- order -----------------------------------------------------------------

    def sort_value(self, sort: Sort, source: sa.FromClause | None = None) -> Expression | None:
        """The expression the database orders by; None where it is the timestamp itself."""
        name = _SORT_COLUMNS.get(sort.column)
        if name is None:
            return None
        column: Expression = (self.table if source is None else source).c[name]
        if name != "ip_address":
            return self.text(name, source)
        if not self.is_postgresql:
            address = _as_bytes(self.plain_text(name, source))
            return sa.func.mylla_ip_key(address, type_=sa.Text)
        return sa.type_coerce(column, Inet) if self.is_address(name) else column

    def key_columns(self, sort: Sort, source: sa.FromClause | None = None) -> list[Expression]:
        """What a `RowKey` is made of: value, occurred_at, id."""
        table = self.table if source is None else source
        value = self.sort_value(sort, source)
        if value is None:
            shown: Expression = sa.null()
        elif sort.column is SortColumn.IP_ADDRESS and self.is_postgresql:
            shown = self.plain_text("ip_address", source)
        else:
            shown = value
        return [shown.label("sort_value"), table.c.occurred_at, table.c.id]

    def order(self, sort: Sort, source: sa.FromClause | None = None) -> list[Expression]:
        """The ORDER BY of a sort: empty values last, ties most recent first."""
        table = self.table if source is None else source
        tail: list[Expression] = [table.c.occurred_at.desc(), table.c.id.desc()]
        value = self.sort_value(sort, source)
        if value is None:
            return [table.c.occurred_at.asc(), table.c.id.desc()] if sort.ascending else tail
        first: Expression = value.asc() if sort.ascending else value.desc()
        if _SORT_COLUMNS[sort.column] not in self._required:
            # Only where it can matter: an index serves the plain order alone.
            first = first.nulls_last()
        return [first, *tail]

    def from_key(self, sort: Sort, key: RowKey, *, is_included: bool) -> Expression:
        """The rows that stand after `key` in the order, and the key's own if included."""
        before = self._tail(key, is_included=is_included)
        value = self.sort_value(sort)
        if value is None:
            if not sort.ascending:
                return before
            same = self.id <= key.id if is_included else self.id < key.id
            return sa.and_(
                self.occurred_at >= key.occurred_at,
                sa.or_(self.occurred_at > key.occurred_at, same),
            )
        if key.value is None:
            return sa.and_(value.is_(None), before)
        bound = self._bound_value(sort, key.value)
        further = value > bound if sort.ascending else value < bound
        after = sa.or_(further, sa.and_(value == bound, before))
        if _SORT_COLUMNS[sort.column] in self._required:
            # Said once more in a form that an index understands.
            reach = value >= bound if sort.ascending else value <= bound
            return sa.and_(reach, after)
        return sa.or_(after, value.is_(None))

    def until_key(self, sort: Sort, key: RowKey) -> Expression:
        """The rows that stand before `key` in the order."""
        return sa.not_(sa.func.coalesce(self.from_key(sort, key, is_included=True), sa.false()))

    def _tail(self, key: RowKey, *, is_included: bool) -> Expression:
        mine = sa.tuple_(self.occurred_at, self.id)
        bound = sa.tuple_(
            sa.bindparam(None, key.occurred_at, type_=InstantType()),
            sa.bindparam(None, key.id, type_=sa.BigInteger),
        )
        rest = mine <= bound if is_included else mine < bound
        if not self.is_postgresql:
            return rest
        # Said once more in a form that leaves out months: a comparison of rows does not.
        return sa.and_(self.occurred_at <= key.occurred_at, rest)

    def _bound_value(self, sort: Sort, value: str) -> Expression:
        if (
            sort.column is SortColumn.IP_ADDRESS
            and self.is_postgresql
            and self.is_address("ip_address")
        ):
            return sa.cast(value, Inet)
        return sa.literal(value, sa.Text)


def _as_bytes(text: Expression) -> Expression:
    """For a function of ours: Python takes no text from SQLite that is no UTF-8."""
    return sa.cast(text, sa.LargeBinary)


@lru_cache(maxsize=65_536)
def ip_sort_key(address: str | bytes | None) -> str | None:
    """A text that sorts as the address does in PostgreSQL.

    IPv4 first, then by the bits of the network: a network stands before the addresses
    in it. What is no address stands after all addresses, by code point.
    """
    if address is None:
        return None
    # The same for the bytes that SQLite hands over and for what was read of them.
    raw = address if isinstance(address, bytes) else address.encode("utf-8", "surrogateescape")
    text = raw.decode("utf-8", "backslashreplace")
    try:
        interface = ip_interface(text)
    except ValueError:
        return f"9{text}"
    network = interface.network
    digits = 8 if interface.version == 4 else 32
    key = f"{interface.version}{int(network.network_address):0{digits}x}/{network.prefixlen:03d}"
    return key if interface.ip == network.network_address else f"{key}/{int(interface.ip):x}"


def lower_text(raw: bytes | None) -> str | None:
    """The text of these bytes in lower case; SQLite's own function knows ASCII only."""
    return None if raw is None else raw.decode("utf-8", "replace").lower()
