"""The role in the values before or after a change, whatever somebody wrote there."""

import re
from dataclasses import dataclass

from mylla_audit_desktop.log.json_text import (
    JsonObject,
    JsonValue,
    Unreadable,
    parse_json,
    write_json,
)
from mylla_audit_desktop.review.words import cut

_FIELD = "role"
MEMBER, ADMIN, SUPER_ADMIN = 1, 2, 3
_RANKS = {"member": MEMBER, "admin": ADMIN, "superadmin": SUPER_ADMIN}
ROLE_TITLES = {MEMBER: "Member", ADMIN: "Admin", SUPER_ADMIN: "Super Admin"}
# Case, spaces, _ and - do not matter. Nothing else is forgiven: a look-alike letter makes
# another role.
_IGNORED = str.maketrans("", "", " _-")


# Nearly all values: a flat object without escapes, whose last member is the only role. Read
# so, they cost a hundredth of the exact reader.
_TEXT = r'[^"\\\x00-\x1f]*'
_SCALAR = rf'(?:"{_TEXT}"|0|[1-9][0-9]*|true|false|null)'
_PLAIN = re.compile(rf'\{{(?:"(?!{_FIELD}"){_TEXT}": ?{_SCALAR}, ?)*"{_FIELD}": ?"({_TEXT})"\}}')


@dataclass(frozen=True, slots=True)
class RoleValue:
    """ranks: every known rank that the values name. problem: why the role is not known, in
    words; "" where exactly one known role is named.
    """

    ranks: frozenset[int]
    problem: str = ""

    @property
    def is_known(self) -> bool:
        """Whether exactly one known role is named."""
        return not self.problem

    @property
    def words(self) -> str:
        """`Admin`, or why it is not known."""
        return self.problem or ROLE_TITLES[max(self.ranks)]


def rank_of(name: str) -> int | None:
    """The rank of a role name; None where the product has no such role."""
    return _RANKS.get(name.translate(_IGNORED).lower())


def read_role(values: str | None) -> RoleValue:
    """The role in `before` or `after`, JSON as text."""
    if values is None:
        return RoleValue(frozenset(), "no role")
    plain = _PLAIN.fullmatch(values)
    rank = rank_of(plain[1]) if plain else None
    if rank is not None:
        return RoleValue(frozenset((rank,)))
    value = parse_json(values)
    if isinstance(value, Unreadable):
        return RoleValue(frozenset(), f"values that cannot be read: {value.reason}")
    if not isinstance(value, JsonObject):
        return RoleValue(frozenset(), "no role")
    roles = list(dict.fromkeys(item for key, item in value.members if key == _FIELD))
    if not roles:
        return RoleValue(frozenset(), "no role")
    ranks = [rank_of(role) if isinstance(role, str) else None for role in roles]
    known = frozenset(rank for rank in ranks if rank is not None)
    if len(known) == 1 and None not in ranks:
        return RoleValue(known)
    if roles == [None]:
        return RoleValue(frozenset(), "no role")
    return RoleValue(known, " and ".join(_shown(role) for role in roles))


def _shown(role: JsonValue) -> str:
    return cut(write_json(role))
