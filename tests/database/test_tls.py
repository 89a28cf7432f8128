"""A password leaves this computer only for the server that was meant."""

from pathlib import Path

import pytest

from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.log.errors import DatabaseError
from tests.secure_server import SecureServer
from tests.tls import Authority, Certificate, impostor

pytestmark = pytest.mark.postgresql
CANARY = "kanarienvogel-4711"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom the client trusts."""
    return Authority(tmp_path_factory.mktemp("trusted"))


def lying(kind: str, authority: Authority, folder: Path) -> Certificate | None:
    """What a server shows that is not the one that was meant."""
    if kind == "wrong host name":
        return authority.issue("db.example.com")
    if kind == "wrong CA":
        return Authority(folder / "other", "Test CA").issue("localhost")
    if kind == "expired":
        return authority.issue("localhost", days=-1)
    return None


@pytest.mark.parametrize("kind", ["wrong host name", "wrong CA", "expired", "plain text"])
def test_refused_before_the_password_leaves(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", CANARY)
    with impostor(lying(kind, authority, tmp_path)) as liar:
        url = (
            f"postgresql://ana_{CANARY[:6]}@localhost:{liar.port}/log"
            f"?sslmode=verify-full&sslrootcert={authority.file}"
        )
        with pytest.raises(DatabaseError) as caught:
            open_database(url)
    assert liar.connections, "the server was really asked"
    assert CANARY.encode() not in liar.received
    assert b"ana_" not in liar.received, "not even the name of the login"
    assert CANARY not in caught.value.sentence


def test_the_impostor_would_have_been_told(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the test above proves something: with the right certificate it hears the login."""
    monkeypatch.setenv("PGPASSWORD", CANARY)
    with impostor(authority.issue("localhost")) as liar:
        url = (
            f"postgresql://ana@localhost:{liar.port}/log"
            f"?sslmode=verify-full&sslrootcert={authority.file}"
        )
        with pytest.raises(DatabaseError):
            open_database(url)
    assert b"ana" in liar.received


def test_the_server_that_was_meant_gets_its_login(
    secure_server: SecureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure_server.execute(f"CREATE ROLE tls_login LOGIN PASSWORD '{CANARY}'")
    monkeypatch.setenv("PGPASSWORD", CANARY)
    database = open_database(secure_server.url("tls_login", "postgres"), create=True)
    assert database.login == "tls_login"
    database.close()
    monkeypatch.setenv("PGPASSWORD", "wrong")
    with pytest.raises(DatabaseError, match="did not let you in"):
        open_database(secure_server.url("tls_login", "postgres"), create=True)
    plain = secure_server.url("tls_login", "postgres").replace("verify-full", "disable")
    with pytest.raises(DatabaseError):
        open_database(plain, create=True)
    secure_server.execute("DROP ROLE tls_login")
