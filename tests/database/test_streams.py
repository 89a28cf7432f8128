"""A stream of entries that is stopped, or loses its server, leaves nothing open behind."""

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import psycopg
import pytest

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.query import LogQuery
from tests.servers import Server

_TIMES = 50
# So fast that no statement of some microseconds slips through.
_CANCEL = """
    SELECT count(pg_cancel_backend(pid))
    FROM pg_stat_activity, generate_series(1, 20000)
    WHERE datname = %s AND application_name = 'mylla-audit'
"""

_END_ONE_THAT_WAITS = """
    DO $$ BEGIN
        LOOP
            PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = 'streamed' AND wait_event_type = 'Lock';
            EXIT WHEN FOUND;
            PERFORM pg_stat_clear_snapshot();
        END LOOP;
    END $$
"""


@pytest.fixture
def database(postgresql_server: Server) -> Iterator[Database]:
    """A log with more entries than are fetched at a time."""
    url = postgresql_server.create_database("streamed", "mylla_template")
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action)"
            " SELECT time, 'member', 'usr_1', 'Ana', 'agent.update' FROM generate_series("
            "timestamptz '2026-06-01 00:00Z', '2026-06-30 23:59Z', '10 minutes') time"
        )
    with closing(open_database(url)) as opened:
        yield opened
    postgresql_server.drop_database("streamed")


class Canceller:
    """Cancels whatever is under way in a database, again and again while it is told to."""

    def __init__(self, name: str, server: Server) -> None:
        self._name, self._server = name, server
        self._may, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._cancel)

    @contextmanager
    def running(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            self._may.set()
            self._thread.join()

    @contextmanager
    def cancelling(self) -> Iterator[None]:
        self._may.set()
        # As long as this takes, the server has begun to cancel.
        self._server.execute("SELECT 1")
        try:
            yield
        finally:
            self._may.clear()

    def _cancel(self) -> None:
        with psycopg.connect(self._server.url("postgres"), autocommit=True) as connection:
            while not self._is_over.is_set():
                connection.execute(_CANCEL, [self._name])
                self._may.wait()


@pytest.fixture(autouse=True)
def nothing_is_left(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Neither an open cursor nor an error that a command would print beside its own words."""
    yield
    gc.collect()  # what was left open warns here, and warnings are errors
    # So many requests to cancel may meet the end of the transaction as well.
    said = [one.getMessage() for one in caplog.get_records("call")]
    assert [one for one in said if "cursor" in one] == []


def test_a_request_to_cancel_may_meet_the_end_of_a_stream(
    database: Database, postgresql_server: Server
) -> None:
    reader = LogReader(database)
    canceller = Canceller("streamed", postgresql_server)
    with canceller.running():
        for _ in range(_TIMES):
            entries = reader.iterate_entries(LogQuery(), None, Cancellation())
            with suppress(DatabaseError):
                next(entries)
                with canceller.cancelling():
                    entries.close()
    assert len(list(reader.iterate_entries(LogQuery(), None, Cancellation()))) == 30 * 24 * 6


def test_a_server_may_end_in_the_midst_of_a_stream(
    database: Database, postgresql_server: Server
) -> None:
    entries = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    next(entries)
    postgresql_server.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'streamed'"
    )
    with pytest.raises(DatabaseError, match="cannot be reached"):
        list(entries)


def test_a_server_may_end_before_a_stream_has_begun(
    database: Database, postgresql_server: Server
) -> None:
    with psycopg.connect(postgresql_server.url("streamed")) as locking:
        locking.execute("LOCK TABLE audit.entries IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(1) as pool:
            entries = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
            first = pool.submit(next, entries)
            postgresql_server.execute(_END_ONE_THAT_WAITS)
            with pytest.raises(DatabaseError, match="cannot be reached"):
                first.result()
