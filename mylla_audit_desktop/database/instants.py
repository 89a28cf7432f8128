"""`Instant` as a column type: exact on both databases, beyond Python's calendar.

PostgreSQL keeps `timestamptz`; it is read as the count of microseconds since the year
2000 that the server itself keeps (so that it always fits into a bigint), which its
`extract(epoch …)` gives exactly (numeric since version 14).

SQLite has no such type and keeps text that sorts as the instants do. The years 1
to 9999 are plain ISO 8601 in UTC with six digits; what lies outside (and the
infinities) gets a prefix that sorts before or after all digits.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import functions
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.zones import OffsetSpan

_PLAIN_LENGTH = len("2026-11-23T22:47:03.000000+00:00")
_YEAR_1 = Instant.parse("0001-01-01T00:00:00Z")
_YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z")
# PostgreSQL's own values for the infinities (timestamp.h: DT_NOEND, DT_NOBEGIN).
_INFINITIES = {2**63 - 1: Instant.LATEST, -(2**63): Instant.EARLIEST}
_YEAR_10000 = Instant.parse("+010000-01-01T00:00:00Z")


class InstantType(TypeDecorator[Instant]):
    """A column of `Instant`: timestamptz on PostgreSQL, sortable text on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Timestamptz where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def column_expression(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """What is read in place of the column."""
        return _ToNumber(column)

    def process_bind_param(self, value: Instant | None, dialect: Dialect) -> str | None:
        """The instant as the database reads it."""
        if value is None:
            return None
        return postgresql_text(value) if dialect.name == "postgresql" else sqlite_text(value)

    def process_literal_param(self, value: Instant | None, dialect: Dialect) -> str:
        """The same as a quoted literal; it holds digits and letters only."""
        return f"'{self.process_bind_param(value, dialect)}'"

    def process_result_value(self, value: Any, dialect: Dialect) -> Instant | None:  # noqa: ARG002 - SQLAlchemy's signature
        """The instant that was read."""
        if value is None:
            return None
        if not isinstance(value, int):
            return from_sqlite_text(str(value))
        return _INFINITIES.get(value) or Instant(_YEAR_2000.microseconds + value)

    def bind_processor(self, dialect: Dialect) -> Any:
        """Text goes to the driver as it is: its own datetime conversion has no use here."""
        return lambda value: self.process_bind_param(value, dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Likewise for what comes back."""
        return lambda value: self.process_result_value(value, dialect)

    def literal_processor(self, dialect: Dialect) -> Any:
        """Likewise for a statement that cannot have parameters (COPY)."""
        return lambda value: self.process_literal_param(value, dialect)


class _ToNumber(functions.GenericFunction[Instant]):
    type = InstantType()
    name = "mylla_instant_to_number"
    inherit_cache = True


@compiles(_ToNumber)
def _to_number_default(element: _ToNumber, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_ToNumber, "postgresql")
def _to_number_postgresql(element: _ToNumber, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    # In its last thirty years the server rounds the epoch to whole seconds, and not what is
    # thirty years less.
    return (
        f"CASE WHEN isfinite({column}) THEN CASE"
        f" WHEN {column} < '294246-01-01 00:00:00+00'"
        f" THEN CAST((extract(epoch FROM {column}) - 946684800) * 1000000 AS bigint)"
        f" ELSE CAST(extract(epoch FROM {column} - interval '946684800 s') * 1000000 AS bigint) END"
        f" WHEN {column} > 'epoch' THEN 9223372036854775807"
        f" WHEN {column} < 'epoch' THEN -9223372036854775808 END"
    )


def by_span(
    spans: tuple[OffsetSpan, ...],
    when: sa.ColumnElement[Any],
    value: Callable[[OffsetSpan], sa.ColumnElement[Any]],
) -> sa.ColumnElement[Any]:
    """The value for the offset that holds at `when`; the latest first, where most entries are."""
    branches = [(when >= before.until, value(span)) for before, span in pairwise(spans)]
    if not branches:
        return value(spans[0])
    return sa.case(*reversed(branches), else_=value(spans[0]))


def postgresql_text(instant: Instant) -> str:
    """PostgreSQL's own spelling, in UTC; years before 1 carry BC."""
    fields = instant.fields()
    if fields is None:
        return instant.isoformat()
    year, era = (fields.year, "") if fields.year > 0 else (1 - fields.year, " BC")
    return (
        f"{year:04d}-{fields.month:02d}-{fields.day:02d}"
        f" {fields.hour:02d}:{fields.minute:02d}:{fields.second:02d}"
        f".{fields.microsecond:06d}+00{era}"
    )


def sqlite_text(instant: Instant) -> str:
    """A text whose byte order is the order of the instants.

    `--infinity` < `-995287|-004712-…` < `0001-…` < `9999-…` < `A+010000-…` < `infinity`.
    """
    text = instant.isoformat()
    if instant == Instant.EARLIEST:
        return f"-{text}"
    if instant < _YEAR_1:
        fields = instant.fields()
        return f"-{999_999 + (fields.year if fields else 0):06d}|{text}"
    if _YEAR_10000 <= instant < Instant.LATEST:
        return f"A{text}"
    return text


def from_sqlite_text(text: str) -> Instant:
    """The instant of a stored text; one that cannot be read counts as `-infinity`.

    A log behind a view may hold anything, and one such entry must not stop a page.
    """
    if text == "--infinity":
        return Instant.EARLIEST
    if len(text) == _PLAIN_LENGTH and text.endswith("+00:00"):
        # Nearly all of them; ten times as fast. It knows no second 60.
        with suppress(ValueError):
            return Instant.from_datetime(datetime.fromisoformat(text))
    try:
        return Instant.parse(text.partition("|")[2] or text.removeprefix("A"))
    except ValueError:
        return Instant.EARLIEST
