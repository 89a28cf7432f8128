"""`mylla-audit init` and `demo`: a database to begin with."""

import sys
from argparse import Namespace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mylla_audit_desktop.cli.new_database import creating_database
from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import PeriodChoice, Preset, resolve_period
from mylla_audit_desktop.log.visible import visible_text

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def run_init(arguments: Namespace, cancellation: Cancellation) -> int:
    """Create or upgrade the schema."""
    from mylla_audit_desktop.database.setup import upgrade_schema

    cancellation.raise_if_cancelled()
    with creating_database(arguments) as database:
        notes = upgrade_schema(database)
        print(f"{visible_text(str(database.label))} is ready")
    for note in notes:
        print(f"mylla-audit: {visible_text(note)}", file=sys.stderr)
    return 0


def run_demo(arguments: Namespace, cancellation: Cancellation) -> int:
    """Fill a database with a believable log."""
    from mylla_audit_desktop.database.append import append_entries, read_is_empty
    from mylla_audit_desktop.database.first_policy import append_first_policy
    from mylla_audit_desktop.database.setup import upgrade_schema
    from mylla_audit_desktop.demo.policy import demo_policy
    from mylla_audit_desktop.demo.story import DemoPlan, tell_story
    from mylla_audit_desktop.review.policy_file import format_policy

    plan = DemoPlan(
        entries=arguments.entries,
        days=arguments.days,
        seed=arguments.seed,
        until=_until(arguments.until, arguments.days),
    )
    with creating_database(arguments) as database:
        upgrade_schema(database)
        if not read_is_empty(database):
            raise InputError(
                f"{database.label} already holds entries, and the demo would mix with them.",
                "Name a new database.",
            )
        with Progress("Writing the demo log") as progress:
            count = append_entries(database, tell_story(plan), cancellation, progress=progress)
        append_first_policy(database, format_policy(demo_policy()), "demo", cancellation)
        place = visible_text(str(database.label))
    print(f"{count:,} {'entry' if count == 1 else 'entries'} in {place}")
    return 0


def _until(text: str | None, days: int) -> Instant:
    """The end of the log, with room for so many days before it."""
    now = datetime.now(UTC)
    end: Instant | None = Instant.from_datetime(now)
    if text is not None:
        try:
            end = Instant.parse(text)
        except ValueError:
            end = _end_of_day(text, now)
    moment = None if end is None else end.to_datetime()
    if end is None or moment is None:
        raise InputError(f"--until {text!r} is no time that a log could end at.", "Name a day.")
    if (moment - _EARLIEST).days < days:
        raise InputError(
            f"--days {days:,} reaches too far back.", "The log cannot begin before 1970."
        )
    return end


def _end_of_day(text: str, now: datetime) -> Instant | None:
    try:
        # In UTC, because the same arguments mean the same log on every computer.
        after = resolve_period(PeriodChoice(Preset.CUSTOM, end=text), now, ZoneInfo("UTC")).end
    except InputError as error:
        raise InputError(f"--until{error.what.removeprefix('To')}", error.advice) from None
    return None if after is None else after.shifted(-1)
