"""A server with one login for each way of signing in, for trying saved connections."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mylla_audit_desktop.cli.main import main
from tests.servers import Server, running_postgresql
from tests.tls import Authority, Certificate

PASSWORD = "right horse 'battery'"
# `postgres` stays the way in for the tests themselves.
_RULES = """
local   all all                       trust
host    all postgres   127.0.0.1/32   trust
hostssl all certified  127.0.0.1/32   cert
host    all weak       127.0.0.1/32   md5
host    all open       127.0.0.1/32   trust
host    all all        127.0.0.1/32   scram-sha-256
"""


@dataclass(frozen=True)
class SignInServer:
    """The log is in the database `mylla`; `ana` has PASSWORD, `member` too but no role."""

    server: Server
    authority: Authority
    client: Certificate

    @property
    def port(self) -> int:
        return self.server.port


@contextmanager
def running_sign_in_server() -> Iterator[SignInServer]:
    """TLS for localhost by an authority of its own, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mylla-sign-in-"))
    try:
        authority = Authority(folder)
        certificate = authority.issue("localhost")
        client = authority.issue("client", common_name="certified")
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(certificate.key, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o755)
        settings = {
            "ssl": "on",
            "ssl_cert_file": str(certificate.file),
            "ssl_key_file": str(certificate.key),
            "ssl_ca_file": str(authority.file),
        }
        with running_postgresql(settings, _RULES) as server:
            _fill(server)
            yield SignInServer(server, authority, client)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(server: Server) -> None:
    quoted = PASSWORD.replace("'", "''")
    server.execute(f"CREATE ROLE ana LOGIN PASSWORD '{quoted}'")
    server.execute(f"CREATE ROLE member LOGIN PASSWORD '{quoted}'")
    server.execute("CREATE ROLE certified LOGIN")
    server.execute("CREATE ROLE open LOGIN")
    server.execute("SET password_encryption = md5; CREATE ROLE weak LOGIN PASSWORD 'x'")
    url = server.create_database("mylla")
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
