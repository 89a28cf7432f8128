"""Where policy versions, decisions and sign-offs are kept, described once for both databases.

PostgreSQL: schema `review`. SQLite: tables `review_…`, in the log's own file or in a file
beside a log that offers no such place. What guards them is in `review_guards`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from mylla_audit_desktop.database.instants import InstantType
from mylla_audit_desktop.review.decision import NOTE_REQUIRED, Verdict
from mylla_audit_desktop.review.finding import Rule

# Spaces, control and format characters: a note of these alone says nothing.
_BLANKS = (
    (0x01, 0x20),
    (0x7F, 0xA0),
    (0xAD, 0xAD),
    (0x2000, 0x200F),
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x2800, 0x2800),
    (0x3000, 0x3000),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
)


class EntryIds(TypeDecorator[tuple[int, ...]]):
    """The entries of a finding in their order: bigint[] on PostgreSQL, `1,2,3` on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.ARRAY(sa.BigInteger))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: tuple[int, ...] | None, dialect: Dialect) -> Any:
        """As the database keeps them."""
        if value is None:
            return None
        return list(value) if dialect.name == "postgresql" else ",".join(map(str, value))

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[int, ...] | None:  # noqa: ARG002 - SQLAlchemy's signature
        """As they were given."""
        if value is None:
            return None
        numbers = value.split(",") if isinstance(value, str) else value
        return tuple(int(number) for number in numbers)


@dataclass(frozen=True, slots=True)
class ReviewTables:
    """The three tables in one kind of database."""

    metadata: sa.MetaData
    policies: sa.Table
    decisions: sa.Table
    sign_offs: sa.Table


def review_tables(*, is_postgresql: bool) -> ReviewTables:
    """The tables with their constraints, for `CREATE TABLE` and for reading."""
    metadata = sa.MetaData(schema="review" if is_postgresql else None)
    prefix = "" if is_postgresql else "review_"
    # An option of a dialect loads all of it: no option of the other one.
    options: dict[str, Any] = {} if is_postgresql else {"sqlite_autoincrement": True}
    return ReviewTables(
        metadata,
        sa.Table(f"{prefix}policies", metadata, *_policies(is_postgresql=is_postgresql)),
        sa.Table(
            f"{prefix}decisions",
            metadata,
            *_decisions(is_postgresql=is_postgresql),
            **options,
        ),
        sa.Table(
            f"{prefix}sign_offs",
            metadata,
            *_sign_offs(is_postgresql=is_postgresql),
            **options,
        ),
    )


def _policies(*, is_postgresql: bool) -> list[sa.schema.SchemaItem]:
    return [
        # Given, never generated: the one above the newest.
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("text", _text(is_postgresql), nullable=False),
        *_reviewer(is_postgresql=is_postgresql),
        sa.Column("saved_at", InstantType(), nullable=False),
        sa.CheckConstraint("number > 0", name="policies_number"),
    ]


def _decisions(*, is_postgresql: bool) -> list[sa.schema.SchemaItem]:
    text = _text(is_postgresql)
    needing = _quoted(verdict.value for verdict in NOTE_REQUIRED)
    return [
        _identity(is_postgresql=is_postgresql),
        sa.Column("finding_id", text, nullable=False),
        sa.Column("rule", text, nullable=False),
        sa.Column("entry_ids", EntryIds(), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("verdict", text, nullable=False),
        sa.Column("note", text, nullable=False),
        sa.Column("policy_version", sa.Integer, nullable=False),
        *_reviewer(is_postgresql=is_postgresql),
        sa.Column("decided_at", InstantType(), nullable=False),
        # Two reviewers at once: this key decides who was first.
        sa.UniqueConstraint("finding_id", "number", name="decisions_once"),
        sa.CheckConstraint("id > 0 AND number > 0", name="decisions_number"),
        sa.CheckConstraint(f"rule IN ({_quoted(rule.value for rule in Rule)})", "decisions_rule"),
        sa.CheckConstraint(
            f"verdict IN ({_quoted(verdict.value for verdict in Verdict)})", "decisions_verdict"
        ),
        sa.CheckConstraint(
            f"verdict NOT IN ({needing}) OR {_says_something(is_postgresql=is_postgresql)}",
            "decisions_note",
        ),
    ]


def _sign_offs(*, is_postgresql: bool) -> list[sa.schema.SchemaItem]:
    text = _text(is_postgresql)
    number = _number(is_postgresql)
    of = "review.sign_offs.id" if is_postgresql else "review_sign_offs.id"
    kind = "postgresql" if is_postgresql else "sqlite"
    where: dict[str, Any] = {f"{kind}_where": sa.text("countersigns IS NULL")}
    return [
        _identity(is_postgresql=is_postgresql),
        sa.Column("period_start", InstantType(), nullable=False),
        sa.Column("period_end", InstantType(), nullable=False),
        sa.Column("zone", text, nullable=False),
        sa.Column("policy_version", sa.Integer, nullable=False),
        sa.Column("population", number, nullable=False),
        sa.Column("population_hash", text, nullable=False),
        # JSON, kept letter by letter: its SHA-256 stands beside it.
        sa.Column("findings", text, nullable=False),
        sa.Column("findings_hash", text, nullable=False),
        sa.Column("countersigns", number, sa.ForeignKey(of)),
        *_reviewer(is_postgresql=is_postgresql),
        sa.Column("signed_at", InstantType(), nullable=False),
        sa.CheckConstraint("id > 0 AND population >= 0", name="sign_offs_numbers"),
        sa.CheckConstraint("period_start < period_end", name="sign_offs_period"),
        sa.CheckConstraint(
            "length(population_hash) = 64 AND length(findings_hash) = 64", name="sign_offs_hashes"
        ),
        # The same content is signed once; who agrees countersigns, once each.
        sa.Index(
            "sign_offs_once",
            *("period_start", "period_end", "policy_version", "population_hash", "findings_hash"),
            unique=True,
            **where,
        ),
        sa.Index("sign_offs_countersigned_once", "countersigns", "reviewer_id", unique=True),
    ]


def _identity(*, is_postgresql: bool) -> "sa.Column[int]":
    # SQLite would give the number of a row that is gone once more; AUTOINCREMENT does not.
    made = [sa.Identity(always=True)] if is_postgresql else []
    return sa.Column("id", _number(is_postgresql), *made, primary_key=True)


def _reviewer(*, is_postgresql: bool) -> "list[sa.Column[Any]]":
    text = _text(is_postgresql)
    return [
        sa.Column("reviewer_id", text, nullable=False),
        sa.Column("reviewer_name", text, nullable=False),
        sa.Column("reviewer_role", text, nullable=is_postgresql is False),
        sa.Column("login", text, nullable=False),
    ]


def _text(is_postgresql: bool) -> sa.Text:
    return sa.Text(collation="C") if is_postgresql else sa.Text()


def _number(is_postgresql: bool) -> "type[sa.BigInteger] | type[sa.Integer]":
    return sa.BigInteger if is_postgresql else sa.Integer


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _says_something(*, is_postgresql: bool) -> str:
    """Whether the note holds more than blanks."""
    if is_postgresql:
        ranges = "".join(f"\\u{first:04x}-\\u{last:04x}" for first, last in _BLANKS)
        return f"note ~ '[^{ranges}]'"
    codes = (str(code) for first, last in _BLANKS for code in range(first, last + 1))
    return f"trim(note, char({', '.join(codes)})) <> ''"
