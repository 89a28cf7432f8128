"""A small log, the team that reviews it, and their stores."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.log.access import Access, Reviewer, Role
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import NewDecision, Verdict
from mylla_audit_desktop.review.finding import Rule, finding_id

QUIET = Cancellation()

# Team member by the short name that is also their login: ID, name, role.
TEAM = {
    "ana": ("usr_ana", "Ana Weber", Role.ADMIN),
    "ben": ("usr_ben", "Ben Okafor", Role.SUPER_ADMIN),
    "mia": ("usr_mia", "Mia Member", Role.MEMBER),
}


def entry(entry_id: int, when: str, **values: Any) -> NewEntry:
    """An entry; what is not given does not matter to the test."""
    fields: dict[str, Any] = {
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Olga",
        "action": "integration.disconnect",
        "target_type": "integration",
        "target_id": "int_1",
        "target_name": "Calendar",
    }
    return NewEntry(id=entry_id, occurred_at=Instant.parse(when), **(fields | values))


ENTRIES = [
    entry(1, "2026-03-02T10:00:00Z"),
    entry(2, "2026-03-03T10:00:00Z", target_id="int_2"),
    entry(3, "2026-03-04T10:00:00Z", actor_id="usr_ana", actor_name="Ana Weber"),
    entry(4, "2026-03-05T10:00:00Z", action="team.change_role", target_id="usr_ben"),
    entry(5, "2026-04-05T10:00:00Z"),
]


def decision(*entry_ids: int, **values: Any) -> NewDecision:
    """A decision on the entries; what is not given does not matter to the test."""
    rule = values.pop("rule", Rule.INTEGRATION_DISCONNECT)
    assert isinstance(rule, Rule)
    fields: dict[str, Any] = {
        "finding_id": finding_id(rule, entry_ids),
        "rule": rule,
        "entry_ids": entry_ids,
        "verdict": Verdict.EXPECTED,
        "note": "",
        "policy_version": 0,
        "seen": 0,
    }
    return NewDecision(**(fields | values))


@dataclass
class Office:
    """A log and the stores of its reviewers, each with a connection of their own."""

    database: Database
    open_as: Callable[[str], ReviewStore]
    stores: dict[str, ReviewStore] = field(default_factory=dict)

    def store(self, name: str) -> ReviewStore:
        """The store as that person has it open."""
        if name not in self.stores:
            self.stores[name] = self.open_as(name)
        return self.stores[name]

    @property
    def ana(self) -> ReviewStore:
        return self.store("ana")

    @property
    def ben(self) -> ReviewStore:
        return self.store("ben")


def sqlite_store(database: Database, name: str, local_file: Path | None = None) -> ReviewStore:
    """As somebody who names themselves."""
    access = Access("os-login", Reviewer("os-login", "", None, is_verified=False))
    return open_review_store(database, access, reviewer=TEAM[name][0], local_file=local_file)


def fill(database: Database) -> None:
    """The entries of the small log."""
    append_entries(database, ENTRIES, QUIET)


def with_login(url: str, login: str) -> str:
    """The same database, signed in as somebody else."""
    return url.replace("postgres@", f"{login}@", 1)


def open_as_login(url: str, login: str) -> Database:
    return open_database(with_login(url, login))
