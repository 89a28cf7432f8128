"""From which addresses each actor acted in a period: first and last time, not each entry.

Our own table has an index by actor, address and time, in which every pair is one step
from the one before; without it the period is read once and grouped.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.instants import InstantType, postgresql_text, sqlite_text
from mylla_audit_desktop.database.relation import EntryRelation
from mylla_audit_desktop.database.window import Window, whole_months
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.storable import SURROGATE

NETWORK_INDEX = "entries_by_network"
# More pairs than this are sooner found by reading the period once.
_MOST_STEPS = 20_000
_MOST_ACTORS = 1_000


@dataclass(frozen=True, slots=True)
class AddressUse:
    """When an actor used an address in a window, first and last."""

    actor_id: str
    address: str
    first_at: Instant
    last_at: Instant


def has_network_index(database: Database, connection: sa.Connection) -> bool:
    """Whether the index by actor, address and time is there (a view has none)."""
    if not database.has_indexes:
        return False
    statement = (
        "SELECT to_regclass('audit.' || :name) IS NOT NULL"
        if database.is_postgresql
        else "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = :name)"
    )
    return bool(connection.scalar(sa.text(statement), {"name": NETWORK_INDEX}))


def read_address_uses(
    connection: sa.Connection, relation: EntryRelation, window: Window, actors: Sequence[str] | None
) -> list[AddressUse]:
    """Every pair of actor and address in a window, in no order.

    actors: all that count, where the index is there; None reads the period once.
    """
    is_short = actors is not None and len(actors) <= _MOST_ACTORS
    if actors is not None and is_short and all(is_clean(actor) for actor in actors):
        found = _read_by_steps(connection, window, actors)
        if found is not None:
            return found
    return _read_by_groups(connection, relation, window)


def is_clean(text: str) -> bool:
    """Whether a text can be sent back to the database; bytes that are no UTF-8 cannot."""
    return SURROGATE.search(text) is None


def _read_by_groups(
    connection: sa.Connection, relation: EntryRelation, window: Window
) -> list[AddressUse]:
    when, address = relation.occurred_at, relation.table.c.ip_address
    actor = sa.func.coalesce(relation.text("actor_id"), sa.literal_column("''"))
    grouped = (
        sa.select(
            actor.label("actor_id"),
            address,
            sa.func.min(when, type_=InstantType()).label("first_at"),
            sa.func.max(when, type_=InstantType()).label("last_at"),
        )
        .where(when >= window.start, when < window.end, address.is_not(None))
        .group_by(actor, address)
        .subquery()
    )
    statement = sa.select(
        grouped.c.actor_id,
        relation.plain_text("ip_address", grouped),
        grouped.c.first_at,
        grouped.c.last_at,
    )
    return [AddressUse(*row) for row in connection.execute(statement)]


_POSTGRESQL_STEPS = """
WITH RECURSIVE steps (actor_id, address) AS (
    SELECT a.actor_id, (
        SELECT min(e.ip_address) FROM audit.entries e
        WHERE e.actor_id = a.actor_id
        AND e.occurred_at >= CAST(:near_start AS timestamptz)
        AND e.occurred_at < CAST(:near_end AS timestamptz))
    FROM (SELECT unnest(CAST(:actors AS text[])) COLLATE "C" AS actor_id) a
    UNION ALL
    SELECT s.actor_id, (
        SELECT min(e.ip_address) FROM audit.entries e
        WHERE e.actor_id = s.actor_id AND e.ip_address > s.address
        AND e.occurred_at >= CAST(:near_start AS timestamptz)
        AND e.occurred_at < CAST(:near_end AS timestamptz))
    FROM steps s WHERE s.address IS NOT NULL
), pairs AS (
    SELECT actor_id, address FROM steps WHERE address IS NOT NULL LIMIT :most
), uses AS MATERIALIZED (
    SELECT actor_id, address, (
        SELECT min(e.occurred_at) FROM audit.entries e
        WHERE e.actor_id = pairs.actor_id AND e.ip_address = pairs.address
        AND e.occurred_at >= CAST(:start AS timestamptz)
        AND e.occurred_at < CAST(:end AS timestamptz)) AS first_at, (
        SELECT max(e.occurred_at) FROM audit.entries e
        WHERE e.actor_id = pairs.actor_id AND e.ip_address = pairs.address
        AND e.occurred_at >= CAST(:start AS timestamptz)
        AND e.occurred_at < CAST(:end AS timestamptz)) AS last_at
    FROM pairs
)
SELECT actor_id, abbrev(address) AS address,
    CAST((extract(epoch FROM first_at) - 946684800) * 1000000 AS bigint) AS first_at,
    CAST((extract(epoch FROM last_at) - 946684800) * 1000000 AS bigint) AS last_at
FROM uses
"""

_SQLITE_STEPS = """
WITH RECURSIVE steps (actor_id, address) AS (
    SELECT a.value, (
        SELECT min(e.ip_address) FROM entries e WHERE e.actor_id = a.value)
    FROM json_each(:actors) a
    UNION ALL
    SELECT s.actor_id, (
        SELECT min(e.ip_address) FROM entries e
        WHERE e.actor_id = s.actor_id AND e.ip_address > s.address)
    FROM steps s WHERE s.address IS NOT NULL
    LIMIT :most
)
SELECT actor_id, address, (
    SELECT min(e.occurred_at) FROM entries e
    WHERE e.actor_id = steps.actor_id AND e.ip_address = steps.address
    AND e.occurred_at >= :start AND e.occurred_at < :end) AS first_at, (
    SELECT max(e.occurred_at) FROM entries e
    WHERE e.actor_id = steps.actor_id AND e.ip_address = steps.address
    AND e.occurred_at >= :start AND e.occurred_at < :end) AS last_at
FROM steps WHERE address IS NOT NULL
"""


def _read_by_steps(
    connection: sa.Connection, window: Window, actors: Sequence[str]
) -> list[AddressUse] | None:
    """None where there are too many pairs for it."""
    columns = (
        sa.column("actor_id", sa.Text),
        sa.column("address", sa.Text),
        sa.column("first_at", InstantType()),
        sa.column("last_at", InstantType()),
    )
    values: dict[str, object] = {"most": _MOST_STEPS + 1}
    if connection.dialect.name == "postgresql":
        # Months are partitions: among whole months no step passes entries of another time.
        near = whole_months(window)
        values |= {
            "actors": list(actors),
            "near_start": postgresql_text(near.start),
            "near_end": postgresql_text(near.end),
            "start": postgresql_text(window.start),
            "end": postgresql_text(window.end),
        }
        statement = sa.text(_POSTGRESQL_STEPS).columns(*columns)
    else:
        values |= {
            "actors": json.dumps(list(actors)),
            "start": sqlite_text(window.start),
            "end": sqlite_text(window.end),
        }
        statement = sa.text(_SQLITE_STEPS).columns(*columns)
    rows = connection.execute(statement, values).all()
    if len(rows) >= _MOST_STEPS:
        return None
    return [AddressUse(*row) for row in rows if row.first_at is not None]


_POSTGRESQL_LAST = """
SELECT actor_id, address,
    CAST((extract(epoch FROM last_at) - 946684800) * 1000000 AS bigint) AS last_at
FROM (
    SELECT a.actor_id, a.address, (
        SELECT max(e.occurred_at) FROM audit.entries e
        WHERE e.actor_id = a.actor_id COLLATE "C" AND e.ip_address = CAST(a.address AS inet)
        AND e.occurred_at >= a.since AND e.occurred_at < a.until
        AND e.occurred_at >= CAST(:start AS timestamptz)
        AND e.occurred_at < CAST(:end AS timestamptz)) AS last_at
    FROM unnest(CAST(:actors AS text[]), CAST(:addresses AS text[]),
        CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
        AS a (actor_id, address, since, until)
    OFFSET 0
) AS found WHERE last_at IS NOT NULL
"""

_SQLITE_LAST = """
WITH asked AS (
    SELECT json_extract(value, '$[0]') AS actor_id, json_extract(value, '$[1]') AS address,
        json_extract(value, '$[2]') AS since, json_extract(value, '$[3]') AS until
    FROM json_each(:asked)
)
SELECT actor_id, address, last_at FROM (
    SELECT a.actor_id, a.address, (
        SELECT max(e.occurred_at) FROM entries e
        WHERE e.actor_id = a.actor_id AND e.ip_address = a.address
        AND e.occurred_at >= a.since AND e.occurred_at < a.until) AS last_at
    FROM asked a
) WHERE last_at IS NOT NULL
"""


def read_last_uses(
    connection: sa.Connection, asked: Sequence[tuple[str, str, Instant, Instant]]
) -> list[AddressUse]:
    """When each actor last used an address in `[since, until)`, for those who did.

    asked: actor, address, since, until. By the index, a step for each.
    """
    if not asked:
        return []
    columns = (
        sa.column("actor_id", sa.Text),
        sa.column("address", sa.Text),
        sa.column("last_at", InstantType()),
    )
    actors, addresses, since, until = zip(*asked, strict=True)
    if connection.dialect.name == "postgresql":
        statement = sa.text(_POSTGRESQL_LAST).columns(*columns)
        values: dict[str, object] = {
            "actors": list(actors),
            "addresses": list(addresses),
            "since": [postgresql_text(one) for one in since],
            "until": [postgresql_text(one) for one in until],
            "start": postgresql_text(min(since)),
            "end": postgresql_text(max(until)),
        }
    else:
        statement = sa.text(_SQLITE_LAST).columns(*columns)
        texts = (
            (actor, address, sqlite_text(first), sqlite_text(last))
            for actor, address, first, last in asked
        )
        values = {"asked": json.dumps(list(texts))}
    rows = connection.execute(statement, values)
    return [AddressUse(actor, address, at, at) for actor, address, at in rows]
