"""The view over somebody else's log is made anew while the log is open."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.query import LogQuery

pytestmark = pytest.mark.postgresql

# How often psycopg sends a statement before it has the server keep it.
PREPARED_AFTER = 5
VIEW = """
    CREATE VIEW audit.entries AS
    SELECT n::bigint AS id, timestamptz '2026-11-20 12:00Z' + n * interval '1 s' AS occurred_at,
           'member'::text AS actor_type, 'usr_1'::text AS actor_id, 'Ana'::{name} AS actor_name,
           'agent.update'::text AS action, 'agent'::text AS target_type,
           'agt_1'::text AS target_id, 'Desk'::text AS target_name,
           '{{"a": 1}}'::{changes} AS before, '{{"a": 2}}'::{changes} AS after,
           '192.0.2.7'::{address} AS ip_address
    FROM generate_series(1, 500) AS n
"""
USUAL = {"name": "varchar(20)", "changes": "text", "address": "text"}


def make_view(url: str, **types: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS audit")
        connection.execute("DROP VIEW IF EXISTS audit.entries")
        connection.execute(VIEW.format(**USUAL | types).encode())


@pytest.fixture
def database(postgresql_url: str) -> Iterator[Database]:
    make_view(postgresql_url)
    with closing(open_database(postgresql_url)) as opened:
        yield opened


def read(reader: LogReader) -> AuditEntry | None:
    """What the window reads: a page, and the details of its first entry."""
    snapshot = reader.read_snapshot(LogQuery(), Cancellation())
    page = reader.read_page(snapshot, 0, 100, None, Cancellation())
    first = page.entries[0]
    assert (first.id, first.actor_name, first.ip_address) == (500, "Ana", "192.0.2.7")
    return reader.read_entry(first.id, first.occurred_at, Cancellation())


@pytest.mark.parametrize(
    "types",
    [{"name": "varchar(30)"}, {"name": "text"}, {"changes": "jsonb"}, {"address": "inet"}],
    ids=lambda types: next(iter(types.values())),
)
def test_a_view_of_other_types_is_said_once_and_read_then(
    database: Database, postgresql_url: str, types: dict[str, str]
) -> None:
    reader = LogReader(database)
    for _ in range(PREPARED_AFTER + 1):
        before = read(reader)
    make_view(postgresql_url, **types)
    with pytest.raises(DatabaseError, match="was changed while it was open") as said:
        read(reader)
    assert said.value.advice == "Do it again."
    assert read(reader) == before


def test_a_view_that_was_dropped_is_said_as_such(database: Database, postgresql_url: str) -> None:
    reader = LogReader(database)
    read(reader)
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("DROP VIEW audit.entries")
    with pytest.raises(DatabaseError, match="holds no audit log"):
        read(reader)
    make_view(postgresql_url)
    read(reader)


def test_an_error_of_another_kind_is_left_as_it_is(database: Database, postgresql_url: str) -> None:
    reader = LogReader(database)
    read(reader)
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("DROP VIEW audit.entries")
        connection.execute(
            VIEW.format(**USUAL).replace("n::bigint", "(n / (n - 500))::bigint").encode()
        )
    with pytest.raises(DatabaseError, match="division by zero"):
        read(reader)
