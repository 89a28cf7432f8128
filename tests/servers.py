"""A real PostgreSQL server for tests and benchmarks."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # What a test writes may be lost with the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "max_connections": "60",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """A running server; `postgres` may sign in from this computer without a password."""

    port: int
    folder: Path

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        """Run one statement in the maintenance database."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def create_database(self, name: str, template: str = "template0") -> str:
        """A new database; its URL."""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def become_standby(self) -> None:
        """Start again as a standby that has nothing to follow and only reads."""
        (self.folder / "data" / "standby.signal").touch()
        words = [program("pg_ctl"), "-D", self.folder / "data", "-l", self.folder / "log"]
        _start_quietly([*words, "-m", "fast", "-w", "restart"], self.folder)


def _server_user() -> dict[str, Any]:
    """Who may run the server, as `subprocess` takes it: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _start_quietly(words: Sequence[object], folder: Path) -> None:
    """Run a program that leaves a server running; our pipes must not be kept open by it."""
    with Path(os.devnull).open("w") as null:
        subprocess.run(
            [str(word) for word in words],
            cwd=folder,
            stdout=null,
            stderr=null,
            check=True,
            **_server_user(),
        )


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs, of the newest version installed."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    for folder in reversed(versions):
        if (folder / "postgres").exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(
            f"PostgreSQL's {name} is not installed. Install it with: apt-get install postgresql"
        )
    return found


@contextmanager
def running_postgresql(
    settings: Mapping[str, str] | None = None, hba: str | None = None
) -> Iterator[Server]:
    """A server of our own on a free port; stopped and removed at the end.

    settings: besides the usual ones. hba: who may sign in how, instead of everybody.
    """
    folder = Path(tempfile.mkdtemp(prefix="mylla-pg-"))
    data, log = folder / "data", folder / "log"
    user = _server_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*words: str) -> None:
        done = subprocess.run(
            words, cwd=folder, capture_output=True, text=True, check=False, **user
        )
        if done.returncode:
            said = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{words[0]} failed: {done.stderr}{done.stdout}{said}")

    initdb = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    try:
        run(program("initdb"), "-D", str(data), *initdb)
        if hba is not None:
            (data / "pg_hba.conf").write_text(hba, "utf-8")
        both = _SETTINGS | dict(settings or {})
        options = [f"-c {name}={value}" for name, value in both.items()]
        started = " ".join([f"-p {port}", f"-k {folder}", *options])
        words = [program("pg_ctl"), "-D", data, "-l", log, "-o", started, "-w", "start"]
        _start_quietly(words, folder)
        try:
            yield Server(port, folder)
        finally:
            run(program("pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
