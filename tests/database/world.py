"""One log on a server that wants TLS and passwords, and a login of every role."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.grants import RETENTION, WRITER
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.access import Role
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from tests.secure_server import SecureServer

PASSWORD = "a password of 'tests' only"
# What each login is called after; a Member is somebody whom `grant` made one.
ROLES = ("super_admin", "admin", "member", "writer", "retention")


def login_of(role: str) -> str:
    return f"walk_{role}"


@dataclass(frozen=True)
class World:
    """`connect(role)` signs in with the password, over TLS that is verified."""

    server: SecureServer
    name: str

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(
            **self.server.parameters(login_of(role), PASSWORD, self.name), autocommit=True
        )

    def superuser(self) -> psycopg.Connection:
        return self.server.connect(self.name)

    def log(self) -> list[tuple[object, ...]]:
        """Everything that the log holds, whoever added it."""
        with self.superuser() as connection:
            return connection.execute("SELECT e::text FROM audit.entries e ORDER BY id").fetchall()


Make = Callable[[], World]


def make_world(server: SecureServer, name: str) -> World:
    """A log with a few entries, and the logins."""
    server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    with server.connect() as connection:
        for word in ROLES:
            connection.execute(
                psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    psycopg.sql.Identifier(login_of(word)), PASSWORD
                )
            )
    owner = open_database(server.admin_url(name), create=True)
    assert upgrade_schema(owner) == ()
    when = [Instant.parse(f"2026-03-0{day}T10:00:00Z") for day in (1, 2, 3)]
    entries = [NewEntry(one, "member", "usr_1", "Olga", "agent.update") for one in when]
    append_entries(owner, entries, Cancellation())
    for role in (Role.SUPER_ADMIN, Role.ADMIN, Role.MEMBER):
        word = role.value.replace("-", "_")
        write_member(owner, login_of(word), role, f"usr_{word}", word.title(), Cancellation())
    owner.close()
    server.execute(f"GRANT {WRITER} TO {login_of('writer')}")
    server.execute(f"GRANT {RETENTION} TO {login_of('retention')}")
    return World(server, name)


def unmake_world(world: World) -> None:
    """The server is as it was, but for the group roles."""
    world.server.execute(f'DROP DATABASE "{world.name}" WITH (FORCE)')
    for role in ROLES:
        world.server.execute(f"DROP ROLE {login_of(role)}")
