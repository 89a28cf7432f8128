"""What stands around a server in production: a pooler, a standby, a restart."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import Server, program

_POOLER = """
[databases]
* = host=127.0.0.1 port={target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
pidfile = {folder}/pid
"""


def as_postgres() -> dict[str, Any]:
    """Arguments for subprocess: PostgreSQL's programs refuse to run as root."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def control(server: Server, action: str, *words: str) -> None:
    """`pg_ctl` for a running server: restart, stop, start; waits until it is done."""
    with Path(os.devnull).open("w") as null:
        subprocess.run(
            [
                *(program("pg_ctl"), "-D", server.folder / "data", "-l", server.folder / "log"),
                *("-w", *words, action),
            ],
            cwd=server.folder,
            stdout=null,
            stderr=null,
            check=True,
            **as_postgres(),
        )


@contextmanager
def running_pooler(server: Server, logins: tuple[str, ...] = ("postgres",)) -> Iterator[Server]:
    """PgBouncer in transaction mode before a server."""
    binary = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        raise RuntimeError("PgBouncer is not installed. Install it: apt-get install pgbouncer")
    with _folder("mylla-pooler-") as folder:
        port = free_port()
        settings = folder / "pgbouncer.ini"
        settings.write_text(_POOLER.format(target=server.port, port=port, folder=folder))
        (folder / "users").write_text("".join(f'"{login}" ""\n' for login in logins))
        process = subprocess.Popen(
            [binary, "-q", settings], cwd=folder, stderr=subprocess.DEVNULL, **as_postgres()
        )
        try:
            _until_open(port)
            yield Server(port, folder)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def running_standby(primary: Server) -> Iterator[Server]:
    """A streaming standby of a server, which reads and never writes."""
    with _folder("mylla-standby-") as folder:
        port = free_port()
        subprocess.run(
            [
                *(program("pg_basebackup"), "-D", folder / "data", "-R", "-X", "stream"),
                *("-c", "fast", "--no-sync"),
                *("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"),
            ],
            cwd=folder,
            check=True,
            capture_output=True,
            **as_postgres(),
        )
        standby = Server(port, folder)
        options = (
            f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            # The limits of a standby are at least those of its primary.
            " -c max_connections=60 -c hot_standby_feedback=on"
        )
        control(standby, "start", "-o", options)
        try:
            yield standby
        finally:
            control(standby, "stop", "-m", "immediate")


def wait_for_replay(primary: Server, standby: Server) -> None:
    """Until the standby has all that the primary has written."""
    with _connect(primary) as one, _connect(standby) as other:
        [written] = one.execute("SELECT pg_current_wal_lsn()").fetchone() or (None,)
        while True:
            row = other.execute(
                "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [written]
            ).fetchone()
            if row is not None and row[0]:
                return


def _connect(server: Server) -> psycopg.Connection:
    return psycopg.connect(
        host="127.0.0.1", port=server.port, user="postgres", dbname="postgres", autocommit=True
    )


@contextmanager
def _folder(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _until_open(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
