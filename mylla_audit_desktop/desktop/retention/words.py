"""What the retention page says of the three values, of a run, and of what goes next."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mylla_audit_desktop.desktop.formats import format_count, format_day, format_stamp
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionRun,
    RetentionState,
    RunOutcome,
    format_days,
)

OUTCOMES = {
    RunOutcome.RUNNING: "under way",
    RunOutcome.DONE: "done",
    RunOutcome.CANCELLED: "cancelled",
    RunOutcome.FAILED: "failed",
    RunOutcome.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class ValueWords:
    """One of the three values. `agrees`: with the configured one; None if that is no question."""

    figure: str
    detail: str
    agrees: bool | None


def stamp(instant: Instant, zone: ZoneInfo) -> str:
    """`24 Nov 2026 03:00:05 +01:00`."""
    return "".join(format_stamp(instant, zone))


def configured_words(state: RetentionState, zone: ZoneInfo) -> ValueWords:
    """What is configured, since when and by whom."""
    setting = state.setting
    if setting.set_at is None:
        return ValueWords(format_days(setting.days), "The default: nobody has changed it.", None)
    who = setting.actor_name or setting.actor_id
    return ValueWords(
        format_days(setting.days), f"Set by {who}, {format_day(setting.set_at, zone)}", None
    )


def documented_words(state: RetentionState) -> ValueWords:
    """What the security document states."""
    setting = state.setting
    if setting.documented_days is None:
        return ValueWords("Not named", "No security document is named yet.", False)
    return ValueWords(
        format_days(setting.documented_days),
        setting.documented_in,
        setting.documented_days == setting.days,
    )


def enforced_words(state: RetentionState, zone: ZoneInfo) -> ValueWords:
    """What the job last enforced, when, and how many entries went."""
    run = state.enforced
    if run is None:
        return ValueWords("Never", "The daily job has not run yet.", False)
    return ValueWords(
        format_days(run.days),
        f"{stamp(run.started_at, zone)}\n{format_count(run.deleted)} went\n"
        f"Older than {stamp(run.cutoff, zone)}",
        run.days == state.setting.days,
    )


def due_words(count: int, overdue: int, cutoff: Instant, zone: ZoneInfo) -> str:
    """How many entries go, and which."""
    if count == 0:
        return "No entry"
    late = f", {overdue:,} of them overdue" if overdue else ""
    return f"{format_count(count)} older than {format_day(cutoff, zone)}{late}"


def agreement(state: RetentionState) -> str:
    """What is said where there is nothing to warn of."""
    run = state.enforced
    hours = 0 if run is None else (state.now.microseconds - run.started_at.microseconds)
    hours //= 3_600_000_000
    ago = (
        "less than an hour ago" if hours < 1 else f"{hours} {'hour' if hours == 1 else 'hours'} ago"
    )
    return f"Configured, documented and enforced agree. The daily job ran {ago}."


def run_cells(run: RetentionRun, zone: ZoneInfo) -> tuple[str, ...]:
    """A run as a line of the table."""
    source = "its environment" if run.source is DaysSource.ENVIRONMENT else "the setting"
    return (
        stamp(run.started_at, zone),
        f"{format_days(run.days)}, from {source}",
        stamp(run.cutoff, zone),
        f"{run.deleted:,}",
        OUTCOMES[run.outcome],
        run.login,
    )
