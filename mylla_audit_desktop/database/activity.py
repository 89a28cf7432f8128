"""When, by whom and on what: the figures of the activity page, counted by the database.

One statement counts the entries of a query by hour, actor, action and target. What follows
from these few rows (days and weekdays) is put together here.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.database.local_time import (
    hour_number,
    number,
    spare_compiling,
    week_second,
)
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.week import HOURS_OF_WEEK
from mylla_audit_desktop.review.policy import Hours, Policy

TOP_COUNT = 10
_EPOCH_DAY = date(1970, 1, 1)
_DAY = 86_400
# 1 January 1970 was a Thursday.
_TO_MONDAY_HOURS = 72

# What a counted row is about.
_HOUR, _ACTOR, _ACTION, _TARGET = range(4)


@dataclass(frozen=True, slots=True)
class Top:
    """A value that many entries share. name: an actor's or a target's newest one, or "".

    Both come from the log and are hostile.
    """

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Activity:
    """The figures of one query, days and hours being those of one zone.

    hours: entries by hour of the week, Monday 00:00 first, 168 of them.
    days: the days that have entries, in order.
    outside_calendar: entries whose time has no hour and no day (`log.week`); they count in
    `count` and in the tops, and stand in neither `hours` nor `days`.
    members: entries of team members that have an hour. off_hours: those of them outside
    the working hours of the policy, in its zone or the actor's own; holidays do not count.
    actors, actions, targets: the most frequent, then in byte order; entries without a
    target are left out.
    """

    count: int
    hours: tuple[int, ...]
    days: tuple[tuple[date, int], ...]
    outside_calendar: int
    members: int
    off_hours: int
    actors: tuple[Top, ...]
    actions: tuple[Top, ...]
    targets: tuple[Top, ...]


def read_activity(
    database: Database,
    query: LogQuery,
    zone: ZoneInfo,
    cancellation: Cancellation,
    policy: Policy | None = None,
) -> Activity:
    """The figures of a query, from one transaction; without a policy the built-in one.

    Raises DatabaseError, CancelledError.
    """
    relation = EntryRelation(database)
    statement = _counted(
        relation, query, zone, policy or Policy(), has_indexes=database.has_indexes
    )
    with database.reading(cancellation) as connection:
        if database.is_postgresql:
            spare_compiling(connection)
        rows = connection.execute(statement).all()
    return _activity(rows)


def _columns(relation: EntryRelation) -> dict[str, Expression]:
    return {
        "actor": relation.text("actor_id"),
        "name": relation.text("actor_name"),
        "action": relation.text("action"),
        "target": relation.text("target_id"),
        "target_name": relation.text("target_name"),
        "at": relation.occurred_at,
    }


@dataclass(frozen=True, slots=True)
class _Timed:
    """Entries with what clocks show of them, worked out once, and what follows from that."""

    source: sa.FromClause
    hour: Expression
    members: Expression
    off: Expression


def _timed(relation: EntryRelation, query: LogQuery, zone: ZoneInfo, policy: Policy) -> _Timed:
    """The entries of a query."""
    weeks = _weeks(policy)
    zones = sorted({zone.key, *(name for name, _hours in weeks.values())})
    labels = {name: f"clock_{place}" for place, name in enumerate(zones)}
    chosen = sa.select(
        relation.text("actor_id").label("actor"),
        sa.case((relation.plain_text("actor_type") != "system", 1), else_=0).label("member"),
        *(
            relation.local_time(name, query.start, query.end).seconds().label(label)
            for name, label in labels.items()
        ),
    ).where(*relation.filters(query))
    # Kept apart, or each mention of a clock would work it out anew.
    source: sa.FromClause = (
        chosen.offset(0).subquery("timed")
        if relation.is_postgresql
        else chosen.cte("timed").prefix_with("MATERIALIZED")
    )

    def outside(name: str, hours: Hours) -> Expression:
        second = week_second(source.c[labels[name]])
        working = (
            second.between(number(start), number(end - 1)) for start, end in working_seconds(hours)
        )
        return sa.not_(sa.or_(sa.false(), *working))

    everybody = outside(*weeks.pop(""))
    others = [(source.c.actor == actor, outside(*week)) for actor, week in weeks.items()]
    is_off = sa.case(*others, else_=everybody) if others else everybody
    return _Timed(
        source,
        hour=hour_number(source.c[labels[zone.key]]),
        members=sa.func.sum(source.c.member),
        off=sa.func.sum(sa.case((sa.and_(source.c.member == 1, is_off), 1), else_=0)),
    )


def _weeks(policy: Policy) -> dict[str, tuple[str, Hours]]:
    """Zone and hours by actor; "" for everybody who is not named."""
    own = {
        actor: (
            one.time_zone or policy.time_zone,
            policy.hours if one.hours is None else one.hours,
        )
        for actor, one in policy.actors.items()
        if one.time_zone is not None or one.hours is not None
    }
    return own | {"": (policy.time_zone, policy.hours)}


def working_seconds(hours: Hours) -> list[tuple[int, int]]:
    """Working time as `[start, end)` in seconds of the week; a shift over its end is two."""
    found = []
    for weekday, shift in sorted(hours.items()):
        start, end = (
            weekday * _DAY + (clock.hour * 60 + clock.minute) * 60 + clock.second
            for clock in (shift.start, shift.end)
        )
        if shift.end <= shift.start:
            end += _DAY
        found.append((start, min(end, 7 * _DAY)))
        if end > 7 * _DAY:
            found.append((0, end - 7 * _DAY))
    return found


# A counted row: what it is about, the hour, the value, the name, how many, the newest time,
# how many of members, how many off hours.
_LABELS = ("kind", "hour", "value", "name", "count", "newest", "members", "off")


def _labelled(*row: Expression) -> list[Expression]:
    return [one.label(label) for label, one in zip(_LABELS, row, strict=True)]


def _counted(
    relation: EntryRelation, query: LogQuery, zone: ZoneInfo, policy: Policy, *, has_indexes: bool
) -> sa.CompoundSelect[Any]:
    """One grouping after the other.

    Each can follow an index and be shared among workers. All at once, by GROUPING SETS, took
    three times as long on PostgreSQL, which does that in one process.
    """
    timed = _timed(relation, query, zone, policy)
    columns, filters = _columns(relation), relation.filters(query)
    count, newest = sa.func.count(), sa.func.max(columns["at"])
    nothing, nobody = sa.cast(sa.null(), sa.BigInteger), sa.cast(sa.null(), sa.Text)
    never = sa.cast(sa.null(), InstantType())
    by_hour = sa.select(
        *_labelled(
            number(_HOUR), timed.hour, nobody, nobody, count, never, timed.members, timed.off
        )
    ).group_by(timed.hour)

    def most(
        kind: int,
        value: Expression,
        *conditions: Expression,
        at: Expression = never,
        name_of: Callable[[sa.Subquery], Expression] = lambda _chosen: nobody,
    ) -> sa.Select[Any]:
        row = (number(kind), nothing, value, nobody, count, at, nothing, nothing)
        chosen = (
            sa.select(*_labelled(*row))
            .where(*filters, *conditions)
            .group_by(value)
            .order_by(count.desc(), value)
            .limit(TOP_COUNT)
            .subquery()
        )
        return sa.select(
            *(
                name_of(chosen).label(label) if label == "name" else chosen.c[label]
                for label in _LABELS
            )
        )

    def newest_name(of: str, name: str) -> Callable[[sa.Subquery], Expression]:
        """Looked up for the few that are shown; to group by names, too, reads every entry."""
        return lambda chosen: (
            sa.select(sa.func.max(columns[name]))
            .where(*filters, columns[of] == chosen.c.value, columns["at"] == chosen.c.newest)
            .correlate(chosen)
            .scalar_subquery()
        )

    def named(kind: int, value: Expression, name: Expression) -> sa.Select[Any]:
        """A row for each name of a value, for a view, which promises no index to look one up."""
        row = (number(kind), nothing, value, name, count, newest, nothing, nothing)
        return sa.select(*_labelled(*row)).where(*filters).group_by(value, name)

    actor, target = columns["actor"], columns["target"]
    has_target = target.is_not(None)
    by_actor, by_target = (
        (
            most(_ACTOR, actor, at=newest, name_of=newest_name("actor", "name")),
            most(
                _TARGET,
                target,
                has_target,
                at=newest,
                name_of=newest_name("target", "target_name"),
            ),
        )
        if has_indexes
        else (
            named(_ACTOR, actor, columns["name"]),
            # Of many targets, those that are shown: the names of all would be as many rows.
            named(_TARGET, target, columns["target_name"]).where(
                target.in_(sa.select(most(_TARGET, target, has_target).subquery().c.value))
            ),
        )
    )
    return sa.union_all(by_hour, by_actor, most(_ACTION, columns["action"]), by_target)


def _activity(rows: Iterable[sa.Row[Any]]) -> Activity:
    hours = [0] * HOURS_OF_WEEK
    days: Counter[date] = Counter()
    outside = members = off_hours = 0
    named: dict[int, dict[str, list[tuple[Instant, str, int]]]] = {_ACTOR: {}, _TARGET: {}}
    actions = []
    for kind, hour, value, name, count, newest, member, off in rows:
        if kind in named:
            named[kind].setdefault(value or "", []).append((newest, name or "", count))
        elif kind == _ACTION:
            actions.append(Top(value or "", "", count))
        elif hour is None:
            outside = count
        else:
            hours[(hour + _TO_MONDAY_HOURS) % HOURS_OF_WEEK] += count
            days[_EPOCH_DAY + timedelta(hour // 24)] += count
            members += int(member)
            off_hours += int(off)
    actors, targets = (
        [
            Top(value, max(names)[1], sum(count for _when, _name, count in names))
            for value, names in named[kind].items()
        ]
        for kind in (_ACTOR, _TARGET)
    )
    return Activity(
        count=sum(hours) + outside,
        hours=tuple(hours),
        days=tuple(sorted(days.items())),
        outside_calendar=outside,
        members=members,
        off_hours=off_hours,
        actors=_most(actors),
        actions=_most(actions),
        targets=_most(targets),
    )


def _most(tops: list[Top]) -> tuple[Top, ...]:
    return tuple(sorted(tops, key=lambda top: (-top.count, top.value))[:TOP_COUNT])
