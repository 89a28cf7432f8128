"""The demo database: made on first use, never opened half made."""

from collections.abc import Callable
from pathlib import Path

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.first_policy import append_first_policy
from mylla_audit_desktop.database.setup import has_newest_schema, upgrade_schema
from mylla_audit_desktop.database.sqlite import remove_sqlite
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.policy_file import format_policy

_NAME = "demo.sqlite"
DEMO_ENTRIES = 50_000


def open_demo(
    folder: Path, cancellation: Cancellation, progress: Callable[[int], None]
) -> Database:
    """Open the demo in a folder, making it first where it is not there."""
    path = folder / _NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{_NAME}.part"
        draft.unlink(missing_ok=True)
        try:
            _make(draft, cancellation, progress)
            draft.replace(path)
        finally:
            remove_sqlite(draft)
    database = open_database(f"sqlite:///{path}")
    if not has_newest_schema(database):
        # Made by an older version of this program.
        upgrade_schema(database)
    return database


def _make(path: Path, cancellation: Cancellation, progress: Callable[[int], None]) -> None:
    # Once in the life of a demo: no other start waits for its author to be loaded.
    from mylla_audit_desktop.demo.policy import demo_policy
    from mylla_audit_desktop.demo.story import DemoPlan, tell_story

    plan = DemoPlan(entries=DEMO_ENTRIES, until=Instant.now())
    database = open_database(f"sqlite:///{path}", create=True)
    try:
        upgrade_schema(database)
        append_entries(database, tell_story(plan), cancellation, progress=progress)
        append_first_policy(database, format_policy(demo_policy()), "demo", cancellation)
    finally:
        database.close()
