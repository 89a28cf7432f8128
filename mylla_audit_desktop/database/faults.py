"""What drivers raise, in words for the user.

Texts from a server count as log text: they are cut to one line, and nothing that
was sent (a statement, a parameter, a password) is repeated.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.refusals import describe_refusal, last_clause
from mylla_audit_desktop.database.watch import SilentServerError
from mylla_audit_desktop.log.errors import CancelledError, DatabaseError, MisfitError

_LOST = "Check the network and the server, then try again."
_NO_USER = "Check the user, or ask the administrator of the database for a login."
_ASK_FOR_ROLE = (
    "Ask the administrator of the database for the role Admin or Super Admin"
    " (mylla-audit grant), or for the right to read audit.entries."
)


@contextmanager
def translating_faults(place: str, cancellation: Cancellation | None = None) -> Iterator[None]:
    """Turn driver errors into DatabaseError, or CancelledError where it was cancelled.

    `place` names the database as a user knows it, without a secret.
    """
    try:
        yield
    except (sqlalchemy.exc.DBAPIError, psycopg.Error, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
        if cancellation is not None and cancellation.is_cancelled:
            raise CancelledError from None
        raise describe_fault(cause, place) from None
    except sqlalchemy.exc.TimeoutError:
        raise DatabaseError(
            f"{place} has no free connection.", "Wait for the work under way, then try again."
        ) from None


def describe_fault(cause: BaseException | None, place: str) -> DatabaseError:
    """The sentence for one driver error."""
    if isinstance(cause, sqlite3.Error):
        return _describe_sqlite(cause, place)
    if isinstance(cause, psycopg.Error):
        return _describe_postgresql(cause, place)
    return DatabaseError(f"{place} failed ({type(cause).__name__}).", _LOST)


def _describe_sqlite(cause: sqlite3.Error, place: str) -> DatabaseError:
    code = getattr(cause, "sqlite_errorname", "") or ""
    if code.startswith("SQLITE_NOTADB"):
        return DatabaseError(f"{place} is not an SQLite database.", "Choose another file.")
    if code.startswith("SQLITE_CORRUPT"):
        return DatabaseError(
            f"{place} is damaged and was left as it is.", "Restore it from a copy."
        )
    if code.startswith("SQLITE_BUSY"):
        return DatabaseError(f"{place} is in use by another program.", "Try again in a moment.")
    if code.startswith("SQLITE_READONLY"):
        return DatabaseError(f"{place} cannot be written.", "Check the rights of file and folder.")
    if code.startswith("SQLITE_FULL"):
        return DatabaseError(f"There is no room left for {place}.", "Free space and try again.")
    if code.startswith("SQLITE_IOERR"):
        return DatabaseError(
            f"{place} cannot be read or written any further: {_one_line(str(cause))}.",
            "Check the disk, its room and your quota.",
        )
    if code.startswith(("SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return DatabaseError(f"{place} cannot be opened.", "Check that it exists and may be read.")
    return DatabaseError(f"{place}: {_one_line(str(cause))}.", "")


def _describe_postgresql(cause: psycopg.Error, place: str) -> DatabaseError:
    if isinstance(cause, SilentServerError):
        return DatabaseError(f"{place} does not answer any more.", _LOST)
    refusal = describe_refusal(cause, place)
    if refusal is not None:
        return refusal
    state = cause.sqlstate or ""
    message = _one_line(cause.diag.message_primary or "")
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return DatabaseError(f"{place} refuses: {message}.", _ASK_FOR_ROLE)
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseError(
            f"{place} is a read-only server: nothing can be recorded there.",
            "Connect to the primary server.",
        )
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return DatabaseError(
            f"{place} stopped the query: {message}.", "Choose a shorter period or fewer filters."
        )
    if state.startswith("28") or "password" in str(cause):
        return DatabaseError(
            f"{place} did not let you in: {last_clause(str(cause))}.",
            "Check the user, and the password in PGPASSWORD or PGPASSFILE.",
        )
    if state.startswith("3D"):
        return DatabaseError(f"{place}: {message}.", "Check the name of the database.")
    # While signing in, the driver has the server's words and no code.
    if re.search(r'database ".*" does not exist', str(cause)):
        return DatabaseError(
            f"{place}: {last_clause(str(cause))}.", "Check the name of the database."
        )
    if re.search(r'role ".*" does not exist', str(cause)):
        return DatabaseError(f"{place} did not let you in: {last_clause(str(cause))}.", _NO_USER)
    if "permission denied for database" in str(cause):
        return DatabaseError(f"{place} refuses: {last_clause(str(cause))}.", _ASK_FOR_ROLE)
    if state.startswith(("57P", "08")) or isinstance(cause, psycopg.OperationalError):
        if state.startswith("53"):
            return DatabaseError(f"{place} is at its limits: {message}.", "Try again later.")
        reason = message or last_clause(str(cause))
        return DatabaseError(f"{place} cannot be reached: {reason}.", _LOST)
    if isinstance(cause, psycopg.errors.FeatureNotSupported):
        # A plan that was kept for a view that has other columns now.
        return changed_meanwhile(place)
    if isinstance(cause, psycopg.ProgrammingError):
        return MisfitError(f"{place}: {message or type(cause).__name__}.", "")
    return DatabaseError(f"{place}: {message or type(cause).__name__}.", "")


def changed_meanwhile(place: str) -> MisfitError:
    """The relation of the entries has other columns than when the log was opened."""
    return MisfitError(f"audit.entries in {place} was changed while it was open.", "Do it again.")


def _one_line(text: str) -> str:
    return " ".join(text.split()).removesuffix(".")[:300]
