"""A log that somebody else made, with what the contract names and nothing of ours."""

import psycopg


def make_foreign_log(url: str) -> None:
    """A view with one entry as `audit.entries` of an empty PostgreSQL database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA audit")
        connection.execute(
            "CREATE VIEW audit.entries AS SELECT 1::bigint AS id, now() AS occurred_at,"
            " 'member' AS actor_type, 'u' AS actor_id, 'U' AS actor_name, 'a.b' AS action,"
            " NULL::text AS target_type, NULL::text AS target_id, NULL::text AS target_name,"
            " NULL::json AS before, NULL::json AS after, NULL::inet AS ip_address"
        )
