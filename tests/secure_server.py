"""A server with TLS and passwords, and one login for each way of signing in."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from mylla_audit_desktop.cli.main import main
from tests.servers import running_postgresql
from tests.tls import Authority, Certificate

PASSWORD = "right horse 'battery'"
# The three with names of their own are the logins of `add_sign_ins`.
_RULES = """
local   all all                       trust
hostssl all certified  127.0.0.1/32   cert
hostssl all weak       127.0.0.1/32   md5
host    all open       127.0.0.1/32   trust
hostssl all all        127.0.0.1/32   scram-sha-256
hostssl all all        ::1/128        scram-sha-256
"""


@dataclass(frozen=True)
class SecureServer:
    """A server that lets hardly anybody in over the network but over TLS and with a password.

    `postgres` may sign in without a password through the socket in `folder`, which no
    client under test uses. `authority` signed the certificate, which is for localhost.
    """

    port: int
    folder: Path
    authority: Authority

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """As the superuser, through the socket, each statement on its own."""
        return psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname=name, autocommit=True
        )

    def execute(self, statement: str, name: str = "postgres") -> None:
        """Run one statement as the superuser."""
        with self.connect(name) as connection:
            connection.execute(statement.encode())

    def admin_url(self, name: str) -> str:
        """The URL of a database for the superuser, through the socket."""
        return f"postgresql://postgres@/{name}?host={quote(str(self.folder))}&port={self.port}"

    def url(self, login: str, name: str) -> str:
        """The URL of a database for a login: verify-full, the password from PGPASSWORD."""
        return (
            f"postgresql://{quote(login)}@localhost:{self.port}/{name}"
            f"?sslmode=verify-full&sslrootcert={quote(str(self.authority.file))}"
        )

    def parameters(self, login: str, password: str, name: str) -> dict[str, Any]:
        """The same for psycopg."""
        return {
            "host": "localhost",
            "port": self.port,
            "user": login,
            "password": password,
            "dbname": name,
            "sslmode": "verify-full",
            "sslrootcert": str(self.authority.file),
            "require_auth": "scram-sha-256",
            "channel_binding": "require",
        }


@contextmanager
def running_secure_postgresql() -> Iterator[SecureServer]:
    """On a free port; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mylla-tls-"))
    try:
        authority = Authority(folder)
        certificate = authority.issue("localhost")
        settings = {
            # All that the name of the certificate stands for: PgBouncer takes any of them.
            "listen_addresses": "localhost",
            "ssl": "on",
            "ssl_cert_file": str(certificate.file),
            "ssl_key_file": str(certificate.key),
            "ssl_ca_file": str(authority.file),
            "password_encryption": "scram-sha-256",
        }
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(certificate.key, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
        with running_postgresql(settings, _RULES) as server:
            yield SecureServer(server.port, server.folder, authority)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class SignInServer:
    """The log is in the database `mylla`; `ana` has PASSWORD, `member` too but no role."""

    server: SecureServer
    client: Certificate

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def authority(self) -> Authority:
        return self.server.authority


def add_sign_ins(server: SecureServer) -> SignInServer:
    """The logins and the log."""
    quoted = PASSWORD.replace("'", "''")
    server.execute(f"CREATE ROLE ana LOGIN PASSWORD '{quoted}'")
    server.execute(f"CREATE ROLE member LOGIN PASSWORD '{quoted}'")
    server.execute("CREATE ROLE certified LOGIN")
    server.execute("CREATE ROLE open LOGIN")
    server.execute("SET password_encryption = md5; CREATE ROLE weak LOGIN PASSWORD 'x'")
    server.execute("CREATE DATABASE mylla TEMPLATE template0")
    url = server.admin_url("mylla")
    assert main(["demo", "--database", url, "--entries", "500"]) == 0
    for login, role in (
        ("ana", "admin"),
        ("certified", "admin"),
        ("weak", "admin"),
        ("open", "admin"),
        ("member", "member"),
    ):
        words = ["--role", role, "--actor-id", f"usr_{login}", "--actor-name", login.title()]
        assert main(["grant", login, *words, "--database", url]) == 0
    return SignInServer(server, server.authority.issue("client", common_name="certified"))


@contextmanager
def running_sign_in_server() -> Iterator[SignInServer]:
    """Such a server of one's own."""
    with running_secure_postgresql() as server:
        yield add_sign_ins(server)
