"""A password goes through every way in which a connection fails; afterwards it is nowhere.

Four places that a password comes from, eighteen ways to fail, over real servers and some
that lie; then the file of connections and the keyring. What is searched: everything a
command prints, with `--debug`; every log record; tracebacks with all their causes; every
file that came about; the server's own log.
"""

import getpass
import io
import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from mylla_audit_desktop.cli import opening as cli_opening
from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.connections.check import check_connection
from mylla_audit_desktop.connections.opening import open_connection, opening_of
from mylla_audit_desktop.connections.profile import ConnectionProfile, Preference
from mylla_audit_desktop.connections.secrets import SecretError, Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.parameters import Host
from mylla_audit_desktop.database.tls import TlsMode
from mylla_audit_desktop.log.errors import KnownError
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import SignInServer
from tests.tls import Authority, impostor

pytestmark = pytest.mark.postgresql
CANARY = "kanarien'vogel-4711 ß"


@dataclass
class Aviary:
    """Where the bird could have left feathers."""

    records: io.StringIO
    said: list[str]
    folder: Path

    def search(self) -> None:
        """Fail where the canary is found, in whatever spelling."""
        told = self.records.getvalue() + "\n".join(self.said)
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != "passwords":
                told += path.read_bytes().decode("utf-8", "replace")
        told += " ".join(f"{key}={value}" for key, value in os.environ.items())
        told += Path("/proc/self/cmdline").read_text()
        for spelling in ("kanarien", "vogel-4711"):
            place = told.find(spelling)
            assert place < 0, told[max(place - 300, 0) : place + 60]


@pytest.fixture
def aviary(tmp_path: Path) -> Iterator[Aviary]:
    made = Aviary(io.StringIO(), [], tmp_path)
    handler = logging.StreamHandler(made.records)
    root = logging.getLogger()
    former = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield made
    finally:
        root.removeHandler(handler)
        root.setLevel(former)


def test_the_search_would_find_it(aviary: Aviary) -> None:
    aviary.search()
    logging.getLogger("anybody").debug("signing in with %s", CANARY)
    with pytest.raises(AssertionError):
        aviary.search()


@contextmanager
def rude_server(answer: bytes) -> Iterator[int]:
    """Answers anything with these bytes and hangs up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0.2)
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                with suppress(OSError):
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(1024)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            is_over.set()
            thread.join()


@contextmanager
def ways_to_fail(
    good: ConnectionProfile, secure: SignInServer, folder: Path
) -> Iterator[dict[str, ConnectionProfile]]:
    trusted = Authority(folder / "trusted")
    readable = folder / "readable.key"
    readable.write_bytes(secure.client.key.read_bytes())
    readable.chmod(0o644)
    with (
        impostor(trusted.issue("db.example.com")) as misnamed,
        impostor(trusted.issue("localhost", days=-1)) as expired,
        impostor(trusted.issue("localhost")) as curious,
        impostor(None) as plain,
        rude_server(b"N") as hanging_up,
        rude_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as another,
        rude_server(b"") as silent,
    ):
        lying = replace(good, root_certificate=str(trusted.file))

        def at(port: int, profile: ConnectionProfile = lying) -> ConnectionProfile:
            return replace(profile, hosts=(Host("localhost", port),))

        open_mode = replace(good, tls=TlsMode.PREFER, root_certificate="")
        yield {
            "wrong password": good,
            "unknown user": replace(good, user="nobody"),
            "no such database": replace(good, database="nowhere"),
            "closed port": at(1),
            "unknown host": replace(good, hosts=(Host("no-such-host.invalid", 5432),)),
            "wrong authority": lying,
            "wrong host name": at(misnamed.port),
            "expired": at(expired.port),
            "asks for the password itself": at(curious.port),
            "the same, unverified": at(curious.port, open_mode),
            "plain text": at(plain.port),
            "the same, unencrypted": at(plain.port, open_mode),
            "hangs up": at(hanging_up),
            "no PostgreSQL": at(another),
            "silent": at(silent),
            "md5": replace(good, user="weak"),
            "no root certificate": replace(good, root_certificate=str(folder / "none.crt")),
            "no standby": replace(good, preference=Preference.STANDBY),
            "key for everybody": replace(
                good, client_certificate=str(secure.client.file), client_key=str(readable)
            ),
            "two hosts": replace(good, hosts=(Host("localhost", 1), *good.hosts)),
        }


@pytest.mark.parametrize("source", ["keyring", "PGPASSWORD", "password file", "terminal", "typed"])
def test_no_way_to_fail_tells_the_password(
    aviary: Aviary,
    source: str,
    profile: ConnectionProfile,
    secure: SignInServer,
    store: ConnectionStore,
    secrets: Secrets,
    memory: MemoryKeyring,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(cli_opening, "Secrets", lambda: secrets)
    passwords = tmp_path / "passwords"
    with ways_to_fail(profile, secure, tmp_path) as ways:
        for way, failing in ways.items():
            saved = replace(failing, name=way)
            if source == "keyring":
                memory.kept["mylla-audit", way] = CANARY
            elif source == "password file":
                passwords.write_text(f"*:*:*:*:{CANARY}\n")
                passwords.chmod(0o600)
                saved = replace(saved, passfile=str(passwords))
            elif source == "PGPASSWORD":
                monkeypatch.setenv("PGPASSWORD", CANARY)
            elif source == "terminal":
                monkeypatch.setattr(cli_opening, "_is_terminal", lambda: True)
                monkeypatch.setattr(getpass, "getpass", lambda _prompt: CANARY)
            store.save(saved)
            if source == "typed":
                aviary.said += try_typed(saved, secrets)
            else:
                code = main(["list", "--connection", way, "--debug"])
                said = "".join(capsys.readouterr())
                assert code == 3, f"{way}: {said}"
                aviary.said.append(said)
    assert len(aviary.said) >= len(ways)
    # It was put there on purpose; nothing else may hold it.
    monkeypatch.delenv("PGPASSWORD", raising=False)
    aviary.said.append((secure.server.folder / "log").read_text())
    aviary.search()


def try_typed(profile: ConnectionProfile, secrets: Secrets) -> list[str]:
    """As the dialog does: connect, and test; all that could be shown of it."""
    said: list[object] = []
    try:
        open_connection(opening_of(profile), secrets, Cancellation(), password=CANARY).close()
    except KnownError as error:
        said += [error.sentence, repr(error), repr(error.__dict__), traceback.format_exc()]
        cause: BaseException | None = error
        while cause is not None:
            said += [str(cause), *traceback.format_exception(cause, chain=False)]
            cause = cause.__cause__ or cause.__context__
    else:
        raise AssertionError(f"{profile.name} did not fail")
    steps = check_connection(
        profile, opening_of(profile), secrets, Cancellation(), said.append, password=CANARY
    )
    assert steps[-1].outcome.value == "bad", profile.name
    said.append(repr(profile.parameters(CANARY)))
    return [str(one) for one in said]


@pytest.mark.parametrize("mood", ["locked", "refusing", "broken", "forgetful"])
def test_no_keyring_tells_it(
    aviary: Aviary, secrets: Secrets, memory: MemoryKeyring, mood: str
) -> None:
    memory.mood = mood
    with pytest.raises(SecretError) as caught:
        secrets.store("Production", CANARY, Cancellation())
    aviary.said += [caught.value.sentence, *traceback.format_exception(caught.value)]
    aviary.search()


MALFORMED: list[Callable[[str], str]] = [
    lambda secret: f"[connections.a]\ndatabase = 'd'\npassword = \"{secret}\"\n",
    lambda secret: f"[connections.a]\ndatabase = 'd'\nuser = \"{secret}\n",
    lambda secret: f'[connections.a]\ndatabase = "host=h password={secret}"\n',
    lambda secret: f"[connections.a]\ndatabase = 'd'\nhosts = [\"u:{secret}@h\"]\n",
    lambda secret: f"[connections.a]\ndatabase = 'd'\ntls = \"{secret}\"\n",
    lambda secret: f"[connections.a]\ndatabase = 'd'\nkind = \"{secret}\"\n",
    lambda secret: f"[connections.a]\ndatabase = 'd'\nclient_key = \"{secret}\"\n",
    lambda secret: f"[connections.a]\ndatabase = 'd'\nlabel = \"{secret * 9}\"\n",
    lambda secret: f'"{secret}',
    lambda secret: f"= {secret}",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_no_malformed_file_tells_it(
    aviary: Aviary,
    store: ConnectionStore,
    text: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text(CANARY))
    assert main(["list", "--connection", "a", "--debug"]) == 2
    aviary.said.append("".join(capsys.readouterr()))
    store.path.unlink()
    aviary.search()
