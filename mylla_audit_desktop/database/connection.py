"""An open database: one transaction for each piece of work, on any thread.

Work is done in `Database.reading` and `Database.writing`, one transaction each,
on a pooled connection of its own, so that any thread may use them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.drivers import postgresql_driver, sqlite_driver
from mylla_audit_desktop.database.faults import changed_meanwhile, translating_faults
from mylla_audit_desktop.database.parameters import Parameters, SqliteParameters
from mylla_audit_desktop.database.postgresql import postgresql_engine
from mylla_audit_desktop.database.sqlite import sqlite_engine
from mylla_audit_desktop.database.state import ConnectionState, read_state
from mylla_audit_desktop.database.url import parse_url
from mylla_audit_desktop.log.entry import COLUMNS
from mylla_audit_desktop.log.errors import DatabaseError, MisfitError, UncertainError

# How many SQLite instructions run between two looks at a cancellation: some 2 ms. Each look
# takes Python's lock from whoever has it, the window included.
_SQLITE_STEPS = 200_000
# The worker waits for the end of an attempt, also where nobody answers it.
_CANCEL_TIMEOUT_SECONDS = 2.0
# A transaction that writes has its next statement ready long before, on a busy machine too.
_ABANDONED_SECONDS = 60
# libpq's words for a server that can be written to.
_WRITABLE = frozenset({"read-write", "primary"})


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

    def __init__(
        self,
        engine: sa.Engine,
        label: DatabaseLabel,
        writer: "Database | None" = None,
    ) -> None:
        self.engine = engine
        self.label = label
        # Where one of several servers is the primary: the same database there.
        self._writer = writer
        self.is_postgresql = engine.dialect.name == "postgresql"
        # Who is signed in: the login of the server; SQLite knows none.
        self.login = ""
        # Whether the last transaction found no database there, or lost it on the way.
        self.is_lost = False
        # How the first connection came to be: TLS, server.
        self.state = ConnectionState()
        # What `check_entries` learns of the relation: types by column as the database
        # names them, the columns that are never NULL, and whether it is a table of our
        # own with its indexes or a view over somebody else's.
        self.column_types: dict[str, str] = {}
        self.required_columns: frozenset[str] = frozenset()
        self.has_indexes = False

    @contextmanager
    def reading(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """One read-only transaction. Raises DatabaseError or CancelledError."""
        try:
            with self._transaction(cancellation, is_read_only=True) as connection:
                yield connection
        except MisfitError:
            if self.column_types and self._has_changed():
                raise changed_meanwhile(str(self.label)) from None
            raise

    @contextmanager
    def writing(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """One read-write transaction, committed at the end, rolled back on any error.

        Of several servers on the primary, or refused where none is.
        """
        home = self._writer or self
        with home._transaction(cancellation, is_read_only=False) as connection:  # noqa: SLF001 - of the same class
            yield connection

    @property
    def has_primary(self) -> bool:
        """Whether what is written goes to the primary, whatever server is read from."""
        return self._writer is not None

    @property
    def is_writer_lost(self) -> bool:
        """Whether the last transaction of where it is written to lost the database there."""
        return (self._writer or self).is_lost

    def close(self) -> None:
        """Give back idle connections; those in use are closed when their work ends."""
        self.engine.dispose()
        if self._writer is not None:
            self._writer.close()

    @contextmanager
    def _transaction(
        self, cancellation: Cancellation, *, is_read_only: bool
    ) -> Iterator[sa.Connection]:
        cancellation.raise_if_cancelled()
        with (
            translating_faults(str(self.label), cancellation),
            self._connected(is_read_only=is_read_only) as connection,
        ):
            if self.is_postgresql:
                with (
                    cancellation.interrupting(partial(_cancel_postgresql, connection)),
                    connection.begin() if is_read_only else _committing(connection, self.label),
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

    @contextmanager
    def _connected(self, *, is_read_only: bool) -> Iterator[sa.Connection]:
        """A connection of the pool; notes whether the database is there."""
        try:
            pooled = self.engine.connect()
        except sa.exc.DBAPIError:
            self.is_lost = True
            raise
        with pooled.execution_options(
            postgresql_readonly=is_read_only, sqlite_is_read_only=is_read_only
        ) as connection:
            try:
                yield connection
            except (sa.exc.DBAPIError, psycopg.Error):
                # A refusal is an answer. A stream (COPY) fails past SQLAlchemy.
                self.is_lost = connection.invalidated or (
                    self.is_postgresql and postgresql_driver(connection).closed
                )
                raise
        self.is_lost = False

    def _has_changed(self) -> bool:
        """Learn the relation anew; whether its columns are others than before.

        A view over somebody else's log may be replaced at any time.
        """
        # The plans that its connections keep are for what was there before.
        self.engine.dispose()
        before = self.column_types.copy()
        self.check_entries()
        return self.column_types != before

    def check_entries(self) -> None:
        """Make sure that the relation of the contract is there and can be read.

        Raises DatabaseError naming what is missing.
        """
        with self._transaction(Cancellation(), is_read_only=True) as connection:
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
                lacks = "lacks the column" if len(missing) == 1 else "lacks the columns"
                raise DatabaseError(
                    f"{relation} in {self.label} {lacks} {', '.join(missing)}.",
                    "The guide lists the columns that the log must have.",
                )
            when = types["occurred_at"]
            if self.is_postgresql and when != "timestamptz":
                raise DatabaseError(
                    f"{relation}.occurred_at in {self.label} is {when}, not timestamptz.",
                    "A view can convert it with AT TIME ZONE.",
                )
            # In place: readers that there are know it.
            self.column_types |= types
            self.required_columns = frozenset(
                column.name for column in columns if column.is_required
            )
            self.has_indexes = columns[0].is_table
            schema = "audit" if self.is_postgresql else None
            connection.execute(
                sa.select(sa.table("entries", sa.column("id"), schema=schema)).limit(0)
            )


@contextmanager
def _committing(connection: sa.Connection, label: DatabaseLabel) -> Iterator[None]:
    """A transaction to write in; says so where it is not known whether it was committed."""
    transaction = connection.begin()
    try:
        # Where this computer is gone with its connection, the server gives up what it holds
        # soon, so that nobody waits for its locks.
        connection.exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = '{_ABANDONED_SECONDS}s'"
        )
        yield
    except BaseException:  # whatever ends it, Ctrl+C too: nothing of it may stay
        transaction.rollback()
        raise
    try:
        transaction.commit()
    except sa.exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        raise UncertainError(
            f"{label} was lost just while it was told to record.",
            "Whether it did is not known: look first, before you do it again.",
        ) from None


def open_database(url: str, *, create: bool = False, reads_entries: bool = True) -> Database:
    """Open the database of a URL (`sqlite:///PATH`, `postgresql://USER@HOST:PORT/NAME`).

    Raises InputError for a URL that is wrong or holds a password, and what
    `open_profile` raises.
    """
    return open_profile(parse_url(url), create=create, reads_entries=reads_entries)


def open_profile(
    parameters: Parameters, *, create: bool = False, reads_entries: bool = True
) -> Database:
    """Open the database of these parameters.

    With `create`, an SQLite file may be new and the relation of the entries may
    still be missing. Without `reads_entries` nothing is asked of the entries: the
    login may have no right to read them. Raises PasswordError where the server wants a password, or
    another one, and DatabaseError where it cannot be reached or holds no log.
    """
    database = _connect(parameters, create=create)
    try:
        with database.reading(Cancellation()) as connection:
            if isinstance(parameters, SqliteParameters):
                # Reads the header of the file, so that a foreign one is named now.
                connection.execute(sa.text("SELECT count(*) FROM sqlite_master"))
            else:
                database.label = _postgresql_label(connection)
                database.login = str(connection.scalar(sa.text("SELECT session_user")))
                database.state = read_state(connection, parameters.tls_in_force)
        if reads_entries and not create:
            database.check_entries()
    except BaseException:  # Ctrl+C too: nobody else would close it
        database.close()
        raise
    return database


def _connect(parameters: Parameters, *, create: bool) -> Database:
    if isinstance(parameters, SqliteParameters):
        path = parameters.path
        engine = sqlite_engine(path, create=create)
        return Database(engine, DatabaseLabel("sqlite", "", None, str(path)))
    first = parameters.hosts[0] if parameters.hosts else None
    label = DatabaseLabel(
        "postgresql",
        ", ".join(host.name for host in parameters.hosts),
        first.port if first is not None and len(parameters.hosts) == 1 else None,
        parameters.database or "The database",
    )
    writer = None
    if len(parameters.hosts) > 1 and parameters.attributes not in _WRITABLE:
        # Whatever server is read from, what is written goes to the primary.
        primary = replace(parameters, attributes="read-write")
        writer = Database(postgresql_engine(primary), label)
    return Database(postgresql_engine(parameters), label, writer)


def _postgresql_label(connection: sa.Connection) -> DatabaseLabel:
    """Where the connection really leads: the environment may have had a say (PGHOST …)."""
    info = postgresql_driver(connection).info
    return DatabaseLabel("postgresql", info.host, info.port, info.dbname)


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
