"""Opening what a command names, with the password from wherever it is kept."""

import getpass
import signal
import sys

from mylla_audit_desktop.connections.opening import (
    Opening,
    open_connection,
    opening_of,
    opening_of_url,
)
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.ending_signals import ending_signals
from mylla_audit_desktop.log.errors import PasswordError
from mylla_audit_desktop.log.visible import visible_text


def open_named(
    url: str | None, name: str | None, *, create: bool = False, reads_entries: bool = True
) -> Database:
    """Open the saved connection `name`, or else the database of the URL.

    Raises InputError or DatabaseError.
    """
    store, secrets, cancellation = ConnectionStore.of_user(), Secrets(), Cancellation()
    opening = _opening(url, name, store)
    try:
        return open_connection(
            opening, secrets, cancellation, create=create, reads_entries=reads_entries
        )
    except PasswordError as error:
        if error.was_given or not _is_terminal():
            raise
        password = _ask(error.what)
    return open_connection(
        opening,
        secrets,
        cancellation,
        password=password,
        create=create,
        reads_entries=reads_entries,
    )


def _opening(url: str | None, name: str | None, store: ConnectionStore) -> Opening:
    return opening_of_url(url or "", store) if name is None else opening_of(store.named(name))


def _is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _ask(why: str) -> str:
    print(f"mylla-audit: {visible_text(why)}", file=sys.stderr)
    # Not gently, as what writes would end: it waits. Not at once, as what reads would: the
    # terminal shows nothing of what is typed.
    former = {
        number: signal.signal(number, signal.default_int_handler) for number in ending_signals()
    }
    try:
        return getpass.getpass("Password: ")
    except (EOFError, KeyboardInterrupt):
        # The terminal shows no Ctrl-C here: what is said next begins a line of its own.
        print(file=sys.stderr)
        raise KeyboardInterrupt from None
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
