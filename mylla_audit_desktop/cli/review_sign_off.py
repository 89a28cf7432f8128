"""`mylla-audit review sign-off`."""

from argparse import Namespace
from datetime import UTC, datetime

from mylla_audit_desktop.cli.arguments import read_period
from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.cli.review_opening import opened_store, signature
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.period import resolve_period


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Sign a period, or countersign it."""
    from mylla_audit_desktop.database.review_period import sign_off

    choice, zone = read_period(arguments)
    period = resolve_period(choice, datetime.now(UTC), zone)
    if period.start is None or period.end is None:
        raise InputError("A period that is signed has two ends.", "Give --from and --to.")
    with opened_store(arguments, cancellation) as (database, store):
        with Progress("Reading the entries") as progress:
            signed = sign_off(
                database,
                store,
                period.start,
                period.end,
                zone,
                cancellation,
                progress=progress,
            )
        policies = {one.number: one.policy for one in store.read_policies(cancellation)}
        who = signature(store)
    content = signed.content
    what = "Signed" if content.countersigns is None else f"Countersigned {content.countersigns}"
    findings = "1 finding" if len(content.findings) == 1 else f"{len(content.findings):,} findings"
    entries = "1 entry" if content.population == 1 else f"{content.population:,} entries"
    print(f"{what} by {who} as sign-off {signed.id}: {findings}, {entries}")
    print(f"Period {content.start} to {content.end}, policy version {content.policy_version}")
    print(f"SHA-256 of the entries {content.population_hash}")
    print(f"SHA-256 of the findings {content.findings_hash}")
    is_second_needed = policies[content.policy_version].countersignature_required
    if is_second_needed and content.countersigns is None:
        print("A second reviewer must countersign before the period counts as signed")
    return 0
