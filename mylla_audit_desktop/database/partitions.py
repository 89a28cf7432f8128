"""The months into which `audit.entries` is divided on PostgreSQL."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

_FIRST_YEAR, _LAST_YEAR = 1970, 2199


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month `count` months later."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def create_months(connection: sa.Connection, months: Iterable[date]) -> None:
    """Create the partitions that are missing, for months given by their first day.

    A month of which the default partition already holds entries stays there:
    moving them would lock the log. So do months far outside of any real log.
    """
    present = set(
        connection.scalars(
            sa.text(
                "SELECT c.relname FROM pg_catalog.pg_inherits i"
                " JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = 'audit.entries'::regclass"
            )
        )
    )
    owner = _read_other_owner(connection)
    for month in sorted(set(months)):
        name = f"entries_{month:%Y_%m}"
        if name in present or not _FIRST_YEAR <= month.year <= _LAST_YEAR:
            continue
        bounds = {"start": f"{month} 00:00:00+00", "end": f"{month_after(month)} 00:00:00+00"}
        is_taken = connection.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM audit.entries_default WHERE"
                " occurred_at >= CAST(:start AS timestamptz)"
                " AND occurred_at < CAST(:end AS timestamptz))"
            ),
            bounds,
        )
        if not is_taken:
            # Names and bounds are made from a date, so no text of the log is in here.
            connection.exec_driver_sql(
                f"CREATE TABLE audit.{name} PARTITION OF audit.entries"
                f" FOR VALUES FROM ('{bounds['start']}') TO ('{bounds['end']}')"
            )
            if owner is not None:
                connection.exec_driver_sql(f"ALTER TABLE audit.{name} OWNER TO {owner}")


def _read_other_owner(connection: sa.Connection) -> str | None:
    """Whose the entries are, quoted, where that is not the login that adds a month."""
    owner: str | None = connection.scalar(
        sa.text(
            "SELECT quote_ident(r.rolname) FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_roles r ON r.oid = c.relowner"
            " WHERE c.oid = 'audit.entries'::regclass AND r.rolname <> current_user"
        )
    )
    return None if owner is None else owner.replace("%", "%%")
