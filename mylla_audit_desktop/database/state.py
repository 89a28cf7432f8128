"""What a connection came to: where it leads, how it is secured, which server answers."""

from dataclasses import dataclass

import sqlalchemy as sa

from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.tls import TlsMode, is_loopback


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """What the drivers say of an open connection.

    tls: the mode asked for, None for a file. tls_version: `TLSv1.3`, "" where it is not
    encrypted or the server does not say. is_local: the server is this computer.
    """

    is_local: bool = True
    is_encrypted: bool = False
    tls: TlsMode | None = None
    tls_version: str = ""
    is_standby: bool = False
    server_version: str = ""

    @property
    def security(self) -> str:
        """In the words of the status bar, "" for a file: `TLS 1.3 verified`."""
        if self.tls is None:
            return ""
        if not self.is_encrypted:
            return "this computer" if self.is_local else "not encrypted"
        version = self.tls_version.replace("v", " ") or "TLS"
        if self.tls is TlsMode.VERIFY_FULL:
            return f"{version} verified"
        if self.tls is TlsMode.VERIFY_CA:
            return f"{version}, host name not verified"
        return f"{version}, server not verified"

    @property
    def is_weak(self) -> bool:
        """Whether somebody in between could read along."""
        is_verified = self.is_encrypted and self.tls is TlsMode.VERIFY_FULL
        return self.tls is not None and not self.is_local and not is_verified


def read_state(connection: sa.Connection, tls: TlsMode) -> ConnectionState:
    """What libpq and the server say of one connection to PostgreSQL."""
    driver = postgresql_driver(connection)
    row = connection.execute(
        sa.text(
            "SELECT s.version, pg_catalog.pg_is_in_recovery(),"
            " pg_catalog.current_setting('server_version'), s.pid"
            " FROM (SELECT pg_catalog.pg_backend_pid() AS pid) b"
            " LEFT JOIN pg_catalog.pg_stat_ssl s USING (pid)"
        )
    ).one()
    # Behind a pooler the server knows the pooler's connection, not this one.
    is_direct = row.pid is not None and row.pid == driver.info.backend_pid
    is_encrypted = driver.pgconn.ssl_in_use
    return ConnectionState(
        is_local=is_loopback(driver.info.host),
        is_encrypted=is_encrypted,
        tls=tls,
        tls_version=(row.version or "") if is_encrypted and is_direct else "",
        is_standby=bool(row.pg_is_in_recovery),
        # Distributions add their own words behind it.
        server_version=str(row.current_setting).partition(" ")[0],
    )
