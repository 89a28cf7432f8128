"""Role promotions: did anyone get Admin or Super Admin who should not have?"""

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.review.finding import Finding, Rule, Severity, finding_id, pack_ids
from mylla_audit_desktop.review.off_hours import USUAL_ORIGIN, Origin, origin_words
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.policy_words import describe_hours
from mylla_audit_desktop.review.role_value import (
    ADMIN,
    ROLE_TITLES,
    SUPER_ADMIN,
    RoleValue,
    read_role,
)
from mylla_audit_desktop.review.words import cut, date_and_clock, named, person
from mylla_audit_desktop.review.working_time import Leisure, off_time, zone_of

CHANGE_ROLE = "team.change_role"
INVITE = "team.invite"


def is_promotion(action: str, before: str | None, after: str | None) -> bool:
    """Whether the values of a change of role or an invitation make it a finding.

    For a first look at many: `find_role_promotion` needs the whole entry.
    """
    new = read_role(after)
    old = read_role(before) if action == CHANGE_ROLE else None
    is_known = new.is_known and (old is None or old.is_known)
    return not is_known or _risen_to(old, new) is not None


def find_role_promotion(
    entry: AuditEntry, policy: Policy, origin: Origin = USUAL_ORIGIN
) -> Finding | None:
    """The finding of a change of role or an invitation; None where nobody rose.

    Critical where the actor promoted themselves, high to Super Admin, otherwise medium. A
    role that is not known counts as what it may be: a finding always, and critical where
    the actor gave it to themselves.
    """
    after = read_role(entry.after)
    before = read_role(entry.before) if entry.action == CHANGE_ROLE else None
    is_known = after.is_known and (before is None or before.is_known)
    rank = _risen_to(before, after)
    if is_known and rank is None:
        return None
    is_self = entry.target_id is not None and entry.target_id == entry.actor_id
    if is_self and (rank is not None or not after.is_known):
        severity = Severity.CRITICAL
    else:
        severity = Severity.HIGH if rank == SUPER_ADMIN else Severity.MEDIUM
    return Finding(
        finding_id=finding_id(Rule.ROLE_PROMOTION, (entry.id,)),
        rule=Rule.ROLE_PROMOTION,
        severity=severity,
        title=_title(entry, before, after, is_self=is_self, is_known=is_known),
        reason=_reason(entry, before, after, is_self=is_self, policy=policy, origin=origin),
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        target_id=entry.target_id,
        target_name=entry.target_name,
        occurred_at=entry.occurred_at,
        packed_ids=pack_ids((entry.id,)),
    )


def _risen_to(before: RoleValue | None, after: RoleValue) -> int | None:
    """The rank that the role rose to, Admin or Super Admin; None where it did not rise.

    Where several are named or the one before is not known, the gravest that is possible.
    """
    if not after.ranks:
        return None
    rank = max(after.ranks)
    lowest = 0
    if before is not None and before.is_known:
        lowest = min(before.ranks)
    return rank if rank >= ADMIN and rank > lowest else None


def _title(
    entry: AuditEntry,
    before: RoleValue | None,
    after: RoleValue,
    *,
    is_self: bool,
    is_known: bool,
) -> str:
    actor = named(entry.actor_name, entry.actor_id, "Nobody named")
    target = named(entry.target_name, entry.target_id, "Nobody named")
    if not is_known:
        problem = before if before is not None and after.is_known else after
        words = f"role not known ({problem.words})"
        return f"{actor} changed their own role: {words}" if is_self else f"{target}: {words}"
    if before is None:
        return f"{target} invited as {after.words}"
    if is_self:
        return f"{actor} promoted themselves to {after.words}"
    return f"{target}: {before.words} → {after.words}"


def _reason(
    entry: AuditEntry,
    before: RoleValue | None,
    after: RoleValue,
    *,
    is_self: bool,
    policy: Policy,
    origin: Origin,
) -> str:
    actor = person(entry.actor_name, entry.actor_id)
    target = person(entry.target_name or "", entry.target_id or "")
    circumstances = _circumstances(entry, policy, origin)
    if before is None:
        who = f"{actor} invited {target}"
        if after.is_known:
            return f"{who} straight to {after.words}{circumstances}."
        return f"{who}{circumstances}. Role not known: the invitation names {after.words}."
    if is_self:
        who = f"The actor and the promoted member are the same person ({cut(entry.actor_id)})."
    else:
        who = f"{actor} changed the role of {target}."
    if before.is_known and after.is_known:
        return f"{who} Role rose from {before.words} to {after.words}{circumstances}."
    known = ", ".join(ROLE_TITLES.values())
    return (
        f"{who} Role changed{circumstances}. Role not known: before {before.words}, "
        f"after {after.words}; known are {known}."
    )


def _circumstances(entry: AuditEntry, policy: Policy, origin: Origin) -> str:
    """When and from where: ` on Mon 14 Sep 2026, 23:41:07 +02:00, outside working hours …`."""
    schedule = policy.schedule(entry.actor_id)
    words = f" on {date_and_clock(entry.occurred_at, zone_of(schedule))}"
    if entry.actor_type == "system":
        return words
    leisure = off_time(schedule, entry.occurred_at)
    if leisure is not None:
        hours = describe_hours(schedule.shifts)
        is_holiday = leisure.kind is Leisure.HOLIDAY
        kind = f"public holiday, {leisure.holiday}" if is_holiday else "outside working hours"
        words += f", {kind} ({hours})"
    if entry.ip_address and origin.is_new_network:
        words += (
            f", from {origin_words(entry.ip_address)}, "
            "a network not used by this actor in the 90 days before"
        )
        if origin.country is not None:
            words += f", {origin.country}"
    elif entry.ip_address:
        words += f", from {entry.ip_address}"
    return words
