"""Noticing that a server will never answer.

A network that swallows packets, or a proxy that stops forwarding, leaves a client waiting
for ever: keepalives are answered by what stands between, and a request to cancel is
swallowed too. So who has waited for long without a sign of life asks, over a second
connection, whether the server still answers at all, and whether it still works on what is
waited for. Where it twice does not, the connection is given up
(docs/decisions/0014-connection-watch.md), and the server is told to end its side, which
frees whoever waits for its locks. A server that is merely slow is left in peace.
"""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

# Somebody waits this long before the first question is asked, and so long between two.
_PATIENCE_SECONDS = 2.5
# So long after a question that spoke against waiting, in case the answer was on its way,
# or the question was lost with one packet.
_SECOND_LOOK_SECONDS = 1.5
# The least that libpq waits for a connection; so long the question itself may take.
_PROBE_SECONDS = 2
# For so long a new attempt is refused at once instead of waiting for the same silence.
_VERDICT_SECONDS = 2.0

_IDENTIFY = """
    SELECT pid, extract(epoch FROM backend_start)::text,
        extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text
    FROM pg_catalog.pg_stat_activity
    WHERE pid = pg_catalog.pg_backend_pid()
"""
_LOOK = """
    SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text, pid, wait_event,
        extract(epoch FROM state_change)::text
    FROM (VALUES (1)) AS here
    LEFT JOIN pg_catalog.pg_stat_activity
        ON pid = %s AND extract(epoch FROM backend_start)::text = %s
"""
_END = """
    SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
    WHERE pid = %s AND extract(epoch FROM backend_start)::text = %s
"""

# What a look can find, besides the moment since when the server waits for us.
_SILENT = "silent"
_GONE = "gone"


class SilentServerError(psycopg.OperationalError):
    """The server does not answer; raised in place of waiting for ever."""


@dataclass(frozen=True, slots=True)
class Process:
    """A server's process for a connection; its number alone may be another's later."""

    pid: int
    started: str
    server_started: str


class WatchedConnection(psycopg.Connection[Any]):
    """A connection on which nobody waits for ever: it is closed, and SilentServerError raised.

    Whatever waits for the server (a statement, a commit, a stream, a ping) comes by here.
    """

    watch: "ConnectionWatch | None" = None
    # None behind a pooler, which makes up the number that it announces.
    process: Process | None = None
    # So long it may be silent, whatever the watch says.
    limit = float("inf")

    def wait(self, gen: PQGen[RV], *args: Any, **kwargs: Any) -> RV:
        """As psycopg's, for as long as there is hope."""
        # Most of a stream is here already, and asks for no wait.
        try:
            wanted = next(gen)
        except StopIteration as end:
            answer: RV = end.value
            return answer
        return super().wait(self._hoping(gen, wanted), *args, **kwargs)

    def _hoping(self, gen: PQGen[RV], wanted: Any) -> PQGen[RV]:
        """The same steps; resumed ten times a second while nothing comes."""
        alive = looked = time.monotonic()
        seen: str | None = None
        is_lost = False
        try:
            while True:
                ready = yield wanted
                now = time.monotonic()
                if ready:
                    alive, looked, seen, is_lost = now, now, None, False
                elif is_lost or now - alive > self.limit:
                    self.close()
                    raise SilentServerError("the server does not answer")
                elif now - looked > (_SECOND_LOOK_SECONDS if seen else _PATIENCE_SECONDS):
                    looked, last = now, seen
                    seen = self.watch.look(self, last) if self.watch else None
                    is_lost = seen is not None and seen == last
                wanted = gen.send(ready)
        except StopIteration as end:
            answer: RV = end.value
            return answer


Connect = Callable[..., WatchedConnection]


class ConnectionWatch:
    """What the connections of one engine know of their servers; safe to use from any thread.

    connect: signs in; gets parameters of libpq that go before its own. sign_in_seconds: how
    long that may take.
    """

    def __init__(self, connect: Connect, sign_in_seconds: float) -> None:
        self._connect = connect
        # libpq takes 0 for ever.
        self._sign_in_seconds = sign_in_seconds or float("inf")
        self._lock = threading.Lock()
        # Given up here, but perhaps still alive on the server.
        self._left_behind: list[Process] = []
        self._silent_since: float | None = None

    def connect(self) -> WatchedConnection:
        """A new connection under this watch. Raises SilentServerError, psycopg.Error."""
        since = self._silent_since
        if since is not None and time.monotonic() - since < _VERDICT_SECONDS:
            raise SilentServerError("the server does not answer")
        connection = self._connect()
        try:
            # It is not known yet what it leads to; to ask for that belongs to signing in.
            connection.watch, connection.limit = self, self._sign_in_seconds
            row = connection.execute(_IDENTIFY).fetchone()
            connection.rollback()
            if row is not None and row[0] == connection.info.backend_pid:
                connection.process = Process(*row)
            connection.limit = float("inf")
        except BaseException:  # Ctrl+C too: the pool has not taken it and would not close it
            connection.close()
            raise
        return connection

    def look(self, connection: WatchedConnection, last: str | None) -> str | None:
        """What speaks against further waiting, None for nothing.

        Seen for the second time (`last`), there is no hope.
        """
        try:
            probe = self._connect(**_same_server(connection))
            probe.limit = _PROBE_SECONDS
            with closing(probe):
                seen = self._see(probe, connection.process)
                if seen is not None and seen == last:
                    self._leave_behind(connection.process)
                self._end_left_behind(probe)
        except psycopg.OperationalError as error:
            if _is_refusal(error):
                return None
            if last == _SILENT:
                self._leave_behind(connection.process)
                self._silent_since = time.monotonic()
            return _SILENT
        except psycopg.Error:
            return None
        return seen

    def _see(self, probe: WatchedConnection, process: Process | None) -> str | None:
        if process is None:
            # Behind a pooler nothing more can be said than that it answers.
            return None
        row = probe.execute(_LOOK, [process.pid, process.started]).fetchone()
        if row is None or row[0] != process.server_started:
            # Another server, behind a balancer for instance.
            return None
        _, pid, wait_event, since = row
        if pid is None:
            return _GONE
        # In the midst of a statement too: its rest, or ours of the answer, was swallowed.
        return str(since) if wait_event in {"ClientRead", "ClientWrite"} else None

    def _leave_behind(self, process: Process | None) -> None:
        if process is not None:
            with self._lock:
                self._left_behind.append(process)

    def _end_left_behind(self, probe: WatchedConnection) -> None:
        """Have the server give up what nobody can reach any more, with the locks it holds.

        In the midst of a statement it would wait for the rest without any time limit.
        """
        with self._lock:
            left = tuple(self._left_behind)
        for process in left:
            # It is left behind until this was answered: the question may be swallowed too.
            probe.execute(_END, [process.pid, process.started])
            with self._lock:
                if process in self._left_behind:
                    self._left_behind.remove(process)


def _same_server(connection: WatchedConnection) -> dict[str, Any]:
    """To the very address, of several, that the connection leads to."""
    options: dict[str, Any] = {
        "host": connection.info.host,
        "port": connection.info.port,
        "target_session_attrs": "any",
        "connect_timeout": _PROBE_SECONDS,
        "autocommit": True,
    }
    if connection.info.hostaddr:
        options["hostaddr"] = connection.info.hostaddr
    return options


def _is_refusal(error: psycopg.OperationalError) -> bool:
    """Whether a server said no, which is an answer ("too many clients").

    Its severity is in the server's language; the two blanks behind are in any.
    """
    return ":  " in str(error)
