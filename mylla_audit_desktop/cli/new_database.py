"""A database that a command may have to create first."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mylla_audit_desktop.cli.arguments import open_asked

if TYPE_CHECKING:
    from mylla_audit_desktop.database.connection import Database


@contextmanager
def creating_database(arguments: Namespace) -> Iterator["Database"]:
    """The database that the arguments name, closed at the end.

    An SQLite file that was not there before goes again when the work on it fails or is
    cancelled: "nothing was changed" is then true of the folder as well.
    """
    path = _sqlite_path(arguments.database) if arguments.database else None
    is_new = path is not None and _is_made(path)
    try:
        with closing(open_asked(arguments, create=True)) as database:
            yield database
    except BaseException:  # Ctrl+C too
        if path is not None and is_new:
            from mylla_audit_desktop.database.sqlite import remove_sqlite

            remove_sqlite(path)
        raise


def _is_made(path: Path) -> bool:
    """Make an empty file, which SQLite takes for a new database; False where it is not ours.

    Of two commands at once only one makes it, so that none removes what the other fills.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError:
        # It is there, or cannot be made: opening it says which.
        return False
    return True


def _sqlite_path(url: str) -> Path | None:
    from mylla_audit_desktop.database.parameters import SqliteParameters
    from mylla_audit_desktop.database.url import parse_url

    parameters = parse_url(url)
    return parameters.path if isinstance(parameters, SqliteParameters) else None
