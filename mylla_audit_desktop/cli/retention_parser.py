"""The arguments of `mylla-audit retention`."""

import argparse
from collections.abc import Callable
from typing import Any

from mylla_audit_desktop.cli.arguments import add_database
from mylla_audit_desktop.log.retention import DAYS_VARIABLE, parse_days


def add_retention(commands: Any, lazily: Callable[[str, str], Any]) -> argparse.ArgumentParser:
    """`retention show | set | enforce`. lazily: a command by its module and name."""
    group: argparse.ArgumentParser = commands.add_parser(
        "retention", help="how long entries are kept, and the daily purge"
    )
    parts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    show = parts.add_parser(
        "show", help="what is configured, documented and enforced, and whether it agrees"
    )
    show.add_argument("--format", choices=("table", "ndjson"), default="table")
    show.add_argument(
        "--time-zone", metavar="IANA", help="for the times shown (default: the system's)"
    )
    show.set_defaults(run=lazily("retention", "run_show"), writes=False)
    change = parts.add_parser("set", help="change the period (PostgreSQL: a Super Admin only)")
    change.add_argument(
        "days", metavar="DAYS", type=lambda text: parse_days(text, "DAYS"), help="days to keep"
    )
    change.add_argument(
        "--documented-in",
        metavar="REF",
        required=True,
        help="the security document that states the same days: title, version, section",
    )
    change.add_argument(
        "--documented-days",
        metavar="N",
        type=lambda text: parse_days(text, "--documented-days"),
        help="what that document states while it still differs (default: DAYS)",
    )
    change.set_defaults(run=lazily("retention", "run_set"), writes=True)
    enforce = parts.add_parser(
        "enforce",
        help=f"delete what is older than the days of {DAYS_VARIABLE}, "
        "or than the configured days where it is not set",
    )
    enforce.add_argument(
        "--dry-run", action="store_true", help="say what would be deleted, and delete nothing"
    )
    enforce.set_defaults(run=lazily("retention", "run_enforce"), writes=True)
    for part in (show, change, enforce):
        add_database(part)
        part.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return group
