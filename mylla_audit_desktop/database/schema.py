"""The table of the entries, described once for both databases.

PostgreSQL: `audit.entries`, partitioned by UTC month, JSON kept as it was written
(`json`, not `jsonb`), text in byte order so that globs with a fixed beginning use
the index. SQLite: `entries`, one table.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import INET, JSON

from mylla_audit_desktop.database.instants import InstantType

# What the filters and the default order need; each ends in the time, so that one
# actor's, action's or object's entries are read most recent first without sorting.
INDEXES = {
    "entries_by_time": ("occurred_at", "id"),
    "entries_by_actor": ("actor_id", "occurred_at", "id"),
    "entries_by_actor_name": ("actor_name", "occurred_at", "id"),
    "entries_by_action": ("action", "occurred_at", "id"),
    "entries_by_target": ("target_id", "occurred_at", "id"),
}


def entries_table(metadata: sa.MetaData, *, is_postgresql: bool) -> sa.Table:
    """The table with its indexes, for `CREATE TABLE`."""
    text: sa.types.TypeEngine[str] = sa.Text(collation="C") if is_postgresql else sa.Text()
    json: sa.types.TypeEngine[Any] = JSON() if is_postgresql else sa.Text()
    address: sa.types.TypeEngine[Any] = INET() if is_postgresql else sa.Text()
    identity = [sa.Identity()] if is_postgresql else []
    return sa.Table(
        "entries",
        metadata,
        sa.Column(
            "id", sa.BigInteger if is_postgresql else sa.Integer, *identity, primary_key=True
        ),
        # The partition key belongs into every unique key of a partitioned table.
        sa.Column("occurred_at", InstantType(), nullable=False, primary_key=is_postgresql),
        sa.Column("actor_type", text, nullable=False),
        sa.Column("actor_id", text, nullable=False),
        sa.Column("actor_name", text, nullable=False),
        sa.Column("action", text, nullable=False),
        sa.Column("target_type", text),
        sa.Column("target_id", text),
        sa.Column("target_name", text),
        sa.Column("before", json),
        sa.Column("after", json),
        sa.Column("ip_address", address),
        sa.CheckConstraint("actor_type IN ('member', 'system')", name="entries_actor_type"),
        *(sa.Index(name, *columns) for name, columns in INDEXES.items()),
        schema="audit" if is_postgresql else None,
        postgresql_partition_by="RANGE (occurred_at)",
    )


# An id may be given (an import keeps the ids of the evidence); ids given by the
# database must stay above it.
POSTGRESQL_ID_TRIGGER = """
CREATE FUNCTION audit.keep_ids_growing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.id > (SELECT last_value FROM audit.entries_id_seq) THEN
        PERFORM setval('audit.entries_id_seq', NEW.id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_ids_growing BEFORE INSERT ON audit.entries
    FOR EACH ROW EXECUTE FUNCTION audit.keep_ids_growing();
"""

# A time inserted by hand in another ISO form (Z, another offset, a space, fewer
# digits) is brought to the form that sorts; what is no time is refused, as NULL.
SQLITE_TIME_TRIGGER = """
CREATE TRIGGER entries_canonical_time AFTER INSERT ON entries
WHEN NEW.occurred_at NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]+00:00'
 AND NEW.occurred_at NOT GLOB '[-Ai]*'
BEGIN
    UPDATE entries SET occurred_at = (
        SELECT strftime('%Y-%m-%dT%H:%M:%S', substr(body, 1, 19) || zone)
            || '.' || substr(substr(body, 21) || '000000', 1, 6) || '+00:00'
        FROM (
            SELECT substr(text, 1, length(text) - length(zone)) AS body, zone
            FROM (
                SELECT NEW.occurred_at AS text, CASE
                    WHEN NEW.occurred_at LIKE '%Z' THEN 'Z'
                    WHEN substr(NEW.occurred_at, -6) GLOB '[-+][0-9][0-9]:[0-9][0-9]'
                    THEN substr(NEW.occurred_at, -6)
                    ELSE '' END AS zone
            )
        )
    ) WHERE id = NEW.id;
END;
"""  # noqa: E501 - one GLOB pattern cannot be broken
