"""The audit entry: who did what to which object, when, from where."""

from dataclasses import dataclass
from typing import Literal

from mylla_audit_desktop.log.instant import Instant

ActorType = Literal["member", "system"]

# The columns of `audit.entries` that the reader relies on, in the order of the contract.
COLUMNS = (
    "id",
    "occurred_at",
    "actor_type",
    "actor_id",
    "actor_name",
    "action",
    "target_type",
    "target_id",
    "target_name",
    "before",
    "after",
    "ip_address",
)
# Those that hold texts of any kind: all but id, time and type of actor.
TEXT_COLUMNS = COLUMNS[3:]

# Those that no entry is without, unless a view leaves them out.
REQUIRED_COLUMNS = COLUMNS[:6]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to be added. `before` and `after` are JSON as text, kept as written.

    `id` is None where the database is to give one. NULL is None, an empty text is "".
    """

    occurred_at: Instant
    actor_type: str
    actor_id: str
    actor_name: str
    action: str
    target_type: str | None = None
    target_id: str | None = None
    target_name: str | None = None
    before: str | None = None
    after: str | None = None
    ip_address: str | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry, whole, as the database holds it.

    Every text is hostile: show it only through `visible.visible_text`.

    `missing` are the columns that are NULL although the contract wants a value, as a view
    may have them: the texts among them read as empty, the time as `-infinity`.
    """

    id: int
    occurred_at: Instant
    actor_type: str
    actor_id: str
    actor_name: str
    action: str
    target_type: str | None
    target_id: str | None
    target_name: str | None
    before: str | None
    after: str | None
    ip_address: str | None
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EntrySummary:
    """One entry as the table shows it: the values of before and after stay behind.

    `changes` are the names of the changed fields; `has_more_changes` says that
    before or after was too long to read for the table, so that names may be missing.
    """

    id: int
    occurred_at: Instant
    actor_type: str
    actor_id: str
    actor_name: str
    action: str
    target_type: str | None
    target_id: str | None
    target_name: str | None
    ip_address: str | None
    changes: tuple[str, ...]
    has_more_changes: bool = False
