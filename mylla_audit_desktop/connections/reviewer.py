"""Whether a log lets somebody be named as its reviewer, told before a window is made for it."""

from contextlib import closing

from mylla_audit_desktop.connections.opening import Opening, open_connection
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.review_place import choose_reviewer, read_place
from mylla_audit_desktop.log.errors import DatabaseError


def check_reviewer(opening: Opening, reviewer: str) -> None:
    """Raise InputError where this log takes no such reviewer: its logins say who reviews.

    A log that cannot be read now, or not without a password that somebody types, is not
    judged: whoever opens it says why.
    """
    cancellation = Cancellation()
    try:
        with closing(open_connection(opening, Secrets(), cancellation)) as database:
            access = read_access(database, cancellation)
            place = read_place(database, cancellation)
            choose_reviewer(database, place, access, reviewer, cancellation)
    except DatabaseError:
        return
