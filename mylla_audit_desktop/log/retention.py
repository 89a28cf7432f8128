"""How long entries are kept: what is configured, documented and enforced, and whether it agrees.

A day of the period is 24 hours, whatever the clocks of a zone do. An entry goes once it is
*older* than the period: one that is exactly as old as the period stays.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.storable import is_storable

DEFAULT_DAYS = 1095
MOST_DAYS = 36_500
LONGEST_REFERENCE = 500
DAYS_VARIABLE = "AUDIT_LOG_RETENTION_DAYS"

_SECOND = 1_000_000
_HOUR = 3_600 * _SECOND
_DAY = 24 * _HOUR
# The job runs once a day; two hours more are left for a late start.
_LONGEST_PAUSE = 26 * _HOUR
# A warning is one sentence, however long the title of a document is.
_REFERENCE_SHOWN = 80
_DAYS = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


class RunOutcome(Enum):
    """How a run of the purge ended; values stand in the database.

    INTERRUPTED: it never said so itself; it was killed, or another run took over.
    """

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class DaysSource(Enum):
    """Where a run took its period from."""

    ENVIRONMENT = "environment"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class RetentionSetting:
    """One version of the configured period; `number` 0 is what holds before anybody set one.

    documented_days: what the document `documented_in` states; None while none is named.
    """

    number: int = 0
    days: int = DEFAULT_DAYS
    documented_days: int | None = None
    documented_in: str = ""
    set_at: Instant | None = None
    login: str = ""
    actor_id: str = ""
    actor_name: str = ""


@dataclass(frozen=True, slots=True)
class RetentionChange:
    """A new setting; `based_on` is the number of the one that was seen."""

    days: int
    documented_days: int
    documented_in: str
    based_on: int


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """One run of the purge. Entries before `cutoff` went; `months` whole months of them at once.

    deleted: entries that are gone for good, whatever the outcome says.
    """

    number: int
    started_at: Instant
    finished_at: Instant | None
    cutoff: Instant
    days: int
    source: DaysSource
    deleted: int
    months: int
    outcome: RunOutcome
    login: str


@dataclass(frozen=True, slots=True)
class RetentionPreview:
    """What a run of the purge would do now."""

    cutoff: Instant
    days: int
    source: DaysSource
    count: int
    months: int


@dataclass(frozen=True, slots=True)
class RetentionState:
    """All that is known about the retention of one log.

    now: by the clock of the database. enforced: the newest run that ended well; runs: the
    newest of any outcome, most recent first. `due_…`: entries that go by that time, those
    overdue included.
    """

    now: Instant
    setting: RetentionSetting
    enforced: RetentionRun | None
    runs: tuple[RetentionRun, ...]
    oldest: Instant | None
    due_now: int
    due_tomorrow: int
    due_in_30_days: int

    @property
    def latest(self) -> RetentionRun | None:
        """The newest run of any outcome."""
        return self.runs[0] if self.runs else None

    @property
    def forecast_days(self) -> int:
        """The period that `due_…` counts with."""
        return forecast_days(self.setting, self.enforced)

    def cutoff_in(self, days: int) -> Instant:
        """The cutoff of a run that many days from now."""
        return cutoff_at(self.now.shifted(days * _DAY), self.forecast_days)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What does not agree or did not happen, a sentence each, gravest first."""
        return tuple(_warnings(self))


def cutoff_at(now: Instant, days: int) -> Instant:
    """Entries before this instant are older than `days` days."""
    return now.shifted(-days * _DAY)


def forecast_days(setting: RetentionSetting, enforced: RetentionRun | None) -> int:
    """The period to expect of the next run: the shorter one where the job brings its own."""
    if enforced is None or enforced.source is DaysSource.SETTING:
        return setting.days
    return min(setting.days, enforced.days)


def parse_days(text: str, name: str) -> int:
    """Whole days from 1 to 36,500, in plain digits. Raises InputError naming `name`.

    Strict on purpose: what is misread here deletes entries for good.
    """
    if _DAYS.fullmatch(text) is None or int(text) > MOST_DAYS:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise InputError(
            f"{name} is {shown!r}, which is no number of days from 1 to {MOST_DAYS}.",
            f"Write plain digits, such as {DEFAULT_DAYS}.",
            field=name,
        )
    return int(text)


def parse_reference(text: str) -> str:
    """The name of a document on one line. Raises InputError."""
    words = " ".join(text.split())
    if not words or not is_storable(words):
        raise InputError(
            "The security document is not named.",
            "Give its title, version and section.",
            field="documented in",
        )
    if len(words) > LONGEST_REFERENCE:
        raise InputError(
            f"The name of the security document is longer than {LONGEST_REFERENCE} characters.",
            "Give its title, version and section only.",
            field="documented in",
        )
    return words


def format_days(days: int) -> str:
    """`1095 days`, `1 day`: written as a standard and AUDIT_LOG_RETENTION_DAYS write it."""
    return f"{days} day" if days == 1 else f"{days} days"


def _warnings(state: RetentionState) -> Iterator[str]:
    setting, enforced, latest = state.setting, state.enforced, state.latest
    configured = format_days(setting.days)
    if setting.documented_days is None:
        yield (
            f"No security document is named that states the {configured}. "
            "A Super Admin names it with the next change of the retention."
        )
    elif setting.documented_days != setting.days:
        yield (
            f"Configured are {configured}, but {_shortened(setting.documented_in)} states "
            f"{format_days(setting.documented_days)}. Change the one that is wrong."
        )
    if enforced is not None and enforced.days != setting.days:
        if enforced.source is DaysSource.ENVIRONMENT:
            yield (
                f"Configured are {configured}, but the daily job enforces "
                f"{format_days(enforced.days)}. Set {DAYS_VARIABLE} to {setting.days} where the "
                "job runs, or change the configured value."
            )
        else:
            yield (
                f"Last enforced were {format_days(enforced.days)}; "
                f"the next run takes the {configured} configured since."
            )
    if enforced is None:
        yield "The daily job has never run to its end, so that nothing is enforced yet."
    else:
        pause = state.now.microseconds - enforced.started_at.microseconds
        if pause > _LONGEST_PAUSE:
            yield (
                f"The daily job has not run to its end for {_format_pause(pause)}. "
                "Look at its timer and its log."
            )
        elif pause < -_HOUR:
            yield (
                f"The last run is {_format_pause(-pause)} in the future: "
                "the clock of the database was set back since."
            )
    is_newer = latest is not None and (enforced is None or latest.number > enforced.number)
    if latest is not None and is_newer and latest.outcome is not RunOutcome.RUNNING:
        yield (
            f"The newest run was {latest.outcome.value} after {latest.deleted:,} "
            f"{'entry' if latest.deleted == 1 else 'entries'}; the next one goes on from there."
            if latest.outcome is not RunOutcome.FAILED
            else "The newest run failed; its log says why, and the next one goes on from there."
        )


def _shortened(reference: str) -> str:
    return reference if len(reference) <= _REFERENCE_SHOWN else f"{reference[:_REFERENCE_SHOWN]}…"


def _format_pause(microseconds: int) -> str:
    hours = microseconds // _HOUR
    return f"{hours} hours" if hours < 48 else f"{hours // 24:,} days"
