"""The guide's page on servers: its PgBouncer before a server that wants TLS and passwords."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from mylla_audit_desktop.cli.main import main
from tests.clusters import running_secure_pooler
from tests.secure_server import SecureServer, running_secure_postgresql

pytestmark = pytest.mark.postgresql
PAGE = (Path(__file__).parent.parent / "docs" / "guide" / "servers.md").read_text("utf-8")
NAME, PASSWORD = "behind_a_pooler", "a long one of its own"


@pytest.fixture
def server() -> Iterator[SecureServer]:
    """One of its own: the page's logins are those of other tests."""
    with running_secure_postgresql() as made:
        yield made


def test_a_reviewer_works_through_the_pooler_of_the_page(
    server: SecureServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    certificate = server.authority.issue("localhost", name="pooler")
    users = fill(server)
    assert "SCRAM-SHA-256$" in users
    assert PASSWORD not in users
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with running_secure_pooler(server, certificate, users) as pooler:
        [words] = [line for line in commands() if "pooler.example.com" in line[-1]]
        url = words[-1].replace("pooler.example.com:6432", f"localhost:{pooler.port}")
        authority = quote(str(server.authority.file))
        url = url.replace("/audit?", f"/{NAME}?sslmode=verify-full&").replace("root.crt", authority)
        capsys.readouterr()
        assert main([*words[1:-1], url, "--all-time"]) == 0, capsys.readouterr().err
        assert "agent." in capsys.readouterr().out
        output = tmp_path / "evidence.csv"
        assert main(["export", "--database", url, "--all-time", "--output", str(output)]) == 0
        assert main(["verify", str(output)]) == 0
        # Who exported is who signed in, whoever's connection it was.
        with server.connect(NAME) as connection:
            row = connection.execute(
                "SELECT actor_id, ip_address::text FROM audit.entries"
                " WHERE action = 'data.request_export' ORDER BY id DESC LIMIT 1"
            ).fetchone()
        assert row in {("usr_4", "127.0.0.1/32"), ("usr_4", "::1/128")}
        monkeypatch.setenv("PGPASSWORD", "another one")
        assert main(["list", "--database", url]) == 3
        assert "did not let you in" in capsys.readouterr().err


def fill(server: SecureServer) -> str:
    """A log, ana as its admin; what the page's statement gives for the pooler."""
    for statement in (
        f"CREATE DATABASE {NAME} TEMPLATE template0",
        *(f"CREATE ROLE {login} LOGIN PASSWORD '{PASSWORD}'" for login in ("ana", "ben")),
    ):
        server.execute(statement)
    url = server.admin_url(NAME)
    assert main(["demo", "--database", url, "--entries", "500"]) == 0
    words = ["--role", "admin", "--actor-id", "usr_4", "--actor-name", "Ana Weber"]
    assert main(["grant", "ana", *words, "--database", url]) == 0
    [statement] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    with server.connect() as connection:
        return "".join(f"{line}\n" for [line] in connection.execute(statement.encode()))


def commands() -> list[list[str]]:
    """The commands of the page, as words."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]
