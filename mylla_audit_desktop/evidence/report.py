"""The report of a review: what was found, who decided what, and how to check it.

`read_report` collects, `render_report` words: one HTML file without a single reference to
anything outside of it. Every text from the log is hostile: it goes through `visible_text`,
and the template escapes whatever it is given.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from mylla_audit_desktop import __version__
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, DatabaseLabel
from mylla_audit_desktop.database.entries_by_id import read_entries
from mylla_audit_desktop.database.review_period import read_population, read_review
from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.evidence.report_words import (
    VERDICT_NAMES,
    Change,
    changes_of,
    lines_of,
    period_words,
    reviewer_words,
    short_text,
    target_words,
    utc_words,
)
from mylla_audit_desktop.log.access import Reviewer
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.resources import resource_path
from mylla_audit_desktop.review.decision import ReviewedFinding, Status
from mylla_audit_desktop.review.finding import Rule, Severity
from mylla_audit_desktop.review.locations import Locations
from mylla_audit_desktop.review.period import Population, Review
from mylla_audit_desktop.review.policy import PolicyVersion
from mylla_audit_desktop.review.policy_words import explain_policy
from mylla_audit_desktop.review.words import RULE_NAMES, SEVERITY_NAMES, date_and_clock, person

# Entries of a finding that are quoted; the IDs of the others are listed.
MOST_ENTRIES = 12
# Characters of before and after that are read for that.
LONGEST_JSON = 4_000


@dataclass(frozen=True, slots=True)
class ReviewReport:
    """What a report says.

    policies: all versions, oldest first. entries: the quoted ones that the log still holds,
    by ID. made_by: None where nobody is known. kept_in: where the decisions are.
    """

    review: Review
    population: Population
    policies: tuple[PolicyVersion, ...]
    entries: Mapping[int, AuditEntry]
    log: DatabaseLabel
    kept_in: str
    made_by: Reviewer | None
    made_at: Instant


def read_report(
    database: Database,
    store: ReviewStore,
    start: Instant | None,
    end: Instant | None,
    zone: ZoneInfo,
    now: datetime,
    cancellation: Cancellation,
    *,
    progress: Callable[[int], None] | None = None,
    locations: Locations | None = None,
) -> ReviewReport:
    """The review of `[start, end)`, as it stands at `now` (aware).

    progress: gets the number of entries read so far. Raises DatabaseError, CancelledError.
    """
    review = read_review(database, store, start, end, zone, cancellation, locations=locations)
    population = read_population(database, start, end, cancellation, progress)
    quoted = [
        entry_id for one in review.findings for entry_id in one.finding.entry_ids[:MOST_ENTRIES]
    ]
    return ReviewReport(
        review,
        population,
        store.read_policies(cancellation),
        read_entries(database, dict.fromkeys(quoted), cancellation, longest=LONGEST_JSON),
        database.label,
        store.where,
        store.reviewer,
        Instant.from_datetime(now),
    )


def render_report(report: ReviewReport) -> str:
    """The report as HTML. Comments `<!--part-->` stand where a page may begin."""
    # Loaded when needed: it takes a tenth of a second.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(resource_path("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": visible_text,
        "lines": lines_of,
        "local": partial(date_and_clock, zone=report.review.zone),
        "utc": utc_words,
        "short": short_text,
    }
    return environment.get_template("review.html").render(_facts(report))


def _facts(report: ReviewReport) -> dict[str, object]:
    review = report.review
    late = set(map(_name, review.since_sign_off))
    still_open = review.open_findings
    decided = [one for one in review.findings if one.status is not Status.OPEN]
    words = period_words(review.start, review.end, review.zone)
    return {
        "report": report,
        "review": review,
        "title": f"Review {words}",
        "period": words,
        "version": __version__,
        "rules": RULE_NAMES,
        "marks": SEVERITY_NAMES,
        "verdicts": VERDICT_NAMES,
        "numbers": _numbers(review),
        "severities": _severities(review),
        "sentences": explain_policy(review.policy.policy),
        "other_policies": _other_policies(report),
        "reviewers": _reviewers(review),
        "reviewer": reviewer_words,
        "person": person,
        "target": target_words,
        "sections": [
            ("Open findings", [_of_finding(report, one, late) for one in still_open]),
            (
                "Found or decided since the sign-off",
                [_of_finding(report, one, late) for one in decided if _name(one) in late],
            ),
            (
                "Decided findings",
                [_of_finding(report, one, late) for one in decided if _name(one) not in late],
            ),
        ],
        "from_option": "" if review.start is None else review.start.isoformat(UTC),
        "to_option": "" if review.end is None else review.end.isoformat(UTC),
    }


@dataclass(frozen=True, slots=True)
class _Quoted:
    """An entry as a finding quotes it; None where the log does not hold it any more."""

    entry_id: int
    entry: AuditEntry | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """A finding with what is told of it."""

    reviewed: ReviewedFinding
    is_late: bool
    entries: tuple[_Quoted, ...]
    others: tuple[int, ...]


def _of_finding(report: ReviewReport, one: ReviewedFinding, late: set[str]) -> _Told:
    ids = one.finding.entry_ids
    quote = partial(_quote, report.entries)
    return _Told(one, _name(one) in late, tuple(map(quote, ids[:MOST_ENTRIES])), ids[MOST_ENTRIES:])


def _quote(entries: Mapping[int, AuditEntry], entry_id: int) -> _Quoted:
    entry = entries.get(entry_id)
    changes = () if entry is None else changes_of(entry.before, entry.after, LONGEST_JSON)
    return _Quoted(entry_id, entry, changes)


def _name(one: ReviewedFinding) -> str:
    return one.finding.finding_id


def _numbers(review: Review) -> list[tuple[str, list[int]]]:
    """By rule, and of all: findings, open ones, and those of each verdict."""
    counted = Counter((one.finding.rule, one.status) for one in review.findings)
    rows = []
    for rule in Rule:
        by_status = [counted[rule, status] for status in Status]
        rows.append((RULE_NAMES[rule], [sum(by_status), *by_status]))
    columns = zip(*(counts for _name, counts in rows), strict=True)
    rows.append(("All rules", [sum(column) for column in columns]))
    return rows


def _severities(review: Review) -> list[tuple[Severity, int]]:
    counted = Counter(one.finding.severity for one in review.findings)
    return [(severity, counted[severity]) for severity in Severity]


def _other_policies(report: ReviewReport) -> list[tuple[PolicyVersion, tuple[str, ...]]]:
    """Versions other than the newest under which decisions or sign-offs were made."""
    review = report.review
    used = {one.policy_version for found in review.findings for one in found.decisions}
    used |= {one.content.policy_version for one in review.sign_offs}
    used.discard(review.policy.number)
    return [
        (version, explain_policy(version.policy))
        for version in report.policies
        if version.number in used
    ]


def _reviewers(review: Review) -> list[tuple[str, int, int]]:
    """Who decided how often and signed how often, in the order of the first time."""
    decisions = [one for found in review.findings for one in found.decisions]
    decided = Counter(reviewer_words(one.reviewer, one.login) for one in decisions)
    signed = Counter(reviewer_words(one.reviewer, one.login) for one in review.sign_offs)
    acts = [(one.decided_at, reviewer_words(one.reviewer, one.login)) for one in decisions]
    acts += [(one.signed_at, reviewer_words(one.reviewer, one.login)) for one in review.sign_offs]
    return [
        (who, decided[who], signed[who]) for who in dict.fromkeys(who for _, who in sorted(acts))
    ]
