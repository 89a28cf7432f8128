"""A review of a log that is somebody else's, behind a view, with whatever stands in it."""

import sqlite3
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.review.finding import Finding, Rule
from mylla_audit_desktop.review.policy_file import parse_policy

POLICY = parse_policy('time_zone = "Europe/Berlin"\n[actors.usr_7]\ntime_zone = "Asia/Tokyo"\n')

# Twenty entries at work, and then: from addresses that nobody can read, at night, of
# nobody, by a job, a promotion and a disconnect with values that are no JSON.
ROWS = [
    *((n, f"2026-11-20T10:{n:02d}:00.000000+00:00", "member", "usr_1", "agent.update", "192.0.2.1")
      for n in range(1, 21)),
    (30, "2026-11-23T10:00:00.000000+00:00", "member", "usr_1", "agent.update", "010.0.0.1"),
    (31, "2026-11-23T10:01:00.000000+00:00", "member", "usr_1", "agent.update", "010.0.0.1"),
    (32, "2026-11-23T14:00:00.000000+00:00", "member", "usr_1", "agent.update", ""),
    (33, "2026-11-23T16:00:00.000000+00:00", "member", "usr_1", "agent.update", "fe80::1%eth0"),
    (40, "2026-11-21T02:00:00.000000+00:00", "member", "usr_1", "agent.update", "192.0.2.1"),
    (41, "2026-11-21T02:30:00.000000+00:00", "user", None, "agent.update", None),
    (42, "2026-11-21T02:40:00.000000+00:00", None, "usr_2", "agent.update", None),
    (43, "2026-11-21T02:50:00.000000+00:00", "system", "system", "agent.update", None),
    (44, "2026-11-23T10:00:00.000000+00:00", "member", "usr_7", "agent.update", None),
    (50, "2026-11-23T10:30:00.000000+00:00", "member", "usr_1", "team.change_role", None),
    (51, "2026-11-23T10:31:00.000000+00:00", "member", "usr_1", "integration.disconnect", None),
]  # fmt: skip
EXPECTED = {
    ("off-hours", "medium", (30,)),
    ("off-hours", "medium", (33,)),
    ("off-hours", "low", (40,)),
    ("off-hours", "low", (41,)),
    ("off-hours", "low", (42,)),
    ("off-hours", "low", (44,)),
    ("role-promotion", "critical", (50,)),
    ("integration-disconnect", "high", (51,)),
}
_TABLE = "CREATE TABLE log (n integer, at text, kind text, who text, what text, address text);"
_VIEW = (
    "CREATE VIEW {name} AS SELECT n AS id, {at} AS occurred_at, kind AS actor_type,"
    " who AS actor_id, NULL AS actor_name, what AS action, NULL AS target_type,"
    " 'usr_1' AS target_id, NULL AS target_name, {values} AS before, {values} AS after,"
    " address AS ip_address FROM log"
)


def seen(findings: tuple[Finding, ...]) -> set[tuple[str, str, tuple[int, ...]]]:
    return {(one.rule.value, one.severity.value, one.entry_ids) for one in findings}


def check(url: str) -> None:
    database = open_database(url)
    assert not database.has_indexes
    found = read_findings(database, POLICY, None, None, Cancellation())
    assert seen(found) == EXPECTED
    reasons = {one.entry_ids[0]: one.reason for one in found}
    assert "From 010.0.0.1 (which cannot be read as an address)" in reasons[30]
    assert "nobody named" in reasons[41]
    assert "Mon 19:00 Asia/Tokyo" in reasons[44]
    assert "cannot be read: not valid JSON" in reasons[50]
    promotions = read_findings(
        database, POLICY, None, None, Cancellation(), rules=[Rule.ROLE_PROMOTION]
    )
    assert [one.entry_ids for one in promotions] == [(50,)]
    database.close()


def test_a_view_in_sqlite(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "foreign.sqlite")
    connection.executescript(_TABLE + _VIEW.format(name="entries", at="at", values="'{broken'"))
    connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", ROWS)
    connection.commit()
    connection.close()
    check(f"sqlite:///{tmp_path}/foreign.sqlite")


@pytest.mark.postgresql
def test_a_view_in_postgresql(postgresql_url: str) -> None:
    view = _VIEW.format(name="audit.entries", at="at::timestamptz", values="'{broken'::text")
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute((_TABLE + "CREATE SCHEMA audit;" + view).encode())
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO log VALUES (%s, %s, %s, %s, %s, %s)", ROWS)
    check(postgresql_url)


def test_an_actor_whose_id_is_no_utf8_is_reviewed_like_any_other(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "foreign.sqlite")
    connection.executescript(_TABLE + _VIEW.format(name="entries", at="at", values="NULL"))
    rows = [(n, at, kind, who, what, ip) for n, at, kind, who, what, ip in ROWS if n < 41]
    connection.executemany(
        "INSERT INTO log VALUES (?, ?, ?, CAST(? AS TEXT), ?, ?)",
        [(n, at, kind, b"usr_\xff", what, ip) for n, at, kind, _, what, ip in rows],
    )
    connection.commit()
    connection.close()
    database = open_database(f"sqlite:///{tmp_path}/foreign.sqlite")
    found = read_findings(database, POLICY, None, None, Cancellation())
    assert seen(found) == {one for one in EXPECTED if one[2][0] <= 40}
    database.close()
