"""`mylla-audit`: the parser, and what every command has in common.

Exit codes: 0 done; 1 the answer is no; 2 the call is wrong; 3 the database cannot
be reached or refuses (and a bug of ours, which is said); 130 cancelled. Errors are
one line on standard error.
"""

import argparse
import io
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from mylla_audit_desktop import __version__
from mylla_audit_desktop.cli.arguments import Parser, add_database, add_filters
from mylla_audit_desktop.cli.grant_parser import add_grant
from mylla_audit_desktop.cli.interruption import CANCELLED, Interruption
from mylla_audit_desktop.cli.redaction import Redactor
from mylla_audit_desktop.cli.retention_parser import add_retention
from mylla_audit_desktop.cli.review_parser import add_review
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import CancelledError, KnownError
from mylla_audit_desktop.log.visible import visible_text

# What a library tells of beside an error, in many lines, the command's own sentence says;
# without any handler Python would print it.
_UNSAID = logging.NullHandler()

Command = Callable[[argparse.Namespace, Cancellation], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    redactor = Redactor(words)
    interruption = Interruption(is_alone=argv is None)
    _prepare_streams()
    if "--debug" not in words:
        logging.getLogger().addHandler(_UNSAID)
    try:
        with interruption.listening():
            code = _run(words, interruption)
            # Now, while a full disk or a closed pipe can still be told.
            sys.stdout.flush()
            return code
    except BrokenPipeError:
        # The reader of the pipe has seen enough.
        _discard_output()
        return 0
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the boundary: one line
        code, sentence = _outcome(error, is_cancelled=interruption.cancellation.is_cancelled)
        if "--debug" in words:
            _say_traceback(redactor)
        _say(redactor.redact(sentence))
        with suppress(OSError):
            sys.stdout.flush()
            return code
        _discard_output()
        return code


def _run(words: list[str], interruption: Interruption) -> int:
    arguments = build_parser().parse_args(words)
    interruption.is_gentle = arguments.writes
    run: Command = arguments.run
    return run(arguments, interruption.cancellation)


def _outcome(error: BaseException, *, is_cancelled: bool) -> tuple[int, str]:
    """Exit code and sentence of what ended a command; what is not foreseen is a bug."""
    if is_cancelled or isinstance(error, CancelledError | KeyboardInterrupt):
        said = str(error) if isinstance(error, CancelledError) else ""
        return 130, said or CANCELLED
    if isinstance(error, KnownError):
        return error.exit_code, error.sentence
    if isinstance(error, OSError):
        place = error.filename or "The output cannot be written"
        return 2, f"{place}: {error.strerror or type(error).__name__}."
    return 3, (
        f"Something unexpected happened ({type(error).__name__}). "
        "Run it again with --debug and report what it prints."
    )


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = Parser(
        prog="mylla-audit", description="Review the audit log of a Mylla business.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"mylla-audit {__version__}")
    parser.add_argument("--debug", action="store_true", help="show where an unexpected error is")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (
        _add_init,
        _add_demo,
        _add_import,
        _add_list,
        _add_export,
        _add_verify,
        _add_grant,
        _add_review,
        _add_retention,
    ):
        command = add(commands)
        command.add_argument("--debug", action="store_true", help=argparse.SUPPRESS)
    _describe_commands(parser)
    return parser


def _describe_commands(parser: argparse.ArgumentParser) -> None:
    """Have each command say in its own help what the list of the commands says of it."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells its commands nowhere else
        if isinstance(action, _Commands):
            for listed in action._choices_actions:  # noqa: SLF001 - likewise
                does = listed.help or ""
                command = action.choices[listed.dest]
                command.description = f"{does[:1].upper()}{does[1:]}."
                _describe_commands(command)


_EPILOG = (
    "Exit codes: 0 done, 1 the answer is no, 2 the call is wrong, "
    "3 the database cannot be reached or refuses, 130 cancelled."
)
_Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives it no other name


def _add_init(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("init", help="create or upgrade the audit log's schema")
    add_database(parser)
    parser.set_defaults(run=_lazily("setup", "run_init"), writes=True)
    return parser


def _add_demo(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("demo", help="fill a new database with a believable log")
    add_database(parser)
    parser.add_argument("--entries", type=_count, default=50_000, metavar="N")
    parser.add_argument("--days", type=_count, default=400, metavar="D")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument(
        "--until", metavar="ISO", help="the end: a day in UTC, or a time with offset (default: now)"
    )
    parser.set_defaults(run=_lazily("setup", "run_demo"), writes=True)
    return parser


def _add_import(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("import", help="add entries from NDJSON or an exported CSV")
    parser.add_argument("file", metavar="FILE")
    add_database(parser)
    parser.set_defaults(run=_lazily("files", "run_import"), writes=True)
    return parser


def _add_list(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("list", help="print entries")
    add_database(parser)
    add_filters(parser)
    parser.add_argument("--limit", type=_count_or_zero, default=100, metavar="N")
    parser.add_argument("--format", choices=("table", "ndjson", "csv"), default="table")
    parser.set_defaults(run=_lazily("listing", "run"), writes=False)
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
    parser.set_defaults(run=_lazily("files", "run_export"), writes=True)
    return parser


def _add_verify(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    parser = commands.add_parser("verify", help="check a CSV against its manifest")
    parser.add_argument("file", metavar="FILE")
    parser.set_defaults(run=_lazily("files", "run_verify"), writes=False)
    return parser


def _add_grant(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    return add_grant(commands, _lazily("grant", "run"))


def _add_review(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    return add_review(commands, _lazily)


def _add_retention(commands: "_Commands[Parser]") -> argparse.ArgumentParser:
    return add_retention(commands, _lazily)


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
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    if len(text) > 12:
        raise argparse.ArgumentTypeError("it must be at most 999,999,999,999")
    return int(text)


def _say(sentence: str) -> None:
    with suppress(OSError):
        print(f"mylla-audit: {visible_text(sentence)}", file=sys.stderr, flush=True)


def _say_traceback(redactor: Redactor) -> None:
    import traceback

    with suppress(OSError):
        for line in redactor.redact(traceback.format_exc()).splitlines():
            print(visible_text(line), file=sys.stderr)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # Closed by the caller (`>&-`): there is nobody to tell.
            # It stays open until the end, like any standard stream.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - likewise
        elif isinstance(stream, io.TextIOWrapper):
            # What a terminal cannot show becomes an escape, not a crash.
            stream.reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Point standard output at nothing, so that the flush at exit cannot fail again."""
    with suppress(OSError):  # also io.UnsupportedOperation: a stream without a descriptor
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


if __name__ == "__main__":
    sys.exit(main())
