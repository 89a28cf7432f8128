"""The log and its store, as the arguments of `mylla-audit review` name them."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, contextmanager

from mylla_audit_desktop.cli.arguments import open_asked
from mylla_audit_desktop.connections.decision_file import decision_file
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.log.visible import visible_text


@contextmanager
def opened_store(
    arguments: Namespace, cancellation: Cancellation
) -> Iterator[tuple[Database, ReviewStore]]:
    """The log and its decisions, closed at the end. Raises InputError or DatabaseError."""
    with closing(open_asked(arguments)) as database:
        access = read_access(database, cancellation)
        chosen = arguments.decisions or _decisions_of(arguments.connection)
        store = open_review_store(
            database,
            access,
            cancellation,
            reviewer=getattr(arguments, "reviewer", None),
            local_file=decision_file(chosen, database.label),
        )
        yield database, store


def _decisions_of(connection: str | None) -> str:
    """The file that a saved connection names for decisions, "" for none."""
    return "" if connection is None else ConnectionStore.of_user().named(connection).decisions


def signature(store: ReviewStore) -> str:
    """Who decides and where that goes: "Ana Weber (usr_7), not verified, in the file …"."""
    reviewer = store.reviewer
    if reviewer is None:
        return "nobody"
    who = reviewer.actor_id
    if reviewer.actor_name:
        who = f"{reviewer.actor_name} ({who})"
    if not reviewer.is_verified:
        who += ", not verified"
    if store.is_local:
        who += f", in {store.where}"
    return visible_text(who)
