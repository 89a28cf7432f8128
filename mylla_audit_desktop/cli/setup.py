"""`mylla-audit init` and `demo`: a database to begin with."""

from argparse import Namespace
from datetime import UTC, datetime

from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant


def run_init(arguments: Namespace, cancellation: Cancellation) -> int:
    """Create or upgrade the schema."""
    from mylla_audit_desktop.database.connection import open_database
    from mylla_audit_desktop.database.setup import upgrade_schema

    cancellation.raise_if_cancelled()
    database = open_database(arguments.database, create=True)
    upgrade_schema(database)
    print(f"{database.label} is ready")
    return 0


def run_demo(arguments: Namespace, cancellation: Cancellation) -> int:
    """Fill a database with a believable log."""
    from mylla_audit_desktop.database.append import append_entries, read_is_empty
    from mylla_audit_desktop.database.connection import open_database
    from mylla_audit_desktop.database.setup import upgrade_schema
    from mylla_audit_desktop.demo.story import DemoPlan, tell_story

    until = Instant.from_datetime(datetime.now(UTC))
    if arguments.until is not None:
        try:
            until = Instant.parse(arguments.until)
        except ValueError:
            raise InputError(
                f"--until {arguments.until!r} is no time.",
                "Write an ISO time with offset such as 2026-11-23T00:00:00+00:00.",
            ) from None
    plan = DemoPlan(
        entries=arguments.entries, days=arguments.days, seed=arguments.seed, until=until
    )
    database = open_database(arguments.database, create=True)
    upgrade_schema(database)
    if not read_is_empty(database):
        raise InputError(
            f"{database.label} already holds entries, and the demo would mix with them.",
            "Name a new database.",
        )
    with Progress("Writing the demo log") as progress:
        count = append_entries(database, tell_story(plan), cancellation, progress=progress)
    print(f"{count:,} {'entry' if count == 1 else 'entries'} in {database.label}")
    return 0
