"""The table of the entries, described once for both databases.

PostgreSQL: `audit.entries`, partitioned by UTC month, JSON kept as it was written
(`json`, not `jsonb`), text in byte order so that globs with a fixed beginning use
the index. SQLite: `entries`, one table.
"""

from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.log.entry import COLUMNS

# What the filters and the default order need; each ends in the time, so that one
# actor's, action's or object's entries are read most recent first without sorting.
INDEXES = {
    "entries_by_time": ("occurred_at", "id"),
    "entries_by_actor": ("actor_id", "occurred_at", "id"),
    "entries_by_actor_name": ("actor_name", "occurred_at", "id"),
    "entries_by_action": ("action", "occurred_at", "id"),
    "entries_by_target": ("target_id", "occurred_at", "id"),
}
# For the review: from which addresses somebody acted, without reading what they did.
REVIEW_INDEXES = {
    "entries_by_network": ("actor_id", "ip_address", "occurred_at"),
}

_SQLITE_TEXTS = "'blob' NOT IN ({})".format(", ".join(f"typeof({name})" for name in COLUMNS[1:]))


class Inet(sa.types.UserDefinedType[str]):
    """PostgreSQL's `inet`. SQLAlchemy's own would load its whole dialect for SQLite as well."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Its name."""
        return "INET"


def entries_table(metadata: sa.MetaData, *, is_postgresql: bool) -> sa.Table:
    """The table with its indexes, for `CREATE TABLE`."""
    text: sa.types.TypeEngine[str] = sa.Text(collation="C") if is_postgresql else sa.Text()
    json: sa.types.TypeEngine[Any] = sa.JSON() if is_postgresql else sa.Text()
    address: sa.types.TypeEngine[Any] = Inet() if is_postgresql else sa.Text()
    identity = [sa.Identity()] if is_postgresql else []
    # SQLite keeps bytes in any column, whatever its type; a reader expects texts.
    checks = [] if is_postgresql else [sa.CheckConstraint(_SQLITE_TEXTS, name="entries_texts")]
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
        *checks,
        *(sa.Index(name, *columns) for name, columns in INDEXES.items()),
        schema="audit" if is_postgresql else None,
        postgresql_partition_by="RANGE (occurred_at)",
    )


# Who adds entries with ids of their own takes this lock of the transaction.
IDS_LOCK = 7_355_608_003
# What tells the trigger, in a transaction that holds the lock, that the ids are new.
IDS_ARE_NEW = "audit.ids_are_new"
# An id may be given (an import keeps the ids of the evidence). Ids given by the database stay
# above it, and none comes twice, which no unique key of a table divided by months can say.
# The id that the sequence gave just now is new without a look; only its first use is.
# A month that was empty when it was last analysed would be read from end to end for each id.
POSTGRESQL_ID_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit.has_id(given bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off SET jit = off AS $$
BEGIN
    RETURN EXISTS (SELECT FROM audit.entries WHERE id = given);
END $$;
CREATE OR REPLACE FUNCTION audit.keep_ids_growing() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    highest record;
    given_here bigint;
BEGIN
    SELECT last_value, is_called INTO highest FROM audit.entries_id_seq;
    IF highest.is_called AND NEW.id <= highest.last_value THEN
        BEGIN
            given_here := currval('audit.entries_id_seq');
        EXCEPTION WHEN object_not_in_prerequisite_state THEN
            given_here := NULL;
        END;
        IF given_here = NEW.id
            AND current_setting('audit.last_id', true) IS DISTINCT FROM NEW.id::text
        THEN
            PERFORM set_config('audit.last_id', NEW.id::text, false);
            RETURN NEW;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock({IDS_LOCK});
    SELECT last_value, is_called INTO highest FROM audit.entries_id_seq;
    IF NEW.id > highest.last_value OR NEW.id = highest.last_value AND NOT highest.is_called THEN
        PERFORM setval('audit.entries_id_seq', NEW.id);
        PERFORM set_config('audit.last_id', NEW.id::text, false);
    ELSIF current_setting('{IDS_ARE_NEW}', true) IS DISTINCT FROM 'on'
        AND audit.has_id(NEW.id)
    THEN
        RAISE unique_violation
            USING MESSAGE = 'an entry with the id ' || NEW.id || ' is there already';
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608 - our own number and name
POSTGRESQL_ID_TRIGGER = """
CREATE TRIGGER keep_ids_growing BEFORE INSERT ON audit.entries
    FOR EACH ROW EXECUTE FUNCTION audit.keep_ids_growing();
"""

# A time inserted by hand in another ISO form (Z, another offset or none, a space, fewer
# digits) is brought to the form that sorts; what is no time becomes NULL, which the
# column refuses. `+0 seconds` makes SQLite count anew, so that 30 February shows.
SQLITE_TIME_TRIGGER = """
CREATE TRIGGER entries_canonical_time AFTER INSERT ON entries
WHEN NOT (
    NEW.occurred_at GLOB '????-??-??T??:??:??.[0-9][0-9][0-9][0-9][0-9][0-9]+00:00'
    AND substr(NEW.occurred_at, 1, 19)
        IS strftime('%Y-%m-%dT%H:%M:%S', substr(NEW.occurred_at, 1, 19), '+0 seconds')
)
AND NEW.occurred_at NOT IN ('--infinity', 'infinity')
AND NEW.occurred_at NOT GLOB '-[0-9][0-9][0-9][0-9][0-9][0-9]|*'
AND NEW.occurred_at NOT GLOB 'A+[0-9]*'
BEGIN
    UPDATE entries SET occurred_at = (
        SELECT CASE
            WHEN text = '-infinity' THEN '--infinity'
            WHEN stamp IS strftime('%Y-%m-%dT%H:%M:%S', stamp, '+0 seconds')
                AND (fraction = '' OR fraction GLOB '.[0-9]*' AND fraction NOT GLOB '.*[^0-9]*')
            THEN strftime('%Y-%m-%dT%H:%M:%S', stamp || zone, '+0 seconds')
                || '.' || substr(substr(fraction, 2) || '000000', 1, 6) || '+00:00'
            END
        FROM (
            SELECT text, zone, substr(body, 20) AS fraction, substr(body, 1, 10) || CASE
                WHEN length(body) = 10 THEN 'T00:00:00'
                WHEN substr(body, 11, 1) NOT IN ('T', ' ') THEN ''
                WHEN length(body) = 16 THEN 'T' || substr(body, 12) || ':00'
                ELSE 'T' || substr(body, 12, 8) END AS stamp
            FROM (
                SELECT text, substr(text, 1, length(text) - width) AS body, CASE width
                    WHEN 5 THEN substr(text, -5, 3) || ':' || substr(text, -2)
                    WHEN 3 THEN substr(text, -3) || ':00'
                    ELSE substr(text, length(text) - width + 1) END AS zone
                FROM (
                    SELECT NEW.occurred_at AS text, CASE
                        WHEN NEW.occurred_at LIKE '%Z' THEN 1
                        WHEN length(NEW.occurred_at) < 16 THEN 0
                        WHEN substr(NEW.occurred_at, -6) GLOB '[-+][0-9][0-9]:[0-9][0-9]' THEN 6
                        WHEN substr(NEW.occurred_at, -5) GLOB '[-+][0-9][0-9][0-9][0-9]' THEN 5
                        WHEN substr(NEW.occurred_at, -3) GLOB '[-+][0-9][0-9]' THEN 3
                        ELSE 0 END AS width
                )
            )
        )
    ) WHERE id = NEW.id;
END;
"""
