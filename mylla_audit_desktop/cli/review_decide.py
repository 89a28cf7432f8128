"""`mylla-audit review decide`."""

from argparse import Namespace
from datetime import UTC, datetime

from mylla_audit_desktop.cli.arguments import read_period
from mylla_audit_desktop.cli.review_opening import opened_store, signature
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import DatabaseError, InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import Preset, resolve_period
from mylla_audit_desktop.review.decision import (
    NOTE_REQUIRED,
    NewDecision,
    Verdict,
    says_something,
)


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Add one decision to a finding."""
    from mylla_audit_desktop.database.review_search import find_finding

    verdict = Verdict(arguments.verdict)
    if verdict in NOTE_REQUIRED and not says_something(arguments.note):
        raise InputError(
            f"The verdict {verdict.value} needs a note.", "Give one with --note.", field="note"
        )
    now = datetime.now(UTC)
    choice, zone = read_period(arguments)
    has_period = choice.preset is Preset.CUSTOM
    period = resolve_period(choice, now, zone) if has_period else None
    with opened_store(arguments, cancellation) as (database, store):
        if store.why_not:
            raise DatabaseError(store.why_not)
        found = find_finding(
            database, store, arguments.finding, Instant.from_datetime(now), cancellation, period
        )
        [decision] = store.append_decisions(
            [
                NewDecision(
                    found.finding_id,
                    found.rule,
                    found.entry_ids,
                    verdict,
                    arguments.note,
                    found.policy.number,
                    len(found.decisions),
                )
            ],
            cancellation,
        )
        who = signature(store)
    print(f"{decision.finding_id}: {verdict.value}, decision {decision.number} by {who}")
    return 0
