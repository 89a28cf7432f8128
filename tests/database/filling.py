"""A log that is filled anew for each example of a property."""

from dataclasses import astuple, replace
from typing import Any

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.log.entry import AuditEntry, NewEntry


class Log:
    """A database that is filled anew for each example."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.reader = LogReader(database)

    def fill(self, entries: list[NewEntry]) -> list[AuditEntry]:
        table = "audit.entries" if self.database.is_postgresql else "entries"
        with self.database.writing(Cancellation()) as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
        numbered = [replace(entry, id=number) for number, entry in enumerate(entries, 1)]
        append_entries(self.database, numbered, Cancellation())
        return [AuditEntry(number, *_values(entry)[:-1]) for number, entry in enumerate(entries, 1)]


def _values(entry: NewEntry) -> tuple[Any, ...]:
    """The fields; `astuple` would take the instant apart too."""
    _when, *rest = astuple(entry)
    return entry.occurred_at, *rest
