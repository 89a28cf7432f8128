"""Passwords in the keyring: kept, read, removed, and every way in which that fails."""

import threading
from collections.abc import Iterator

import keyring
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend

from mylla_audit_desktop.connections.secrets import SecretError, Secrets, find_keyring
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import CancelledError
from tests.memory_keyring import MemoryKeyring

SECRET = "kanarienvogel-4711"


@pytest.fixture
def memory() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def kept_keyring() -> Iterator[None]:
    before = keyring.core._keyring_backend
    yield
    keyring.core._keyring_backend = before


def test_a_password_is_kept_read_and_removed(memory: MemoryKeyring) -> None:
    secrets = Secrets(lambda: memory)
    assert secrets.why_not(Cancellation()) == ""
    assert secrets.read("Production", Cancellation()) is None
    secrets.store("Production", SECRET, Cancellation())
    assert memory.kept == {("mylla-audit", "Production"): SECRET}
    assert secrets.read("Production", Cancellation()) == SECRET
    secrets.remove("Production", Cancellation())
    secrets.remove("Production", Cancellation())
    assert memory.kept == {}


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("locked", "locked"),
        ("refusing", "refused"),
        ("broken", "failed (OSError)"),
        ("forgetful", "did not keep it"),
    ],
)
def test_a_keyring_that_fails_says_why_and_what_happens_then(
    memory: MemoryKeyring, mood: str, told: str
) -> None:
    memory.mood = mood
    with pytest.raises(SecretError) as caught:
        Secrets(lambda: memory).store("Production", SECRET, Cancellation())
    assert told in caught.value.sentence
    assert "asked for each time" in caught.value.sentence
    assert SECRET not in caught.value.sentence


def test_a_password_that_is_too_long_is_not_stored(memory: MemoryKeyring) -> None:
    with pytest.raises(SecretError, match="1,280 characters"):
        Secrets(lambda: memory).store("Production", "x" * 1281, Cancellation())
    assert memory.kept == {}


@pytest.mark.parametrize(
    ("backend", "told"),
    [
        (keyring.backends.fail.Keyring, "has no keyring"),
        (keyring.backends.null.Keyring, "has no keyring"),
        (MemoryKeyring, "does not keep secrets encrypted"),
    ],
)
@pytest.mark.usefixtures("kept_keyring")
def test_only_keyrings_that_encrypt_are_used(backend: type[KeyringBackend], told: str) -> None:
    keyring.set_keyring(backend())
    assert told in Secrets().why_not(Cancellation())
    with pytest.raises(SecretError):
        Secrets().store("Production", SECRET, Cancellation())


@pytest.mark.usefixtures("kept_keyring")
def test_a_chain_is_searched_for_one_that_encrypts(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.SecretService import Keyring

    chain = keyring.backends.chainer.ChainerBackend
    keyring.set_keyring(chain())
    monkeypatch.setattr(chain, "backends", [MemoryKeyring()])
    with pytest.raises(SecretError):
        find_keyring()
    member = object.__new__(Keyring)
    monkeypatch.setattr(chain, "backends", [MemoryKeyring(), member])
    assert find_keyring() is member


def test_a_keyring_that_hangs_has_a_deadline_and_can_be_cancelled() -> None:
    ended = threading.Event()

    def hang() -> KeyringBackend:
        ended.wait(60)
        return MemoryKeyring()

    try:
        with pytest.raises(SecretError, match="does not answer"):
            Secrets(hang, deadline_seconds=0.2).read("Production", Cancellation())
        cancellation = Cancellation()
        threading.Timer(0.2, cancellation.cancel).start()
        with pytest.raises(CancelledError):
            Secrets(hang).read("Production", cancellation)
    finally:
        ended.set()
