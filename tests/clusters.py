"""What stands around a server in production: a pooler, a standby, a restart."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.secure_server import SecureServer
from tests.servers import Server, program
from tests.tls import Certificate

# What the guide tells an administrator to write is what the tests start with.
_GUIDE = Path(__file__).parent.parent / "docs" / "guide" / "servers.md"
# The settings of TLS, which a server without it has no use for.
_TLS = ("client_tls_", "server_tls_")


def documented_pooler() -> ConfigParser:
    """The settings of PgBouncer in the guide's page on servers."""
    settings = ConfigParser(interpolation=None, delimiters=("=",))
    [text] = re.findall(r"^```ini\n(.*?)^```", _GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    settings.read_string(text)
    return settings


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
    """PgBouncer as the guide sets it up, before a server without TLS and passwords."""
    settings = documented_pooler()
    pooler = settings["pgbouncer"]
    for name in [name for name in pooler if name.startswith(_TLS)]:
        del pooler[name]
    pooler["auth_type"] = "trust"
    users = "".join(f'"{login}" ""\n' for login in logins)
    with _running_pooler(settings, "127.0.0.1", server.port, users) as running:
        yield running


@contextmanager
def running_secure_pooler(
    server: SecureServer, certificate: Certificate, users: str
) -> Iterator[Server]:
    """The same before a server with both; users: the lines of its `auth_file`."""
    settings = documented_pooler()
    settings["pgbouncer"].update(
        client_tls_cert_file=str(certificate.file),
        client_tls_key_file=str(certificate.key),
        server_tls_ca_file=str(server.authority.file),
    )
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(certificate.key, owner.pw_uid, owner.pw_gid)
    with _running_pooler(settings, "localhost", server.port, users) as running:
        yield running


@contextmanager
def _running_pooler(settings: ConfigParser, host: str, port: int, users: str) -> Iterator[Server]:
    """PgBouncer by these settings, but for what belongs to one computer."""
    binary = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        raise RuntimeError("PgBouncer is not installed. Install it: apt-get install pgbouncer")
    with _folder("mylla-pooler-") as folder:
        own = Server(free_port(), folder)
        settings["databases"] = {"*": f"host={host} port={port}"}
        settings["pgbouncer"].update(
            listen_addr="127.0.0.1",
            listen_port=str(own.port),
            unix_socket_dir="",
            auth_file=str(folder / "users"),
            logfile=str(folder / "log"),
            pidfile=str(folder / "pid"),
        )
        file = folder / "pgbouncer.ini"
        with file.open("w") as written:
            settings.write(written)
        (folder / "users").write_text(users)
        process = subprocess.Popen(
            [binary, "-q", file], cwd=folder, stderr=subprocess.DEVNULL, **as_postgres()
        )
        try:
            _until_open(own.port)
            yield own
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
