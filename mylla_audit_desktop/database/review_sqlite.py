"""Appending to the review's tables on SQLite, which knows no logins and no functions.

The checks that PostgreSQL makes in its functions are made here, in the one transaction that
holds the write lock; the triggers of `review_guards` make them once more as far as SQL can.
"""

from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from mylla_audit_desktop.database import review_faults as faults
from mylla_audit_desktop.database.review_schema import ReviewTables
from mylla_audit_desktop.log.access import Reviewer
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import NewDecision, NewSignOff, Verdict
from mylla_audit_desktop.review.finding import finding_id

# Entry id to the IDs of its actor and its target.
Parties = dict[int, tuple[str | None, str | None]]


class SqliteWriter:
    """Appends as one reviewer, within transactions that hold the write lock."""

    def __init__(self, tables: ReviewTables, reviewer: Reviewer) -> None:
        self._tables = tables
        self._reviewer = reviewer

    def append_policy(self, connection: sa.Connection, text: str, based_on: int) -> None:
        """Add a version. Raises OvertakenError."""
        policies = self._tables.policies
        newest = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(policies.c.number), 0)))
        if newest != based_on:
            raise faults.OvertakenError(is_sure=True)
        connection.execute(
            policies.insert().values(
                number=based_on + 1, text=text, saved_at=Instant.now(), **self._signature()
            )
        )

    def append_decisions(
        self, connection: sa.Connection, decisions: Sequence[NewDecision], parties: Parties
    ) -> list[int]:
        """Add decisions; their ids. Raises KnownError or OvertakenError."""
        table = self._tables.decisions
        made = []
        for one in decisions:
            self._check(connection, one, parties)
            newest = connection.scalar(
                sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).where(
                    table.c.finding_id == one.finding_id
                )
            )
            if newest != one.seen:
                raise faults.OvertakenError(is_sure=True)
            done = connection.execute(
                table.insert().values(
                    finding_id=one.finding_id,
                    rule=one.rule.value,
                    entry_ids=one.entry_ids,
                    number=one.seen + 1,
                    verdict=one.verdict.value,
                    note=one.note,
                    policy_version=one.policy_version,
                    decided_at=Instant.now(),
                    **self._signature(),
                )
            )
            made.append(_made_id(done))
        return made

    def append_sign_off(
        self, connection: sa.Connection, sign_off: NewSignOff, population: int
    ) -> int:
        """Add a sign-off; its id. `population`: the entries that the period holds now.

        Raises KnownError or OvertakenError.
        """
        self._require_policy(connection, sign_off.policy_version)
        amiss = self._not_as_decided(connection, sign_off)
        if amiss:
            raise faults.not_as_decided(", ".join(amiss))
        if population != sign_off.population:
            raise faults.other_entries()
        table = self._tables.sign_offs
        content = {
            "period_start": sign_off.start,
            "period_end": sign_off.end,
            "policy_version": sign_off.policy_version,
            "population_hash": sign_off.population_hash,
            "findings_hash": sign_off.findings_hash,
        }
        same = sa.and_(*(table.c[name] == value for name, value in content.items()))
        if sign_off.countersigns is None:
            if connection.execute(
                sa.select(table.c.id).where(same, table.c.countersigns.is_(None))
            ).first():
                raise faults.OvertakenError(is_sure=True)
        else:
            self._check_countersignature(connection, sign_off.countersigns, same)
        done = connection.execute(
            table.insert().values(
                **content,
                zone=sign_off.zone,
                population=sign_off.population,
                findings=sign_off.findings_text,
                countersigns=sign_off.countersigns,
                signed_at=Instant.now(),
                **self._signature(),
            )
        )
        return _made_id(done)

    def _check(self, connection: sa.Connection, one: NewDecision, parties: Parties) -> None:
        if not one.entry_ids or one.finding_id != finding_id(one.rule, one.entry_ids):
            raise faults.wrong_id(one.finding_id)
        known = [parties.get(entry_id) for entry_id in dict.fromkeys(one.entry_ids)]
        if None in known or len(known) != len(one.entry_ids):
            raise faults.unknown_entries(one.finding_id)
        if any(self._reviewer.actor_id in party for party in known if party is not None):
            raise faults.own_finding(one.finding_id)
        self._require_policy(connection, one.policy_version)

    def _require_policy(self, connection: sa.Connection, version: int) -> None:
        number = self._tables.policies.c.number
        if version and connection.scalar(sa.select(number).where(number == version)) is None:
            raise faults.unknown_policy(str(version))

    def _not_as_decided(self, connection: sa.Connection, sign_off: NewSignOff) -> list[str]:
        table = self._tables.decisions
        newest = (
            sa.select(table.c.finding_id, sa.func.max(table.c.number).label("number"))
            .group_by(table.c.finding_id)
            .subquery()
        )
        rows = connection.execute(
            sa.select(table.c.finding_id, table.c.id, table.c.verdict).join(
                newest,
                sa.and_(
                    newest.c.finding_id == table.c.finding_id, newest.c.number == table.c.number
                ),
            )
        )
        standing = {row.finding_id: (row.id, row.verdict) for row in rows}
        times = Counter(one.finding_id for one in sign_off.findings)
        return [
            one.finding_id
            for one in sign_off.findings
            if standing.get(one.finding_id) != (one.decision_id, one.verdict.value)
            or one.verdict is Verdict.REOPENED
            or times[one.finding_id] > 1
        ]

    def _check_countersignature(
        self, connection: sa.Connection, confirmed: int, same: sa.ColumnElement[bool]
    ) -> None:
        table = self._tables.sign_offs
        row = connection.execute(
            sa.select(table.c.reviewer_id).where(
                table.c.id == confirmed, table.c.countersigns.is_(None), same
            )
        ).first()
        if row is None:
            raise faults.other_content()
        others = connection.scalars(
            sa.select(table.c.reviewer_id).where(table.c.countersigns == confirmed)
        )
        if self._reviewer.actor_id in {row.reviewer_id, *others}:
            raise faults.own_sign_off()

    def _signature(self) -> dict[str, str | None]:
        role = self._reviewer.role
        return {
            "reviewer_id": self._reviewer.actor_id,
            "reviewer_name": self._reviewer.actor_name,
            "reviewer_role": None if role is None else role.value.replace("-", "_"),
            "login": "",
        }


def _made_id(done: "sa.CursorResult[tuple[()]]") -> int:
    key = done.inserted_primary_key
    if key is None:
        raise TypeError("the row has no id")
    return int(key[0])
