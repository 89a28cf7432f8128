"""`mylla-audit retention show`, `set` and `enforce`."""

import json
import os
from argparse import Namespace
from contextlib import closing
from zoneinfo import ZoneInfo

from mylla_audit_desktop.cli.arguments import open_asked, read_zone
from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.purge import preview_purge, purge
from mylla_audit_desktop.database.retention import read_due_count, read_retention
from mylla_audit_desktop.database.retention_change import set_retention
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DAYS_VARIABLE,
    DaysSource,
    RetentionChange,
    RetentionRun,
    RetentionState,
    format_days,
    parse_days,
    parse_reference,
)
from mylla_audit_desktop.log.visible import visible_text


def run_show(arguments: Namespace, cancellation: Cancellation) -> int:
    """Print how things stand, and a warning for each thing that does not agree."""
    zone = read_zone(arguments)
    with closing(open_asked(arguments)) as database:
        state = read_retention(database, cancellation)
    if arguments.format == "ndjson":
        print(json.dumps(_as_json(state, zone)))
        return 0
    for name, value in _lines(state, zone):
        print(f"{name:<22}{visible_text(value)}")
    for warning in state.warnings:
        print(f"Warning: {visible_text(warning)}")
    return 0


def run_set(arguments: Namespace, cancellation: Cancellation) -> int:
    """Change the period, and say how many entries that deletes."""
    reference = parse_reference(arguments.documented_in)
    days: int = arguments.days
    documented: int = arguments.documented_days or days
    with closing(open_asked(arguments)) as database:
        access = read_access(database, cancellation)
        before = read_retention(database, cancellation)
        change = RetentionChange(days, documented, reference, before.setting.number)
        setting = set_retention(database, access, change, cancellation)
        count = read_due_count(database, days, cancellation)
    is_new = setting.number != before.setting.number
    print(f"Entries are kept {format_days(days)}{'' if is_new else ', as before'}.")
    print(f"The next run that enforces this deletes {_count(count)}.")
    enforced = before.enforced
    if enforced is not None and enforced.source is DaysSource.ENVIRONMENT and enforced.days != days:
        print(f"Set {DAYS_VARIABLE} to {days} where the daily job runs; it enforces its own value.")
    if documented != days:
        print(
            f"Warning: {visible_text(reference)} states {format_days(documented)}. "
            "Change the one that is wrong."
        )
    return 0


def run_enforce(arguments: Namespace, cancellation: Cancellation) -> int:
    """Delete what is older than the period, or say what would be."""
    text = os.environ.get(DAYS_VARIABLE)
    # Before anything is opened: a value that cannot be read deletes nothing.
    days = None if text is None else parse_days(text, DAYS_VARIABLE)
    with closing(open_asked(arguments, reads_entries=False)) as database:
        if arguments.dry_run:
            preview = preview_purge(database, days, cancellation)
            print(
                f"Would delete {_count(preview.count)} older than "
                f"{_terms(preview.cutoff, preview.days, preview.source)}"
                f"{_months(preview.months)}. Nothing was deleted."
            )
            return 0
        with Progress("Deleting") as progress:
            run = purge(database, days, cancellation, progress=progress)
    print(
        f"Deleted {_count(run.deleted)} older than "
        f"{_terms(run.cutoff, run.days, run.source)}{_months(run.months)}."
    )
    return 0


def _lines(state: RetentionState, zone: ZoneInfo) -> list[tuple[str, str]]:
    setting, enforced = state.setting, state.enforced
    documented = (
        "none named"
        if setting.documented_days is None
        else f"{format_days(setting.documented_days)}, {setting.documented_in}"
    )
    return [
        ("Retention days", format_days(setting.days)),
        ("Documented standard", documented),
        ("Last enforced", "never" if enforced is None else _enforced(enforced, zone)),
        ("Oldest entry", "none" if state.oldest is None else state.oldest.isoformat(zone)),
        ("Overdue now", _count(state.due_now)),
        ("Go until tomorrow", _count(state.due_tomorrow)),
        ("Go within 30 days", _count(state.due_in_30_days)),
    ]


def _enforced(run: RetentionRun, zone: ZoneInfo) -> str:
    return (
        f"{format_days(run.days)} on {run.started_at.isoformat(zone)}: "
        f"{_count(run.deleted)} older than {run.cutoff.isoformat(zone)} deleted"
    )


def _as_json(state: RetentionState, zone: ZoneInfo) -> dict[str, object]:
    setting, run = state.setting, state.enforced
    return {
        "retention_days": setting.days,
        "documented_days": setting.documented_days,
        "documented_in": setting.documented_in or None,
        "last_enforced_days": None if run is None else run.days,
        "last_enforced_at": None if run is None else run.started_at.isoformat(zone),
        "last_cutoff": None if run is None else run.cutoff.isoformat(zone),
        "last_deleted": None if run is None else run.deleted,
        "oldest_entry": None if state.oldest is None else state.oldest.isoformat(zone),
        "overdue": state.due_now,
        "due_tomorrow": state.due_tomorrow,
        "due_in_30_days": state.due_in_30_days,
        "warnings": list(state.warnings),
    }


def _terms(cutoff: Instant, days: int, source: DaysSource) -> str:
    whence = DAYS_VARIABLE if source is DaysSource.ENVIRONMENT else "the configured period"
    return f"{cutoff} ({format_days(days)}, from {whence})"


def _months(months: int) -> str:
    return "" if months == 0 else f", {months} whole {'month' if months == 1 else 'months'} at once"


def _count(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"
