"""A server with passwords and TLS, a keyring in memory, a user's folder that is nobody's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.parameters import Host
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.database.tls import TlsMode
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import SecureServer, running_secure_server


@pytest.fixture(scope="module")
def secure() -> Iterator[SecureServer]:
    """A server with one log, `mylla`, that every login may read."""
    with running_secure_server() as server:
        database = open_database(server.server.create_database("mylla"), create=True)
        upgrade_schema(database)
        database.close()
        for login in ("ana", "certified", "weak", "open"):
            server.server.execute(f"GRANT pg_read_all_data TO {login}")
        yield server


@pytest.fixture
def profile(secure: SecureServer) -> ConnectionProfile:
    """The saved connection of `ana`, everything verified."""
    return ConnectionProfile(
        name="Production",
        hosts=(Host("localhost", secure.port),),
        database="mylla",
        user="ana",
        tls=TlsMode.VERIFY_FULL,
        root_certificate=str(secure.authority),
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
