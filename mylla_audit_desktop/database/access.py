"""Who is signed in, and what the database lets them do."""

import getpass

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.log.access import Access, Reviewer


def read_access(database: Database, cancellation: Cancellation) -> Access:
    """What the one who is signed in may do."""
    cancellation.raise_if_cancelled()
    if database.is_postgresql:
        return Access(database.login, None)
    login = operating_system_login()
    return Access(login, Reviewer(login, "", None, is_verified=False))


def operating_system_login() -> str:
    """The login of this computer, which vouches for nothing."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
