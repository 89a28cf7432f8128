"""A query as a stream of CSV bytes, formatted by the database.

PostgreSQL writes the CSV itself (COPY); SQLite has no such thing, and its rows are put
together as bytes (`sqlite_csv`), without becoming entries. Only a result with times
outside of 1900 to 2100, where no list of clock changes is short, is written by the
reference in `log.csv_format`.
"""

from collections.abc import Callable, Generator, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.instants import by_span
from mylla_audit_desktop.database.local_time import spare_compiling
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.database.sqlite_csv import stream_lines
from mylla_audit_desktop.log.csv_format import GUARDED_CHARACTERS, HEADER, Profile, format_row
from mylla_audit_desktop.log.entry import TEXT_COLUMNS
from mylla_audit_desktop.log.instant import Instant, format_offset
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.week import CALENDAR_END, CALENDAR_START
from mylla_audit_desktop.log.zones import OffsetSpan, offset_spans

_CHUNK = 1 << 18
_ROWS = 1000

Progress = Callable[[int], None]


def stream_csv(
    database: Database,
    query: LogQuery,
    *,
    profile: Profile,
    zone: ZoneInfo,
    cancellation: Cancellation,
    highest_id: int | None = None,
    progress: Progress | None = None,
) -> Generator[bytes, None, None]:
    """The CSV in chunks, header first, from one transaction; close it if not read to its end.

    highest_id: entries with a higher id are left out (the snapshot of a screen).
    progress: gets the number of rows so far.
    """
    yield HEADER.encode()
    relation = EntryRelation(database)
    conditions = relation.filters(query)
    if highest_id is not None:
        conditions.append(relation.id <= highest_id)
    report = progress or (lambda _rows: None)
    spans = _read_spans(database, relation, query, zone, cancellation)
    if spans is None:
        yield from _by_reference(database, query, profile, zone, cancellation, highest_id, report)
    elif database.is_postgresql:
        columns = _postgresql_columns(relation, profile, spans)
        statement = sa.select(*columns).where(*conditions).order_by(*relation.order(query.sort))
        yield from _copy(
            database, statement, cancellation, report, has_long_filter=bool(query.hours)
        )
    else:
        yield from stream_lines(
            database,
            relation,
            query,
            highest_id=highest_id,
            spans=spans,
            profile=profile,
            cancellation=cancellation,
            report=report,
        )


def _read_spans(
    database: Database,
    relation: EntryRelation,
    query: LogQuery,
    zone: ZoneInfo,
    cancellation: Cancellation,
) -> tuple[OffsetSpan, ...] | None:
    """The offsets that the result can meet; None where it reaches beyond 1900 to 2100."""
    # Within the period only: an index answers that at once, other filters it may not.
    period = LogQuery(start=query.start, end=query.end)
    edges = []
    with database.reading(cancellation) as connection:
        for direction in (relation.occurred_at.asc(), relation.occurred_at.desc()):
            edge = connection.scalar(
                sa.select(relation.occurred_at)
                .where(*relation.filters(period))
                .order_by(direction)
                .limit(1)
            )
            edges.append(Instant(0) if edge is None else edge)
        if not database.is_postgresql and not _has_canonical_times(connection):
            return None
    first, last = edges
    if first < CALENDAR_START or last > CALENDAR_END:
        return None
    return offset_spans(first, last, zone)


def _has_canonical_times(connection: sa.Connection) -> bool:
    """Whether every time is sure to be in the form that `instants` writes."""
    trigger = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'entries_canonical_time')"
    return bool(connection.scalar(sa.text(trigger)))


def _by_reference(
    database: Database,
    query: LogQuery,
    profile: Profile,
    zone: ZoneInfo,
    cancellation: Cancellation,
    highest_id: int | None,
    report: Progress,
) -> Iterator[bytes]:
    lines: list[str] = []
    rows = 0
    for entry in LogReader(database).iterate_entries(query, None, cancellation):
        if highest_id is not None and ("id" in entry.missing or entry.id > highest_id):
            continue
        lines.append(format_row(entry, profile, zone))
        rows += 1
        if len(lines) == _ROWS:
            yield "".join(lines).encode("utf-8", "surrogateescape")
            lines = []
            report(rows)
    yield "".join(lines).encode("utf-8", "surrogateescape")
    report(rows)


# -- PostgreSQL ------------------------------------------------------------------


def _postgresql_columns(
    relation: EntryRelation, profile: Profile, spans: tuple[OffsetSpan, ...]
) -> list[Expression]:
    when = relation.occurred_at
    # Typed anew: as a column of instants it would be read as a number.
    moment = sa.type_coerce(when, sa.DateTime())

    def local(span: OffsetSpan) -> Expression:
        shift: Expression = sa.literal_column(f"interval '{span.offset.total_seconds()} s'")
        form = f'YYYY-MM-DD"T"HH24:MI:SS.US"{format_offset(span.offset)}"'
        return sa.func.to_char(
            sa.func.timezone(shift, moment), sa.literal_column(f"'{form}'"), type_=sa.Text
        )

    texts: list[Expression] = []
    for name in TEXT_COLUMNS:
        if relation.is_address(name):
            # COPY writes an address as it is stored, and none begins like a formula.
            texts.append(relation.table.c[name])
            continue
        text = relation.plain_text(name)
        texts.append(_guarded(text) if profile is Profile.SPREADSHEET else text)
    return [by_span(spans, when, local), *texts, relation.id]


def _guarded(text: Expression) -> Expression:
    """The text with an apostrophe before it where it begins with a guarded character."""
    is_guarded = sa.func.ascii(text).in_([ord(character) for character in GUARDED_CHARACTERS])
    return sa.case((is_guarded, sa.literal_column("''''", sa.Text).concat(text)), else_=text)


def _copy(
    database: Database,
    statement: sa.Select[Any],
    cancellation: Cancellation,
    report: Progress,
    *,
    has_long_filter: bool,
) -> Iterator[bytes]:
    with database.reading(cancellation) as connection:
        if has_long_filter:
            spare_compiling(connection)
        driver = postgresql_driver(connection)
        # COPY takes no parameters; the dialect writes literals as this server reads them.
        sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        # The dialect doubles each % for parameters, and here there are none.
        text = str(sql).replace("%%", "%")
        rows = 0
        with driver.cursor() as cursor:
            with cursor.copy(f"COPY ({text}) TO STDOUT (FORMAT csv)".encode(), ()) as copy:
                parts: list[bytes] = []
                size = 0
                for data in copy:
                    parts.append(bytes(data))
                    size += len(data)
                    rows += 1
                    if size >= _CHUNK:
                        yield b"".join(parts)
                        # The server may have sent everything, with nothing left to interrupt.
                        cancellation.raise_if_cancelled()
                        parts, size = [], 0
                        report(rows)
                yield b"".join(parts)
            report(cursor.rowcount)
