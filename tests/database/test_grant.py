"""`mylla-audit grant`, and what the one who is signed in then may do."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.access import Access, Role
from mylla_audit_desktop.log.errors import DatabaseError, InputError
from tests.servers import Server, running_postgresql

pytestmark = pytest.mark.postgresql
_numbers = count()


@pytest.fixture
def owned(postgresql_url: str) -> Iterator[Database]:
    """A log that a superuser set up."""
    database = open_database(postgresql_url, create=True)
    assert upgrade_schema(database) == ()
    yield database
    database.close()


@pytest.fixture
def login(postgresql_server: Server, owned: Database) -> Iterator[str]:
    """A login with an awkward name and no rights."""
    name = f"o'h\"ara %s {next(_numbers)}"
    quoted = '"' + name.replace('"', '""') + '"'
    postgresql_server.execute(f"CREATE ROLE {quoted} LOGIN")
    yield name
    with psycopg.connect(postgresql_server.url(owned.label.name), autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {quoted}".encode())
        connection.execute(f"DROP ROLE {quoted}".encode())


def access_of(server: Server, name: str, login: str) -> Access:
    from sqlalchemy.engine import URL

    url = URL.create("postgresql", login, None, "127.0.0.1", server.port, name)
    database = open_database(url.render_as_string())
    access = read_access(database, Cancellation())
    database.close()
    return access


def grant(database: Database, login: str, role: Role, **values: str) -> bool:
    actor = {"actor_id": "usr_7", "actor_name": "Zoë O'Hara"} | values
    return write_member(database, login, role, **actor, cancellation=Cancellation())


def test_a_role_is_given_changed_and_taken_away(
    postgresql_server: Server, owned: Database, login: str
) -> None:
    name = owned.label.name
    assert grant(owned, login, Role.ADMIN)
    assert not grant(owned, login, Role.ADMIN), "again changes nothing"
    access = access_of(postgresql_server, name, login)
    assert access.title == "Zoë O'Hara · Admin"
    assert (access.no_export, access.no_decision) == ("", "")
    assert access.no_retention_change == "Changing retention needs the role Super Admin."
    assert grant(owned, login, Role.SUPER_ADMIN, actor_name="Zoë")
    access = access_of(postgresql_server, name, login)
    assert access.title == "Zoë · Super Admin"
    assert access.no_retention_change == ""
    assert grant(owned, login, Role.MEMBER, actor_name="Zoë")
    with pytest.raises(DatabaseError) as caught:
        access_of(postgresql_server, name, login)
    assert "role Admin or Super Admin" in caught.value.sentence


def test_who_may_connect_but_has_no_role_is_told_what_to_ask_for(
    postgresql_server: Server, owned: Database, login: str
) -> None:
    quoted = '"' + login.replace('"', '""') + '"'
    postgresql_server.execute(f'GRANT CONNECT ON DATABASE "{owned.label.name}" TO {quoted}')
    with pytest.raises(DatabaseError) as caught:
        access_of(postgresql_server, owned.label.name, login)
    assert "role Admin or Super Admin" in caught.value.sentence
    assert caught.value.exit_code == 3


def test_an_unmapped_login_decides_nothing(postgresql_server: Server, owned: Database) -> None:
    access = access_of(postgresql_server, owned.label.name, "postgres")
    assert access.reviewer is None
    assert access.title == "postgres"
    assert access.no_export == ""
    assert "mapped to no team member" in access.no_decision
    assert "mapped to no team member" in access.no_retention_change


def test_a_login_that_may_read_and_has_no_role_exports_nothing(
    postgresql_server: Server, owned: Database, login: str
) -> None:
    quoted = '"' + login.replace('"', '""') + '"'
    with psycopg.connect(postgresql_server.url(owned.label.name), autocommit=True) as connection:
        connection.execute(f'GRANT CONNECT ON DATABASE "{owned.label.name}" TO {quoted}'.encode())
        connection.execute(f"GRANT USAGE ON SCHEMA audit TO {quoted}".encode())
        connection.execute(f"GRANT SELECT ON audit.entries TO {quoted}".encode())
    access = access_of(postgresql_server, owned.label.name, login)
    assert "role Admin or Super Admin" in access.no_export
    [note] = upgrade_schema(owned)
    assert "SELECT on audit.entries" in note, "init says what it did not give"


def test_wrong_logins_and_members_are_named(owned: Database, login: str) -> None:
    with pytest.raises(InputError, match="no login 'nobody; DROP ROLE x'"):
        grant(owned, "nobody; DROP ROLE x", Role.ADMIN)
    with pytest.raises(InputError, match="is a group and no login"):
        grant(owned, "mylla_audit_admin", Role.ADMIN)
    for values in ({"actor_id": " "}, {"actor_name": ""}, {"actor_id": "system"}):
        with pytest.raises(InputError):
            grant(owned, login, Role.ADMIN, **values)


def test_sqlite_has_no_logins(sqlite_url: str) -> None:
    database = open_database(sqlite_url, create=True)
    with pytest.raises(InputError, match="SQLite knows no logins"):
        grant(database, "ana", Role.ADMIN)
    database.close()


def test_init_in_two_databases_at_once() -> None:
    """Roles belong to the whole server, and all want to create them."""
    with running_postgresql() as server:
        words = [sys.executable, "-m", "mylla_audit_desktop.cli.main", "init", "--database"]
        processes = [
            subprocess.Popen(
                [*words, server.create_database(f"twin_{number}")],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(3)
        ]
        told = [process.communicate(timeout=120)[1] for process in processes]
        assert told == [""] * 3
        assert [process.returncode for process in processes] == [0] * 3


def test_the_owner_of_a_database_sets_it_up_and_a_superuser_takes_over(
    postgresql_server: Server,
) -> None:
    name = f"plain_{next(_numbers)}"
    postgresql_server.execute(f"CREATE ROLE {name} LOGIN")
    postgresql_server.execute(f"CREATE DATABASE {name} OWNER {name}")
    own = f"postgresql://{name}@127.0.0.1:{postgresql_server.port}/{name}"
    database = open_database(own, create=True)
    [note] = upgrade_schema(database)
    assert f"belongs to the login {name}" in note
    assert upgrade_schema(database) == (note,)
    database.close()
    database = open_database(postgresql_server.url(name))
    assert upgrade_schema(database) == ()
    database.close()
    with psycopg.connect(postgresql_server.url(name), autocommit=True) as connection:
        owners = connection.execute(
            "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class"
            " WHERE relnamespace = 'audit'::regnamespace"
        ).fetchall()
    assert owners == [("mylla_audit_owner",)]
    postgresql_server.drop_database(name)
    postgresql_server.execute(f"DROP ROLE {name}")
