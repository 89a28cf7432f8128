"""A period's review put together, and signed."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.review_entries import read_count
from mylla_audit_desktop.database.review_faults import other_entries, own_sign_off
from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery, Sort
from mylla_audit_desktop.review.decision import NewSignOff, ReviewedFinding, SignOff
from mylla_audit_desktop.review.locations import Locations
from mylla_audit_desktop.review.period import Population, Review, found_since, newest_sign_off

Progress = Callable[[int], None]


def read_review(
    database: Database,
    store: ReviewStore,
    start: Instant | None,
    end: Instant | None,
    zone: ZoneInfo,
    cancellation: Cancellation,
    *,
    locations: Locations | None = None,
) -> Review:
    """The findings of `[start, end)` by the newest policy, with their decisions and sign-offs."""
    policies = store.read_policies(cancellation)
    policy = policies[-1]
    # Before the findings: what is decided meanwhile shows with the next look at the store.
    signed = tuple(
        one
        for one in store.read_sign_offs(cancellation)
        if (one.content.start, one.content.end) == (start, end)
    )
    found = read_findings(database, policy.policy, start, end, cancellation, locations=locations)
    decisions = store.read_decisions([one.finding_id for one in found], cancellation)
    findings = tuple(ReviewedFinding(one, decisions.get(one.finding_id, ())) for one in found)
    review = Review(start, end, zone, policy, findings, signed)
    newest = newest_sign_off(signed)
    if newest is None:
        return review
    bound = next((one for one in policies if one.number == newest.content.policy_version), policy)
    count = _read_count(database, newest.content.start, newest.content.end, cancellation)
    return replace(
        review,
        since_sign_off=found_since(findings, newest),
        late_entries=max(0, count - newest.content.population),
        needs_countersignature=bound.policy.countersignature_required,
    )


def read_population(
    database: Database,
    start: Instant | None,
    end: Instant | None,
    cancellation: Cancellation,
    progress: Progress | None = None,
) -> Population:
    """Count and SHA-256 of the period's entries, as anybody can compute them from an export.

    progress: gets the number of entries so far.
    """
    digest = hashlib.sha256()
    count = 0

    def report(rows: int) -> None:
        nonlocal count
        count = rows
        if progress is not None:
            progress(rows)

    chunks = stream_csv(
        database,
        LogQuery(start=start, end=end, sort=Sort(ascending=True)),
        profile=Profile.SIEM,
        zone=ZoneInfo("UTC"),
        cancellation=cancellation,
        progress=report,
    )
    with closing(chunks):
        for chunk in chunks:
            cancellation.raise_if_cancelled()
            digest.update(chunk)
    return Population(count, digest.hexdigest())


def sign_off(
    database: Database,
    store: ReviewStore,
    start: Instant,
    end: Instant,
    zone: ZoneInfo,
    cancellation: Cancellation,
    *,
    progress: Progress | None = None,
    locations: Locations | None = None,
) -> SignOff:
    """Sign `[start, end)` as it stands; countersign where another signed just that.

    Everything is read anew. Raises AnswerIsNoError naming what is open, where this reviewer
    signed the same already, or where something changed meanwhile.
    """
    if store.why_not or store.reviewer is None:
        raise DatabaseError(store.why_not or "Nobody is signed in who could sign.")
    count = _read_count(database, start, end, cancellation)
    review = read_review(database, store, start, end, zone, cancellation, locations=locations)
    findings = review.signed_findings()
    population = read_population(database, start, end, cancellation, progress)
    if population.count != count:
        # An entry that came after the findings were read might be one more.
        raise other_entries()
    content = NewSignOff(
        start,
        end,
        zone.key,
        review.policy.number,
        population.count,
        population.sha256,
        findings,
    )
    newest = review.newest_sign_off
    if newest is not None and replace(newest.content, zone=zone.key) == content:
        signers = {one.reviewer.actor_id for one in (newest, *review.countersignatures)}
        if store.reviewer.actor_id in signers:
            raise own_sign_off()
        content = replace(newest.content, countersigns=newest.id)
    return store.append_sign_off(content, cancellation)


def _read_count(
    database: Database, start: Instant, end: Instant, cancellation: Cancellation
) -> int:
    with database.reading(cancellation) as connection:
        return read_count(connection, database, start, end)
