"""The entries of an SQLite log as lines of the CSV.

The plain way takes the rows one by one and joins them as bytes (`csv_cells`). It serves any
query and any text.

The fast way is for a whole log, or a period of it, in the order of time, which an index
serves. SQLite puts the columns of a stretch of entries together, which needs no Python and
so runs beside it, and Python finishes each stretch as a whole. A stretch that holds anything
unusual (a NUL, one of the signs below, a text before or after that is no object) goes the
plain way: both write the same bytes (docs/decisions/0011-sqlite-reads-ahead.md).
"""

import sqlite3
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.csv_cells import RowWriter, cell
from mylla_audit_desktop.database.csv_stamps import Parts, Stamps
from mylla_audit_desktop.database.drivers import sqlite_driver
from mylla_audit_desktop.database.parallel import read_ahead
from mylla_audit_desktop.database.relation import EntryRelation
from mylla_audit_desktop.database.sqlite_stretch import (
    COMMA,
    DETAILS,
    EMPTY,
    LINE_FEED,
    NOTHING,
    QUOTE,
    SHORT_COLUMNS,
    StretchSql,
)
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import TEXT_COLUMNS
from mylla_audit_desktop.log.query import LogQuery, SortColumn
from mylla_audit_desktop.log.zones import OffsetSpan

_ROWS = 1000
# How many SQLite instructions run between two looks at the cancellation: some 20 ms.
_STEPS = 1_000_000
_SIGNS = bytes.maketrans(COMMA + LINE_FEED, b",\n")

Progress = Callable[[int], None]
_Key = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Entries in the order of the query, from `key` on.

    times: as they are stored, or written out with a `COMMA` behind each.
    shorts: the other columns but before and after.
    details: before and after.
    """

    key: _Key
    times: bytes
    shorts: bytes
    details: bytes
    count: int


def stream_lines(
    database: Database,
    relation: EntryRelation,
    query: LogQuery,
    *,
    highest_id: int | None,
    spans: tuple[OffsetSpan, ...],
    profile: Profile,
    cancellation: Cancellation,
    report: Progress,
) -> Generator[bytes, None, None]:
    """The lines in chunks, in the order of the query; `report` gets the number so far.

    spans: the offsets that the zone has within the result, earliest first.
    """
    stamps = Stamps(spans)
    sql = StretchSql(relation, query, highest_id, stamps, profile)
    with database.reading(cancellation) as connection:
        driver = sqlite_driver(connection)
        factory = driver.text_factory
        # Texts as the bytes that they are.
        driver.text_factory = bytes
        # A look at the cancellation waits for Python's lock, so there are fewer than usual.
        driver.set_progress_handler(lambda: int(cancellation.is_cancelled), _STEPS)
        try:
            if _is_served_in_stretches(driver, query, sql):
                lines = _by_stretches(driver, sql, stamps, profile)
            else:
                lines = _by_rows(driver, sql, profile)
            rows = 0
            with closing(lines):
                for chunk, count in lines:
                    yield chunk
                    rows += count
                    report(rows)
        finally:
            driver.text_factory = factory


def _by_rows(
    driver: sqlite3.Connection, sql: StretchSql, profile: Profile
) -> Generator[tuple[bytes, int], None, None]:
    writer = RowWriter(TEXT_COLUMNS, profile)
    cursor = driver.execute(sql.all_rows)
    while batch := cursor.fetchmany(_ROWS):
        yield writer.lines(batch), len(batch)


def _is_served_in_stretches(driver: sqlite3.Connection, query: LogQuery, sql: StretchSql) -> bool:
    if query != LogQuery(start=query.start, end=query.end, sort=query.sort):
        # Another index may serve its filters better, once for all.
        return False
    if query.sort.column is not SortColumn.TIMESTAMP:
        return False
    if driver.execute("PRAGMA encoding").fetchone() != (b"UTF-8",):
        return False
    plan = driver.execute(
        f"EXPLAIN QUERY PLAN {sql.stretch}", {"moment": "", "number": 0}
    ).fetchall()
    steps = [step[3] for step in plan]
    return any(b"INDEX entries_by_time (" in step for step in steps) and not any(
        b"FOR ORDER BY" in step for step in steps
    )


def _by_stretches(
    driver: sqlite3.Connection, sql: StretchSql, stamps: Stamps, profile: Profile
) -> Generator[tuple[bytes, int], None, None]:
    writer = RowWriter(TEXT_COLUMNS, profile)
    # The connection answers one thread at a time.
    lock = threading.Lock()
    with closing(read_ahead(_stretches(driver, sql, lock))) as stretches:
        for stretch in stretches:
            lines, count = _assembled(stretch, stamps), stretch.count
            if lines is None:
                with lock:
                    rows = driver.execute(sql.stretch_rows, stretch.key).fetchall()
                lines, count = writer.lines(rows), len(rows)
            yield lines, count


def _stretches(
    driver: sqlite3.Connection, sql: StretchSql, lock: threading.Lock
) -> Iterator[_Stretch]:
    with lock:
        key = _key(driver.execute(sql.first_key).fetchone())
    while key is not None:
        with lock:
            try:
                *further, times, shorts, details, count = driver.execute(
                    sql.stretch, key
                ).fetchone()
            except sqlite3.DataError:
                # Longer together than a text of SQLite can be.
                further = driver.execute(sql.further_key, key).fetchone()
                times, shorts, details, count = b"", b"", b"", 0
        yield _Stretch(key, times, shorts, details, count)
        key = _key(further)


def _key(found: Sequence[Any] | None) -> _Key | None:
    # As a text again: bytes would be compared as a BLOB.
    if not found or found[0] is None:
        return None
    return {"moment": found[0].decode(), "number": found[1]}


def _assembled(stretch: _Stretch, stamps: Stamps) -> bytes | None:
    """The lines of a stretch; None where it holds anything unusual."""
    shorts, details, count = stretch.shorts, stretch.details, stretch.count
    moments = _moments(stretch, stamps)
    signs = len(details) - len(details.replace(QUOTE, b"").replace(NOTHING, b""))
    if (
        moments is None
        or signs != 4 * count
        or shorts.count(DETAILS) != 2 * count
        or shorts.count(LINE_FEED) != count
        or shorts.count(COMMA) + shorts.count(EMPTY) != (len(SHORT_COLUMNS) + 1) * count
        or b"\0" in shorts
        or b"\0" in details
    ):
        return None
    if b"," in shorts or b'"' in shorts or b"\n" in shorts or b"\r" in shorts:
        if EMPTY in shorts:
            return None
        shorts = COMMA.join([piece and cell(piece) for piece in shorts.split(COMMA)])
    shorts = shorts.translate(_SIGNS).replace(EMPTY, b'"",')
    details = details.replace(b'"', b'""').replace(QUOTE, b'"').replace(NOTHING, b"")
    parts, middles = shorts.split(DETAILS), details.split(DETAILS)
    if len(middles) != count:
        return None
    begins, rests, offset = moments
    ends = repeat(offset + b",", count)
    return b"".join(
        chain.from_iterable(
            zip(begins, rests, ends, parts[0:-1:2], middles, parts[1::2], strict=True)
        )
    )


def _moments(stretch: _Stretch, stamps: Stamps) -> Parts | None:
    if stamps.are_whole_hours:
        return stamps.parts(stretch.times, stretch.count)
    times = stretch.times.split(COMMA)[:-1]
    return (times, [b""] * stretch.count, b"") if len(times) == stretch.count else None
