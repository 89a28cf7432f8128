"""What it takes to open a database: frozen values, made from a URL or a saved connection."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from mylla_audit_desktop.database.tls import TlsMode, default_tls
from mylla_audit_desktop.log.errors import InputError

DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class Host:
    """One server: a name, an address or the folder of a socket. port: None for the usual."""

    name: str
    port: int | None = None

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


@dataclass(frozen=True, slots=True)
class PostgresqlParameters:
    """hosts: tried in this order; none for libpq's own choice (PGHOST, the local socket).

    tls: None for the default of these hosts. Files: "" for none chosen. attributes:
    libpq's `target_session_attrs`, "" for any. password: None to take PGPASSWORD or
    the password file, if there is one.
    """

    hosts: tuple[Host, ...] = ()
    database: str = ""
    user: str = ""
    tls: TlsMode | None = None
    root_certificate: str = ""
    client_certificate: str = ""
    client_key: str = ""
    passfile: str = ""
    attributes: str = ""
    connect_timeout: int = 10
    password: str | None = field(default=None, repr=False)

    @property
    def host_names(self) -> tuple[str, ...]:
        """The hosts that will be asked, the environment's where none is given."""
        if self.hosts:
            return tuple(host.name for host in self.hosts)
        given = os.environ.get("PGHOSTADDR") or os.environ.get("PGHOST") or ""
        return tuple(given.split(",")) if given else ()

    @property
    def tls_in_force(self) -> TlsMode:
        """The mode chosen, or the default of these hosts."""
        return self.tls or default_tls(self.host_names)


@dataclass(frozen=True, slots=True)
class SqliteParameters:
    """An SQLite database in a file."""

    path: Path


Parameters = PostgresqlParameters | SqliteParameters


def parse_hosts(text: str, port: int | None = None) -> tuple[Host, ...]:
    """Hosts separated by commas or blanks, each with a port of its own or `port`.

    `db1.example.com, db2.example.com:5433, [::1]:5432, /run/postgresql`. Raises InputError.
    """
    return tuple(_parse_host(word, port) for word in text.replace(",", " ").split())


def check_database_name(name: str) -> None:
    """Raise InputError for a name that libpq would expand into other parameters."""
    if "=" in name or "://" in name:
        raise InputError(
            "The database name holds = or ://, which is not allowed.",
            "Give the bare name, and host, port and user apart from it.",
            field="database",
        )


def check_port(port: int | None) -> None:
    """Raise InputError for a port that cannot be."""
    if port is not None and not 0 < port < 65_536:
        raise InputError("The port is not between 1 and 65535.", "Usual is 5432.", field="port")


def _parse_host(word: str, port: int | None) -> Host:
    name, own = word, ""
    if word.startswith("["):
        name, _, own = word[1:].partition("]")
        if own and not own.startswith(":"):
            raise _bad_host()
        own = own.removeprefix(":")
    elif word.startswith(("/", "@")):
        folder, _, tail = word.rpartition(":")
        if tail.isdigit():
            name, own = folder, tail
    elif word.count(":") == 1:
        name, _, own = word.partition(":")
    if not name or "://" in word or "=" in word or (own and not own.isascii()):
        raise _bad_host()
    if own and not own.isdigit():
        raise InputError("The port of a host is no number.", "Usual is 5432.", field="host")
    number = int(own[:9]) if own else port
    check_port(number)
    return Host(name, number)


def _bad_host() -> InputError:
    return InputError(
        "The host cannot be read.",
        "Write a name or an address, several separated by commas: db1.example.com, 192.0.2.7:5433.",
        field="host",
    )
