"""Noticing that a server will never answer.

A network that swallows packets, or a proxy that stops forwarding, leaves a client waiting
for ever: keepalives are answered by what stands between, and a request to cancel is
swallowed too. So while somebody waits for long, a second connection asks whether the server
still answers at all, and whether it still works on what is waited for. Where it does not,
the sockets are shut down, which frees whoever waits (docs/decisions/0014-connection-watch.md),
and the server is told to end its side, which frees whoever waits for its locks.
A server that is merely slow is left in peace.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from mylla_audit_desktop.database.drivers import postgresql_driver

# Somebody waits this long before the first question is asked, and so long between two.
_PATIENCE_SECONDS = 2.5
_TICK_SECONDS = 0.5
# The thread stays for the next one who waits, because starting it costs as much as a page.
_IDLE_SECONDS = 5.0
# The least that libpq waits for a connection.
PROBE_SECONDS = 2
# One lost packet is no lost server.
_FAILURES = 2
# For so long a new attempt is refused at once instead of waiting for the same silence.
_VERDICT_SECONDS = 2.0

# Waiting for the client in the midst of a statement too: its rest was swallowed.
_IDLE = """
    SELECT pid FROM pg_catalog.pg_stat_activity
    WHERE pid = ANY(%s) AND (state LIKE 'idle%%' OR state = 'active' AND wait_event = 'ClientRead')
"""
# Idle for longer than since it was shut down: no other process of the same number.
_END_IDLE = """
    SELECT pg_catalog.pg_terminate_backend(pid)
    FROM pg_catalog.pg_stat_activity
    JOIN unnest(%s::int[], %s::float8[]) AS left_behind (number, seconds) ON number = pid
    WHERE usename = session_user
        AND (state LIKE 'idle%%' OR state = 'active' AND wait_event = 'ClientRead')
        AND clock_timestamp() - state_change >= make_interval(secs => seconds)
"""

Connect = Callable[[], psycopg.Connection]


class SilentServerError(psycopg.OperationalError):
    """The server does not answer; raised in place of a connection attempt."""


class ConnectionWatch:
    """Watches over the connections of one engine. Its thread runs only while somebody waits.

    probe: makes a connection of its own, by the same parameters and a short time-out.
    """

    def __init__(self, probe: Connect) -> None:
        self._probe = probe
        self._lock = threading.Lock()
        # With the server's process of each, which a closed one does not tell any more.
        self._processes: dict[psycopg.Connection, int] = {}
        # The processes of those that were shut down, and when.
        self._left_behind: dict[int, float] = {}
        # Those who wait, and since when; statements under way by connection, with a token.
        self._waiting: dict[object, float] = {}
        self._statements: dict[psycopg.Connection, object] = {}
        self._is_running = False
        self._silent_since: float | None = None

    def attach(self, engine: sa.Engine) -> None:
        """Learn of the engine's connections and statements."""
        event.listen(engine, "connect", self._opened)
        event.listen(engine, "close", lambda connection, _record: self.closed(connection))
        event.listen(engine, "close_detached", self.closed)
        event.listen(engine, "before_cursor_execute", self._begins)
        event.listen(engine, "after_cursor_execute", self._ends)
        event.listen(engine, "handle_error", self._failed)
        event.listen(engine, "commit", self._ends_transaction)
        event.listen(engine, "rollback", self._ends_transaction)
        event.listen(engine, "checkin", lambda connection, _record: self.rests(connection))
        self._watch_pings(engine)

    def _watch_pings(self, engine: sa.Engine) -> None:
        """Before the pool hands a connection out it asks whether it lives; no event tells so."""
        ping = engine.dialect.do_ping

        def watched(connection: Any) -> bool:
            self.works(connection)
            try:
                return ping(connection)
            finally:
                self.rests(connection)

        # What SQLAlchemy calls by this name.
        setattr(engine.dialect, "do_ping", watched)  # noqa: B010 - mypy wants no method assigned

    @property
    def is_silent(self) -> bool:
        """Whether the server was found silent a moment ago."""
        since = self._silent_since
        return since is not None and time.monotonic() - since < _VERDICT_SECONDS

    def raise_if_silent(self) -> None:
        """Raise SilentServerError in place of an attempt that would wait in vain."""
        if self.is_silent:
            raise SilentServerError("the server does not answer")

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While inside, somebody may wait for the server. Raises SilentServerError."""
        token = object()
        with self._lock:
            self._waiting[token] = time.monotonic()
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._watch, name="connection-watch", daemon=True).start()
        try:
            yield
        except (sa.exc.OperationalError, psycopg.OperationalError):
            # What the driver says of a socket that was shut down is not what happened.
            self.raise_if_silent()
            raise
        finally:
            with self._lock:
                del self._waiting[token]

    # -- events ----------------------------------------------------------------

    def _opened(self, connection: psycopg.Connection, _record: object) -> None:
        with self._lock:
            self._processes[connection] = connection.info.backend_pid

    def closed(self, connection: psycopg.Connection) -> None:
        """It is given up: nothing of it is watched any more."""
        # The lock: a socket is never shut down when its number is another's already.
        with self._lock:
            self._processes.pop(connection, None)
            self._statements.pop(connection, None)

    def _begins(self, _connection: object, cursor: Any, *_more: object) -> None:
        self.works(cursor.connection)

    def _ends(self, _connection: object, cursor: Any, *_more: object) -> None:
        self.rests(cursor.connection)

    def _ends_transaction(self, connection: sa.Connection) -> None:
        # Over once the connection is back in the pool; of one that was lost nothing is left.
        if not connection.invalidated:
            self.works(postgresql_driver(connection))

    def works(self, connection: psycopg.Connection) -> None:
        """The server is waited for; called again for each sign of life from it."""
        with self._lock:
            self._statements[connection] = object()

    def rests(self, connection: psycopg.Connection) -> None:
        """Nothing is waited for."""
        with self._lock:
            self._statements.pop(connection, None)

    def _failed(self, context: sa.engine.ExceptionContext) -> None:
        execution = context.execution_context
        if execution is not None and execution.cursor is not None:
            self._ends(None, execution.cursor)

    # -- the thread ------------------------------------------------------------

    def _watch(self) -> None:
        try:
            self._watch_over()
        except BaseException:
            # Who waits next starts another.
            with self._lock:
                self._is_running = False
            raise

    def _watch_over(self) -> None:
        failures = 0
        suspects: dict[psycopg.Connection, object] = {}
        now = asked = busy = time.monotonic()
        while now - busy < _IDLE_SECONDS or not self._ends_idle():
            time.sleep(_TICK_SECONDS)
            now = time.monotonic()
            waited = self._longest_wait(now)
            if waited is not None:
                busy = now
            if waited is None or waited < _PATIENCE_SECONDS:
                failures, suspects = 0, {}
            elif failures or now - asked >= _PATIENCE_SECONDS:
                stalled = self._ask(suspects)
                asked = time.monotonic()
                if stalled is None:
                    failures += 1
                else:
                    failures, suspects = 0, stalled
                if failures == _FAILURES:
                    failures = 0
                    self._silent_since = asked
                    self._shut(dict.fromkeys(self._processes.copy()))

    def _longest_wait(self, now: float) -> float | None:
        """Seconds; None where nobody waits."""
        with self._lock:
            return now - min(self._waiting.values()) if self._waiting else None

    def _ends_idle(self) -> bool:
        """Whether nobody waits; the thread is over then, and who comes now starts another."""
        with self._lock:
            self._is_running = bool(self._waiting)
            return not self._is_running

    def _ask(
        self, suspects: dict[psycopg.Connection, object]
    ) -> dict[psycopg.Connection, object] | None:
        """The statements under way here that the server does not work on; None for silence.

        Those that were so the last time as well were swallowed: their connections are shut down.
        """
        with self._lock:
            pids = {one: self._processes.get(one, 0) for one in self._statements}
            statements = dict(self._statements)
        try:
            probe = self._probe()
        except psycopg.OperationalError as error:
            # A refusal is an answer ("too many clients").
            return {} if "FATAL" in str(error) else None
        # The question may be swallowed as well.
        alarm = threading.Timer(PROBE_SECONDS, _shut_down, [probe])
        alarm.daemon = True
        alarm.start()
        try:
            rows = probe.execute(_IDLE, [list(pids.values())]).fetchall()
            # Behind a pooler the number is nobody's, and nothing can be said.
            waiting = {pid for (pid,) in rows}
            stalled = {one: token for one, token in statements.items() if pids[one] in waiting}
            self._shut({c: token for c, token in stalled.items() if suspects.get(c) is token})
            self._end_left_behind(probe)
        except psycopg.OperationalError:
            return None
        except psycopg.Error:
            return {}
        finally:
            alarm.cancel()
            with suppress(psycopg.Error):
                probe.close()
        return stalled

    def _end_left_behind(self, probe: psycopg.Connection) -> None:
        """Have the server give up what nobody can reach any more, with the locks it holds.

        In the midst of a statement it would wait for the rest without any time limit.
        """
        now = time.monotonic()
        with self._lock:
            left = dict(self._left_behind)
        if left:
            seconds = [now - since for since in left.values()]
            probe.execute(_END_IDLE, [list(left), seconds])
        with self._lock:
            for pid, since in left.items():
                if self._left_behind.get(pid) == since:
                    del self._left_behind[pid]

    def _shut(self, connections: dict[psycopg.Connection, object]) -> None:
        """Free those who wait; with a token only while that statement is under way."""
        with self._lock:
            for connection, token in connections.items():
                is_same = token is None or self._statements.get(connection) is token
                if is_same and connection in self._processes:
                    _shut_down(connection)
                    self._left_behind[self._processes[connection]] = time.monotonic()


def _shut_down(connection: psycopg.Connection) -> None:
    """End the conversation without closing: whoever waits for the socket learns of it."""
    with suppress(psycopg.Error, OSError):
        end = socket.socket(fileno=connection.fileno())
        try:
            end.shutdown(socket.SHUT_RDWR)
        finally:
            # It is the driver's to close.
            end.detach()
