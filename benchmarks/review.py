"""The review of 30 days, held against one bare aggregate over the same entries.

The aggregate is what a review comes down to: who did what how often, and from where last.

Usage: python -m benchmarks.review URL, of a demo log that ends on 1 November 2026; or
call `review_figures` from another benchmark.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.resources import resource_path
from mylla_audit_desktop.review.policy_file import parse_policy

_DAY = 86_400_000_000
_ROUNDS = 7


@dataclass(frozen=True)
class ReviewFigures:
    """Seconds, medians of the same run. entries: how many the period holds."""

    review: float
    aggregate: float
    findings: int
    entries: int


def review_figures(database: Database, until: Instant) -> ReviewFigures:
    """The three rules by the policy that fits the demo, over the 30 days before `until`."""
    policy = parse_policy(resource_path("sample-policy.toml").read_text("utf-8"))
    start = Instant(until.microseconds - 30 * _DAY)
    bare = _bare(database, start, until)
    count = bare()
    found = read_findings(database, policy, start, until, Cancellation())
    ours, theirs = [], []
    for _ in range(_ROUNDS):
        theirs.append(_seconds(bare))
        ours.append(_seconds(lambda: read_findings(database, policy, start, until, Cancellation())))
    return ReviewFigures(statistics.median(ours), statistics.median(theirs), len(found), count)


def _bare(database: Database, start: Instant, end: Instant) -> Callable[[], int]:
    """The aggregate through the driver alone, on an open connection: how many entries."""
    table = "audit.entries" if database.is_postgresql else "entries"
    sql = (
        f"SELECT actor_id, action, count(*), max(ip_address) FROM {table}"
        f" WHERE occurred_at >= '{start}' AND occurred_at < '{end}' GROUP BY actor_id, action"
    )
    if database.is_postgresql:
        label = database.label
        connection = psycopg.connect(
            host=label.host, port=label.port, dbname=label.name, user=database.login
        )
        return lambda: sum(row[2] for row in connection.execute(sql.encode()).fetchall())
    import sqlite3

    file = sqlite3.connect(database.label.name)
    return lambda: sum(row[2] for row in file.execute(sql).fetchall())


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Print the figures of one log."""
    database = open_database(sys.argv[1])
    figures = review_figures(database, Instant.parse("2026-11-01T00:00:00Z"))
    print(
        f"{figures.findings} findings among {figures.entries:,} entries:"
        f" {figures.review * 1000:.1f} ms, aggregate {figures.aggregate * 1000:.1f} ms,"
        f" ratio {figures.review / figures.aggregate:.2f}"
    )


if __name__ == "__main__":
    main()
