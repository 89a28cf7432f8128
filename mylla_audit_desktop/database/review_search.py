"""One finding by its ID alone."""

import re
from dataclasses import dataclass
from datetime import timedelta

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import Period
from mylla_audit_desktop.review.decision import Decision
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.policy import PolicyVersion

_ID = re.compile(rf"({'|'.join(rule.value for rule in Rule)})-[0-9a-f]{{16}}")
# How far back each step of the search begins, in days; the last has no bound.
_STEPS = (31, 186, 1096)


@dataclass(frozen=True, slots=True)
class FoundFinding:
    """What a decision needs. decisions: in order of their number, maybe none."""

    finding_id: str
    rule: Rule
    entry_ids: tuple[int, ...]
    policy: PolicyVersion
    decisions: tuple[Decision, ...]


def find_finding(
    database: Database,
    store: ReviewStore,
    finding_id: str,
    now: Instant,
    cancellation: Cancellation,
    period: Period | None = None,
) -> FoundFinding:
    """The finding of an ID, by the newest policy. Raises InputError where there is none.

    A finding that was decided on before is known by that at once. Any other is looked for
    by computing IDs: of the entries of certain actions over all time, which an index serves;
    of off-hours sessions from the newest backwards, so that one of these weeks costs what a
    review of these weeks costs, and an ID that does not exist a pass over the whole log.
    period: where to look instead.
    """
    finding_id = finding_id.strip()
    match = _ID.fullmatch(finding_id)
    if match is None:
        raise _unknown(finding_id)
    rule = Rule(match[1])
    policy = store.read_policy(cancellation)
    decisions = store.read_decisions([finding_id], cancellation).get(finding_id, ())
    if decisions:
        return FoundFinding(finding_id, rule, decisions[-1].entry_ids, policy, decisions)
    spans = _spans(rule, now) if period is None else [(period.start, period.end)]
    for start, end in spans:
        found = read_findings(
            database, policy.policy, start, end, cancellation, rules=(rule,), only=finding_id
        )
        if found:
            return FoundFinding(finding_id, rule, found[0].entry_ids, policy, ())
    raise _unknown(finding_id, "" if period is None else " in this period")


def _spans(rule: Rule, now: Instant) -> list[tuple[Instant | None, Instant | None]]:
    if rule is not Rule.OFF_HOURS:
        return [(None, None)]
    spans: list[tuple[Instant | None, Instant | None]] = []
    end: Instant | None = None
    for days in _STEPS:
        start = Instant(now.microseconds - timedelta(days=days) // timedelta(microseconds=1))
        spans.append((start, end))
        end = start
    return [*spans, (None, end)]


def _unknown(finding_id: str, where: str = "") -> InputError:
    return InputError(
        f"There is no finding {finding_id!r}{where}.",
        "See the findings with: mylla-audit review list --database URL",
        field="finding",
    )
