"""Entries as the rules see them, read inside of one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.database.window import Bounds
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.off_hours import SeenEntry

STREAM_ROWS = 500
# Columns at the beginning that are never empty by the contract.
_REQUIRED = 5
_TEXTS = ("actor_type", "actor_id", "actor_name", "target_id", "target_name", "ip_address")


@dataclass(frozen=True, slots=True)
class SeenEntries:
    """The log within a transaction, and its entries as far as `review.off_hours` looks at them."""

    database: Database
    connection: sa.Connection
    relation: EntryRelation
    cancellation: Cancellation

    def columns(self, source: sa.FromClause) -> list[Expression]:
        """What a statement for `read` selects of a source with the columns of the log."""
        texts = (self.relation.plain_text(name, source).label(name) for name in _TEXTS)
        return [source.c.id, source.c.occurred_at, *texts]

    def read(
        self, statement: sa.Select[Any], values: dict[str, object] | None = None
    ) -> list[SeenEntry]:
        """The entries of a statement, in its order. Raises CancelledError."""
        self.cancellation.raise_if_cancelled()
        # A text of many entries (a name, an address) is kept once.
        texts: dict[str | None, str | None] = {}
        one = texts.setdefault
        return [
            _seen((row[0], row[1], *(one(text, text) for text in row[2:])))
            for row in self.connection.execute(statement, values)
        ]

    def stream(self, statement: sa.Select[Any]) -> Iterator[SeenEntry]:
        """The same, some at a time as they are wanted. Raises CancelledError."""
        self.cancellation.raise_if_cancelled()
        with self.connection.execute(
            statement, execution_options={"yield_per": STREAM_ROWS}
        ) as rows:
            for some in rows.partitions():
                self.cancellation.raise_if_cancelled()
                yield from map(_seen, some)

    def read_between(self, bounds: Bounds) -> list[SeenEntry]:
        """Every entry of a time in which there are hardly any."""
        start, end = bounds
        when = self.relation.occurred_at
        conditions = [when >= start] if start is not None else []
        if end is not None:
            conditions.append(when < end)
        return self.read(sa.select(*self.columns(self.relation.table)).where(*conditions))


def _seen(row: Sequence[Any]) -> SeenEntry:
    """A view may leave empty what the contract does not."""
    entry = SeenEntry._make(row)
    if None not in row[:_REQUIRED]:
        return entry
    return entry._replace(
        occurred_at=row[1] or Instant.EARLIEST,
        actor_type=entry.actor_type or "",
        actor_id=entry.actor_id or "",
        actor_name=entry.actor_name or "",
    )
