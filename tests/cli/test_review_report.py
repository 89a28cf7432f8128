"""`mylla-audit review report`: its figures are those of SQL written by hand."""

import hashlib
import json
import re
import shlex
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.cli.conftest import Outcome, Run, entry, run_process
from tests.reports import Page, pdf_pages, pdf_text

POLICY = 'time_zone = "UTC"\n[hours]\n' + "".join(
    f'{day} = "08:00-18:00"\n' for day in ("mon", "tue", "wed", "thu", "fri")
)
MARCH = ("--from", "2026-03-01", "--to", "2026-03-31", "--time-zone", "UTC")
ROLES = {"action": "team.change_role", "target_type": "member", "before": {"role": "Member"}}
GONE = {"action": "integration.disconnect", "target_type": "integration"}
LUIS = {"actor_id": "usr_7", "actor_name": "Luis Ortega"}

ENTRIES = (
    entry(1, "2026-03-02T10:00:00Z", target_id="usr_8", after={"role": "Admin"}, **ROLES),
    entry(2, "2026-03-02T11:00:00Z", target_id="usr_9", after={"role": "Super Admin"}, **ROLES),
    entry(3, "2026-03-02T12:00:00Z", target_id="usr_8", after={"role": "Member"}, **ROLES)
    | {"before": {"role": "Admin"}},
    entry(4, "2026-03-03T10:00:00Z", action="team.invite", before=None, after={"role": "Admin"}),
    entry(5, "2026-03-04T10:00:00Z", target_id="int_1", **GONE),
    entry(6, "2026-03-05T10:00:00Z", target_id="int_2", **GONE),
    # One evening in two sessions: 61 minutes lie between the second and the third.
    entry(7, "2026-03-05T20:00:00Z", **LUIS),
    entry(8, "2026-03-05T21:00:00Z", **LUIS),
    entry(9, "2026-03-05T22:01:00Z", **LUIS),
    # A Saturday, and a job that may work at night.
    entry(10, "2026-03-07T12:00:00Z", **LUIS),
    entry(11, "2026-03-08T03:00:00Z", actor_type="system", actor_id="system", actor_name="system"),
    entry(12, "2026-04-01T00:00:00Z", target_id="int_3", **GONE),
)

PROMOTIONS = """
    SELECT count(*) FROM {entries} WHERE {period} AND (
        action = 'team.change_role' AND before->>'role' = 'Member'
        OR action = 'team.invite'
    ) AND after->>'role' IN ('Admin', 'Super Admin')
"""
DISCONNECTS = "SELECT count(*) FROM {entries} WHERE {period} AND action = 'integration.disconnect'"
SESSIONS = """
    WITH late AS (
        SELECT actor_id, {seconds} AS at FROM {entries}
        WHERE {period} AND actor_type = 'member' AND ({weekend} OR {hour} < 8 OR {hour} >= 18)
    )
    SELECT count(*) FROM (
        SELECT at, lag(at) OVER (PARTITION BY actor_id ORDER BY at) AS before FROM late
    ) steps WHERE before IS NULL OR at - before > 3600
"""
VERDICTS = """
    SELECT rule, verdict, count(*) FROM (
        SELECT rule, verdict, row_number() OVER (PARTITION BY finding_id ORDER BY number DESC) AS n
        FROM {decisions}
    ) newest WHERE n = 1 AND verdict <> 'reopened' GROUP BY rule, verdict
"""
POSTGRESQL = {
    "entries": "audit.entries",
    "decisions": "review.decisions",
    "sign_offs": "review.sign_offs",
    "period": "occurred_at >= '2026-03-01 00:00Z' AND occurred_at < '2026-04-01 00:00Z'",
    "seconds": "extract(epoch FROM occurred_at)",
    "weekend": "extract(isodow FROM occurred_at AT TIME ZONE 'UTC') > 5",
    "hour": "extract(hour FROM occurred_at AT TIME ZONE 'UTC')",
}
SQLITE = {
    "entries": "entries",
    "decisions": "review_decisions",
    "sign_offs": "review_sign_offs",
    "period": "occurred_at >= '2026-03-01' AND occurred_at < '2026-04-01'",
    "seconds": "CAST(strftime('%s', substr(occurred_at, 1, 19)) AS INTEGER)",
    "weekend": "strftime('%w', substr(occurred_at, 1, 10)) IN ('0', '6')",
    "hour": "CAST(substr(occurred_at, 12, 2) AS INTEGER)",
}


class Log:
    """A log under review, asked by commands and by hand."""

    def __init__(self, url: str, run: Run) -> None:
        self.url, self._run = url, run
        self.is_postgresql = url.startswith("postgresql")

    def run(self, *words: str, who: str = "ana") -> Outcome:
        if self.is_postgresql:
            return self._run(*words, "--database", self.url.replace("postgres@", f"{who}@"))
        named = ("--reviewer", f"usr_{who}") if {"decide", "sign-off", "set"} & {*words} else ()
        return self._run(*words, "--database", self.url, *named)

    def by_hand(self, statement: str) -> list[tuple[Any, ...]]:
        if self.is_postgresql:
            with psycopg.connect(self.url) as connection:
                return connection.execute(statement.format(**POSTGRESQL).encode()).fetchall()
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
            return file.execute(statement.format(**SQLITE)).fetchall()

    def report(self, output: Path, *words: str) -> Outcome:
        return self.run("review", "report", *MARCH, "--output", str(output), *words)

    def findings(self) -> list[dict[str, str]]:
        outcome = self.run("review", "list", *MARCH, "--format", "ndjson")
        return [json.loads(line) for line in outcome.out.splitlines()]


@pytest.fixture
def log(fill: Callable[..., str], run: Run, tmp_path: Path) -> Log:
    log = Log(fill(*ENTRIES), run)
    if log.is_postgresql:
        for login, role in (("ana", "admin"), ("ben", "super-admin")):
            with psycopg.connect(log.url, autocommit=True) as connection:
                connection.execute(
                    f"DO $$ BEGIN CREATE ROLE {login} LOGIN; EXCEPTION WHEN duplicate_object"
                    " THEN NULL; END $$".encode()
                )
            words = ("--actor-id", f"usr_{login}", "--actor-name", login.title())
            assert run("grant", login, "--role", role, *words, "--database", log.url).code == 0
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    assert log.run("review", "policy", "set", str(policy)).code == 0
    return log


@pytest.fixture
def reviewed(log: Log) -> Log:
    """Decided in part, with one finding reopened."""
    findings = log.findings()
    verdicts = ("expected", "follow_up", "escalated")
    for number, one in enumerate(findings[:-2]):
        words = ("--verdict", verdicts[number % 3], "--note", f"Note {number}")
        assert log.run("review", "decide", one["finding_id"], *words).code == 0
    first = findings[0]["finding_id"]
    assert log.run("review", "decide", first, "--verdict", "reopened").code == 0
    return log


def test_its_figures_are_those_of_sql_by_hand(reviewed: Log, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    outcome = reviewed.report(file)
    assert (outcome.code, outcome.err) == (0, "")
    page = Page(file.read_text("utf-8"))
    found = {
        "role-promotion": reviewed.by_hand(PROMOTIONS)[0][0],
        "integration-disconnect": reviewed.by_hand(DISCONNECTS)[0][0],
        "off-hours": reviewed.by_hand(SESSIONS)[0][0],
    }
    assert found == {"role-promotion": 3, "integration-disconnect": 2, "off-hours": 3}
    decided = {(rule, verdict): n for rule, verdict, n in reviewed.by_hand(VERDICTS)}
    assert sum(decided.values()) == 5
    for rule, name in (
        ("role-promotion", "Role promotion"),
        ("integration-disconnect", "Integration disconnect"),
        ("off-hours", "Off-hours activity"),
    ):
        by_verdict = [decided.get((rule, v), 0) for v in ("expected", "follow_up", "escalated")]
        wanted = [found[rule], found[rule] - sum(by_verdict), *by_verdict]
        assert page.row(name)[1:] == [str(number) for number in wanted]
    entries = reviewed.by_hand("SELECT count(*) FROM {entries} WHERE {period}")[0][0]
    assert f"All entries of the period: {entries}." in page.text
    assert "Open findings (3)" in page.text
    for finding_id, note in reviewed.by_hand("SELECT finding_id, note FROM {decisions}"):
        assert str(finding_id) in page.text
        assert str(note) in page.text
    for one in reviewed.findings():
        assert one["finding_id"] in page.text
        assert one["reason"] in page.text


def test_its_commands_check_it(reviewed: Log, tmp_path: Path) -> None:
    for one in reviewed.findings():
        if one["status"] == "open":
            assert (
                reviewed.run("review", "decide", one["finding_id"], "--verdict", "expected").code
                == 0
            )
    assert reviewed.run("review", "sign-off", *MARCH).code == 0
    assert reviewed.run("review", "sign-off", *MARCH, who="ben").code == 0
    file = tmp_path / "report.html"
    assert reviewed.report(file).code == 0
    page = Page(file.read_text("utf-8"))
    command = re.search(r"mylla-audit (export .*?--output period\.csv)", page.text)
    assert command is not None
    words = shlex.split(command[1].replace("--database URL", ""))
    csv = tmp_path / "period.csv"
    words[words.index("period.csv")] = str(csv)
    assert reviewed.run(*words).code == 0
    digest = hashlib.sha256(csv.read_bytes()).hexdigest()
    assert page.text.count(digest) == 3, "the population, and what both signatures bind"
    signed = "SELECT population_hash, findings, findings_hash FROM {sign_offs} ORDER BY id"
    rows = reviewed.by_hand(signed)
    assert len(rows) == 2
    for population_hash, findings, findings_hash in rows:
        assert population_hash == digest
        assert hashlib.sha256(str(findings).encode()).hexdigest() == findings_hash
        assert str(findings_hash) in page.text
    assert "Countersignature 2" in page.text
    assert "Signatures (2)" in page.text


def test_what_came_after_the_sign_off_stands_apart(
    reviewed: Log, fill: Callable[..., str], tmp_path: Path
) -> None:
    for one in reviewed.findings():
        if one["status"] == "open":
            assert (
                reviewed.run("review", "decide", one["finding_id"], "--verdict", "expected").code
                == 0
            )
    assert reviewed.run("review", "sign-off", *MARCH).code == 0
    fill(entry(20, "2026-03-09T10:00:00Z", target_id="int_9", **GONE))
    first = reviewed.findings()[0]["finding_id"]
    again = ("--verdict", "escalated", "--note", "On second thoughts")
    assert reviewed.run("review", "decide", first, *again).code == 0
    file = tmp_path / "report.html"
    assert reviewed.report(file).code == 0
    text = Page(file.read_text("utf-8")).text
    assert "Since the sign-off: 2 findings found or decided anew, 1 more entry" in text
    assert "Open findings (1)" in text
    assert "Found or decided since the sign-off (1)" in text
    assert "NOT the same as in this report" in text


def test_the_pdf_says_the_same(reviewed: Log, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    # In a process of its own, without a screen: an application of Qt is there once for all.
    url = reviewed.url.replace("postgres@", "ana@")
    words = ("review", "report", *MARCH, "--output", str(file), "--database", url)
    outcome = run_process(*words, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert (outcome.code, outcome.err) == (0, "")
    assert "8 findings, 3 open, 11 entries, 0 signatures" in outcome.out
    data = file.read_bytes()
    assert data.startswith(b"%PDF-")
    text = pdf_text(data, tmp_path)
    assert f"Page 1 of {pdf_pages(data, tmp_path)}" in text
    for one in reviewed.findings():
        assert one["finding_id"] in text
    assert "Escalated" in text


def test_another_ending_is_refused_before_anything_is_read(
    sqlite_log: str, run: Run, tmp_path: Path
) -> None:
    for name in ("report.txt", "report", "report.pdf.bak", ".pdf"):
        output = str(tmp_path / name)
        outcome = run("review", "report", *MARCH, "--output", output, "--database", "sqlite:///no")
        assert outcome.code == 2
        assert "neither .pdf nor .html" in outcome.err
    assert not list(tmp_path.glob("*report*"))


def test_a_file_that_exists_is_replaced_only_with_force(
    sqlite_log: str, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text("mine")
    words = ("review", "report", *MARCH, "--output", str(file), "--database", sqlite_log)
    refused = run(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert file.read_text() == "mine"
    assert run(*words, "--force").code == 0
    assert "Review report" in file.read_text("utf-8")
    assert sorted(one.suffix for one in tmp_path.glob("report*")) == [".html"]


def test_what_is_wrong_with_the_call(sqlite_log: str, run: Run, tmp_path: Path) -> None:
    good = ("--output", str(tmp_path / "r.html"), "--database", sqlite_log)
    for words in (
        ("--from", "2026-13-01", *good),
        ("--from", "2026-03-02", "--to", "2026-03-01", *good),
        (*MARCH[:4], "--time-zone", "Mars/Olympus", *good),
        (*MARCH, "--output", str(tmp_path / "no" / "r.html"), "--database", sqlite_log),
        (*MARCH, "--database", sqlite_log),
    ):
        outcome = run("review", "report", *words)
        assert (outcome.code, outcome.out) == (2, ""), words
        assert outcome.err.count("\n") == 1


def test_all_time_and_odd_times_are_a_report_too(fill: Callable[..., str], tmp_path: Path) -> None:
    url = fill(
        entry(1, "infinity", target_id="int_1", **GONE),
        entry(2, "4713-01-02T00:00:00+00 BC", target_id="int_2", **GONE),
    )
    for name in ("r.html", "r.pdf"):
        words = ("--all-time", "--output", str(tmp_path / name), "--database", url)
        outcome = run_process("review", "report", *words)
        assert (outcome.code, outcome.err) == (0, "")
    text = Page((tmp_path / "r.html").read_text("utf-8")).text
    assert "Audit log review, all time" in text
    assert "infinity" in text
