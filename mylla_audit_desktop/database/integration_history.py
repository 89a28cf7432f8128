"""What became of an integration after it broke, and to whom it belonged before."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.reader import read_entry_row
from mylla_audit_desktop.database.relation import EntryRelation
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.json_text import LONGEST
from mylla_audit_desktop.review.integration_disconnect import (
    ASSIGN,
    CONNECT,
    assigned_agents,
    first_reconnect,
    states_all_agents,
)

# Mostly the newest entry lists all agents; a history without lists is read in whole.
_FIRST_BATCH = 5
_MOST_TARGETS = 1000


class IntegrationHistory:
    """Reads entries about integrations inside of one transaction."""

    def __init__(self, connection: sa.Connection, relation: EntryRelation) -> None:
        self._connection = connection
        self.relation = relation

    def read_entries(self, *conditions: sa.ColumnElement[Any]) -> list[AuditEntry]:
        """Whole entries; of values too long to be read, only as much as shows that."""
        statement = sa.select(*self.relation.entry_columns(longest=LONGEST + 1))
        return self._entries(statement.where(*conditions))

    def read_reconnects(self, disconnects: Sequence[AuditEntry]) -> dict[int, AuditEntry]:
        """By the id of the disconnect, the entry that connected the same target again."""
        targets = sorted({one.target_id for one in disconnects if one.target_id is not None})
        connects: dict[str | None, list[AuditEntry]] = {}
        for place in range(0, len(targets), _MOST_TARGETS):
            found = self.read_entries(
                self.relation.text("action") == CONNECT,
                self.relation.text("target_id").in_(targets[place : place + _MOST_TARGETS]),
                self.relation.occurred_at >= min(one.occurred_at for one in disconnects),
            )
            for entry in found:
                connects.setdefault(entry.target_id, []).append(entry)
        again = {
            one.id: first_reconnect(one, connects.get(one.target_id, ())) for one in disconnects
        }
        return {key: entry for key, entry in again.items() if entry is not None}

    def read_agents(self, disconnect: AuditEntry) -> tuple[str, ...]:
        """The IDs of the agents that the integration was assigned to when it broke."""
        if disconnect.target_id is None:
            return assigned_agents(disconnect, ())
        relation = self.relation
        when, number = relation.occurred_at, relation.id
        statement = (
            sa.select(*relation.entry_columns(longest=LONGEST + 1))
            .where(
                relation.text("target_id") == disconnect.target_id,
                relation.text("action").in_((ASSIGN, CONNECT)),
                when <= disconnect.occurred_at,
                sa.or_(when < disconnect.occurred_at, number < disconnect.id),
            )
            .order_by(when.desc(), number.desc())
        )
        history = self._entries(statement.limit(_FIRST_BATCH))
        if len(history) == _FIRST_BATCH and not any(states_all_agents(one) for one in history):
            history = self._entries(statement)
        return assigned_agents(disconnect, history)

    def _entries(self, statement: sa.Select[Any]) -> list[AuditEntry]:
        return [read_entry_row(row) for row in self._connection.execute(statement)]
