"""`mylla-audit review list`: findings as a table or JSON lines."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mylla_audit_desktop.cli.arguments import read_period
from mylla_audit_desktop.cli.review_opening import opened_store
from mylla_audit_desktop.cli.table import stamp, table_lines
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.evidence.location_file import LocationFile
from mylla_audit_desktop.log.period import resolve_period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import Status, status_of
from mylla_audit_desktop.review.finding import Finding, Rule

_HEADINGS = ("Timestamp", "Severity", "Rule", "Finding", "Status", "ID")
_WIDEST = 60


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Print the findings of the period, oldest first."""
    choice, zone = read_period(arguments)
    period = resolve_period(choice, datetime.now(UTC), zone)
    rules = [Rule(word) for word in arguments.rule or ()] or list(Rule)
    with ExitStack() as stack:
        locations = None
        if arguments.locations is not None:
            locations = stack.enter_context(LocationFile(Path(arguments.locations)))
        database, store = stack.enter_context(opened_store(arguments, cancellation))
        policy = store.read_policy(cancellation).policy
        findings = read_findings(
            database,
            policy,
            period.start,
            period.end,
            cancellation,
            rules=rules,
            locations=locations,
        )
        decisions = store.read_decisions([one.finding_id for one in findings], cancellation)
    statuses = [status_of(decisions.get(one.finding_id, ())) for one in findings]
    pairs = list(zip(findings, statuses, strict=True))
    lines: Iterator[str]
    if arguments.format == "ndjson":
        lines = (f"{finding_to_json(one, status, zone)}\n" for one, status in pairs)
    else:
        rows = (_cells(one, status, zone) for one, status in pairs)
        lines = table_lines(_HEADINGS, rows, widest=_WIDEST)
    for line in lines:
        sys.stdout.write(line)
    return 0


def finding_to_json(finding: Finding, status: Status, zone: ZoneInfo) -> str:
    """One finding as one line; escaped to ASCII, so that a terminal changes nothing of it."""
    data: dict[str, object] = {
        "finding_id": finding.finding_id,
        "rule": finding.rule.value,
        "severity": finding.severity.value,
        "reason": finding.reason,
        "actor_id": finding.actor_id,
        "target_id": finding.target_id,
        "occurred_at": finding.occurred_at.isoformat(zone),
        "entry_ids": list(finding.entry_ids),
        "status": status.value,
    }
    if finding.rule is Rule.INTEGRATION_DISCONNECT:
        again = finding.reconnected_at
        data["reconnected_at"] = None if again is None else again.isoformat(zone)
        data["agents"] = list(finding.agents)
    return json.dumps(data)


def _cells(finding: Finding, status: Status, zone: ZoneInfo) -> tuple[str, ...]:
    cells = (
        stamp(finding.occurred_at, zone),
        finding.severity.value,
        finding.rule.value,
        finding.title,
        status.value,
        finding.finding_id,
    )
    return tuple(visible_text(cell) for cell in cells)
