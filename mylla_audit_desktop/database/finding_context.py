"""What stands around a finding: its entries, the actor's usual hours, what came after."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import read_summary
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.context import (
    MOST_ENTRIES,
    MOST_FOLLOWING,
    USUAL_DAYS,
    FindingContext,
)
from mylla_audit_desktop.review.finding import Finding
from mylla_audit_desktop.review.policy import Policy

_DAY = 86_400_000_000
# Every zone's offset is a multiple of a quarter of an hour from UTC, today at least.
_QUARTER_SECONDS = 900
# Up to the tens of minutes: what is equal in this lies in the same hour of every zone.
_TO_TEN_MINUTES = len("2026-11-23T22:4")
_OFFSET_LENGTH = len("+00:00")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_context(
    database: Database, policy: Policy, finding: Finding, cancellation: Cancellation
) -> FindingContext:
    """The surroundings of a finding. Raises DatabaseError, CancelledError."""
    relation = EntryRelation(database)
    zone_name = policy.schedule(finding.actor_id).time_zone
    zone = zone_named(zone_name)
    by_actor = relation.text("actor_id") == finding.actor_id
    with database.reading(cancellation) as connection:
        ids = finding.entry_ids[:MOST_ENTRIES]
        entries = _read(connection, relation, [relation.id.in_(ids)], MOST_ENTRIES)
        last = entries[-1].occurred_at if entries else finding.occurred_at
        after = [
            by_actor,
            relation.occurred_at >= last,
            relation.occurred_at < last.shifted(_DAY),
            relation.id.not_in(finding.entry_ids),
        ]
        following = _read(connection, relation, after, MOST_FOLLOWING)
        counted = sa.select(sa.func.count()).select_from(relation.table).where(*after)
        following_count = int(connection.scalar(counted) or 0)
        first = finding.occurred_at
        before = [
            by_actor,
            relation.occurred_at >= first.shifted(-USUAL_DAYS * _DAY),
            relation.occurred_at < first,
        ]
        hours = _read_hours(database, connection, relation, before, zone)
    marked = (one.occurred_at.to_datetime(zone) for one in entries)
    return FindingContext(
        entries=entries,
        hours=hours,
        hours_zone=zone_name,
        days=USUAL_DAYS,
        marked=frozenset(moment.hour for moment in marked if moment is not None),
        following=following,
        following_count=following_count,
    )


def _read(
    connection: sa.Connection, relation: EntryRelation, conditions: list[Expression], limit: int
) -> tuple[EntrySummary, ...]:
    """Entries in time order."""
    chosen = (
        sa.select(relation.table)
        .where(*conditions)
        .order_by(relation.occurred_at, relation.id)
        .limit(limit)
        .subquery()
    )
    statement = sa.select(*relation.summary_columns(chosen)).order_by(
        chosen.c.occurred_at, chosen.c.id
    )
    return tuple(map(read_summary, connection.execute(statement)))


def _read_hours(
    database: Database,
    connection: sa.Connection,
    relation: EntryRelation,
    conditions: list[Expression],
    zone: ZoneInfo,
) -> tuple[int, ...]:
    """How many entries lie in each hour of the zone's day, 24 counts."""
    when = relation.occurred_at
    if database.is_postgresql:
        seconds = sa.cast(sa.func.floor(sa.extract("epoch", when)), sa.BigInteger)
        bucket: Expression = sa.func.div(seconds, _QUARTER_SECONDS, type_=sa.BigInteger)
        offset: Expression = sa.literal("")
    else:
        text = sa.type_coerce(when, sa.Text)
        bucket = sa.func.substr(text, 1, _TO_TEN_MINUTES)
        offset = sa.func.substr(text, -_OFFSET_LENGTH)
    statement = (
        sa.select(bucket.label("bucket"), offset.label("zone_offset"), sa.func.count())
        .select_from(relation.table)
        .where(*conditions)
        .group_by(sa.text("1"), sa.text("2"))
    )
    counts: Counter[int] = Counter()
    for value, tail, count in connection.execute(statement):
        moment = _moment(value, tail)
        if moment is not None:
            counts[moment.astimezone(zone).hour] += count
    return tuple(counts[hour] for hour in range(24))


def _moment(bucket: int | str, offset: str) -> datetime | None:
    """When a bucket begins; None outside of Python's calendar."""
    if isinstance(bucket, int):
        return _EPOCH + timedelta(seconds=bucket * _QUARTER_SECONDS)
    ending = offset if offset[:1] in {"+", "-"} else "Z"
    try:
        return Instant.parse(f"{bucket}0:00{ending}").to_datetime()
    except ValueError:
        return None
