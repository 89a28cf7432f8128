"""The arguments of `mylla-audit grant`."""

import argparse
from typing import Any

from mylla_audit_desktop.cli.arguments import add_database
from mylla_audit_desktop.log.access import Role


def add_grant(commands: Any, run: Any) -> argparse.ArgumentParser:
    """`grant LOGIN`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "grant", help="give a login its role and say which team member it is (PostgreSQL)"
    )
    parser.add_argument("login", metavar="LOGIN", help="an existing login of the server")
    parser.add_argument(
        "--role",
        required=True,
        choices=[role.value for role in (Role.ADMIN, Role.SUPER_ADMIN, Role.MEMBER)],
        help="member takes the other two away",
    )
    parser.add_argument("--actor-id", required=True, metavar="ID", help="as the log names them")
    parser.add_argument("--actor-name", required=True, metavar="NAME")
    add_database(parser)
    parser.set_defaults(run=run, writes=True)
    return parser
