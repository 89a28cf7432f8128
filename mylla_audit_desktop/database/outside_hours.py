"""The entries outside of working time, found without reading the period.

Working time is computed for each actor, so what lies outside of it is known as intervals: our
own table is asked for each interval of each actor by its index, a view is read once.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.drivers import sqlite_driver
from mylla_audit_desktop.database.free_time import free_time
from mylla_audit_desktop.database.instants import InstantType, postgresql_text, sqlite_text
from mylla_audit_desktop.database.relation import Expression
from mylla_audit_desktop.database.seen_entries import SeenEntries
from mylla_audit_desktop.database.window import Window
from mylla_audit_desktop.review.off_hours import SYSTEM, SeenEntry
from mylla_audit_desktop.review.policy import Policy, Schedule

# More look-ups by index than this take longer than reading the period once.
_MOST_LOOKUPS = 40_000


def are_looked_up(log: SeenEntries, policy: Policy, window: Window, actors: list[str]) -> bool:
    """Whether to ask for the times of each actor is faster than one pass over the period."""
    if not log.database.has_indexes:
        return False
    times = (free_time(policy.schedule(actor), window) for actor in actors)
    return sum(map(len, times)) <= _MOST_LOOKUPS


def look_up_outside_hours(
    log: SeenEntries, policy: Policy, window: Window, actors: Iterable[str]
) -> Iterator[SeenEntry]:
    """The entries of these actors outside of their working time, by the index of the actors.

    Actor by actor, each in order of time, then id.
    """
    intervals = {actor: free_time(policy.schedule(actor), window) for actor in actors}
    if log.database.is_postgresql:
        rows = [
            (actor, postgresql_text(time.start), postgresql_text(time.end))
            for actor, times in intervals.items()
            for time in times
        ]
        return log.stream(_postgresql_look_up(log, window, rows)) if rows else iter(())
    return _sqlite_look_up(log, intervals)


def _sqlite_look_up(
    log: SeenEntries, intervals: dict[str, tuple[Window, ...]]
) -> Iterator[SeenEntry]:
    # One short statement for each interval: SQLite has no LATERAL, and would rather
    # hold every entry of the actor against every interval than join in this order.
    when, actor_id = log.relation.occurred_at, log.relation.table.c.actor_id
    statement = sa.select(*log.columns(log.relation.table)).where(
        actor_id == sa.bindparam("actor", type_=sa.Text),
        when >= sa.bindparam("start", type_=InstantType()),
        when < sa.bindparam("end", type_=InstantType()),
    )
    for actor, times in intervals.items():
        found: list[SeenEntry] = []
        for time in times:
            bounds = {"actor": actor, "start": time.start, "end": time.end}
            found += log.read(statement, bounds)
        # Not by the interval: a table of somebody else may hold times that cannot be read.
        yield from sorted(found, key=lambda one: one.key)


def _postgresql_look_up(
    log: SeenEntries, window: Window, rows: list[tuple[str, str, str]]
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
    entries = log.relation.table.alias()
    when = entries.c.occurred_at
    # OFFSET 0 keeps the server from joining by actor and comparing times afterwards.
    inside = (
        sa.select(entries)
        .where(
            log.relation.text("actor_id", entries) == free.c.actor_id,
            when >= free.c.start_at,
            when < free.c.end_at,
            when >= window.start,
            when < window.end,
        )
        .offset(0)
        .lateral()
    )
    columns = log.columns(inside)
    order = (free.c.actor_id, inside.c.occurred_at, inside.c.id)
    return sa.select(*columns).select_from(free.join(inside, sa.true())).order_by(*order)


def read_outside_hours(log: SeenEntries, policy: Policy, window: Window) -> list[SeenEntry]:
    """Those of all actors, by one pass over the period."""
    when = log.relation.occurred_at
    actor = sa.func.coalesce(log.relation.text("actor_id"), sa.literal_column("''"))
    by_schedule: dict[Schedule, list[str]] = {}
    for one in policy.actors:
        by_schedule.setdefault(policy.schedule(one), []).append(one)
    usual = policy.schedule("")
    others = [
        (actor.in_(ids), _is_free(log, schedule, window))
        for schedule, ids in by_schedule.items()
        if schedule != usual
    ]
    is_free = _is_free(log, usual, window)
    condition = sa.case(*others, else_=is_free) if others else is_free
    kind = sa.func.coalesce(log.relation.text("actor_type"), sa.literal_column("''"))
    statement = sa.select(*log.columns(log.relation.table)).where(
        when >= window.start, when < window.end, kind != SYSTEM, actor != SYSTEM, condition
    )
    return log.read(statement)


def _is_free(log: SeenEntries, schedule: Schedule, window: Window) -> Expression:
    """Whether an entry's time lies in the free time of a schedule."""
    edges = [edge for time in free_time(schedule, window) for edge in (time.start, time.end)]
    if not edges:
        return sa.false()
    if log.database.is_postgresql:
        # Which gap between the edges: 1, 3, 5 … are the free ones.
        texts = [postgresql_text(edge) for edge in edges]
        # In a query of its own, or the server would read all these texts for each entry.
        bounds = sa.select(
            sa.cast(sa.literal(texts, sa.ARRAY(sa.Text)), sa.ARRAY(sa.TIMESTAMP(timezone=True)))
        ).scalar_subquery()
        when = sa.type_coerce(log.relation.occurred_at, sa.TIMESTAMP(timezone=True))
        place: Expression = sa.func.width_bucket(when, bounds, type_=sa.Integer)
        return place % 2 == 1
    # As bytes: Python takes no text from SQLite that is no UTF-8.
    raw_edges = [sqlite_text(edge).encode() for edge in edges]
    name = f"mylla_free_{abs(hash(schedule)):x}"
    driver = sqlite_driver(log.connection)

    def is_free(raw: bytes | None) -> int:
        return 0 if raw is None else bisect_right(raw_edges, raw) % 2

    driver.create_function(name, 1, is_free, deterministic=True)
    text = sa.type_coerce(log.relation.occurred_at, sa.Text)
    call = getattr(sa.func, name)(sa.cast(text, sa.LargeBinary))
    return sa.type_coerce(call, sa.Integer) == 1
