"""The figures of the README: our reader, exporter and window against the bare tools.

Usage: python -m benchmarks.run [--entries 1000000] [--readme]
Builds a demo log of that size and one of a tenth in a PostgreSQL of its own and in
SQLite, measures both in turn, and prints a table of figures, what each is held
against, and the ratio. `--readme` writes the table into README.md as well.
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
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg

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
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, running_postgresql() as server:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        small = max(arguments.entries // 10, 1000)
        for name, urls in (
            ("PostgreSQL", [server.create_database(f"bench_{n}") for n in ("all", "tenth")]),
            ("SQLite", [f"sqlite:///{folder}/{n}.sqlite" for n in ("all", "tenth")]),
        ):
            print(f"{name}: making {arguments.entries:,} entries …", file=sys.stderr)
            large = _make(urls[0], arguments.entries)
            tenth = _make(urls[1], small)
            rows += _measure(name, large, tenth, urls, Path(folder))
    table = _table(rows, arguments.entries)
    print(table)
    if arguments.readme:
        _write_readme(table)


def _make(url: str, entries: int) -> Database:
    database = open_database(url, create=True)
    upgrade_schema(database)
    plan = DemoPlan(entries=entries, days=1000, until=_UNTIL)
    append_entries(database, tell_story(plan), Cancellation())
    with database.writing(Cancellation()) as connection:
        connection.exec_driver_sql("ANALYZE")
    return database


def _measure(
    name: str, large: Database, tenth: Database, urls: list[str], folder: Path
) -> list[Row]:
    reader = LogReader(large)
    snapshot = reader.read_snapshot(LogQuery(), Cancellation())
    rows = [_first_page(name, large, reader, snapshot)]
    started = time.perf_counter()
    waypoints = reader.read_waypoints(snapshot, Cancellation())
    rows.append(
        Row(f"{name}: count and waypoints, once", _ms(time.perf_counter() - started), "", "", "")
    )
    rows.append(_jumps(name, large, reader, snapshot, waypoints))
    rows.append(_against_tenth(name, reader, snapshot, waypoints, tenth))
    rows.append(_export(name, large, urls[0], folder))
    rows += _window(name, urls)
    return rows


def _first_page(name: str, database: Database, reader: LogReader, snapshot: Snapshot) -> Row:
    ours = _median(lambda: reader.read_page(snapshot, 0, 100, None, Cancellation()))
    table = "audit.entries" if database.is_postgresql else "entries"
    sql = f"SELECT {_COLUMNS} FROM {table} ORDER BY occurred_at DESC, id DESC LIMIT 101"
    bare = _median(_bare(database, sql))
    return _row(f"{name}: first page", ours, bare, "the bare SQL", "3")


def _jumps(
    name: str, database: Database, reader: LogReader, snapshot: Snapshot, waypoints: Waypoints
) -> Row:
    rng = random.Random(1)
    starts = [rng.randrange(waypoints.count - 100) for _ in range(100)]
    starts += [waypoints.count // 2, waypoints.count - 100]
    times = sorted(
        _time(lambda s=start: reader.read_page(snapshot, s, 100, waypoints, Cancellation()))
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


def _against_tenth(
    name: str, reader: LogReader, snapshot: Snapshot, waypoints: Waypoints, tenth: Database
) -> Row:
    small = LogReader(tenth)
    small_snapshot = small.read_snapshot(LogQuery(), Cancellation())
    small_points = small.read_waypoints(small_snapshot, Cancellation())

    def jump(which: LogReader, result: Snapshot, points: Waypoints) -> Callable[[], object]:
        rng = random.Random(3)
        return lambda: which.read_page(
            result, rng.randrange(points.count - 100), 100, points, Cancellation()
        )

    ours = _median(jump(reader, snapshot, waypoints), 40)
    theirs = _median(jump(small, small_snapshot, small_points), 40)
    return _row(f"{name}: the same jump", ours, theirs, "a tenth of the entries", "2")


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
    ours, theirs = [], []
    for _ in range(3):
        theirs.append(_time(lambda: subprocess.run(words, check=True, capture_output=True)))
        ours.append(_time(lambda: export_csv(database, request, Cancellation())))
    digest = hashlib.sha256(output.read_bytes()).hexdigest()
    assert digest in Path(f"{output}.manifest.json").read_text()
    tool, bound = (r"psql \copy", "1.5") if database.is_postgresql else ("sqlite3 -csv", "1.3")
    return _row(
        f"{name}: CSV with manifest",
        statistics.median(ours),
        statistics.median(theirs),
        tool,
        bound,
    )


def _window(name: str, urls: list[str]) -> list[Row]:
    large, tenth = (_window_figures(url) for url in urls)
    rows = [
        Row(f"{name}: longest pause {what}", f"{large[what]:.0f} ms", "", "", "50 ms")
        for what in ("loading", "scrolling", "opening the export", "exporting and scrolling")
    ]
    ratio = large["memory MB"] / tenth["memory MB"]
    against = f"{tenth['memory MB']:.0f} MB (a tenth of the entries)"
    memory = f"{large['memory MB']:.0f} MB"
    rows.append(Row(f"{name}: window's memory", memory, against, f"{ratio:.2f}", "1.1, 300 MB"))
    return rows


def _window_figures(url: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.window", url], check=True, capture_output=True, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


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


def _write_readme(table: str) -> None:
    path = Path(__file__).parent.parent / "README.md"
    text = path.read_text("utf-8")
    head, _, rest = text.partition("<!-- figures -->")
    _, _, tail = rest.partition("<!-- /figures -->")
    path.write_text(f"{head}<!-- figures -->\n{table}\n<!-- /figures -->{tail}", "utf-8")


if __name__ == "__main__":
    main()
