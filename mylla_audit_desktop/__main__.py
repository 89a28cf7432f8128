"""`mylla-audit-desktop`: the arguments of the window. Qt is loaded only to run it."""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mylla_audit_desktop import __version__

if TYPE_CHECKING:
    from mylla_audit_desktop.connections.store import ConnectionStore

# What the window needs below itself, SQLAlchemy and psycopg with it. First: PySide reads the source
# text of every module that is imported after it, a tenth of a second in all.
_WITHOUT_QT = (
    "connections.opening",
    "database.access",
    "database.reader",
    "log.catalog",
    "log.csv_format",
    "log.filters",
    "log.text_diff",
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. Try: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the window's options."""
    parser = _Parser(
        prog="mylla-audit-desktop", description="Review the audit log of a Mylla business."
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--demo", action="store_true", help="a demo log, made on first use")
    which.add_argument(
        "--database", metavar="URL", help="sqlite:///PATH or postgresql://USER@HOST:PORT/NAME"
    )
    which.add_argument("--connection", metavar="NAME", help="a saved connection")
    parser.add_argument("--target", metavar="ID", help="open on everything that touched this")
    parser.add_argument(
        "--reviewer",
        metavar="ACTOR_ID",
        help="who decides and signs in a SQLite log, which knows no logins "
        "(default: the system's login); recorded as not verified",
    )
    parser.add_argument(
        "--tour",
        metavar="DIR",
        help="go through the main job, leave screenshots and the CSV there "
        "(over the demo log, where none is named)",
    )
    parser.add_argument("--profile", metavar="DIR", help="settings and demo in a folder of its own")
    parser.add_argument(
        "--theme", choices=("system", "light", "dark", "contrast"), help="for this run"
    )
    parser.add_argument("--size", type=_size, metavar="WxH", help="of the window, e.g. 1280x800")
    parser.add_argument("--debug", action="store_true", help="log what happens, without values")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window; its exit code. Ctrl-C is answered in words from the first moment on."""
    try:
        return _run(build_parser().parse_args(argv))
    except KeyboardInterrupt:
        # Before the event loop hears of it, or after it has ended.
        print("mylla-audit-desktop: Cancelled.", file=sys.stderr, flush=True)
        # At once: threads may be at work, and Qt would wait for them, or crash.
        os._exit(130)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.tour and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        # A tour needs no screen; it draws into memory.
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if arguments.tour and not (arguments.database or arguments.connection):
        # Not over the log that was open last, whose database would record an export.
        arguments.demo = True
    if arguments.database or arguments.connection:
        # A wrong call is said before any window opens.
        from mylla_audit_desktop.log.errors import KnownError

        try:
            _check(arguments)
        except KnownError as error:
            print(f"mylla-audit-desktop: {error.sentence}", file=sys.stderr)
            return error.exit_code
    return load_window(arguments)(arguments)


def load_window(arguments: argparse.Namespace) -> Callable[[argparse.Namespace], int]:
    """Load all that the first rows need; what runs the window."""
    # None of it is garbage. The window will collect that itself (`desktop/garbage.py`).
    gc.disable()
    for name in _WITHOUT_QT:
        import_module(f"mylla_audit_desktop.{name}")
    for kind in _kinds(arguments):
        import_module(f"sqlalchemy.dialects.{kind}")
    from mylla_audit_desktop.desktop.application import run

    return run


def _kinds(arguments: argparse.Namespace) -> set[str]:
    """Of the logs that may be opened first: "postgresql", "sqlite"."""
    if arguments.demo or arguments.database:
        is_postgresql = (arguments.database or "").startswith("postgresql")
        return {"postgresql" if is_postgresql else "sqlite"}
    from mylla_audit_desktop.log.errors import InputError

    store = _store(arguments)
    try:
        named = [store.named(arguments.connection)] if arguments.connection else store.read()
    except InputError:
        # The window will say it.
        return set()
    return {one.kind.value for one in named}


def _store(arguments: argparse.Namespace) -> "ConnectionStore":
    from mylla_audit_desktop.connections.store import FILE_NAME, ConnectionStore

    folder = arguments.profile
    if folder:
        return ConnectionStore(Path(folder) / "config" / FILE_NAME)
    return ConnectionStore.of_user()


def _check(arguments: argparse.Namespace) -> None:
    """Raise InputError for a URL, a connection or a reviewer of its log that cannot be."""
    if arguments.database and arguments.reviewer is None:
        from mylla_audit_desktop.database.url import check_url

        check_url(arguments.database)
        return
    store = _store(arguments)
    profile = None if arguments.database else store.named(arguments.connection)
    if arguments.reviewer is None:
        return
    from mylla_audit_desktop.connections.opening import opening_of, opening_of_url
    from mylla_audit_desktop.connections.reviewer import check_reviewer

    opening = opening_of_url(arguments.database, store) if profile is None else opening_of(profile)
    check_reviewer(opening, arguments.reviewer)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
