"""What the review calls its rules, statuses and verdicts; with a shape for the eye."""

from collections.abc import Sequence

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.log.access import Reviewer
from mylla_audit_desktop.review.decision import ReviewedFinding, Status, Verdict
from mylla_audit_desktop.review.finding import Rule

RULE_TITLES = {
    Rule.ROLE_PROMOTION: "Role promotions",
    Rule.INTEGRATION_DISCONNECT: "Integration disconnects",
    Rule.OFF_HOURS: "Off-hours activity",
}
RULE_QUESTIONS = {
    Rule.ROLE_PROMOTION: "Did anyone get Admin or Super Admin who shouldn't have?",
    Rule.INTEGRATION_DISCONNECT: "Did a connection break that someone must repair?",
    Rule.OFF_HOURS: "Logins and changes at unusual times or from unusual places?",
}
STATUS_WORDS = {
    Status.OPEN: "open",
    Status.EXPECTED: "expected",
    Status.FOLLOW_UP: "follow-up",
    Status.ESCALATED: "escalated",
}
STATUS_MARKS = {
    Status.OPEN: "○",
    Status.EXPECTED: "✓",
    Status.FOLLOW_UP: "↪",
    Status.ESCALATED: "▲",
}
VERDICT_WORDS = {
    Verdict.EXPECTED: "expected",
    Verdict.FOLLOW_UP: "follow-up",
    Verdict.ESCALATED: "escalated",
    Verdict.REOPENED: "reopened",
}


def status_text(status: Status) -> str:
    """`✓ expected`; an open one has no mark."""
    word = STATUS_WORDS[status]
    return word if status is Status.OPEN else f"{STATUS_MARKS[status]} {word}"


def name_of(reviewer: Reviewer) -> str:
    """Who it is, and whether a login vouches for it."""
    name = reviewer.actor_name or reviewer.actor_id
    return name if reviewer.is_verified else f"{name} (not verified)"


def count_open(findings: Sequence[ReviewedFinding]) -> int:
    """How many of them are still to be decided."""
    return sum(one.status is Status.OPEN for one in findings)


def describe_progress(findings: Sequence[ReviewedFinding]) -> str:
    """`6 findings · 2 decided · 4 open`."""
    total, left = len(findings), count_open(findings)
    counted = format_count(total, "finding", "findings")
    return f"{counted} · {total - left:,} decided · {left:,} open"
