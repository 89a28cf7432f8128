"""A saved connection: where a log is and how to get there, without any secret."""

from dataclasses import dataclass
from enum import Enum

from mylla_audit_desktop.database.parameters import (
    Host,
    Parameters,
    PostgresqlParameters,
    SqliteParameters,
    check_database_name,
    check_port,
)
from mylla_audit_desktop.database.tls import TlsMode, default_tls
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.user_path import user_path

LONGEST_NAME = 64
LONGEST_LABEL = 24


class Kind(Enum):
    """Which database; values stand in the file."""

    POSTGRESQL = "postgresql"
    SQLITE = "sqlite"


class Colour(Enum):
    """The line at the top of the window; values stand in the file."""

    NONE = ""
    RED = "red"
    ORANGE = "orange"
    GREEN = "green"
    BLUE = "blue"


class Preference(Enum):
    """Which of several hosts to take: libpq's `target_session_attrs`."""

    ANY = ""
    READ_WRITE = "read-write"
    PREFER_STANDBY = "prefer-standby"
    STANDBY = "standby"


@dataclass(frozen=True, slots=True)
class ConnectionProfile:
    """database: a name, for SQLite the path of the file. tls: None for the hosts' default.

    Files: "" for none chosen. label: what stands in the status bar, e.g. `Production`.
    decisions: the file for decisions where the database takes none. A profile that
    cannot be is an InputError naming the field.
    """

    name: str
    kind: Kind = Kind.POSTGRESQL
    hosts: tuple[Host, ...] = ()
    preference: Preference = Preference.ANY
    database: str = ""
    user: str = ""
    tls: TlsMode | None = None
    root_certificate: str = ""
    client_certificate: str = ""
    client_key: str = ""
    passfile: str = ""
    colour: Colour = Colour.NONE
    label: str = ""
    decisions: str = ""

    def __post_init__(self) -> None:
        check_name(self.name)
        if not self.database:
            what = "file" if self.kind is Kind.SQLITE else "database"
            raise InputError(f"The connection names no {what}.", field="database")
        if self.label != visible_text(self.label) or len(self.label) > LONGEST_LABEL:
            raise InputError(
                f"The label is longer than {LONGEST_LABEL} characters, or holds hidden ones.",
                field="label",
            )
        if any("\0" in text for text in self._texts()):
            raise InputError("A NUL character cannot be in a connection.", field="database")
        if self.kind is Kind.SQLITE:
            return
        check_database_name(self.database)
        for host in self.hosts:
            check_port(host.port)
        if bool(self.client_certificate) != bool(self.client_key):
            raise InputError(
                "A client certificate needs its key, and a key its certificate.",
                "Choose both files.",
                field="client_certificate",
            )

    @property
    def tls_in_force(self) -> TlsMode:
        """The mode chosen, or the default of the hosts."""
        return self.tls or default_tls(tuple(host.name for host in self.hosts))

    def parameters(self, password: str | None = None) -> Parameters:
        """What opens it."""
        if self.kind is Kind.SQLITE:
            return SqliteParameters(user_path(self.database).absolute())
        return PostgresqlParameters(
            hosts=self.hosts,
            database=self.database,
            user=self.user,
            tls=self.tls,
            root_certificate=self.root_certificate,
            client_certificate=self.client_certificate,
            client_key=self.client_key,
            passfile=self.passfile,
            attributes=self.preference.value,
            password=password,
        )

    def _texts(self) -> tuple[str, ...]:
        files = (self.root_certificate, self.client_certificate, self.client_key, self.passfile)
        hosts = (host.name for host in self.hosts)
        return (self.database, self.user, self.decisions, *files, *hosts)


def check_name(name: str) -> None:
    """Raise InputError for what is no name of a connection."""
    if not name.strip():
        raise InputError("The connection has no name.", field="name")
    if name != name.strip() or name != visible_text(name) or len(name) > LONGEST_NAME:
        raise InputError(
            "The connection's name cannot be used.",
            f"It has at most {LONGEST_NAME} characters, none of them hidden, "
            "and no blank at either end.",
            field="name",
        )
