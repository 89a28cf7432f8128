"""What the reviewer may decide on a selection, and what allows or forbids a sign-off."""

from collections.abc import Iterable, Sequence

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.review.decision_form import Permission
from mylla_audit_desktop.desktop.review.words import STATUS_WORDS
from mylla_audit_desktop.log.access import Reviewer
from mylla_audit_desktop.log.entry import EntrySummary
from mylla_audit_desktop.review.decision import ReviewedFinding, Status
from mylla_audit_desktop.review.period import Review


def permit_decision(
    selected: Sequence[ReviewedFinding],
    reviewer: Reviewer | None,
    why_not: str,
    entries: Iterable[EntrySummary] = (),
) -> Permission:
    """What may be decided on these findings; `entries` are those known of them."""
    ids = tuple(one.finding.finding_id for one in selected)
    if not selected:
        return Permission((), "Select a finding.", "Select a finding.")
    refusal = why_not or _own(selected, reviewer, entries)
    if refusal:
        return Permission(ids, refusal, refusal)
    decided = [one for one in selected if one.status is not Status.OPEN]
    if not decided:
        return Permission(ids, "", "Not decided yet.")
    if len(decided) == len(selected):
        word = STATUS_WORDS[decided[0].status]
        said = f"Decided: {word}." if len(selected) == 1 else "All of them are decided."
        return Permission(ids, f"{said} Reopen to decide anew.", "")
    mixed = "Some of the selected findings are decided and some are open: select alike ones."
    return Permission(ids, mixed, mixed)


def _own(
    selected: Sequence[ReviewedFinding],
    reviewer: Reviewer | None,
    entries: Iterable[EntrySummary],
) -> str:
    if reviewer is None:
        return "Nobody is signed in who could decide."
    me = reviewer.actor_id
    for one in selected:
        for what, who in (("actor", one.finding.actor_id), ("target", one.finding.target_id)):
            if who == me:
                return f"You are the {what} of “{one.finding.title}”: ask another reviewer."
    if any(me in {entry.actor_id, entry.target_id} for entry in entries):
        return "You are actor or target of one of its entries: ask another reviewer."
    return ""


def refuse_sign_off(review: Review, reviewer: Reviewer | None, why_not: str) -> str:
    """Why the period cannot be signed off now; "" where it can."""
    if why_not or reviewer is None:
        return why_not or "Nobody is signed in who could sign off."
    left = len(review.open_findings)
    if left:
        return f"{format_count(left, 'finding is', 'findings are')} still open."
    signed = review.newest_sign_off
    if signed is None or review.since_sign_off or review.late_entries:
        return ""
    signers = {one.reviewer.actor_id for one in (signed, *review.countersignatures)}
    if reviewer.actor_id in signers:
        return "You signed it already; another reviewer can countersign."
    return ""


def explain_sign_off(review: Review) -> str:
    """What a signature would be now, in a few words."""
    signed = review.newest_sign_off
    if signed is None or review.since_sign_off or review.late_entries:
        return "Counts and hashes the period's entries, and signs"
    who = signed.reviewer.actor_name or signed.reviewer.actor_id
    return f"Countersigns the sign-off of {who}"
