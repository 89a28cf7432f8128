"""The findings of a period: SQL finds the few entries that matter, `review` explains them.

A 30-day review does not read the period's entries: promotions and disconnects come by
the index of the actions, unusual entries as `unusual_entries` narrows them.
"""

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.integration_history import IntegrationHistory
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.database.seen_entries import SeenEntries
from mylla_audit_desktop.database.unusual_entries import UnusualReader
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.json_text import LONGEST
from mylla_audit_desktop.review.finding import Finding, Rule, finding_id
from mylla_audit_desktop.review.integration_disconnect import (
    DISCONNECT,
    find_integration_disconnect,
)
from mylla_audit_desktop.review.locations import Locations
from mylla_audit_desktop.review.off_hours import (
    Origin,
    UnusualEntry,
    describe_session,
    session_id,
    sessions,
)
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.role_promotion import (
    CHANGE_ROLE,
    INVITE,
    find_role_promotion,
    is_promotion,
)

_MOST_IDS = 1000
_MINUTE = 60_000_000  # microseconds
# How far a session is followed over the end of the period at a time.
_STRIDE = 86_400_000_000  # microseconds


def read_findings(
    database: Database,
    policy: Policy,
    start: Instant | None,
    end: Instant | None,
    cancellation: Cancellation,
    *,
    rules: Iterable[Rule] = tuple(Rule),
    locations: Locations | None = None,
    only: str | None = None,
) -> tuple[Finding, ...]:
    """The findings whose first entry lies in `[start, end)`, by time, then by entry id.

    None is unbounded. only: the ID of the one finding that is wanted; nothing is read for the
    reasons of the others. A session that crosses an edge of the period is the same finding
    for every period: it belongs to that of its first entry. Raises DatabaseError, and
    CancelledError.
    """
    relation = EntryRelation(database)
    wanted = set(rules)
    if start is not None and end is not None and start >= end:
        return ()
    with database.reading(cancellation) as connection:
        if database.is_postgresql:
            # All statements of a review see the same log.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        log = SeenEntries(database, connection, relation, cancellation)
        reader = UnusualReader(log, policy, locations)
        history = IntegrationHistory(connection, relation)
        found: list[Finding] = []
        origins: dict[int, Origin] | None = None
        if Rule.OFF_HOURS in wanted:
            sessions_found, origins = _off_hours(reader, start, end, only)
            found += sessions_found
        if Rule.ROLE_PROMOTION in wanted:
            conditions = _period_conditions(relation, (CHANGE_ROLE, INVITE), start, end)
            entries = _read_promotions(connection, history, conditions)
            entries = _wanted(Rule.ROLE_PROMOTION, entries, only)
            found += _promotions(reader, entries, origins, start, end)
        if Rule.INTEGRATION_DISCONNECT in wanted:
            conditions = _period_conditions(relation, (DISCONNECT,), start, end)
            entries = history.read_entries(*conditions)
            entries = _wanted(Rule.INTEGRATION_DISCONNECT, entries, only)
            found += _disconnects(history, entries, policy)
    order = list(Rule)
    return tuple(
        sorted(found, key=lambda one: (one.occurred_at, one.entry_ids[0], order.index(one.rule)))
    )


def _period_conditions(
    relation: EntryRelation, actions: Sequence[str], start: Instant | None, end: Instant | None
) -> list[Expression]:
    conditions: list[Expression] = [relation.text("action").in_(actions)]
    if start is not None:
        conditions.append(relation.occurred_at >= start)
    if end is not None:
        conditions.append(relation.occurred_at < end)
    return conditions


def _read_promotions(
    connection: sa.Connection, history: IntegrationHistory, conditions: list[Expression]
) -> list[AuditEntry]:
    """The whole entries of those changes and invitations that are findings.

    Most are invitations of Members: a look at the values is enough for them.
    """
    relation = history.relation
    texts = [
        relation.plain_text("action"),
        *(
            sa.func.substr(relation.plain_text(name), 1, LONGEST + 1, type_=sa.Text)
            for name in ("before", "after")
        ),
    ]
    rows = connection.execute(sa.select(relation.id, *texts).where(*conditions))
    ids = [row[0] for row in rows if is_promotion(row[1] or "", row[2], row[3])]
    found: list[AuditEntry] = []
    for place in range(0, len(ids), _MOST_IDS):
        some = ids[place : place + _MOST_IDS]
        found += history.read_entries(*conditions, relation.id.in_(some))
    return found


def _wanted(rule: Rule, entries: list[AuditEntry], only: str | None) -> list[AuditEntry]:
    """All, or the one whose finding has the ID."""
    if only is None:
        return entries
    return [entry for entry in entries if finding_id(rule, (entry.id,)) == only]


def _promotions(
    reader: UnusualReader,
    entries: Sequence[AuditEntry],
    origins: dict[int, Origin] | None,
    start: Instant | None,
    end: Instant | None,
) -> list[Finding]:
    if origins is None:
        actors = sorted({entry.actor_id for entry in entries if entry.ip_address})
        new = reader.read_new_networks(start, end, actors) if actors else {}
        origins = {key: origin for key, (_, origin) in new.items()}
    explained = (
        find_role_promotion(entry, reader.policy, origins.get(entry.id, Origin()))
        for entry in entries
    )
    return [finding for finding in explained if finding is not None]


def _disconnects(
    history: IntegrationHistory, entries: Sequence[AuditEntry], policy: Policy
) -> list[Finding]:
    reconnects = history.read_reconnects(entries)
    return [
        find_integration_disconnect(
            entry, history.read_agents(entry), reconnects.get(entry.id), policy
        )
        for entry in entries
    ]


def _off_hours(
    reader: UnusualReader, start: Instant | None, end: Instant | None, only: str | None
) -> tuple[list[Finding], dict[int, Origin]]:
    """The sessions that begin in a period, and the origins of its entries from new networks."""
    found: list[Finding] = []
    origins: dict[int, Origin] = {}
    gap = reader.policy.session_gap_minutes
    at_edges: list[UnusualEntry] = []

    def take(session: Sequence[UnusualEntry]) -> None:
        if only is None or session_id(session) == only:
            found.append(describe_session(session, reader.policy))

    for session in sessions(reader.read_unusual(start, end), gap):
        origins |= {one.entry.id: one.origin for one in session if one.origin.is_new_network}
        if _touches_start(session, start, gap) or _touches_end(session, end, gap):
            at_edges += session
        else:
            take(session)
    # Which entries are of the period says the database: a view may hold times that sort into it
    # and cannot be read.
    own = {one.entry.id for one in at_edges}
    beyond = (*_just_before(reader, at_edges, start), *_just_after(reader, at_edges, end))
    both = sorted((*at_edges, *beyond), key=lambda one: (one.entry.actor_id, one.entry.key))
    for session in sessions(both, gap):
        if session[0].entry.id in own:
            take(session)
    return found, origins


def _touches_start(session: Sequence[UnusualEntry], start: Instant | None, gap: int) -> bool:
    """Whether it may be one of the time before."""
    first = session[0].entry.occurred_at.microseconds
    return start is not None and first < start.microseconds + gap * _MINUTE


def _touches_end(session: Sequence[UnusualEntry], end: Instant | None, gap: int) -> bool:
    """Whether it may be under way at the end."""
    last = session[-1].entry.occurred_at.microseconds
    return end is not None and last >= end.microseconds - gap * _MINUTE


def _just_before(
    reader: UnusualReader, at_edges: Sequence[UnusualEntry], start: Instant | None
) -> Iterator[UnusualEntry]:
    """What may make the first sessions of the period ones of the time before."""
    gap = reader.policy.session_gap_minutes
    actors = sorted({one.entry.actor_id for one in at_edges if _touches_start((one,), start, gap)})
    if start is None or not actors:
        return iter(())
    return reader.read_unusual(start.shifted(-gap * _MINUTE), start, actors)


def _just_after(
    reader: UnusualReader, latest: Sequence[UnusualEntry], end: Instant | None
) -> Iterator[UnusualEntry]:
    """The sessions that are under way at the end are followed to theirs."""
    gap = reader.policy.session_gap_minutes
    while end is not None:
        actors = sorted({one.entry.actor_id for one in latest if _touches_end((one,), end, gap)})
        if not actors:
            return
        further = end.shifted(max(gap * _MINUTE + 1, _STRIDE))
        latest = list(reader.read_unusual(end, further, actors))
        yield from latest
        end = further
