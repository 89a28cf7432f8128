"""From a `LogQuery` to what is on the screen: pages, counts, waypoints, choices.

A result is a snapshot: it holds the entries up to the highest id at query time.
Deep rows are reached from *waypoints*, the sort keys of every 1000th row, read
once in the background; any row is then one short keyset read away, whatever its
depth, where OFFSET would walk through all the rows before it.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.local_time import number, spare_compiling
from mylla_audit_desktop.database.relation import (
    EXCERPT_LENGTH,
    EntryRelation,
    Expression,
    RowKey,
    ip_sort_key,
)
from mylla_audit_desktop.log.diff import changed_fields
from mylla_audit_desktop.log.entry import REQUIRED_COLUMNS, AuditEntry, EntrySummary
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn

WAYPOINT_STEP = 1000
_STREAM_ROWS = 500
_MOST_CHOICES = 5000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One result: the query, and the highest id of the log when it was asked."""

    query: LogQuery
    highest_id: int
    taken_at: Instant


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `start` to `start + len(entries)` of a result; `is_last` if none follow."""

    start: int
    entries: tuple[EntrySummary, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Waypoints:
    """The keys of rows 0, step, 2 * step … of a result, and its exact count."""

    count: int
    step: int
    keys: tuple[RowKey, ...]


@dataclass(frozen=True, slots=True)
class ActorChoice:
    """An actor of the log, under the name of their latest entry."""

    actor_id: str
    actor_name: str
    actor_type: str


class LogReader:
    """Answers queries over one database.

    Every method may be called from any thread and raises DatabaseError where the
    database fails, CancelledError where the cancellation was used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._relation = EntryRelation(database)

    def read_snapshot(self, query: LogQuery, cancellation: Cancellation) -> Snapshot:
        """Fix a result: entries added from now on do not belong to it."""
        with self._database.reading(cancellation) as connection:
            highest = connection.scalar(sa.select(sa.func.max(self._relation.id)))
        return Snapshot(query, int(highest or 0), Instant.now())

    def read_count(self, snapshot: Snapshot, cancellation: Cancellation) -> int:
        """How many entries the result holds."""
        statement = (
            sa.select(sa.func.count())
            .select_from(self._relation.table)
            .where(*self._conditions(snapshot))
        )
        with self._reading(snapshot.query, cancellation) as connection:
            return int(connection.scalar(statement) or 0)

    def read_new_count(self, snapshot: Snapshot, cancellation: Cancellation) -> int:
        """How many entries that match the filters were added since the snapshot."""
        statement = (
            sa.select(sa.func.count())
            .select_from(self._relation.table)
            .where(
                self._relation.id > snapshot.highest_id,
                *self._relation.filters(snapshot.query),
            )
        )
        with self._reading(snapshot.query, cancellation) as connection:
            return int(connection.scalar(statement) or 0)

    def read_waypoints(self, snapshot: Snapshot, cancellation: Cancellation) -> Waypoints:
        """Every 1000th row's key and the exact count, in one ordered pass."""
        sort = snapshot.query.sort
        numbered = (
            sa.select(
                *self._relation.key_columns(sort),
                sa.func.row_number().over(order_by=self._relation.order(sort)).label("number"),
            )
            .where(*self._conditions(snapshot))
            .subquery()
        )
        statement = (
            sa.select(numbered.c.sort_value, numbered.c.occurred_at, numbered.c.id)
            .where(numbered.c.number % WAYPOINT_STEP == 1)
            .order_by(numbered.c.number)
        )
        with self._reading(snapshot.query, cancellation) as connection:
            keys = tuple(
                RowKey(value, when, id_) for value, when, id_ in connection.execute(statement)
            )
            count = 0
            if keys:
                rest = (
                    sa.select(self._relation.id)
                    .where(
                        *self._conditions(snapshot),
                        self._relation.from_key(sort, keys[-1], is_included=True),
                    )
                    .limit(WAYPOINT_STEP)
                    .subquery()
                )
                last = connection.scalar(sa.select(sa.func.count()).select_from(rest)) or 0
                count = (len(keys) - 1) * WAYPOINT_STEP + int(last)
        return Waypoints(count, WAYPOINT_STEP, keys)

    def read_page(
        self,
        snapshot: Snapshot,
        start: int,
        size: int,
        waypoints: Waypoints | None,
        cancellation: Cancellation,
    ) -> Page:
        """Rows `start` to `start + size` in the order of the query.

        Without waypoints the rows before `start` are walked through.
        """
        sort = snapshot.query.sort
        conditions = self._conditions(snapshot)
        offset = start
        if waypoints is not None and waypoints.keys:
            nearest = min(start // waypoints.step, len(waypoints.keys) - 1)
            offset = start - nearest * waypoints.step
            if nearest:
                key = waypoints.keys[nearest]
                conditions.append(self._relation.from_key(sort, key, is_included=True))
        # The rows are chosen first and their texts cut after, so that what OFFSET
        # skips is never decompressed. How many stands in the text of the statement: a
        # plan that PostgreSQL keeps has to know that they are few.
        chosen = (
            sa.select(self._relation.table)
            .where(*conditions)
            .order_by(*self._relation.order(sort))
            .limit(number(size + 1))
            .offset(number(offset) if offset else None)
            .subquery()
        )
        statement = sa.select(*self._relation.summary_columns(chosen)).order_by(
            *self._relation.order(sort, chosen)
        )
        with self._reading(snapshot.query, cancellation) as connection:
            rows = connection.execute(statement).all()
        return Page(start, tuple(read_summary(row) for row in rows[:size]), len(rows) <= size)

    def read_entry(
        self, entry_id: int, occurred_at: Instant | None, cancellation: Cancellation
    ) -> AuditEntry | None:
        """One entry, whole; None where it is gone. The time, where known, saves a search."""
        statement = sa.select(*self._relation.entry_columns()).where(self._relation.id == entry_id)
        if occurred_at is not None:
            statement = statement.where(self._relation.occurred_at == occurred_at)
        with self._database.reading(cancellation) as connection:
            row = connection.execute(statement.limit(1)).first()
        return None if row is None else read_entry_row(row)

    def iterate_entries(
        self, query: LogQuery, limit: int | None, cancellation: Cancellation
    ) -> Generator[AuditEntry, None, None]:
        """Entries in the order of the query, streamed; one transaction until exhausted."""
        statement = (
            sa.select(*self._relation.entry_columns())
            .where(*self._relation.filters(query))
            .order_by(*self._relation.order(query.sort))
            .limit(limit)
        )
        with (
            self._reading(query, cancellation) as connection,
            connection.execution_options(stream_results=True, yield_per=_STREAM_ROWS).execute(
                statement
            ) as rows,
        ):
            for row in rows:
                cancellation.raise_if_cancelled()
                yield read_entry_row(row)

    def read_next_match(
        self,
        snapshot: Snapshot,
        column: SortColumn,
        prefix: str,
        after: EntrySummary | None,
        cancellation: Cancellation,
    ) -> int | None:
        """The row number of the next entry whose `column` begins with `prefix`, any case.

        Searches from the entry behind `after` to the end of the result, then from
        its beginning; None where no entry matches.
        """
        name = {
            SortColumn.ACTOR: "actor_name",
            SortColumn.ACTION: "action",
            SortColumn.TARGET: "target_name",
            SortColumn.IP_ADDRESS: "ip_address",
        }[column]
        sort = snapshot.query.sort
        conditions = self._conditions(snapshot)
        matches = self._relation.begins_with(name, prefix)

        def first(*more: Expression) -> sa.Select[Any]:
            return (
                sa.select(*self._relation.key_columns(sort))
                .where(*conditions, matches, *more)
                .order_by(*self._relation.order(sort))
                .limit(1)
            )

        with self._reading(snapshot.query, cancellation) as connection:
            row = None
            if after is not None:
                key = self.key_of(after, sort)
                row = connection.execute(
                    first(self._relation.from_key(sort, key, is_included=False))
                ).first()
            if row is None:
                row = connection.execute(first()).first()
            if row is None:
                return None
            found = RowKey(row[0], row[1], row[2])
            before = (
                sa.select(sa.func.count())
                .select_from(self._relation.table)
                .where(*conditions, self._relation.until_key(sort, found))
            )
            return int(connection.scalar(before) or 0)

    def read_actors(self, cancellation: Cancellation) -> tuple[ActorChoice, ...]:
        """The actors of the log by name, each once."""
        relation = self._relation
        ids = self._distinct("actor_id")
        latest = (
            sa.select(relation.text("actor_name"))
            .where(relation.text("actor_id") == ids.c.value)
            .order_by(relation.occurred_at.desc())
            .limit(1)
        )
        kind = latest.with_only_columns(relation.text("actor_type"))
        statement = (
            sa.select(ids.c.value, latest.scalar_subquery(), kind.scalar_subquery())
            .where(ids.c.value.is_not(None))
            .limit(_MOST_CHOICES)
        )
        with self._database.reading(cancellation) as connection:
            rows = connection.execute(statement).all()
        choices = (ActorChoice(id_, name or "", kind or "") for id_, name, kind in rows)
        return tuple(sorted(choices, key=lambda one: (one.actor_name.casefold(), one.actor_id)))

    def read_actions(self, cancellation: Cancellation) -> tuple[str, ...]:
        """The action names of the log, sorted."""
        names = self._distinct("action")
        statement = sa.select(names.c.value).where(names.c.value.is_not(None)).limit(_MOST_CHOICES)
        with self._database.reading(cancellation) as connection:
            return tuple(sorted(connection.scalars(statement)))

    def key_of(self, entry: EntrySummary, sort: Sort) -> RowKey:
        """Where an entry stands in the order of `sort`."""
        value = {
            SortColumn.TIMESTAMP: None,
            SortColumn.ACTOR: entry.actor_name,
            SortColumn.ACTION: entry.action,
            SortColumn.TARGET: entry.target_name,
            SortColumn.IP_ADDRESS: entry.ip_address
            if self._database.is_postgresql
            else ip_sort_key(entry.ip_address),
        }[sort.column]
        return RowKey(value, entry.occurred_at, entry.id)

    @contextmanager
    def _reading(self, query: LogQuery, cancellation: Cancellation) -> Iterator[sa.Connection]:
        with self._database.reading(cancellation) as connection:
            if query.hours and self._database.is_postgresql:
                spare_compiling(connection)
            yield connection

    def _conditions(self, snapshot: Snapshot) -> list[Expression]:
        return [
            self._relation.id <= snapshot.highest_id,
            *self._relation.filters(snapshot.query),
        ]

    def _distinct(self, name: str) -> sa.CTE | sa.Subquery:
        """The different values of a column, as `value`.

        Our own table has an index on it, so each value is one step from the one
        before; DISTINCT would read every entry. A view promises no index.
        """
        column = self._relation.text(name)
        if not self._database.has_indexes:
            return sa.select(column.label("value")).distinct().subquery()
        first = sa.select(sa.func.min(column).label("value"))
        steps = first.cte("steps", recursive=True)
        following = sa.select(sa.func.min(column)).where(column > steps.c.value).scalar_subquery()
        return steps.union_all(sa.select(following).where(steps.c.value.is_not(None)))


def read_entry_row(row: sa.Row[Any]) -> AuditEntry:
    """The entry of a row of `EntryRelation.entry_columns`."""
    entry = AuditEntry(row[0], _time(row), *_required_texts(row), *row[6:])
    if None not in row[:6]:
        return entry
    required = zip(REQUIRED_COLUMNS, row, strict=False)
    return replace(entry, missing=frozenset(name for name, value in required if value is None))


def read_summary(row: sa.Row[Any]) -> EntrySummary:
    """The entry of a row of `EntryRelation.summary_columns`."""
    target_type, target_id, target_name, ip_address, before, after = row[6:]
    changes, has_more = changed_fields(before, after)
    is_cut = any(text is not None and len(text) >= EXCERPT_LENGTH for text in (before, after))
    return EntrySummary(
        row[0],
        _time(row),
        *_required_texts(row),
        target_type,
        target_id,
        target_name,
        ip_address,
        changes,
        has_more or is_cut,
    )


def _time(row: sa.Row[Any]) -> Instant:
    """None of a view counts as `-infinity`, as what cannot be read does."""
    return row[1] or Instant.EARLIEST


def _required_texts(row: sa.Row[Any]) -> tuple[str, str, str, str]:
    """Actor and action; a view may leave them empty although the contract does not."""
    return row[2] or "", row[3] or "", row[4] or "", row[5] or ""
