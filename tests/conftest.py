"""Databases for every test that wants one: SQLite in a file, PostgreSQL for real."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.setup import upgrade_schema
from tests.secure_server import (
    SecureServer,
    SignInServer,
    add_sign_ins,
    running_secure_postgresql,
)
from tests.servers import Server, running_postgresql

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Neither the user's saved connections nor the user's keyring.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="mylla-config-")
atexit.register(shutil.rmtree, os.environ["XDG_CONFIG_HOME"], ignore_errors=True)
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# Under nohup, or behind a script's &, these are ignored, and so they would be by the programs that
# the tests start and interrupt.
if sys.platform != "win32":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
# A shared machine has slow moments, which say nothing about the code.
settings.register_profile(
    "shared", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("shared")

_numbers = count()


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application that the program makes."""
    from mylla_audit_desktop.desktop.theme import Application

    return Application


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """One server for the whole run, with a database that has the schema as template."""
    with running_postgresql() as server:
        database = open_database(server.create_database("mylla_template"), create=True)
        upgrade_schema(database)
        database.close()
        yield server


@pytest.fixture(scope="session")
def secure_server() -> Iterator[SecureServer]:
    """One server for the whole run that wants a password and TLS."""
    with running_secure_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def secure(secure_server: SecureServer) -> SignInServer:
    """The same with a log, and a login for each way of signing in."""
    return add_sign_ins(secure_server)


@pytest.fixture
def postgresql_url(postgresql_server: Server) -> Iterator[str]:
    """An empty database on the server, without the schema."""
    name = f"empty_{next(_numbers)}"
    yield postgresql_server.create_database(name)
    postgresql_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that does not exist yet."""
    return f"sqlite:///{tmp_path}/test.sqlite"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An open database of either kind, with the schema and no entries."""
    if request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path}/log.sqlite", create=True)
        upgrade_schema(made)
        yield made
        made.close()
        return
    server: Server = request.getfixturevalue("postgresql_server")
    name = f"log_{next(_numbers)}"
    made = open_database(server.create_database(name, "mylla_template"))
    yield made
    made.close()
    server.drop_database(name)
