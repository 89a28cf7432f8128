"""What a review holds at a time, however much there is."""

import tracemalloc
from contextlib import closing

import psycopg

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.policy import Policy
from tests.servers import Server

START, END = (Instant.parse(f"2026-{month}-01T00:00:00Z") for month in ("06", "07"))
# A night or a weekend of them at a time; all of the month takes 14 MB.
_MOST_BYTES = 6_000_000


def test_a_month_in_which_one_person_never_sleeps_takes_little_memory(
    postgresql_server: Server,
) -> None:
    url = postgresql_server.create_database("sleepless", "mylla_template")
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO audit.entries (occurred_at, actor_type, actor_id, actor_name, action,"
            " target_id) SELECT time, 'member', 'usr_1', 'Ana', 'agent.update',"
            " 'agt_' || row_number() OVER () FROM generate_series("
            "timestamptz '2026-06-01 00:00Z', '2026-06-30 23:59Z', '1 minute') time"
        )
    policy = Policy(time_zone="UTC")
    with closing(open_database(url)) as database:
        read_findings(database, policy, START, END, Cancellation())
        tracemalloc.start()
        try:
            found = read_findings(database, policy, START, END, Cancellation())
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    entries = sum(len(one.entry_ids) for one in found)
    assert (len(found), entries) == (23, 30 * 24 * 60 - 22 * 10 * 60)
    assert most < _MOST_BYTES
