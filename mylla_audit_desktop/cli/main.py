"""`mylla-audit`: the parser, and what every command has in common.

Exit codes: 0 done; 1 the answer is no; 2 the call is wrong; 3 the database cannot
be reached or refuses (and a bug of ours, which is said); 130 cancelled. Errors are
one line on standard error.
"""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import NoReturn

from mylla_audit_desktop import __version__
from mylla_audit_desktop.cli.arguments import Parser, add_database, add_filters
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import CancelledError, KnownError
from mylla_audit_desktop.log.visible import visible_text

Command = Callable[[argparse.Namespace, Cancellation], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    cancellation = Cancellation()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _cancelling(cancellation))
    is_debugging = "--debug" in (sys.argv if argv is None else argv)
    try:
        arguments = build_parser().parse_args(argv)
        run: Command = arguments.run
        return run(arguments, cancellation)
    except KnownError as error:
        _say(error.sentence)
        return error.exit_code
    except (CancelledError, KeyboardInterrupt):
        _say("Cancelled. Nothing was changed.")
        return 130
    except BrokenPipeError:
        # The reader of the pipe has seen enough; nothing more can be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the boundary: a bug is one line here too
        if is_debugging:
            traceback.print_exc()
        _say(
            f"Something unexpected happened ({type(error).__name__}). "
            "Run it again with --debug and report what it prints."
        )
        return 3


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = Parser(
        prog="mylla-audit", description="Review the audit log of a Mylla business.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"mylla-audit {__version__}")
    parser.add_argument("--debug", action="store_true", help="show where an unexpected error is")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_init, _add_demo, _add_import, _add_list, _add_export, _add_verify):
        command = add(commands)
        command.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    return parser


_EPILOG = (
    "Exit codes: 0 done, 1 the answer is no, 2 the call is wrong, "
    "3 the database cannot be reached or refuses, 130 cancelled."
)
_Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives it no other name


def _add_init(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("init", help="create or upgrade the audit log's schema")
    add_database(parser)
    parser.set_defaults(run=_lazily("setup", "run_init"))
    return parser


def _add_demo(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("demo", help="fill a new database with a believable log")
    add_database(parser)
    parser.add_argument("--entries", type=_count, default=50_000, metavar="N")
    parser.add_argument("--days", type=_count, default=400, metavar="D")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--until", metavar="ISO", help="the time of the last entry (default: now)")
    parser.set_defaults(run=_lazily("setup", "run_demo"))
    return parser


def _add_import(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("import", help="add entries from NDJSON or an exported CSV")
    parser.add_argument("file", metavar="FILE")
    add_database(parser)
    parser.set_defaults(run=_lazily("files", "run_import"))
    return parser


def _add_list(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("list", help="print entries")
    add_database(parser)
    add_filters(parser)
    parser.add_argument("--limit", type=_count_or_zero, default=100, metavar="N")
    parser.add_argument("--format", choices=("table", "ndjson", "csv"), default="table")
    parser.set_defaults(run=_lazily("listing", "run"))
    return parser


def _add_export(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("export", help="write a CSV and its manifest")
    add_database(parser)
    add_filters(parser)
    parser.add_argument("--output", required=True, metavar="FILE")
    parser.add_argument(
        "--for",
        dest="profile",
        choices=[profile.value for profile in Profile],
        default=Profile.SPREADSHEET.value,
        help="spreadsheet guards formulas, siem writes every value exactly",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    parser.set_defaults(run=_lazily("files", "run_export"))
    return parser


def _add_verify(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("verify", help="check a CSV against its manifest")
    parser.add_argument("file", metavar="FILE")
    parser.set_defaults(run=_lazily("files", "run_verify"))
    return parser


def _lazily(module: str, name: str) -> Command:
    """A command whose module is loaded when it runs: `--help` needs no SQL."""

    def run(arguments: argparse.Namespace, cancellation: Cancellation) -> int:
        from importlib import import_module

        command: Command = getattr(import_module(f"mylla_audit_desktop.cli.{module}"), name)
        return command(arguments, cancellation)

    return run


def _count(text: str) -> int:
    value = _count_or_zero(text)
    if value == 0:
        raise argparse.ArgumentTypeError("it must be at least 1")
    return value


def _count_or_zero(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 13):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _cancelling(cancellation: Cancellation) -> Callable[[int, FrameType | None], NoReturn]:
    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        cancellation.flag()
        raise KeyboardInterrupt

    return stop


def _say(sentence: str) -> None:
    print(f"mylla-audit: {visible_text(sentence)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
