"""What the page reads: on pool threads, all of it frozen."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.finding_context import read_context
from mylla_audit_desktop.database.review_period import read_review
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.desktop.formats import format_count, format_short_stamp
from mylla_audit_desktop.desktop.review.words import VERDICT_WORDS, name_of
from mylla_audit_desktop.evidence.location_file import LocationFile
from mylla_audit_desktop.log.access import Access
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.context import FindingContext
from mylla_audit_desktop.review.decision import Decision, ReviewedFinding
from mylla_audit_desktop.review.period import Review, found_since, newest_sign_off
from mylla_audit_desktop.review.policy import Policy

_DAY = 86_400_000_000
_LEAST_LOOK_BACK, _MOST_LOOK_BACK = 30 * _DAY, 92 * _DAY


@dataclass(frozen=True, slots=True)
class Reading:
    """A review as read, and the store's change mark just before.

    locations: the country data that it was read with, None without.
    """

    store: ReviewStore
    review: Review
    mark: int
    locations: Path | None = None


def country_data(file: Path | None) -> AbstractContextManager[LocationFile | None]:
    """The countries of a file, while inside. Raises InputError where it is none."""
    return nullcontext() if file is None else LocationFile(file)


def read_all(
    database: Database,
    access: Access,
    reviewer: str | None,
    local_file: Path | None,
    bounds: tuple[Instant, Instant],
    zone: ZoneInfo,
    locations: Path | None,
    cancellation: Cancellation,
) -> Reading:
    """The whole review of a period. Raises KnownError, CancelledError."""
    store = open_review_store(
        database, access, cancellation, reviewer=reviewer, local_file=local_file
    )
    # Before the rest: what is added meanwhile is then seen as newer, never missed.
    mark = store.read_change_mark(cancellation)
    with country_data(locations) as countries:
        review = read_review(database, store, *bounds, zone, cancellation, locations=countries)
    return Reading(store, review, mark, locations)


def read_earlier(
    database: Database, reading: Reading, cancellation: Cancellation
) -> tuple[ReviewedFinding, ...]:
    """The findings of the time just before the period, as long as it, within limits."""
    review = reading.review
    if review.start is None or review.end is None:
        return ()
    length = review.end.microseconds - review.start.microseconds
    length = min(max(length, _LEAST_LOOK_BACK), _MOST_LOOK_BACK)
    start = review.start.shifted(-length)
    before = read_review(database, reading.store, start, review.start, review.zone, cancellation)
    return before.findings


def read_around(
    database: Database, policy: Policy, one: ReviewedFinding, cancellation: Cancellation
) -> FindingContext:
    """What stands around a finding in the log."""
    return read_context(database, policy, one.finding, cancellation)


def read_newer(reading: Reading, cancellation: Cancellation) -> Reading | None:
    """The same findings with what was added since; None where nothing was."""
    store, review = reading.store, reading.review
    mark = store.read_change_mark(cancellation)
    if mark == reading.mark:
        return None
    names = [one.finding.finding_id for one in review.findings]
    decisions = store.read_decisions(names, cancellation)
    findings = tuple(
        replace(one, decisions=decisions.get(one.finding.finding_id, ())) for one in review.findings
    )
    sign_offs = tuple(
        one
        for one in store.read_sign_offs(cancellation)
        if (one.content.start, one.content.end) == (review.start, review.end)
    )
    newest = newest_sign_off(sign_offs)
    newer = replace(
        review,
        policy=store.read_policy(cancellation),
        findings=findings,
        sign_offs=sign_offs,
        since_sign_off=found_since(findings, newest) if newest is not None else (),
    )
    return replace(reading, review=newer, mark=mark)


def describe_news(before: Reading, after: Reading) -> str:
    """What other reviewers added, in a sentence; "" where it was all this reviewer's own."""
    me = after.store.reviewer
    known = {one.id for finding in before.review.findings for one in finding.decisions}
    added = [
        (finding, one)
        for finding in after.review.findings
        for one in finding.decisions
        if one.id not in known and (me is None or one.reviewer.actor_id != me.actor_id)
    ]
    signed = [
        one
        for one in after.review.sign_offs
        if one not in before.review.sign_offs
        and (me is None or one.reviewer.actor_id != me.actor_id)
    ]
    if signed:
        verb = "countersigned" if signed[-1].content.countersigns is not None else "signed off"
        return f"{name_of(signed[-1].reviewer)} {verb} the period."
    if not added:
        return ""
    finding, last = added[-1]
    who = name_of(last.reviewer)
    if len({one.finding.finding_id for one, _decision in added}) > 1:
        return f"{who} decided: {format_count(len(added), 'decision', 'decisions')} came in."
    return f"{who} decided “{finding.finding.title}”: {VERDICT_WORDS[last.verdict]}."


def describe_loss(decision: Decision, findings: Sequence[ReviewedFinding], zone: ZoneInfo) -> str:
    """Who was first, and what that means for this reviewer."""
    titles = {one.finding.finding_id: one.finding.title for one in findings}
    title = titles.get(decision.finding_id, decision.finding_id)
    stamp = format_short_stamp(decision.decided_at, zone)
    return (
        f"{name_of(decision.reviewer)} decided “{title}” before you, at {stamp}: "
        f"{VERDICT_WORDS[decision.verdict]}. Nothing of yours was added; your note is kept."
    )


def with_decisions(review: Review, decisions: Sequence[Decision]) -> tuple[ReviewedFinding, ...]:
    """The review's findings with decisions that were just added to them."""
    added: dict[str, tuple[Decision, ...]] = {}
    for decision in decisions:
        added[decision.finding_id] = (*added.get(decision.finding_id, ()), decision)
    return tuple(
        replace(one, decisions=(*one.decisions, *added[one.finding.finding_id]))
        if one.finding.finding_id in added
        else one
        for one in review.findings
    )
