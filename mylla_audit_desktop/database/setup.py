"""Creating and upgrading the schema; running it again changes nothing."""

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.apply_grants import apply_grants
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.partitions import create_months, month_after
from mylla_audit_desktop.log.errors import DatabaseError

# Two programs that set up the same database wait for each other.
_SETUP_LOCK = 7_355_608_001
_MONTHS_AHEAD = 3


def upgrade_schema(database: Database) -> tuple[str, ...]:
    """Bring the database to the newest revision, roles and rights included, in one transaction.

    Returns sentences about what the login could not do. A log that this project did not
    make (a view, somebody else's table) is left alone: DatabaseError says so.
    """
    notes: tuple[str, ...] = ()
    with database.writing(Cancellation()) as connection, _saying_who_may(database):
        if database.is_postgresql:
            connection.execute(
                sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SETUP_LOCK}
            )
        _refuse_foreign_log(database, connection)
        # Asked first, so that whoever may not create schemas can still run it again.
        if database.is_postgresql and not connection.scalar(
            sa.text("SELECT to_regnamespace('audit') IS NOT NULL")
        ):
            connection.execute(sa.text("CREATE SCHEMA audit"))
        _run_revisions(connection)
        if database.is_postgresql:
            this_month = datetime.now(UTC).date().replace(day=1)
            create_months(
                connection, [month_after(this_month, index) for index in range(_MONTHS_AHEAD + 1)]
            )
            notes = apply_grants(connection)
    database.check_entries()
    return notes


@contextmanager
def _saying_who_may(database: Database) -> Iterator[None]:
    """The role that others are advised to ask for does not help here."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        raise DatabaseError(
            f"{database.label} does not let the login {database.login} set up the log"
            " or add to it.",
            "Sign in as the owner of the log, or as a superuser.",
        ) from None


def has_newest_schema(database: Database) -> bool:
    """Whether a log that this project made has every revision; cheap, without Alembic."""
    from mylla_audit_desktop.database.migrations import versions

    # Files are named for their revision: r0004_review.
    newest = max(module.name[1:5] for module in pkgutil.iter_modules(versions.__path__))
    schema = "audit" if database.is_postgresql else None
    table = sa.table("schema_version", sa.column("version_num"), schema=schema)
    with database.reading(Cancellation()) as connection:
        return connection.scalar(sa.select(table.c.version_num)) == newest


def _refuse_foreign_log(database: Database, connection: sa.Connection) -> None:
    schema = "audit" if database.is_postgresql else None
    inspector = sa.inspect(connection)
    names = set(inspector.get_table_names(schema)) | set(inspector.get_view_names(schema))
    if "entries" in names and "schema_version" not in names:
        raise DatabaseError(
            f"{database.label} already holds an audit log that was not created by this program.",
            "It can be read as it is, and is not written to.",
        )


def _run_revisions(connection: sa.Connection) -> None:
    # Imported here: Alembic takes over a second to load, and only this needs it.
    from alembic import command
    from alembic.config import Config

    from mylla_audit_desktop.database import migrations

    config = Config()
    config.set_main_option("script_location", migrations.__path__[0].replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
