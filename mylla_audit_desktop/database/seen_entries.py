"""Entries as the rules see them, read inside of one transaction."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.database.window import Bounds
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.off_hours import SeenEntry

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
            # A view may leave empty what the contract does not.
            SeenEntry(
                entry_id,
                when or Instant.EARLIEST,
                one(kind, kind) or "",
                one(actor, actor) or "",
                one(name, name) or "",
                one(target, target),
                one(target_name, target_name),
                one(address, address),
            )
            for entry_id, when, kind, actor, name, target, target_name, address in (
                self.connection.execute(statement, values)
            )
        ]

    def read_between(self, bounds: Bounds) -> list[SeenEntry]:
        """Every entry of a time in which there are hardly any."""
        start, end = bounds
        when = self.relation.occurred_at
        conditions = [when >= start] if start is not None else []
        if end is not None:
            conditions.append(when < end)
        return self.read(sa.select(*self.columns(self.relation.table)).where(*conditions))
