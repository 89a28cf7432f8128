"""Adding entries: all of them, or none."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import psycopg
import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.instants import postgresql_text, sqlite_text
from mylla_audit_desktop.database.partitions import create_months
from mylla_audit_desktop.database.schema import IDS_ARE_NEW, IDS_LOCK
from mylla_audit_desktop.log.entry import COLUMNS, NewEntry
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.storable import SURROGATE

_BATCH = 2000
_NAMES = ", ".join(COLUMNS)

Progress = Callable[[int], None]


class EntryRefusedError(InputError):
    """The database refuses an entry; `position` counts the given entries from 0."""

    def __init__(self, what: str, position: int) -> None:
        super().__init__(what, "Nothing was added.")
        self.position = position


class DuplicateIdError(EntryRefusedError):
    """An entry with this `id` is there already, or twice among those given."""

    def __init__(self, entry_id: int, position: int) -> None:
        super().__init__(f"An entry with the id {entry_id} is there already.", position)
        self.id = entry_id


def append_entries(
    database: Database,
    entries: Iterable[NewEntry],
    cancellation: Cancellation,
    *,
    progress: Progress | None = None,
) -> int:
    """Add entries in one transaction; how many there were.

    `entries` is read once, as a stream. Raises DuplicateIdError or
    EntryRefusedError for the first entry that cannot be added; nothing is added
    then, nor after a cancellation or any other error.
    """
    with database.writing(cancellation) as connection:
        counted = _counting(entries, cancellation, progress)
        if database.is_postgresql:
            return _append_postgresql(connection, counted)
        return append_on_sqlite(connection, counted)


def read_is_empty(database: Database) -> bool:
    """Whether the log holds no entry."""
    schema = "audit" if database.is_postgresql else None
    entries = sa.table("entries", sa.column("id"), schema=schema)
    with database.reading(Cancellation()) as connection:
        return connection.execute(sa.select(entries.c.id).limit(1)).first() is None


def _counting(
    entries: Iterable[NewEntry], cancellation: Cancellation, progress: Progress | None
) -> Iterator[NewEntry]:
    for count, entry in enumerate(entries):
        if count % _BATCH == 0:
            cancellation.raise_if_cancelled()
            if progress is not None:
                progress(count)
        yield entry


def append_on_sqlite(connection: sa.Connection, entries: Iterator[NewEntry]) -> int:
    """Add entries in a transaction of the caller's; how many there were."""
    # A text that is no UTF-8 goes in as its bytes, and is a text like any other then.
    marks = ", ".join(["?"] + ["CAST(? AS TEXT)"] * (len(COLUMNS) - 1))
    statement = f"INSERT INTO entries ({_NAMES}) VALUES ({marks})"  # noqa: S608 - our own names
    count = 0
    while batch := list(islice(entries, _BATCH)):
        _refuse_known_ids(connection, batch, count)
        values = [tuple(map(_storable, _values(entry, sqlite_text))) for entry in batch]
        connection.exec_driver_sql(statement, values)
        count += len(batch)
    return count


def _storable(value: int | str | None) -> int | str | bytes | None:
    """Lone surrogates stand for bytes that are no UTF-8, as in all that is read."""
    if not isinstance(value, str) or not SURROGATE.search(value):
        return value
    return value.encode("utf-8", "surrogateescape")


def _refuse_known_ids(connection: sa.Connection, batch: list[NewEntry], start: int) -> None:
    given = [entry.id for entry in batch if entry.id is not None]
    if not given:
        return
    table = sa.table("entries", sa.column("id"))
    known = set(connection.scalars(sa.select(table.c.id).where(table.c.id.in_(given))))
    for position, entry in enumerate(batch, start):
        if entry.id is None:
            continue
        if entry.id in known:
            raise DuplicateIdError(entry.id, position)
        known.add(entry.id)


def _append_postgresql(connection: sa.Connection, entries: Iterator[NewEntry]) -> int:
    driver = postgresql_driver(connection)
    # One after the other: each must see the ids of the one before, and creates months.
    connection.execute(
        sa.text("SELECT pg_advisory_xact_lock(:lock), set_config(:name, 'on', true)"),
        {"lock": IDS_LOCK, "name": IDS_ARE_NEW},
    )
    # Into a table of this session first: the months are known and created then, and
    # duplicates are found by one join.
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE incoming (position bigint, LIKE audit.entries) ON COMMIT DROP"
    )
    connection.exec_driver_sql("ALTER TABLE incoming ALTER id DROP NOT NULL")
    count = 0
    try:
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY incoming (position, {_NAMES}) FROM STDIN") as copy,
        ):
            for entry in entries:
                copy.write_row((count, *_values(entry, postgresql_text)))
                count += 1
    except (psycopg.DataError, psycopg.IntegrityError, UnicodeEncodeError) as error:
        raise _refused(error, count) from None
    _refuse_duplicates(connection)
    months = connection.scalars(
        sa.text(
            "SELECT DISTINCT date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date"
            " FROM pg_temp.incoming WHERE occurred_at >= '1970-01-01Z'"
            " AND occurred_at < '2200-01-01Z'"
        )
    )
    create_months(connection, months.all())
    rest = ", ".join(COLUMNS[1:])
    connection.exec_driver_sql(
        f"INSERT INTO audit.entries ({_NAMES})"  # noqa: S608 - our own names
        f" SELECT coalesce(id, nextval('audit.entries_id_seq')), {rest}"
        " FROM (SELECT * FROM pg_temp.incoming ORDER BY position) AS ordered"
    )
    return count


def _refuse_duplicates(connection: sa.Connection) -> None:
    row = connection.execute(
        sa.text(
            "SELECT id, position FROM ("
            " SELECT i.id, i.position FROM pg_temp.incoming i JOIN audit.entries e ON e.id = i.id"
            " UNION ALL"
            " SELECT id, position FROM ("
            "  SELECT id, position, row_number() OVER (PARTITION BY id ORDER BY position) AS nth"
            "  FROM pg_temp.incoming WHERE id IS NOT NULL) AS numbered"
            " WHERE nth > 1"
            ") AS duplicates ORDER BY position LIMIT 1"
        )
    ).first()
    if row is not None:
        raise DuplicateIdError(row.id, row.position)


def _refused(error: Exception, written: int) -> EntryRefusedError:
    """The refusal of entry `written`, or of the earlier one that the server names."""
    position, message = written, "it holds text that the database cannot keep"
    if isinstance(error, psycopg.Error):
        message = " ".join((error.diag.message_primary or str(error)).split())
        line = re.search(r"COPY incoming, line (\d+)", error.diag.context or "")
        if line is not None:
            position = int(line[1]) - 1
    return EntryRefusedError(f"The database refuses the entry: {message}.", position)


def _values(entry: NewEntry, time_text: Callable[..., str]) -> tuple[int | str | None, ...]:
    return (
        entry.id,
        time_text(entry.occurred_at),
        entry.actor_type,
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.target_type,
        entry.target_id,
        entry.target_name,
        entry.before,
        entry.after,
        entry.ip_address,
    )
