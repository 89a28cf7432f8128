"""A pooler, a standby, restarts, terminated connections: reading goes on, writing is exact."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import sqlalchemy as sa

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.evidence.export import ExportRequest, export_csv
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import DatabaseError, KnownError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.review.decision import NewDecision, Verdict
from mylla_audit_desktop.review.finding import Rule, finding_id
from tests.clusters import control, running_pooler, running_standby, wait_for_replay
from tests.servers import Server, running_postgresql

ROOT = Path(__file__).parents[2]
# How often psycopg sends a statement before it has the server keep it.
PREPARED_AFTER = 5
NOW = Instant.parse("2026-11-20T12:00:00Z")
ENTRIES = [
    NewEntry(Instant(NOW.microseconds + n), "member", f"usr_{n % 5}", "Ana", "agent.update")
    for n in range(2000)
]
# For a long run: MYLLA_FAULTS=50.
ATTEMPTS = int(os.environ.get("MYLLA_FAULTS", "12"))
# What was acknowledged is on disk, as in production.
_SETTINGS = {"wal_level": "replica", "max_wal_senders": "4", "synchronous_commit": "on"}
_names = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own: it is stopped and started, and has a standby."""
    with running_postgresql(_SETTINGS) as running:
        running.execute("CREATE ROLE kim LOGIN")
        yield running


@pytest.fixture
def name(server: Server) -> str:
    """A database with a log, and kim as its reviewer."""
    made = f"cluster_{next(_names)}"
    url = server.create_database(made)
    with closing(open_database(url, create=True)) as database:
        upgrade_schema(database)
        append_entries(database, ENTRIES, Cancellation())
    with psycopg.connect(url) as connection:
        connection.execute("GRANT mylla_audit_admin TO kim")
        connection.execute(
            "INSERT INTO audit.members (login, actor_id, actor_name, granted_by)"
            " VALUES ('kim', 'usr_91', 'Kim Sato', 'postgres')"
        )
    return made


def as_kim(port: int, name: str, more: str = "") -> Database:
    return open_database(f"postgresql://kim@127.0.0.1:{port}/{name}{more}")


def rows(database: Database) -> int:
    reader = LogReader(database)
    snapshot = reader.read_snapshot(LogQuery(actions=("agent.update",)), Cancellation())
    page = reader.read_page(snapshot, 0, 100, None, Cancellation())
    assert len(page.entries) == 100
    return reader.read_count(snapshot, Cancellation())


def store_of(database: Database) -> ReviewStore:
    return open_review_store(database, read_access(database, Cancellation()))


def documented_hosts(standby: Server, primary: Server, name: str) -> str:
    """The URL of the guide's page on servers, with the hosts of the test."""
    text = (ROOT / "docs" / "guide" / "servers.md").read_text("utf-8")
    [url] = re.findall(r"--database '(\S+host=standby\S+)'", text)
    url = url.replace("//ana@/audit?", f"//kim@/{name}?")
    url = url.replace("standby.example.com:5432", f"127.0.0.1:{standby.port}")
    return str(url.replace("db.example.com:5432", f"127.0.0.1:{primary.port}"))


def decision(number: int, seen: int = 0) -> NewDecision:
    return NewDecision(
        finding_id=finding_id(Rule.OFF_HOURS, (number,)),
        rule=Rule.OFF_HOURS,
        entry_ids=(number,),
        verdict=Verdict.EXPECTED,
        note="",
        policy_version=0,
        seen=seen,
    )


def request(output: Path) -> ExportRequest:
    return ExportRequest(
        query=LogQuery(actions=("agent.update",)),
        filters_as_given={},
        zone=ZoneInfo("UTC"),
        profile=Profile.SIEM,
        output=output,
        may_replace=True,
        created_at=NOW,
    )


def test_everything_works_through_a_pooler_in_transaction_mode(
    server: Server, name: str, tmp_path: Path
) -> None:
    with (
        running_pooler(server, ("postgres", "kim")) as pooler,
        closing(as_kim(pooler.port, name)) as database,
    ):
        assert rows(database) == len(ENTRIES)
        store = store_of(database)
        for number in range(1, 6):
            [made] = store.append_decisions([decision(number)], Cancellation())
            assert made.reviewer.actor_id == "usr_91"
        result = export_csv(database, request(tmp_path / "e.csv"), Cancellation())
        assert result.row_count == len(ENTRIES)
        assert verify_file(result.output).is_intact


def test_a_pooler_may_give_each_transaction_another_connection(server: Server, name: str) -> None:
    with (
        running_pooler(server, ("postgres", "kim")) as pooler,
        closing(as_kim(pooler.port, name)) as database,
        closing(as_kim(pooler.port, name)) as other,
    ):
        for _ in range(PREPARED_AFTER + 1):
            assert rows(database) == len(ENTRIES)
        with other.reading(Cancellation()) as connection:
            # Now this one has the connection on which the statements were seen so far.
            connection.execute(sa.text("SELECT 1"))
            assert rows(database) == len(ENTRIES)


def test_what_is_asked_again_is_planned_once(server: Server, name: str) -> None:
    with closing(as_kim(server.port, name)) as database:
        for _ in range(PREPARED_AFTER + 1):
            rows(database)
        with database.reading(Cancellation()) as connection:
            prepared = connection.scalars(sa.text("SELECT statement FROM pg_prepared_statements"))
            assert any("LIMIT 101" in statement for statement in prepared)


def test_a_standby_is_read_and_the_primary_records(
    server: Server, name: str, tmp_path: Path
) -> None:
    with running_standby(server) as standby:
        wait_for_replay(server, standby)
        with closing(as_kim(standby.port, name)) as alone:
            assert rows(alone) == len(ENTRIES)
            with pytest.raises(DatabaseError, match=r"standby|read-only"):
                store_of(alone).append_decisions([decision(1)], Cancellation())
            # No record, no export.
            with pytest.raises(DatabaseError, match=r"standby|read-only"):
                export_csv(alone, request(tmp_path / "alone.csv"), Cancellation())
            assert not list(tmp_path.iterdir())
        both = f"?host=127.0.0.1:{standby.port}&host=127.0.0.1:{server.port}"
        with closing(open_database(f"postgresql://kim@/{name}{both}")) as database:
            assert database.label.port == standby.port, "reads go to the first host"
            assert main(["list", "--database", documented_hosts(standby, server, name)]) == 0
            assert rows(database) == len(ENTRIES)
            store = store_of(database)
            assert len(store.append_decisions([decision(2)], Cancellation())) == 1
            wait_for_replay(server, standby)
            assert len(store.read_decisions(None, Cancellation())) == 1
            control(server, "stop", "-m", "immediate")
            try:
                assert rows(database) == len(ENTRIES), "reading goes on"
                with pytest.raises(DatabaseError) as refused:
                    store.append_decisions([decision(3)], Cancellation())
                assert "recorded" in refused.value.sentence
            finally:
                # With the options it had.
                control(server, "restart")
            store.append_decisions([decision(3)], Cancellation())


@pytest.mark.parametrize("fault", ["restart", "terminate"])
def test_a_fault_is_said_and_nothing_is_decided_twice(
    server: Server, name: str, fault: str, tmp_path: Path
) -> None:
    acknowledged, refused = 0, 0
    with closing(as_kim(server.port, name)) as database:
        store = store_of(database)
        for number in range(1, ATTEMPTS + 1):
            if fault == "restart" and number % 4 == 0:
                control(server, "restart", "-m", "immediate")
            elif fault == "terminate":
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kim'"
                )
            for attempt in ("read", "decide", "export"):
                try:
                    if attempt == "read":
                        rows(database)
                    elif attempt == "decide":
                        store.append_decisions([decision(number)], Cancellation())
                        acknowledged += 1
                    else:
                        export_csv(database, request(tmp_path / "e.csv"), Cancellation())
                except KnownError:
                    refused += 1
        # The next action always connects anew.
        assert rows(database) == len(ENTRIES)
        made = store.read_decisions(None, Cancellation())
    assert acknowledged <= len(made) <= acknowledged + refused
    assert all(len(decisions) == 1 for decisions in made.values())
    assert verify_file(tmp_path / "e.csv").is_intact
