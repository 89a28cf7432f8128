"""A query as a stream of CSV bytes, formatted by the database.

Rows never become Python objects: PostgreSQL writes the CSV itself (COPY), SQLite
builds each line in SQL. Only a result with times outside of 1900 to 2100, where
no list of clock changes is short, is written by the reference in `log.csv_format`.
"""

from collections.abc import Callable, Generator, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.drivers import postgresql_driver, sqlite_driver
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.log.csv_format import GUARDED_CHARACTERS, HEADER, Profile, format_row
from mylla_audit_desktop.log.instant import Instant, format_offset
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.zones import OffsetSpan, offset_spans

_CHUNK = 1 << 18
_ROWS = 2000
_FIRST = Instant.parse("1900-01-01T00:00:00Z")
_LAST = Instant.parse("2100-01-01T00:00:00Z")
_TEXT_COLUMNS = (
    "actor_id",
    "actor_name",
    "action",
    "target_type",
    "target_id",
    "target_name",
    "before",
    "after",
    "ip_address",
)

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
    relation = EntryRelation(
        is_postgresql=database.is_postgresql,
        types=database.column_types,
        required=database.required_columns,
    )
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
        yield from _copy(database, statement, cancellation, report)
    else:
        line = _sqlite_line(relation, profile, spans)
        statement = sa.select(line).where(*conditions).order_by(*relation.order(query.sort))
        yield from _sqlite_lines(database, statement, cancellation, report)


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
    if first < _FIRST or last > _LAST:
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
        if highest_id is not None and entry.id > highest_id:
            continue
        lines.append(format_row(entry, profile, zone))
        rows += 1
        if len(lines) == _ROWS:
            yield "".join(lines).encode("utf-8", "surrogateescape")
            lines = []
            report(rows)
    yield "".join(lines).encode("utf-8", "surrogateescape")
    report(rows)


def _by_span(
    spans: tuple[OffsetSpan, ...], when: Expression, value: Callable[[OffsetSpan], Any]
) -> Any:
    """The value for the offset that holds at `when`."""
    *earlier, last = spans
    if not earlier:
        return value(last)
    return sa.case(*((when < span.until, value(span)) for span in earlier), else_=value(last))


# -- PostgreSQL ------------------------------------------------------------------


def _postgresql_columns(
    relation: EntryRelation, profile: Profile, spans: tuple[OffsetSpan, ...]
) -> list[Expression]:
    when = relation.occurred_at
    shift = _by_span(
        spans, when, lambda span: sa.literal_column(f"interval '{span.offset.total_seconds()} s'")
    )
    # Typed anew: as a column of instants it would be read as a number.
    moment = sa.func.timezone("UTC", sa.type_coerce(when, sa.DateTime()))
    local = sa.func.to_char(
        moment.op("+")(shift), sa.literal_column("'YYYY-MM-DD\"T\"HH24:MI:SS.US'"), type_=sa.Text
    )
    offset = _by_span(
        spans, when, lambda span: sa.literal_column(f"'{format_offset(span.offset)}'", sa.Text)
    )
    texts = [relation.plain_text(name) for name in _TEXT_COLUMNS]
    if profile is Profile.SPREADSHEET:
        codes = [ord(character) for character in GUARDED_CHARACTERS]
        texts = [
            sa.case(
                (sa.func.ascii(text).in_(codes), sa.literal_column("''''", sa.Text).concat(text)),
                else_=text,
            )
            for text in texts
        ]
    return [local.concat(offset), *texts, relation.id]


def _copy(
    database: Database, statement: sa.Select[Any], cancellation: Cancellation, report: Progress
) -> Iterator[bytes]:
    with database.reading(cancellation) as connection:
        driver = postgresql_driver(connection)
        # COPY takes no parameters; the dialect writes literals as this server reads them.
        sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        rows = 0
        with driver.cursor() as cursor:
            with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)".encode(), ()) as copy:
                parts: list[bytes] = []
                size = 0
                for data in copy:
                    parts.append(bytes(data))
                    size += len(data)
                    rows += 1
                    if size >= _CHUNK:
                        yield b"".join(parts)
                        parts, size = [], 0
                        report(rows)
                yield b"".join(parts)
            report(cursor.rowcount)


# -- SQLite ----------------------------------------------------------------------


def _sqlite_line(
    relation: EntryRelation, profile: Profile, spans: tuple[OffsetSpan, ...]
) -> Expression:
    """One expression for the whole line.

    Concatenation and replace() keep what is behind a NUL character, which printf()
    would cut off.
    """
    when = sa.type_coerce(relation.occurred_at, sa.Text)
    if all(not span.offset for span in spans):
        stamp: Expression = when
    else:
        shift = _by_span(
            spans,
            relation.occurred_at,
            lambda span: sa.literal_column(f"'{span.offset.total_seconds():+.0f} seconds'"),
        )
        offset = _by_span(
            spans,
            relation.occurred_at,
            lambda span: sa.literal_column(f"'{format_offset(span.offset)}'", sa.Text),
        )
        local = sa.func.strftime(
            sa.literal_column("'%Y-%m-%dT%H:%M:%S'"),
            sa.func.substr(when, 1, 19),
            shift,
            type_=sa.Text,
        )
        stamp = local.concat(sa.func.substr(when, 20, 7)).concat(offset)
    comma = sa.literal_column("','", sa.Text)
    line = stamp
    for name in _TEXT_COLUMNS:
        text = relation.plain_text(name)
        line = line.concat(comma).concat(
            sa.func.ifnull(_sqlite_cell(text, profile), sa.literal_column("''"), type_=sa.Text)
        )
    return line.concat(comma).concat(relation.id).concat(sa.literal_column("char(10)"))


def _sqlite_cell(text: Expression, profile: Profile) -> Expression:
    quote = sa.literal_column("'\"'", sa.Text)
    code = sa.func.unicode(text)
    codes = sorted(map(ord, GUARDED_CHARACTERS))
    # Most texts begin with a letter, which one comparison tells.
    is_plain = code.between(max(codes[:-1]) + 1, codes[-1] - 1)
    is_guarded = sa.and_(sa.not_(is_plain), code.in_(codes))
    guarded = sa.literal_column("''''", sa.Text).concat(text)
    shown: Expression = text
    if profile is Profile.SPREADSHEET:
        shown = sa.case((is_guarded, guarded), else_=text)
    needs_quotes = sa.or_(
        *(
            sa.func.instr(text, sa.literal_column(character)) > 0
            for character in ("'\"'", "','", "char(10)", "char(13)")
        ),
        text == sa.literal_column("''"),
    )
    quoted = sa.func.replace(
        shown, sa.literal_column("'\"'"), sa.literal_column("'\"\"'"), type_=sa.Text
    )
    return sa.case((needs_quotes, quote.concat(quoted).concat(quote)), else_=shown)


def _sqlite_lines(
    database: Database, statement: sa.Select[Any], cancellation: Cancellation, report: Progress
) -> Iterator[bytes]:
    with database.reading(cancellation) as connection:
        # The driver's own cursor: one text a row needs no row objects around it.
        driver = sqlite_driver(connection)
        sql = statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        factory = driver.text_factory
        driver.text_factory = bytes
        try:
            cursor = driver.execute(str(sql))
            rows = 0
            while batch := cursor.fetchmany(_ROWS):
                yield b"".join([line for (line,) in batch])
                rows += len(batch)
                report(rows)
        finally:
            driver.text_factory = factory
