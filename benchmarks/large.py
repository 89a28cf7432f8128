"""A log of many entries on PostgreSQL, made from a smaller one in minutes.

The entries of the smaller log are repeated with other ids, some seconds apart, in the same
months, by two connections; its indexes are made afterwards.
"""

import threading
from typing import LiteralString

import psycopg
from psycopg import sql

_COPIERS = 2
_SHIFT_SECONDS = 7
_COLUMNS: LiteralString = (
    "actor_type, actor_id, actor_name, action, target_type, target_id, target_name,"
    " before, after, ip_address"
)


def multiply(url: str, times: int) -> None:
    """Make a log hold `times` as many entries."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        row = connection.execute("SELECT max(id) FROM audit.entries").fetchone()
        highest = row[0] if row else 0
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE schemaname = 'audit' AND tablename = 'entries' AND indexdef NOT LIKE '%UNIQUE%'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX audit.{}").format(sql.Identifier(name)))
        copiers = [
            threading.Thread(target=_copy, args=(url, highest, range(1 + n, times, _COPIERS)))
            for n in range(_COPIERS)
        ]
        for copier in copiers:
            copier.start()
        for copier in copiers:
            copier.join()
        connection.execute("SELECT setval('audit.entries_id_seq', max(id)) FROM audit.entries")
        for _, definition in indexes:
            # On the months too, which the catalog's own wording leaves out.
            connection.execute(definition.replace(" ON ONLY ", " ON ").encode())
        connection.execute("VACUUM (ANALYZE) audit.entries")
        count = connection.execute("SELECT count(*) FROM audit.entries").fetchone()
        if count is None or count[0] != highest * times:
            raise SystemExit(f"made {count} entries, not {highest * times}")


def _copy(url: str, highest: int, numbers: range) -> None:
    statement = sql.SQL(
        "INSERT INTO audit.entries (id, occurred_at, {columns})"
        " SELECT id + %s, occurred_at - make_interval(secs => %s), {columns}"
        " FROM audit.entries WHERE id <= %s ORDER BY id"
    ).format(columns=sql.SQL(_COLUMNS))
    with psycopg.connect(url, autocommit=True) as connection:
        # The trigger would look for each of these ids, which are new.
        connection.execute("SET session_replication_role = replica")
        for number in numbers:
            connection.execute(statement, (number * highest, number * _SHIFT_SECONDS, highest))
