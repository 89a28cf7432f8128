"""Policy versions, decisions and sign-offs, read from their tables."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.review_schema import ReviewTables
from mylla_audit_desktop.log.access import Reviewer, Role
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.review.decision import (
    Decision,
    NewSignOff,
    SignedFinding,
    SignOff,
    Verdict,
)
from mylla_audit_desktop.review.finding import Rule, finding_id


def read_decisions(
    connection: sa.Connection, tables: ReviewTables, finding_ids: Sequence[str] | None
) -> dict[str, tuple[Decision, ...]]:
    """By finding, in order of their number; a finding that nobody decided on is not in it."""
    table = tables.decisions
    statement = sa.select(table).order_by(table.c.finding_id, table.c.number)
    is_postgresql = connection.dialect.name == "postgresql"
    if finding_ids is not None:
        statement = statement.where(_is_among(table.c.finding_id, finding_ids, is_postgresql))
    found: dict[str, list[Decision]] = {}
    with _as_written("decisions"):
        for row in connection.execute(statement):
            decision = _decision(row, is_verified=is_postgresql)
            found.setdefault(decision.finding_id, []).append(decision)
    return {name: tuple(decisions) for name, decisions in found.items()}


def read_sign_offs(connection: sa.Connection, tables: ReviewTables) -> tuple[SignOff, ...]:
    """All of them, in the order in which they were signed."""
    table = tables.sign_offs
    is_postgresql = connection.dialect.name == "postgresql"
    with _as_written("sign-offs"):
        return tuple(
            _sign_off(row, is_verified=is_postgresql)
            for row in connection.execute(sa.select(table).order_by(table.c.id))
        )


def read_change_mark(connection: sa.Connection, tables: ReviewTables) -> int:
    """How much there is in all: grows with everything that is committed.

    Ids would not do: a lower one may be committed after a higher one.
    """
    counts = (
        sa.select(sa.func.count()).select_from(table).scalar_subquery()
        for table in (tables.policies, tables.decisions, tables.sign_offs)
    )
    first, second, third = counts
    return int(connection.scalar(sa.select(first + second + third)) or 0)


def _is_among(column: sa.Column[Any], values: Sequence[str], is_postgresql: bool) -> Any:
    # One parameter, however many they are: a statement may have 32,766 of them on SQLite.
    if is_postgresql:
        return column == sa.any_(sa.literal(list(values), sa.ARRAY(sa.Text)))
    listed = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(listed.c.value))


def _reviewer(row: Any, *, is_verified: bool) -> Reviewer:
    role = None if row.reviewer_role is None else Role(row.reviewer_role.replace("_", "-"))
    return Reviewer(row.reviewer_id, row.reviewer_name, role, is_verified=is_verified)


def _decision(row: Any, *, is_verified: bool) -> Decision:
    if row.finding_id != finding_id(Rule(row.rule), row.entry_ids):
        raise ValueError("a decision on other entries than its finding's")
    return Decision(
        row.id,
        row.finding_id,
        Rule(row.rule),
        row.entry_ids,
        row.number,
        Verdict(row.verdict),
        row.note,
        row.policy_version,
        _reviewer(row, is_verified=is_verified),
        row.login,
        row.decided_at,
    )


def _sign_off(row: Any, *, is_verified: bool) -> SignOff:
    content = NewSignOff(
        row.period_start,
        row.period_end,
        row.zone,
        row.policy_version,
        row.population,
        row.population_hash,
        tuple(
            SignedFinding(one["finding_id"], Verdict(one["verdict"]), one["decision_id"])
            for one in json.loads(row.findings)
        ),
        row.countersigns,
    )
    if content.findings_hash != row.findings_hash:
        raise ValueError("the findings of a sign-off are not those that were hashed")
    reviewer = _reviewer(row, is_verified=is_verified)
    return SignOff(row.id, content, reviewer, row.login, row.signed_at)


@contextmanager
def _as_written(what: str) -> Iterator[None]:
    """What is not as this program writes it was changed behind its back; never shown as sound."""
    try:
        yield
    except (ValueError, KeyError):
        raise DatabaseError(
            f"The {what} were changed by something else than this program, and are not shown.",
            "Compare them with a copy, and restore that.",
        ) from None
