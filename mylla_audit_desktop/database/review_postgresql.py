"""Appending to schema `review` on PostgreSQL: by its functions, which check everything.

The reviewer comes from the session and the time from the server; nothing that is sent from
here can say otherwise.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
import sqlalchemy.exc

from mylla_audit_desktop.database import review_faults as faults
from mylla_audit_desktop.database.instants import postgresql_text
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.review.decision import NewDecision, NewSignOff

_WORDS: dict[str, Callable[[str], Exception]] = {
    "MR001": lambda _detail: faults.OvertakenError(is_sure=True),
    "MR003": faults.wrong_id,
    "MR004": faults.unknown_entries,
    "MR005": faults.own_finding,
    "MR006": faults.unknown_policy,
    "MR020": faults.not_as_decided,
    "MR021": lambda _detail: faults.other_entries(),
    "MR022": lambda _detail: faults.other_content(),
    "MR023": lambda _detail: faults.own_sign_off(),
    # A unique key: two came at the same moment, and one was first.
    "23505": lambda _detail: faults.OvertakenError(is_sure=False),
    # Serialization failures and deadlocks: the server undid everything because of another.
    "40001": lambda _detail: faults.OvertakenError(is_sure=False),
    "40P01": lambda _detail: faults.OvertakenError(is_sure=False),
}


def append_policy(connection: sa.Connection, text: str, based_on: int) -> None:
    """Add a version. Raises OvertakenError."""
    with _in_words():
        connection.execute(
            sa.text("SELECT review.append_policy(:text, :based_on)"),
            {"text": text, "based_on": based_on},
        )


def append_decisions(connection: sa.Connection, decisions: Sequence[NewDecision]) -> list[int]:
    """Add decisions; their ids. Raises KnownError or OvertakenError."""
    given = [
        {
            "finding_id": one.finding_id,
            "rule": one.rule.value,
            "entry_ids": one.entry_ids,
            "verdict": one.verdict.value,
            "note": one.note,
            "policy_version": one.policy_version,
            "seen": one.seen,
        }
        for one in decisions
    ]
    with _in_words():
        return list(
            connection.scalars(
                sa.text("SELECT * FROM review.append_decisions(CAST(:given AS json))"),
                {"given": json.dumps(given)},
            )
        )


def append_sign_off(connection: sa.Connection, sign_off: NewSignOff) -> int:
    """Add a sign-off; its id. Raises KnownError or OvertakenError."""
    given: dict[str, Any] = {
        "period_start": postgresql_text(sign_off.start),
        "period_end": postgresql_text(sign_off.end),
        "zone": sign_off.zone,
        "policy_version": sign_off.policy_version,
        "population": sign_off.population,
        "population_hash": sign_off.population_hash,
        "findings": sign_off.findings_text,
        "countersigns": sign_off.countersigns,
    }
    with _in_words():
        made = connection.scalar(
            sa.text("SELECT review.append_sign_off(CAST(:given AS json))"),
            {"given": json.dumps(given)},
        )
    return int(made)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        cause = error.orig
        if not isinstance(cause, psycopg.Error):
            raise
        words = _WORDS.get(cause.sqlstate or "")
        if words is not None:
            raise words(cause.diag.message_detail or "") from None
        if isinstance(cause, psycopg.errors.InsufficientPrivilege) or (
            cause.sqlstate in {"MR010", "MR011"}
        ):
            reason = " ".join((cause.diag.message_primary or "").split())
            raise DatabaseError(
                f"The database takes no decision from you: {reason}.",
                "Ask the administrator of the database for: mylla-audit grant.",
            ) from None
        raise
