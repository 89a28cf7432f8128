"""Opening PostgreSQL: what libpq is told, and nothing weaker negotiated."""

import os
from pathlib import Path
from typing import Any, Self

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.parameters import PostgresqlParameters
from mylla_audit_desktop.database.tls import TlsMode, is_loopback, root_certificates
from mylla_audit_desktop.database.watch import ConnectionWatch, WatchedConnection
from mylla_audit_desktop.user_path import user_path

# libpq takes an empty name for ~/.pgpass; a file that cannot be is none.
_NO_PASSFILE = str(Path(os.devnull) / "none")
_VERIFYING = frozenset({TlsMode.VERIFY_FULL, TlsMode.VERIFY_CA})


class StreamCursor(psycopg.ServerCursor[Any]):
    """A stream that can be closed at any moment, and is where it could not begin.

    To close it is a statement of its own, which a request to cancel may meet, and in which
    the server may be lost: what was open is gone then, and whoever waits is told anyway.
    """

    def execute(self, *args: Any, **kwargs: Any) -> Self:
        """Begin; SQLAlchemy leaves open what has lost its server."""
        try:
            return super().execute(*args, **kwargs)
        except BaseException:  # Ctrl+C too: nobody else would close it
            self.close()
            raise

    def close(self) -> None:
        """Close it here, and on the server where that is still of use."""
        try:
            super().close()
        except psycopg.Error:
            # The transaction has failed, so the server is asked for nothing now.
            super().close()


def postgresql_engine(parameters: PostgresqlParameters) -> sa.Engine:
    """An engine whose connections are made by these parameters, and watched over."""
    connector = _Connector(connection_options(parameters))
    watch = ConnectionWatch(connector, parameters.connect_timeout)

    def connect() -> WatchedConnection:
        connection = watch.connect()
        connection.server_cursor_factory = StreamCursor
        if connection.process is None:
            # Behind a pooler in transaction mode each transaction may have another server
            # connection, which knows nothing of statements that were prepared on this one.
            # Where nothing stands between they are prepared: to plan over the months takes
            # a server longer than to read a page.
            connection.prepare_threshold = None
        return connection

    return sa.create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_pre_ping=True,
        pool_size=6,
        max_overflow=4,
        pool_timeout=30,
    )


def connection_options(parameters: PostgresqlParameters) -> dict[str, Any]:
    """Keyword parameters, never a URI: libpq repeats malformed URIs in its messages."""
    passfile = parameters.passfile or os.environ.get("PGPASSFILE", "")
    options: dict[str, Any] = {
        "connect_timeout": parameters.connect_timeout,
        "application_name": "mylla-audit",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
        "passfile": str(user_path(passfile)) if passfile else _NO_PASSFILE,
    }
    if parameters.hosts:
        ports = [host.port for host in parameters.hosts]
        options["host"] = ",".join(host.name for host in parameters.hosts)
        if any(ports):
            options["port"] = ",".join("" if port is None else str(port) for port in ports)
    given = {
        "dbname": parameters.database,
        "user": parameters.user,
        "password": parameters.password,
        "target_session_attrs": parameters.attributes,
    }
    options |= {key: value for key, value in given.items() if value}
    options |= _tls_options(parameters)
    has_password = bool(parameters.password or os.environ.get("PGPASSWORD") or passfile)
    if has_password:
        options |= _password_options(parameters)
    return options


def _tls_options(parameters: PostgresqlParameters) -> dict[str, Any]:
    mode = parameters.tls_in_force
    is_chosen = parameters.tls is not None
    options: dict[str, Any] = {}
    if is_chosen or mode is TlsMode.VERIFY_FULL:
        # On this computer libpq's own default and PGSSLMODE hold.
        options["sslmode"] = mode.value
    if mode in _VERIFYING:
        options["sslrootcert"] = root_certificates(parameters.root_certificate)
        if options["sslrootcert"] == "system":
            # The system's authorities vouch for anybody, so libpq insists on the name too.
            options["sslmode"] = TlsMode.VERIFY_FULL.value
    elif parameters.root_certificate:
        options["sslrootcert"] = root_certificates(parameters.root_certificate)
    files = {"sslcert": parameters.client_certificate, "sslkey": parameters.client_key}
    options |= {key: str(user_path(name)) for key, name in files.items() if name}
    return options


def _password_options(parameters: PostgresqlParameters) -> dict[str, Any]:
    """The password never leaves: only SCRAM, which proves that it is known."""
    is_local = all(map(is_loopback, parameters.host_names))
    options = {
        # On this computer a server may let its users in without asking for it.
        "require_auth": "scram-sha-256,none" if is_local else "scram-sha-256",
        "gssencmode": "disable",
    }
    if parameters.tls_in_force.is_encrypted:
        options["channel_binding"] = "require"
    return options


class _Connector:
    """Makes connections; binds the sign-in to the TLS channel where the server can."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def __call__(self, **more: Any) -> WatchedConnection:
        try:
            return WatchedConnection.connect(**self._options | more)
        except psycopg.OperationalError as error:
            needs_binding = self._options.get("channel_binding") == "require"
            if not needs_binding or "channel binding" not in str(error):
                raise
        # A pooler offers none. `prefer` still notices a server's offer being stripped.
        self._options["channel_binding"] = "prefer"
        return WatchedConnection.connect(**self._options | more)
