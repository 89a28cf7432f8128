"""Decisions and sign-offs: only ever added, never changed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from mylla_audit_desktop.log.access import Reviewer
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.finding import Finding, Rule


class Verdict(Enum):
    """What a reviewer decides; values are the words of commands and files."""

    EXPECTED = "expected"
    FOLLOW_UP = "follow_up"
    ESCALATED = "escalated"
    REOPENED = "reopened"


# With these a note says why, and what was done.
NOTE_REQUIRED = frozenset({Verdict.FOLLOW_UP, Verdict.ESCALATED})


# Printable by Unicode's word, and yet nothing is seen of them.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def says_something(note: str) -> bool:
    """Whether a note holds more than spaces and characters that nobody sees."""
    return any(one.isprintable() and not one.isspace() and one not in _FILLERS for one in note)


class Status(Enum):
    """Where a finding stands: open, or the verdict last given."""

    OPEN = "open"
    EXPECTED = "expected"
    FOLLOW_UP = "follow_up"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to be appended.

    seen: how many decisions on this finding the reviewer saw; another number in the
    store means that somebody else decided meanwhile.
    """

    finding_id: str
    rule: Rule
    entry_ids: tuple[int, ...]
    verdict: Verdict
    note: str
    policy_version: int
    seen: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as stored. number: 1 for the first on its finding.

    decided_at: by the clock of the store's server. login: "" on SQLite.
    """

    id: int
    finding_id: str
    rule: Rule
    entry_ids: tuple[int, ...]
    number: int
    verdict: Verdict
    note: str
    policy_version: int
    reviewer: Reviewer
    login: str
    decided_at: Instant


def status_of(decisions: Iterable[Decision]) -> Status:
    """Where a finding stands after its decisions, in order of their number."""
    last: Decision | None = None
    for decision in decisions:
        last = decision
    if last is None or last.verdict is Verdict.REOPENED:
        return Status.OPEN
    return Status(last.verdict.value)


@dataclass(frozen=True, slots=True)
class ReviewedFinding:
    """A finding with its decisions, in order of their number."""

    finding: Finding
    decisions: tuple[Decision, ...]

    @property
    def status(self) -> Status:
        """Open, or the verdict last given."""
        return status_of(self.decisions)


@dataclass(frozen=True, slots=True)
class SignedFinding:
    """What a sign-off binds of one finding: its name and the decision it rests on."""

    finding_id: str
    verdict: Verdict
    decision_id: int


@dataclass(frozen=True, slots=True)
class NewSignOff:
    """A sign-off to be appended.

    start, end: half-open `[start, end)` in UTC. zone: IANA, in which the period's days
    were meant. population_hash: SHA-256 of the CSV (profile siem, UTC, ascending) of all
    entries of the period. countersigns: the id of the sign-off that this one confirms.
    """

    start: Instant
    end: Instant
    zone: str
    policy_version: int
    population: int
    population_hash: str
    findings: tuple[SignedFinding, ...]
    countersigns: int | None = None

    @property
    def findings_text(self) -> str:
        """The findings as they are stored and hashed: JSON without spaces, in their order."""
        listed = [
            {
                "finding_id": one.finding_id,
                "verdict": one.verdict.value,
                "decision_id": one.decision_id,
            }
            for one in self.findings
        ]
        return json.dumps(listed, separators=(",", ":"))

    @property
    def findings_hash(self) -> str:
        """SHA-256 of `findings_text`, hexadecimal."""
        return hashlib.sha256(self.findings_text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SignOff:
    """A sign-off as stored."""

    id: int
    content: NewSignOff
    reviewer: Reviewer
    login: str
    signed_at: Instant
