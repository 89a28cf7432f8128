"""Who uses the log, and what the database lets them do."""

from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """The roles of the product; values are the words of `grant`."""

    SUPER_ADMIN = "super-admin"
    ADMIN = "admin"
    MEMBER = "member"


ROLE_NAMES = {Role.SUPER_ADMIN: "Super Admin", Role.ADMIN: "Admin", Role.MEMBER: "Member"}


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The team member at work.

    role: None where the database knows no roles (SQLite). is_verified: a login of the
    database vouches for it.
    """

    actor_id: str
    actor_name: str
    role: Role | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Access:
    """What the one who is signed in may do; the database enforces it, this only tells.

    reviewer: None where the login is mapped to no team member.
    Each of the `no_…` says in a sentence why not, and whom to ask; "" where it is allowed.
    """

    login: str
    reviewer: Reviewer | None
    no_export: str = ""
    no_decision: str = ""
    no_retention_change: str = ""

    @property
    def takes_reviewer(self) -> bool:
        """Whether who reviews may be named: no login of the database says it."""
        is_verified = self.reviewer is not None and self.reviewer.is_verified
        return not is_verified and not self.no_decision

    @property
    def title(self) -> str:
        """For the status bar: "Ana Weber · Admin"."""
        if self.reviewer is None:
            return self.login
        name = self.reviewer.actor_name or self.reviewer.actor_id
        if self.reviewer.role is None:
            return name
        return f"{name} · {ROLE_NAMES[self.reviewer.role]}"
