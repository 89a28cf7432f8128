"""Opening over a real server with passwords and TLS: who is let in, and what never leaves."""

import getpass
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mylla_audit_desktop.cli import opening as cli_opening
from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.connections.opening import (
    open_connection,
    opening_of,
    opening_of_url,
)
from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.parameters import Host
from mylla_audit_desktop.database.tls import TlsMode
from mylla_audit_desktop.log.errors import DatabaseError, PasswordError
from tests.connections.conftest import as_user
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer
from tests.tls import Authority, impostor

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("store")]
WRONG = "kanarienvogel-4711"
Open = Callable[..., Database]


@pytest.fixture
def opened(secrets: Secrets, request: pytest.FixtureRequest) -> Open:
    def opened(profile: ConnectionProfile, password: str | None = None) -> Database:
        database = open_connection(opening_of(profile), secrets, Cancellation(), password=password)
        request.addfinalizer(database.close)
        return database

    return opened


def test_the_password_in_the_keyring_opens_it(
    opened: Open, profile: ConnectionProfile, memory: MemoryKeyring
) -> None:
    memory.kept["mylla-audit", "Production"] = PASSWORD
    database = opened(profile)
    assert database.login == "ana"
    assert database.state.security == "TLS 1.3 verified"
    assert not database.state.is_weak


def test_without_a_password_it_is_asked_for_with_the_keyrings_reason(
    opened: Open, profile: ConnectionProfile, memory: MemoryKeyring
) -> None:
    with pytest.raises(PasswordError, match="asks for a password") as caught:
        opened(profile)
    assert not caught.value.was_given
    memory.mood = "locked"
    with pytest.raises(PasswordError, match="keyring is locked"):
        opened(profile)
    assert opened(profile, PASSWORD).login == "ana"


def test_a_wrong_password_comes_back_with_the_servers_reason(
    opened: Open, profile: ConnectionProfile
) -> None:
    with pytest.raises(PasswordError, match='authentication failed for user "ana"') as caught:
        opened(profile, WRONG)
    assert caught.value.was_given
    assert WRONG not in caught.value.sentence


def test_the_environment_comes_before_the_keyring(
    opened: Open,
    profile: ConnectionProfile,
    memory: MemoryKeyring,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    memory.kept["mylla-audit", "Production"] = WRONG
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert opened(profile).login == "ana"
    monkeypatch.setenv("PGPASSWORD", WRONG)
    with pytest.raises(PasswordError, match="came from PGPASSWORD"):
        opened(profile)
    monkeypatch.delenv("PGPASSWORD")
    passfile = tmp_path / "passwords"
    passfile.write_text(f"*:*:*:ana:{PASSWORD}\n")
    passfile.chmod(0o600)
    assert opened(replace(profile, passfile=str(passfile))).login == "ana"


def test_the_password_file_of_the_home_folder_is_not_read(
    opened: Open, profile: ConnectionProfile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    passfile = tmp_path / ".pgpass"
    passfile.write_text(f"*:*:*:ana:{PASSWORD}\n")
    passfile.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(PasswordError):
        opened(profile)


def test_a_client_certificate_signs_in(
    opened: Open, profile: ConnectionProfile, secure: SignInServer
) -> None:
    certified = replace(
        as_user(profile, "certified"),
        client_certificate=str(secure.client.file),
        client_key=str(secure.client.key),
    )
    assert opened(certified).login == "certified"
    with pytest.raises(DatabaseError, match="wants a client certificate"):
        opened(as_user(profile, "certified"))


def test_a_server_that_wants_less_than_a_proof_gets_nothing(
    opened: Open, profile: ConnectionProfile
) -> None:
    # localhost is this computer, where a server may ask for nothing; nowhere less than SCRAM.
    with pytest.raises(DatabaseError, match="instead of a proof"):
        opened(as_user(profile, "weak"), WRONG)
    assert opened(as_user(profile, "open"), WRONG).login == "open"


def test_the_wrong_authority_is_refused(
    opened: Open, profile: ConnectionProfile, tmp_path: Path
) -> None:
    other = replace(profile, root_certificate=str(Authority(tmp_path).file))
    with pytest.raises(DatabaseError, match="not trusted"):
        opened(other, PASSWORD)
    with pytest.raises(DatabaseError, match="root certificate cannot be read"):
        opened(replace(profile, root_certificate=str(tmp_path / "none.crt")), PASSWORD)
    unverified = opened(replace(other, root_certificate="", tls=TlsMode.REQUIRE), PASSWORD)
    assert unverified.state.security == "TLS 1.3, server not verified"


@pytest.mark.parametrize(
    ("host", "days", "told"),
    [("other.example.com", 30, "another host name"), ("localhost", -1, "expired")],
)
def test_a_certificate_for_another_host_or_day_is_refused(
    opened: Open, profile: ConnectionProfile, tmp_path: Path, host: str, days: int, told: str
) -> None:
    authority = Authority(tmp_path)
    with impostor(authority.issue(host, days=days)) as liar:
        there = replace(
            profile, hosts=(Host("localhost", liar.port),), root_certificate=str(authority.file)
        )
        with pytest.raises(DatabaseError, match=told):
            opened(there, PASSWORD)


def test_several_hosts_are_tried_in_turn(opened: Open, profile: ConnectionProfile) -> None:
    several = replace(profile, hosts=(Host("localhost", 1), *profile.hosts))
    assert opened(several, PASSWORD).login == "ana"
    with pytest.raises(PasswordError, match="authentication failed"):
        opened(several, WRONG)


def test_a_url_finds_the_password_of_the_saved_connection_to_the_same_login(
    profile: ConnectionProfile, secrets: Secrets, memory: MemoryKeyring, store: ConnectionStore
) -> None:
    url = f"postgresql://ana@localhost:{profile.hosts[0].port}/mylla"
    with pytest.raises(PasswordError):
        open_connection(opening_of_url(url, store), secrets, Cancellation())
    store.save(profile)
    memory.kept["mylla-audit", "Production"] = PASSWORD
    open_connection(opening_of_url(url, store), secrets, Cancellation()).close()
    elsewhere = url.replace("/mylla", "/postgres")
    with pytest.raises(PasswordError):
        open_connection(opening_of_url(elsewhere, store), secrets, Cancellation())
    memory.kept = {("mylla-audit", url): PASSWORD}
    store.remove("Production")
    open_connection(opening_of_url(url, store), secrets, Cancellation()).close()


# -- the commands --------------------------------------------------------------


@pytest.fixture
def commands(
    secrets: Secrets, store: ConnectionStore, monkeypatch: pytest.MonkeyPatch
) -> ConnectionStore:
    monkeypatch.setattr(cli_opening, "Secrets", lambda: secrets)
    return store


def test_every_command_takes_a_connection(
    commands: ConnectionStore,
    profile: ConnectionProfile,
    memory: MemoryKeyring,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands.save(profile)
    memory.kept["mylla-audit", "Production"] = PASSWORD
    for words in (
        ["list", "--format", "ndjson"],
        ["export", "--output", str(tmp_path / "log.csv")],
    ):
        assert main([*words, "--connection", "Production"]) == 0, capsys.readouterr().err
    file = ConnectionProfile(name="file", kind=Kind.SQLITE, database=str(tmp_path / "log.sqlite"))
    commands.save(file)
    for words in (["init"], ["demo", "--entries", "20"], ["list"]):
        assert main([*words, "--connection", "file"]) == 0, capsys.readouterr().err


def test_decisions_go_where_the_connection_says(
    commands: ConnectionStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, own = tmp_path / "foreign.sqlite", tmp_path / "own.sqlite"
    assert main(["demo", "--entries", "300", "--database", f"sqlite:///{own}"]) == 0
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("ATTACH ? AS own", (str(own),))
        connection.execute("CREATE TABLE raw AS SELECT * FROM own.entries")
        connection.execute("CREATE VIEW entries AS SELECT * FROM raw")
        connection.commit()
    file = ConnectionProfile(
        name="foreign",
        kind=Kind.SQLITE,
        database=str(log),
        decisions=str(tmp_path / "decisions.sqlite"),
    )
    commands.save(file)
    policy = tmp_path / "policy.toml"
    policy.write_text('time_zone = "Europe/Berlin"\n')
    words = ["review", "policy", "set", str(policy), "--connection", "foreign"]
    assert main(words) == 0, capsys.readouterr().err
    assert (tmp_path / "decisions.sqlite").exists()


def test_a_connection_that_cannot_be_is_a_wrong_call(
    commands: ConnectionStore, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["list", "--connection", "nowhere"]) == 2
    assert "no connection 'nowhere'" in capsys.readouterr().err
    both = ["list", "--connection", "nowhere", "--database", "sqlite:///x"]
    assert main(both) == 2
    assert "not allowed with" in capsys.readouterr().err


def test_a_pipe_is_never_asked_and_a_terminal_is(
    commands: ConnectionStore,
    profile: ConnectionProfile,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands.save(profile)
    assert main(["list", "--connection", "Production"]) == 3
    assert "asks for a password. Set PGPASSWORD" in capsys.readouterr().err
    monkeypatch.setattr(cli_opening, "_is_terminal", lambda: True)
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: PASSWORD)
    assert main(["list", "--connection", "Production"]) == 0
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: WRONG)
    assert main(["list", "--connection", "Production"]) == 3
    said = capsys.readouterr()
    assert "did not let you in" in said.err
    assert WRONG not in said.out + said.err


@pytest.mark.parametrize("ended_by", [KeyboardInterrupt, EOFError])
def test_giving_up_at_the_password_is_answered_on_a_line_of_its_own(
    commands: ConnectionStore,
    profile: ConnectionProfile,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ended_by: type[BaseException],
) -> None:
    def give_up(prompt: str) -> str:
        print(prompt, end="", file=sys.stderr)
        raise ended_by

    commands.save(profile)
    monkeypatch.setattr(cli_opening, "_is_terminal", lambda: True)
    monkeypatch.setattr(getpass, "getpass", give_up)
    assert main(["list", "--connection", "Production"]) == 130
    assert capsys.readouterr().err.splitlines()[1:] == [
        "Password: ",
        "mylla-audit: Cancelled. Nothing was changed.",
    ]
