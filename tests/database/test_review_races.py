"""Two reviewers at the same moment, and a process that dies while it decides."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.review_faults import DecidedMeanwhileError
from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError
from mylla_audit_desktop.review.decision import Decision, NewDecision, Verdict
from tests.database.reviewing import QUIET, Office, decision, fill, sqlite_store

# Set to 1000 and 500 for the long run.
RACES = int(os.environ.get("MYLLA_RACES", "120"))
LOSSES = int(os.environ.get("MYLLA_LOSSES", "25"))
KILLS = int(os.environ.get("MYLLA_DECISION_KILLS", "24"))


def test_each_race_has_one_winner_and_one_who_is_told(office: Office) -> None:
    """On two connections, one finding after the other, both having seen the same."""
    start = threading.Barrier(2)
    verdicts = {"ana": Verdict.EXPECTED, "ben": Verdict.REOPENED}
    stores = {name: office.store(name) for name in verdicts}

    def decide(name: str) -> list[Decision | DecidedMeanwhileError]:
        outcomes: list[Decision | DecidedMeanwhileError] = []
        for race in range(RACES):
            given = decision(1, verdict=verdicts[name], note=f"{name} {race}", seen=race)
            start.wait(60)
            outcomes.append(try_to_decide(stores[name], given))
            start.wait(60)
        return outcomes

    with ThreadPoolExecutor(2) as pool:
        ana, ben = pool.map(decide, verdicts)
    [kept] = office.ana.read_decisions(None, QUIET).values()
    assert [one.number for one in kept] == list(range(1, RACES + 1))
    for race, pair in enumerate(zip(ana, ben, strict=True)):
        [won] = [one for one in pair if isinstance(one, Decision)]
        [told] = [one for one in pair if isinstance(one, DecidedMeanwhileError)]
        assert kept[race] == won
        assert told.decision == won
    winners = {one.reviewer.actor_id for one in kept}
    assert winners == {"usr_ana", "usr_ben"}, "a race that the same one always wins is none"


def try_to_decide(store: ReviewStore, given: NewDecision) -> Decision | DecidedMeanwhileError:
    try:
        [made] = store.append_decisions([given], QUIET)
    except DecidedMeanwhileError as error:
        return error
    return made


def test_two_lists_in_opposite_order_never_block_each_other(office: Office) -> None:
    start = threading.Barrier(2)
    findings = [(1,), (2,), (5,), (1, 2), (2, 5), (1, 5)]

    def decide(name: str) -> int:
        won = 0
        for race in range(20):
            given = [decision(*ids, seen=race) for ids in findings]
            start.wait(60)
            try:
                office.store(name).append_decisions(given[:: 1 if name == "ana" else -1], QUIET)
                won += 1
            except DecidedMeanwhileError:
                pass
            start.wait(60)
        return won

    office.ana.read_change_mark(QUIET)
    office.ben.read_change_mark(QUIET)
    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(decide, ["ana", "ben"]))
    assert sum(won) == 20
    assert office.ana.read_change_mark(QUIET) == 20 * len(findings)


def test_two_who_save_a_policy(office: Office) -> None:
    start = threading.Barrier(2)
    stores = {"ana": office.ana, "ben": office.ben}

    def save(name: str) -> int:
        saved = 0
        for race in range(20):
            start.wait(60)
            try:
                stores[name].append_policy(f"# {name} {race}\n", race, QUIET)
                saved += 1
            except AnswerIsNoError:
                pass
            start.wait(60)
        return saved

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(save, stores)) == 20
    assert [one.number for one in office.ana.read_policies(QUIET)] == list(range(21))


@pytest.mark.postgresql
def test_a_lost_connection_loses_nothing_and_writes_nothing_twice(
    postgresql_office: Office,
) -> None:
    """The server ends Ana's sessions at random moments while she decides."""
    label = postgresql_office.database.label
    is_over = threading.Event()

    def end_sessions() -> None:
        moments = random.Random(1)
        with psycopg.connect(
            host=label.host, port=label.port, user="postgres", dbname=label.name, autocommit=True
        ) as connection:
            # Some of the decisions come through in between, however slow the machine is.
            while not is_over.wait(moments.uniform(0, 0.1 + 3 * usual)):
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE usename = 'ana' AND datname = current_database()"
                )

    store = postgresql_office.ana
    begun = time.monotonic()
    store.append_decisions([decision(1, note="Undisturbed", seen=0)], QUIET)
    usual = time.monotonic() - begun
    acknowledged = ["Undisturbed"]
    losses, attempts, seen = 0, 0, 1
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(end_sessions)
        try:
            while losses < LOSSES or len(acknowledged) < LOSSES / 5:
                attempts += 1
                note = f"Attempt {attempts}"
                try:
                    [made] = store.append_decisions([decision(1, note=note, seen=seen)], QUIET)
                    acknowledged.append(note)
                    seen = made.number
                except DatabaseError:
                    losses += 1
                    found = postgresql_office.ben.read_decisions(None, QUIET)
                    now = len(found.get(decision(1).finding_id, ()))
                    assert now in {seen, seen + 1}
                    seen = now
        finally:
            is_over.set()
        ending.result()
    [kept] = postgresql_office.ben.read_decisions(None, QUIET).values()
    notes = [one.note for one in kept]
    assert len(notes) == len(set(notes))
    assert set(acknowledged) <= set(notes)


@pytest.mark.parametrize("kind", ["log", "beside"])
def test_killed_at_random_moments(tmp_path: Path, kind: str) -> None:
    log, beside = tmp_path / "log.sqlite", tmp_path / "decisions.sqlite"
    database = open_database(f"sqlite:///{log}", create=True)
    upgrade_schema(database)
    fill(database)
    if kind == "beside":
        # As a log that somebody else made, with no place for decisions.
        with sqlite3.connect(log) as connection:
            for name in ("schema_version", "review_policies", "review_sign_offs"):
                connection.execute(f"DROP TABLE {name}")
        connection.close()
    moments = random.Random(1)
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.database.review_victim", kind, log, beside],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert victim.stdin is not None
    assert victim.stdout is not None
    acknowledged = 0
    for kill in range(KILLS):
        victim.stdin.write(b"\n")
        victim.stdin.flush()
        # Every other one is let decide, the rest may die before they have begun.
        before = acknowledged if kill % 2 == 0 else -1
        pid = None
        while pid is None or acknowledged <= before:
            line = victim.stdout.readline()
            if line.startswith(b"pid "):
                pid = int(line[4:])
            else:
                acknowledged = int(line)
        # Not waiting for anything: the moment is what varies.
        threading.Event().wait(moments.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
        while not (line := victim.stdout.readline()).startswith(b"ended "):
            acknowledged = int(line)
        assert line == b"ended -9\n"
        [kept] = sqlite_store(database, "ana", beside).read_decisions(None, QUIET).values()
        assert acknowledged <= len(kept) <= acknowledged + 1
        assert [one.note for one in kept] == [f"Note {index}" for index in range(len(kept))]
    assert acknowledged >= KILLS // 2
    victim.stdin.close()
    assert victim.wait() == 0
    victim.stdout.close()
    database.close()
