"""The parsers of `mylla-audit review`."""

import argparse
from collections.abc import Callable
from typing import Any

from mylla_audit_desktop.cli.arguments import add_database, add_period
from mylla_audit_desktop.review.decision import Verdict
from mylla_audit_desktop.review.finding import Rule

Lazily = Callable[[str, str], Any]


def add_review(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    """`review` and the commands below it. lazily: a command by its module and name."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "review", help="findings, decisions, sign-off, report, policy"
    )
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_list, _add_decide, _add_sign_off, _add_report, _add_policy):
        command = add(below, lazily)
        command.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return parser


def _add_list(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser("list", help="print findings")
    add_store(parser)
    group = parser.add_argument_group("period (the last 30 days where no date is given)")
    add_period(group)
    group.add_argument(
        "--time-zone", metavar="IANA", help="for dates and times shown (default: the system's)"
    )
    parser.add_argument(
        "--rule",
        action="append",
        choices=[rule.value for rule in Rule],
        help="only findings of this rule; repeatable",
    )
    parser.add_argument(
        "--locations",
        metavar="FILE",
        help="an .mmdb file with the countries of addresses, for a hint with new networks",
    )
    parser.add_argument("--format", choices=("table", "ndjson"), default="table")
    parser.set_defaults(run=lazily("review_list", "run"), writes=False)
    return parser


def add_store(parser: argparse.ArgumentParser) -> None:
    """`--database`, and where decisions go that the database has no place for."""
    add_database(parser)
    parser.add_argument(
        "--decisions",
        metavar="FILE",
        help="where decisions go if the log's database has no place for them "
        "(default: a file in your data folder, named after the log)",
    )


def add_reviewer(parser: argparse.ArgumentParser) -> None:
    """`--reviewer`."""
    parser.add_argument(
        "--reviewer",
        metavar="ACTOR_ID",
        help="who decides, where no login of the database says so; "
        "recorded as not verified (default: your login on this computer)",
    )


def _add_decide(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser("decide", help="decide on one finding")
    parser.add_argument("finding", metavar="FINDING", help="its ID, from `review list`")
    parser.add_argument("--verdict", required=True, choices=[verdict.value for verdict in Verdict])
    parser.add_argument(
        "--note", default="", metavar="TEXT", help="required with follow_up and escalated"
    )
    add_store(parser)
    add_reviewer(parser)
    group = parser.add_argument_group(
        "period to look for it (all time where no date is given; a large log takes a while)"
    )
    add_period(group)
    group.add_argument("--time-zone", metavar="IANA", help="of the dates (default: the system's)")
    parser.set_defaults(run=lazily("review_decide", "run"), writes=True)
    return parser


def _add_sign_off(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "sign-off",
        help="sign a period in which nothing is open; countersign what another has signed",
    )
    for option, name, words in (
        ("--from", "start", "a date (a whole day of the zone) or an ISO time with offset"),
        ("--to", "end", "a date (included) or an ISO time with offset (excluded)"),
    ):
        parser.add_argument(option, dest=name, required=True, metavar="WHEN", help=words)
    parser.add_argument("--time-zone", metavar="IANA", help="of the dates (default: the system's)")
    add_store(parser)
    add_reviewer(parser)
    parser.set_defaults(run=lazily("review_sign_off", "run"), writes=True, all_time=False)
    return parser


def _add_report(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "report", help="write the report of a period as PDF or HTML"
    )
    add_store(parser)
    group = parser.add_argument_group("period (the last 30 days where no date is given)")
    add_period(group)
    group.add_argument(
        "--time-zone", metavar="IANA", help="of dates and times (default: the system's)"
    )
    parser.add_argument(
        "--output", required=True, metavar="FILE", help="a name that ends in .pdf or .html"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    add_reviewer(parser)
    parser.set_defaults(run=lazily("review_report", "run"), writes=True)
    return parser


def _add_policy(commands: Any, lazily: Lazily) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "policy", help="show the policy, or save a new version of it"
    )
    below = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    show = below.add_parser("show", help="print the newest policy as TOML")
    add_store(show)
    show.set_defaults(run=lazily("review_policy", "run_show"), writes=False)
    change = below.add_parser("set", help="save the policy of a TOML file as a new version")
    change.add_argument("file", metavar="FILE")
    add_store(change)
    add_reviewer(change)
    change.set_defaults(run=lazily("review_policy", "run_set"), writes=True)
    for command in (show, change):
        command.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return parser
