"""What a decision and a sign-off must know of the log's entries."""

from collections.abc import Sequence

import sqlalchemy as sa

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.relation import EntryRelation
from mylla_audit_desktop.database.review_sqlite import Parties
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery

_BATCH = 500


def read_parties(connection: sa.Connection, log: Database, entry_ids: Sequence[int]) -> Parties:
    """Actor and target of each entry that the log holds; `connection` leads to the log."""
    relation = _relation(log)
    columns = (relation.id, relation.plain_text("actor_id"), relation.plain_text("target_id"))
    found: Parties = {}
    for start in range(0, len(entry_ids), _BATCH):
        wanted = entry_ids[start : start + _BATCH]
        statement = sa.select(*columns).where(relation.id.in_(wanted))
        for entry_id, actor_id, target_id in connection.execute(statement):
            found[entry_id] = (actor_id, target_id)
    return found


def read_count(connection: sa.Connection, log: Database, start: Instant, end: Instant) -> int:
    """How many entries lie in `[start, end)`; `connection` leads to the log."""
    relation = _relation(log)
    statement = (
        sa.select(sa.func.count())
        .select_from(relation.table)
        .where(*relation.filters(LogQuery(start=start, end=end)))
    )
    return int(connection.scalar(statement) or 0)


def read_actor_name(connection: sa.Connection, log: Database, actor_id: str) -> str:
    """The name of a team member in their newest entry; "" where the log has none."""
    if not log.has_indexes:
        # Behind a view this may read all of the log, for a mere name.
        return ""
    relation = _relation(log)
    name = connection.scalar(
        sa.select(relation.plain_text("actor_name"))
        .where(relation.text("actor_id") == actor_id)
        .order_by(relation.occurred_at.desc(), relation.id.desc())
        .limit(1)
    )
    return str(name or "")


def _relation(log: Database) -> EntryRelation:
    return EntryRelation(log)
