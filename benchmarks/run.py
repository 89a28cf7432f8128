"""The figures of the README: our reader, exporter and window against the bare tools.

Usage: python -m benchmarks.run [--entries 1000000] [--large] [--readme]
Builds a demo log of that size and one of a tenth in a PostgreSQL of its own and in
SQLite, measures both in turn, and prints a table of figures, what each is held
against, and the ratio. With `--large` the log has ten times as many entries, the other a
tenth, on PostgreSQL alone and without the exports. `--readme` writes the table into
README.md as well.
"""

import argparse
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from benchmarks.large import multiply
from benchmarks.review import review_figures
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader, Snapshot, Waypoints
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.demo.story import DemoPlan, tell_story
from mylla_audit_desktop.evidence.export import ExportRequest, export_csv
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from tests.servers import running_postgresql

_UNTIL = Instant.parse("2026-11-01T00:00:00Z")
_COLUMNS = (
    "occurred_at, actor_id, actor_name, action, target_type, target_id, target_name,"
    " before, after, ip_address, id"
)
_ROUNDS = 7
# How much larger the log of `--large` is.
_TIMES = 10


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    against: str
    ratio: str
    bound: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # As an installed program has it; a start that compiles all its modules anew says nothing.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    entries = arguments.entries
    with tempfile.TemporaryDirectory() as folder, running_postgresql() as server:
        urls = [server.create_database(f"bench_{n}") for n in ("all", "tenth")]
        if arguments.large:
            rows = _large(urls, entries)
            entries *= _TIMES
        else:
            rows = _both("PostgreSQL", urls, entries, Path(folder))
            urls = [f"sqlite:///{folder}/{n}.sqlite" for n in ("all", "tenth")]
            rows += _both("SQLite", urls, entries, Path(folder))
    table = _table(rows, entries)
    print(table)
    if arguments.readme:
        _write_readme(table, "large figures" if arguments.large else "figures")


def _both(name: str, urls: list[str], entries: int, folder: Path) -> list[Row]:
    _say(f"{name}: making {entries:,} entries …")
    small = max(entries // 10, 1000)
    large, tenth = _make(urls[0], entries), _make(urls[1], small)
    rows = _reading(name, large, tenth, f"{small:,} entries")
    rows.append(_review(name, large))
    _say(f"{name}: exporting …")
    rows.append(_export(name, large, urls[0], folder))
    _say(f"{name}: the window …")
    rows += _window(name, urls, f"{small:,} entries")
    rows.append(_start(name, urls[0]))
    return rows


def _large(urls: list[str], entries: int) -> list[Row]:
    name, small = "PostgreSQL", max(entries // 10, 1000)
    _say(f"{name}: making {entries * _TIMES:,} entries …")
    for url, size in zip(urls, (entries, small), strict=True):
        _make(url, size).close()
    multiply(urls[0], _TIMES)
    large, tenth = (open_database(url) for url in urls)
    _say(f"{name}: reading …")
    rows = _reading(name, large, tenth, f"{small:,} entries")
    rows.append(_review(name, large))
    _say(f"{name}: the window …")
    rows += _window(name, urls, f"{small:,} entries", "--no-export")
    rows.append(_start(name, urls[0]))
    return rows


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _make(url: str, entries: int) -> Database:
    database = open_database(url, create=True)
    upgrade_schema(database)
    plan = DemoPlan(entries=entries, days=1000, until=_UNTIL)
    append_entries(database, tell_story(plan), Cancellation())
    with database.writing(Cancellation()) as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def _reading(name: str, large: Database, small: Database, size: str) -> list[Row]:
    reader = LogReader(large)
    snapshot = reader.read_snapshot(LogQuery(), Cancellation())
    rows = [_first_page(name, large, reader, snapshot)]
    started = time.perf_counter()
    waypoints = reader.read_waypoints(snapshot, Cancellation())
    rows.append(
        Row(f"{name}: count and waypoints, once", _ms(time.perf_counter() - started), "", "", "")
    )
    rows.append(_jumps(name, large, reader, snapshot, waypoints))
    rows += _against_small(name, reader, snapshot, waypoints, small, size)
    return rows


def _review(name: str, database: Database) -> Row:
    figures = review_figures(database, _UNTIL)
    what = f"{name}: 30-day review, {figures.findings} findings in {figures.entries:,} entries"
    return _row(what, figures.review, figures.aggregate, "one aggregate", "3")


def _first_page(name: str, database: Database, reader: LogReader, snapshot: Snapshot) -> Row:
    table = "audit.entries" if database.is_postgresql else "entries"
    sql = f"SELECT {_COLUMNS} FROM {table} ORDER BY occurred_at DESC, id DESC LIMIT 101"
    ours, bare = _alternately(
        lambda: reader.read_page(snapshot, 0, 100, None, Cancellation()), _bare(database, sql)
    )
    return _row(f"{name}: first page", ours, bare, "the bare SQL", "3")


def _jumps(
    name: str, database: Database, reader: LogReader, snapshot: Snapshot, waypoints: Waypoints
) -> Row:
    rng = random.Random(1)
    starts = [rng.randrange(waypoints.count - 100) for _ in range(100)]
    starts += [waypoints.count // 2, waypoints.count - 100]
    times = sorted(
        _time(partial(reader.read_page, snapshot, start, 100, waypoints, Cancellation()))
        for start in starts
    )
    table = "audit.entries" if database.is_postgresql else "entries"
    deep = waypoints.count * 4 // 5
    sql = f"SELECT {_COLUMNS} FROM {table} ORDER BY occurred_at DESC, id DESC"
    offset = _time(_bare(database, f"{sql} LIMIT 100 OFFSET {deep}"))
    p95 = times[int(len(times) * 0.95)]
    return Row(
        f"{name}: jump to any depth, median / p95",
        f"{_ms(statistics.median(times))} / {_ms(p95)}",
        f"{_ms(offset)} (OFFSET {deep:,})",
        f"{statistics.median(times) / offset:.3f}",
        "20 / 60 ms",
    )


def _against_small(
    name: str,
    reader: LogReader,
    snapshot: Snapshot,
    waypoints: Waypoints,
    database: Database,
    size: str,
) -> list[Row]:
    small = LogReader(database)
    small_snapshot = small.read_snapshot(LogQuery(), Cancellation())
    small_points = small.read_waypoints(small_snapshot, Cancellation())

    def first(which: LogReader, result: Snapshot) -> Callable[[], object]:
        return lambda: which.read_page(result, 0, 100, None, Cancellation())

    def jump(which: LogReader, result: Snapshot, points: Waypoints) -> Callable[[], object]:
        rng = random.Random(3)
        return lambda: which.read_page(
            result, rng.randrange(points.count - 100), 100, points, Cancellation()
        )

    pages = _alternately(first(reader, snapshot), first(small, small_snapshot))
    jumps = _alternately(
        jump(reader, snapshot, waypoints), jump(small, small_snapshot, small_points)
    )
    return [
        _row(f"{name}: the same first page", *pages, size, "2"),
        _row(f"{name}: the same jump", *jumps, size, "2"),
    ]


def _export(name: str, database: Database, url: str, folder: Path) -> Row:
    output = folder / "ours.csv"
    request = ExportRequest(
        query=LogQuery(),
        filters_as_given={},
        zone=ZoneInfo("Europe/Berlin"),
        profile=Profile.SPREADSHEET,
        output=output,
        may_replace=True,
        created_at=_UNTIL,
    )
    bare = folder / "bare.csv"
    if database.is_postgresql:
        query = f"SELECT {_COLUMNS} FROM audit.entries ORDER BY occurred_at DESC, id DESC"
        words = ["psql", "-X", "-d", url, "-c", rf"\copy ({query}) TO '{bare}' (FORMAT csv)"]
    else:
        query = f"SELECT {_COLUMNS} FROM entries ORDER BY occurred_at DESC, id DESC"
        words = ["sh", "-c", f"sqlite3 -csv '{database.label.name}' '{query}' > '{bare}'"]
    ours, theirs = _alternately(
        lambda: export_csv(database, request, Cancellation()),
        lambda: subprocess.run(words, check=True, capture_output=True),
        rounds=3,
    )
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert digest in Path(f"{output}.manifest.json").read_text()
    tool, bound = (r"psql \copy", "1.5") if database.is_postgresql else ("sqlite3 -csv", "1.3")
    return _row(f"{name}: CSV with manifest", ours, theirs, tool, bound)


def _window(name: str, urls: list[str], size: str, *options: str) -> list[Row]:
    large, small = (_window_figures(url, *options) for url in urls)
    rows = []
    for what, longest in large.items():
        if isinstance(longest, list):
            own, control = longest
            against = f"{control:.0f} ms (a bare window beside it)"
            rows.append(Row(f"{name}: longest pause {what}", f"{own:.0f} ms", against, "", "50 ms"))
    for what, bound in (("memory", "1.1, 300 MB"), ("memory after an export", "300 MB")):
        if what in large:
            own, others = large[what], small[what]
            against = f"{others:.0f} MB ({size})"
            ratio = f"{own / others:.2f}"
            rows.append(Row(f"{name}: window's {what}", f"{own:.0f} MB", against, ratio, bound))
    return rows


def _window_figures(url: str, *options: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.window", url, *options],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _start(name: str, url: str) -> Row:
    def started(*words: str) -> float:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.start", str(time.time()), *words],
            check=True,
            capture_output=True,
            text=True,
        )
        return float(done.stdout)

    started(url), started()
    times = [(started(url), started()) for _ in range(_ROUNDS)]
    ours, bare = (statistics.median(column) for column in zip(*times, strict=True))
    return _row(f"{name}: start to first rows", ours, bare, "a bare window", "2")


def _bare(database: Database, sql: str) -> Callable[[], object]:
    """The statement through the driver alone, on a connection that is open already."""
    if database.is_postgresql:
        label = database.label
        connection = psycopg.connect(
            host=label.host, port=label.port, dbname=label.name, user=database.login
        )
        return lambda: connection.execute(sql).fetchall()
    import sqlite3

    file = sqlite3.connect(database.label.name)
    return lambda: file.execute(sql).fetchall()


def _median(work: Callable[[], object], rounds: int = _ROUNDS) -> float:
    work()
    return statistics.median(_time(work) for _ in range(rounds))


def _alternately(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 40
) -> tuple[float, float]:
    """The medians of both, measured in turn, so that what else runs meets both."""
    theirs(), ours()
    times = [(_time(theirs), _time(ours)) for _ in range(rounds)]
    return statistics.median(one for _, one in times), statistics.median(one for one, _ in times)


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(what: str, ours: float, theirs: float, name: str, bound: str) -> Row:
    return Row(what, _ms(ours), f"{_ms(theirs)} ({name})", f"{ours / theirs:.2f}", bound)


def _ms(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"


def _table(rows: list[Row], entries: int) -> str:
    lines = [
        f"{entries:,} entries, {os.cpu_count()} cores, Python {sys.version.split()[0]}:",
        "",
        "| what | measured | held against | ratio | bound |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {r.what} | {r.ours} | {r.against} | {r.ratio} | {r.bound} |" for r in rows]
    return "\n".join(lines)


def _write_readme(table: str, mark: str) -> None:
    path = Path(__file__).parent.parent / "README.md"
    text = path.read_text("utf-8")
    head, _, rest = text.partition(f"<!-- {mark} -->")
    _, _, tail = rest.partition(f"<!-- /{mark} -->")
    path.write_text(f"{head}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{tail}", "utf-8")


if __name__ == "__main__":
    main()
