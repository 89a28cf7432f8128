"""A finding: what a rule saw in the log, and why a person should look at it."""

import hashlib
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from mylla_audit_desktop.log.instant import Instant


class Rule(Enum):
    """The three things to watch for; values are the words of commands and files."""

    ROLE_PROMOTION = "role-promotion"
    INTEGRATION_DISCONNECT = "integration-disconnect"
    OFF_HOURS = "off-hours"


class Severity(Enum):
    """How grave a finding is, gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the gravest; for sorting."""
        return list(Severity).index(self)


def finding_id(rule: Rule, entry_ids: Sequence[int]) -> str:
    """The name of a finding: the same on every machine for the same rule and entries.

    It covers all entries of the finding, so that a decision never stands for entries
    that the reviewer did not see. The database computes it too, to check a decision.
    """
    text = f"{rule.value}:{','.join(map(str, entry_ids))}"
    return f"{rule.value}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def pack_ids(entry_ids: Iterable[int]) -> bytes:
    """The entries of a finding, in eight bytes each.

    The findings of a month may hold a hundred thousand, where the policy fits nobody.
    """
    return array("q", entry_ids).tobytes()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found. Every name and ID in it comes from the log and is hostile.

    title: one line for a list. reason: whole sentences with the figures.
    occurred_at: the time of the first entry. packed_ids: of `pack_ids`, in time order.
    Of a disconnect only: reconnected_at (None while disconnected), and agents, the IDs
    of the agents that the integration was assigned to.
    """

    finding_id: str
    rule: Rule
    severity: Severity
    title: str
    reason: str
    actor_id: str
    actor_name: str
    target_id: str | None
    target_name: str | None
    occurred_at: Instant
    packed_ids: bytes
    reconnected_at: Instant | None = None
    agents: tuple[str, ...] = ()

    @property
    def entry_ids(self) -> tuple[int, ...]:
        """Its entries, in time order."""
        return tuple(array("q", self.packed_ids))
