"""From a database URL to an open database.

Work is done in `Database.reading` and `Database.writing`, one transaction each,
on a pooled connection of its own, so that any thread may use them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.drivers import postgresql_driver, sqlite_driver
from mylla_audit_desktop.database.faults import translating_faults
from mylla_audit_desktop.database.relation import ip_sort_key, lower_text
from mylla_audit_desktop.log.entry import COLUMNS
from mylla_audit_desktop.log.errors import DatabaseError, InputError

_EXAMPLES = (
    "Write sqlite:///PATH or postgresql://USER@HOST:PORT/DATABASE; "
    "the password comes from PGPASSWORD or PGPASSFILE."
)
# What a URL may set besides its parts; anything else could name another host or a secret.
_URL_OPTIONS = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout"}
)
_SQLITE_BUSY_SECONDS = 15
# How many SQLite instructions run between two looks at a cancellation: some 0.2 ms.
_SQLITE_STEPS = 20_000
_CANCEL_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class DatabaseLabel:
    """Where a database is, for people and manifests; never a secret.

    SQLite: `host` is empty, `port` None, `name` the absolute path.
    """

    dialect: str
    host: str
    port: int | None
    name: str

    def __str__(self) -> str:
        if self.dialect == "sqlite":
            return self.name
        port = "" if self.port is None else f":{self.port}"
        return f"{self.name} on {self.host or 'this computer'}{port}"


class Database:
    """One open audit database; safe to use from several threads."""

    def __init__(self, engine: sa.Engine, label: DatabaseLabel) -> None:
        self.engine = engine
        self.label = label
        self.is_postgresql = engine.dialect.name == "postgresql"
        # Who is signed in: the login of the server; SQLite knows none.
        self.login = ""
        # What `check_entries` learns of the relation: types by column as the database
        # names them, the columns that are never NULL, and whether it is a table of our
        # own with its indexes or a view over somebody else's.
        self.column_types: dict[str, str] = {}
        self.required_columns: frozenset[str] = frozenset()
        self.has_indexes = False

    @contextmanager
    def reading(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """One read-only transaction. Raises DatabaseError or CancelledError."""
        with self._transaction(cancellation, is_read_only=True) as connection:
            yield connection

    @contextmanager
    def writing(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """One read-write transaction, committed at the end, rolled back on any error."""
        with self._transaction(cancellation, is_read_only=False) as connection:
            yield connection

    def close(self) -> None:
        """Give back idle connections; those in use are closed when their work ends."""
        self.engine.dispose()

    @contextmanager
    def _transaction(
        self, cancellation: Cancellation, *, is_read_only: bool
    ) -> Iterator[sa.Connection]:
        cancellation.raise_if_cancelled()
        with (
            translating_faults(str(self.label), cancellation),
            self.engine.connect().execution_options(
                postgresql_readonly=is_read_only, sqlite_is_read_only=is_read_only
            ) as connection,
        ):
            if self.is_postgresql:
                with (
                    cancellation.interrupting(partial(_cancel_postgresql, connection)),
                    connection.begin(),
                ):
                    yield connection
                return
            driver = sqlite_driver(connection)
            driver.set_progress_handler(lambda: int(cancellation.is_cancelled), _SQLITE_STEPS)
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.set_progress_handler(None, 0)

    def check_entries(self) -> None:
        """Make sure that the relation of the contract is there and can be read.

        Raises DatabaseError naming what is missing.
        """
        with self.reading(Cancellation()) as connection:
            columns = _read_columns(connection, is_postgresql=self.is_postgresql)
            types = {column.name: column.kind for column in columns}
            relation = "audit.entries" if self.is_postgresql else "entries"
            if not types:
                raise DatabaseError(
                    f"{self.label} holds no audit log: {relation} is not there.",
                    "Create it with: mylla-audit init --database URL",
                )
            missing = [name for name in COLUMNS if name not in types]
            if missing:
                raise DatabaseError(
                    f"{relation} in {self.label} lacks the column {', '.join(missing)}.",
                    "The guide lists the columns that the log must have.",
                )
            when = types["occurred_at"]
            if self.is_postgresql and when != "timestamptz":
                raise DatabaseError(
                    f"{relation}.occurred_at in {self.label} is {when}, not timestamptz.",
                    "A view can convert it with AT TIME ZONE.",
                )
            self.column_types = types
            self.required_columns = frozenset(
                column.name for column in columns if column.is_required
            )
            self.has_indexes = columns[0].is_table
            schema = "audit" if self.is_postgresql else None
            connection.execute(
                sa.select(sa.table("entries", sa.column("id"), schema=schema)).limit(0)
            )


def open_database(url: str, *, create: bool = False) -> Database:
    """Open the database of a URL (`sqlite:///PATH`, `postgresql://USER@HOST:PORT/NAME`).

    With `create`, an SQLite file may be new and the relation of the entries may
    still be missing. Raises InputError for a URL that is wrong or holds a
    password, DatabaseError where the database cannot be reached or holds no log.
    """
    parsed = _parse(url)
    database = (
        _sqlite(parsed, create=create)
        if parsed.get_backend_name() == "sqlite"
        else _postgresql(parsed)
    )
    try:
        with database.reading(Cancellation()) as connection:
            if database.is_postgresql:
                database.label = _postgresql_label(connection)
                database.login = str(connection.scalar(sa.text("SELECT session_user")))
            else:
                # Reads the header of the file, so that a foreign one is named now.
                connection.execute(sa.text("SELECT count(*) FROM sqlite_master"))
        if not create:
            database.check_entries()
    except BaseException:
        database.close()
        raise
    return database


def check_url(url: str) -> None:
    """Raise InputError where a URL cannot name a database or holds a password."""
    _parse(url)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url.strip())
        backend = parsed.get_backend_name()
        port = parsed.port
    except (ArgumentError, ValueError, sa.exc.SQLAlchemyError):
        raise InputError("The database URL cannot be read.", _EXAMPLES, field="database") from None
    if parsed.password is not None or any("pass" in key.lower() for key in parsed.query):
        raise InputError(
            "The database URL holds a password, which others on this computer could read.",
            "Leave it out and set PGPASSWORD or PGPASSFILE.",
            field="database",
        )
    if backend == "postgres":
        parsed = parsed.set(drivername="postgresql")
        backend = "postgresql"
    if backend not in {"sqlite", "postgresql"}:
        raise InputError(
            "The database URL names neither SQLite nor PostgreSQL.", _EXAMPLES, field="database"
        )
    name = parsed.database or ""
    if backend == "postgresql":
        if "=" in name or "://" in name:
            # libpq would expand these into other connection parameters.
            raise InputError(
                "The database name holds = or ://, which is not allowed.",
                _EXAMPLES,
                field="database",
            )
        unknown = sorted(set(parsed.query) - _URL_OPTIONS)
        if unknown:
            raise InputError(
                f"The database URL sets {unknown[0]!r}, which is not supported.",
                f"It may set {', '.join(sorted(_URL_OPTIONS))}.",
                field="database",
            )
        if port is not None and not 0 < port < 65_536:
            raise InputError("The port is not between 1 and 65535.", _EXAMPLES, field="database")
    elif not name or name == ":memory:":
        raise InputError("The database URL names no file.", _EXAMPLES, field="database")
    return parsed


def _sqlite(url: URL, *, create: bool) -> Database:
    return sqlite_file(Path(url.database or "").expanduser().absolute(), create=create)


def sqlite_file(path: Path, *, create: bool, is_pooled: bool = True) -> Database:
    """The database in a file, whatever it holds; `path` is absolute.

    is_pooled: connections stay open for the next piece of work. Raises DatabaseError.
    """
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder.", "Name the database file in it.")
    if not create and not path.exists():
        raise DatabaseError(
            f"There is no file {path}.",
            "Check the path, or create a log with: mylla-audit init --database URL",
        )
    if create and not path.parent.is_dir():
        raise DatabaseError(f"There is no folder {path.parent}.", "Create it first.")
    mode = "rwc" if create else "rw"
    uri = f"file:{quote(str(path))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=_SQLITE_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Bytes that are no UTF-8 show as escapes instead of stopping the page.
            connection.text_factory = _decode
            # WAL can corrupt under SQLite 3.7.0 to 3.51.2, and Python brings an old one.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -8192")
            connection.create_function("mylla_ip_key", 1, ip_sort_key, deterministic=True)
            connection.create_function("mylla_lower", 1, lower_text, deterministic=True)
        except BaseException:
            # A file that is no database is found out here.
            connection.close()
            raise
        return connection

    pool = sa.QueuePool if is_pooled else sa.NullPool
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=pool)

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        is_read_only = connection.get_execution_options().get("sqlite_is_read_only", True)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if is_read_only else 'OFF'}")
        # A writer takes its lock now: a reader that turns writer half way is refused
        # without waiting.
        connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")

    return Database(engine, DatabaseLabel("sqlite", "", None, str(path)))


def _postgresql(url: URL) -> Database:
    options: dict[str, Any] = {
        # Keyword parameters, never a URI: libpq repeats malformed URIs in its messages.
        "connect_timeout": 10,
        "application_name": "mylla-audit",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        # A pooler in transaction mode hands each transaction another server connection.
        "prepare_threshold": None,
    }
    options |= dict(url.query)
    given = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    options |= {key: value for key, value in given.items() if value}
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(**options),
        pool_pre_ping=True,
        pool_size=6,
        max_overflow=4,
        pool_timeout=30,
    )
    host = str(options.get("host", ""))
    label = DatabaseLabel("postgresql", host, url.port, url.database or "The database")
    return Database(engine, label)


def _postgresql_label(connection: sa.Connection) -> DatabaseLabel:
    """Where the connection really leads: the environment may have had a say (PGHOST …)."""
    info = postgresql_driver(connection).info
    return DatabaseLabel("postgresql", info.host, info.port, info.dbname)


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _cancel_postgresql(connection: sa.Connection) -> None:
    try:
        postgresql_driver(connection).cancel_safe(timeout=_CANCEL_TIMEOUT_SECONDS)
    except psycopg.Error:
        # The server does not answer; the worker's own time-outs end the work.
        return


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    is_required: bool
    is_table: bool


def _read_columns(connection: sa.Connection, *, is_postgresql: bool) -> list[_Column]:
    if is_postgresql:
        statement = (
            "SELECT a.attname, t.typname, a.attnotnull, c.relkind IN ('r', 'p')"
            " FROM pg_catalog.pg_attribute a"
            " JOIN pg_catalog.pg_type t ON t.oid = a.atttypid"
            " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
            " WHERE a.attrelid = pg_catalog.to_regclass('audit.entries')"
            " AND a.attnum > 0 AND NOT a.attisdropped"
        )
    else:
        statement = (
            "SELECT i.name, i.type, i.\"notnull\", m.type = 'table'"
            " FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.name = 'entries'"
        )
    return [_Column(*row) for row in connection.execute(sa.text(statement))]
