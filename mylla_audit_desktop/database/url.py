"""Database URLs: `sqlite:///PATH`, `postgresql://USER@HOST:PORT/NAME`; never with a password."""

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mylla_audit_desktop.database.parameters import (
    Host,
    Parameters,
    PostgresqlParameters,
    SqliteParameters,
    check_database_name,
    check_port,
    parse_hosts,
)
from mylla_audit_desktop.database.tls import TlsMode
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.user_path import user_path

_EXAMPLES = (
    "Write sqlite:///PATH or postgresql://USER@HOST:PORT/DATABASE; "
    "the password comes from PGPASSWORD, PGPASSFILE or the keyring."
)
# What a URL may set besides its parts; anything else could name another host or a secret.
_OPTIONS = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout"}
)
_MODES = {mode.value: mode for mode in TlsMode} | {"allow": TlsMode.PREFER}


def parse_url(url: str) -> Parameters:
    """What a URL says. Raises InputError where it is wrong or holds a password."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteParameters(user_path(parsed.database or "").absolute())
    check_database_name(parsed.database or "")
    given = {key: _text(value) for key, value in parsed.query.items()}
    unknown = sorted(set(given) - _OPTIONS)
    if unknown:
        raise _wrong(
            f"The database URL sets {unknown[0]!r}, which is not supported.",
            f"It may set {', '.join(sorted(_OPTIONS))}.",
        )
    mode = given.get("sslmode")
    if mode is not None and mode not in _MODES:
        raise _wrong("The sslmode of the database URL is not known.", f"{', '.join(_MODES)} are.")
    seconds = given.get("connect_timeout", "10")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) < 6):
        raise _wrong("The connect_timeout of the database URL is no whole number of seconds.")
    return PostgresqlParameters(
        hosts=_hosts(parsed, given),
        database=parsed.database or "",
        user=parsed.username or "",
        tls=None if mode is None else _MODES[mode],
        root_certificate=given.get("sslrootcert", ""),
        client_certificate=given.get("sslcert", ""),
        client_key=given.get("sslkey", ""),
        connect_timeout=int(seconds),
    )


def check_url(url: str) -> None:
    """Raise InputError where a URL cannot name a database or holds a password."""
    parse_url(url)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url.strip())
        backend = parsed.get_backend_name()
        port = parsed.port
    except (ArgumentError, ValueError, sa.exc.SQLAlchemyError):
        raise _wrong("The database URL cannot be read.") from None
    if parsed.password is not None or any("pass" in key.lower() for key in parsed.query):
        raise _wrong(
            "The database URL holds a password, which others on this computer could read.",
            "Leave it out and set PGPASSWORD or PGPASSFILE, or save a connection.",
        )
    if backend == "postgres":
        parsed = parsed.set(drivername="postgresql")
        backend = "postgresql"
    if backend not in {"sqlite", "postgresql"}:
        raise _wrong("The database URL names neither SQLite nor PostgreSQL.")
    if backend == "postgresql":
        check_port(port)
    elif not parsed.database or parsed.database == ":memory:":
        raise _wrong("The database URL names no file.")
    return parsed


def _hosts(url: URL, given: dict[str, str]) -> tuple[Host, ...]:
    """The host of the URL, or those of its query (`?host=a,b&port=1,2`)."""
    ports = given.get("port", "").split(",") if given.get("port") else []
    if any(not (port.isascii() and port.isdigit()) for port in ports):
        raise _wrong("The port of the database URL is no number.")
    numbers: list[int | None] = [int(port[:9]) for port in ports] or [url.port]
    for number in numbers:
        check_port(number)
    names = given.get("host", "")
    if not names:
        return (Host(url.host, numbers[0]),) if url.host else ()
    if len(numbers) == 1:
        return parse_hosts(names, numbers[0])
    words = names.split(",")
    if len(words) != len(numbers):
        raise _wrong("The database URL names another number of hosts than of ports.")
    return tuple(
        host
        for word, number in zip(words, numbers, strict=True)
        for host in parse_hosts(word, number)
    )


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _wrong(what: str, advice: str = _EXAMPLES) -> InputError:
    return InputError(what, advice, field="database")
