"""A server that does not answer any more is noticed; one that is slow is left in peace."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.abc import Query

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.watch import ConnectionWatch, WatchedConnection
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from tests.proxies import Proxy, proxy_to
from tests.servers import Server

# The product promises ten seconds; a shared machine gets some more.
PATIENCE = 20.0
ENTRY = NewEntry(Instant(0), "member", "usr_1", "Ana", "agent.update")


@pytest.fixture
def proxy(postgresql_server: Server) -> Iterator[Proxy]:
    with proxy_to(postgresql_server.port) as made:
        yield made


@pytest.fixture
def database(postgresql_server: Server, proxy: Proxy) -> Iterator[Database]:
    """A log behind the proxy, with one entry."""
    name = "behind_a_proxy"
    postgresql_server.create_database(name, "mylla_template")
    opened = open_database(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}")
    append_entries(opened, [ENTRY], Cancellation())
    yield opened
    opened.close()
    postgresql_server.drop_database(name)


def count(database: Database) -> int:
    reader = LogReader(database)
    return reader.read_count(reader.read_snapshot(LogQuery(), Cancellation()), Cancellation())


def test_silence_is_said_and_the_next_action_connects_anew(
    database: Database, proxy: Proxy
) -> None:
    assert count(database) == 1
    proxy.swallow_all()
    begun = time.monotonic()
    with pytest.raises(DatabaseError, match="does not answer any more"):
        count(database)
    assert time.monotonic() - begun < PATIENCE
    # Asked again at once, it does not wait as long for the same silence.
    with pytest.raises(DatabaseError, match="does not answer"):
        count(database)
    assert time.monotonic() - begun < PATIENCE
    proxy.forward()
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            assert count(database) == 1
            break
        except DatabaseError:
            assert time.monotonic() < deadline


def test_silence_in_the_middle_of_a_statement_is_said(database: Database, proxy: Proxy) -> None:
    def swallow_soon(_event: object, *_more: object) -> None:
        proxy.swallow_all()

    sa.event.listen(database.engine, "before_cursor_execute", swallow_soon)
    with (
        pytest.raises(DatabaseError, match="does not answer any more"),
        database.reading(Cancellation()) as connection,
    ):
        connection.execute(sa.text("SELECT pg_sleep(60)"))


def test_one_swallowed_connection_is_given_up_and_replaced(
    database: Database, proxy: Proxy
) -> None:
    def read_twice() -> None:
        with database.reading(Cancellation()) as connection:
            connection.execute(sa.text("SELECT 1"))
            proxy.swallow_present()
            connection.execute(sa.text("SELECT 1"))

    with pytest.raises(DatabaseError):
        read_twice()
    assert count(database) == 1


def test_a_statement_of_which_only_a_part_arrived_is_given_up(
    database: Database, proxy: Proxy
) -> None:
    text, value = f"SELECT length(:value) /* {'x' * 100_000} */", "y" * 100_000

    def read() -> None:
        with database.reading(Cancellation()) as connection:
            connection.execute(sa.text("SELECT 1"))
            proxy.after_bytes(150_000, proxy.swallow_present)
            connection.execute(sa.text(text), {"value": value})

    with pytest.raises(DatabaseError):
        read()
    assert count(database) == 1


def test_an_idle_connection_that_was_swallowed_is_replaced_unnoticed(
    database: Database, proxy: Proxy
) -> None:
    assert count(database) == 1
    proxy.swallow_present()
    begun = time.monotonic()
    assert count(database) == 1
    assert time.monotonic() - begun < PATIENCE


def test_a_commit_that_is_swallowed_alone_is_not_waited_for(
    database: Database, proxy: Proxy
) -> None:
    def write() -> None:
        with database.writing(Cancellation()) as connection:
            connection.execute(sa.text("SELECT 1"))
            proxy.swallow_present()

    with pytest.raises(DatabaseError, match="look first, before you do it again"):
        write()
    assert count(database) == 1


def test_what_a_swallowed_connection_holds_is_given_up(database: Database, proxy: Proxy) -> None:
    lock = sa.text("SELECT pg_advisory_xact_lock(7)")

    def write(swallow: Callable[[], None]) -> None:
        with database.writing(Cancellation()) as connection:
            connection.execute(lock)
            swallow()

    with pytest.raises(DatabaseError, match="look first, before you do it again"):
        write(proxy.swallow_present)
    begun = time.monotonic()
    write(lambda: None)
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize("is_alone", [True, False])
def test_what_half_a_statement_holds_is_given_up(
    database: Database, proxy: Proxy, is_alone: bool
) -> None:
    """The server waits for the other half with no time limit, and keeps its locks so long."""
    lock = sa.text("SELECT pg_advisory_xact_lock(7)")
    text, value = f"SELECT length(:value) /* {'x' * 100_000} */", "y" * 100_000

    def write() -> None:
        with database.writing(Cancellation()) as connection:
            connection.execute(lock)

    def write_half() -> None:
        with database.writing(Cancellation()) as connection:
            connection.execute(lock)
            swallow = proxy.swallow_present if is_alone else proxy.swallow_all
            proxy.after_bytes(150_000, swallow)
            connection.execute(sa.text(text), {"value": value})

    with pytest.raises(DatabaseError):
        write_half()
    proxy.forward()
    deadline = time.monotonic() + PATIENCE
    while database_is_silent(database):
        assert time.monotonic() < deadline
    begun = time.monotonic()
    write()
    assert time.monotonic() - begun < PATIENCE


def test_what_is_left_behind_is_ended_later_where_that_was_swallowed_too(
    database: Database, proxy: Proxy
) -> None:
    class Interrupted(WatchedConnection):
        """Silence falls just as the server is told to end what was left behind."""

        is_waited_for = True

        def execute(self, query: Query, *args: Any, **kwargs: Any) -> psycopg.Cursor[Any]:
            if Interrupted.is_waited_for and "pg_terminate_backend" in str(query):
                Interrupted.is_waited_for = False
                proxy.swallow_all()
            return super().execute(query, *args, **kwargs)

    def connect(**options: Any) -> Interrupted:
        fixed = {"host": "127.0.0.1", "port": proxy.port, "user": "postgres"}
        return Interrupted.connect(**{**fixed, "dbname": database.label.name, **options})

    watch = ConnectionWatch(connect, sign_in_seconds=5)
    with closing(watch.connect()) as other, closing(watch.connect()) as left:
        left.execute("SELECT pg_advisory_xact_lock(7)")
        seen = watch.look(left, None)
        watch.look(left, seen)
        assert not Interrupted.is_waited_for
        proxy.forward()
        watch.look(other, None)
    with database.writing(Cancellation()) as connection:
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(7)"))


@pytest.mark.parametrize("is_alone", [True, False])
def test_silence_at_any_moment_of_opening_is_noticed(
    database: Database, proxy: Proxy, is_alone: bool
) -> None:
    """Also while the first connection is asked what server it leads to."""
    before = proxy.passed
    name = database.label.name
    open_through(proxy, name)
    usual = proxy.passed - before

    def open_with_silence(moment: int) -> None:
        with proxy_to(proxy.target) as own:
            own.after_bytes(moment, own.swallow_present if is_alone else own.swallow_all)
            with suppress(DatabaseError):
                open_through(own, name)

    moments = range(0, usual, usual // 40)
    attempts = [
        threading.Thread(target=open_with_silence, args=[moment], daemon=True) for moment in moments
    ]
    begun = time.monotonic()
    for attempt in attempts:
        attempt.start()
    for attempt in attempts:
        attempt.join(max(begun + PATIENCE - time.monotonic(), 0))
    waiting = [m for m, attempt in zip(moments, attempts, strict=True) if attempt.is_alive()]
    assert not waiting


def open_through(proxy: Proxy, name: str) -> None:
    url = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?connect_timeout=5"
    open_database(url).close()


def test_a_cursor_that_is_swallowed_between_two_parts_is_given_up(
    database: Database, proxy: Proxy
) -> None:
    append_entries(database, [ENTRY] * 20_000, Cancellation())
    entries = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    next(entries)
    proxy.swallow_present()
    with pytest.raises(DatabaseError):
        list(entries)


def test_a_process_that_is_gone_is_not_waited_for(
    database: Database, proxy: Proxy, postgresql_server: Server
) -> None:
    """What stands between has forgotten the connection, and so cannot say that it ended."""

    def read() -> None:
        with database.reading(Cancellation()) as connection:
            pid = connection.scalar(sa.text("SELECT pg_backend_pid()"))
            proxy.swallow_present()
            postgresql_server.execute(f"SELECT pg_terminate_backend({pid})")
            connection.execute(sa.text("SELECT 1"))

    with pytest.raises(DatabaseError):
        read()
    assert count(database) == 1


def test_an_answer_that_comes_slowly_is_left_in_peace(database: Database, proxy: Proxy) -> None:
    """The server has long done its part while the line is still at it."""
    length = 2_100_000
    with database.reading(Cancellation()) as connection:
        connection.execute(sa.text("SELECT 1"))
        proxy.slow_down(300_000)
        answer = connection.scalar(sa.text(f"SELECT repeat('x', {length})"))
    assert len(answer) == length


def test_a_server_that_lets_nobody_in_is_not_taken_for_silent(
    database: Database, postgresql_server: Server
) -> None:
    with database.reading(Cancellation()) as connection:
        connection.execute(sa.text("SELECT 1"))
        postgresql_server.execute(f"ALTER DATABASE {database.label.name} ALLOW_CONNECTIONS false")
        assert connection.scalar(sa.text("SELECT 7 FROM pg_sleep(7)")) == 7


def test_a_stream_that_is_swallowed_alone_is_given_up(database: Database, proxy: Proxy) -> None:
    append_entries(database, [ENTRY] * 20_000, Cancellation())
    stream = stream_csv(
        database,
        LogQuery(),
        profile=Profile.SIEM,
        zone=ZoneInfo("UTC"),
        cancellation=Cancellation(),
    )
    proxy.after_bytes(500_000, proxy.swallow_present)
    with pytest.raises(DatabaseError):
        list(stream)
    assert count(database) == 20_001


def test_a_slow_statement_is_left_in_peace(database: Database) -> None:
    with database.reading(Cancellation()) as connection:
        assert connection.scalar(sa.text("SELECT 7 FROM pg_sleep(7)")) == 7


def test_nothing_is_written_twice_when_the_answer_is_swallowed(
    database: Database, proxy: Proxy
) -> None:
    insert = sa.text(
        "INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action)"
        " VALUES (now(), 'member', 'usr_2', 'Luis', 'agent.update')"
    )

    def write() -> None:
        with database.writing(Cancellation()) as connection:
            connection.execute(insert)
            proxy.swallow_all()

    with pytest.raises(DatabaseError, match="look first, before you do it again"):
        write()
    proxy.forward()
    deadline = time.monotonic() + PATIENCE
    while database_is_silent(database):
        assert time.monotonic() < deadline
    assert count(database) in {1, 2}


def database_is_silent(database: Database) -> bool:
    try:
        count(database)
    except DatabaseError:
        return True
    return False
