"""Entries by their IDs, for what quotes them."""

from collections.abc import Iterable
from itertools import islice

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import read_entry_row
from mylla_audit_desktop.database.relation import EntryRelation
from mylla_audit_desktop.log.entry import AuditEntry

_BATCH = 500


def read_entries(
    database: Database, entry_ids: Iterable[int], cancellation: Cancellation, *, longest: int
) -> dict[int, AuditEntry]:
    """The entries that are there, by ID.

    `before` and `after` are cut off after `longest` characters and one: so it shows that
    they are longer.
    """
    relation = EntryRelation(database)
    columns = [
        sa.func.substr(column, 1, longest + 1) if column.name in {"before", "after"} else column
        for column in relation.entry_columns()
    ]
    found: dict[int, AuditEntry] = {}
    wanted = iter(entry_ids)
    with database.reading(cancellation) as connection:
        while batch := list(islice(wanted, _BATCH)):
            cancellation.raise_if_cancelled()
            for row in connection.execute(sa.select(*columns).where(relation.id.in_(batch))):
                found[row[0]] = read_entry_row(row)
    return found
