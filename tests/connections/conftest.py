"""A keyring in memory, a user's folder that is nobody's."""

from dataclasses import replace
from pathlib import Path

import pytest

from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.parameters import Host
from mylla_audit_desktop.database.tls import TlsMode
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import SignInServer


@pytest.fixture
def profile(secure: SignInServer) -> ConnectionProfile:
    """The saved connection of `ana`, everything verified."""
    return ConnectionProfile(
        name="Production",
        hosts=(Host("localhost", secure.port),),
        database="mylla",
        user="ana",
        tls=TlsMode.VERIFY_FULL,
        root_certificate=str(secure.authority.file),
    )


@pytest.fixture
def memory() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def secrets(memory: MemoryKeyring) -> Secrets:
    return Secrets(lambda: memory)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ConnectionStore:
    """The user's own file, in a folder of the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("PGPASSWORD", "PGPASSFILE", "PGHOST", "PGSSLMODE", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)
    return ConnectionStore.of_user()


def as_user(profile: ConnectionProfile, user: str) -> ConnectionProfile:
    return replace(profile, user=user)
