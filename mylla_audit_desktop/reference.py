"""The command reference of the guide, made from the parsers by `make docs`."""

import argparse
import os
import sys

from mylla_audit_desktop.__main__ import build_parser as build_window_parser
from mylla_audit_desktop.cli.main import build_parser

_HEAD = """# Command reference

<!-- Made by `make docs` from the programs' own help. -->

Exit codes: 0 done; 1 the answer is no; 2 the call is wrong; 3 the database cannot
be reached or refuses; 130 cancelled. Errors are one line on standard error.
"""


def reference() -> str:
    """The reference as Markdown, the same on every terminal."""
    os.environ["COLUMNS"] = "88"
    window, commands = build_window_parser(), build_parser()
    return "\n".join([_HEAD, _section(window), *_sections(commands)])


def _sections(parser: argparse.ArgumentParser) -> list[str]:
    """A parser, and below it the commands it has."""
    parts = [_section(parser)]
    for action in parser._actions:  # noqa: SLF001 - argparse tells its commands nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for command in action.choices.values():
                parts += _sections(command)
    return parts


def _section(parser: argparse.ArgumentParser) -> str:
    return f"## {parser.prog}\n\n```text\n{parser.format_help().strip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(reference())
