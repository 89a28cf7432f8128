"""`mylla-audit review decide`, `sign-off` and `policy`, as a script meets them."""

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Outcome, Run, entry

POLICY = 'time_zone = "UTC"\n[hours]\n' + "".join(
    f'{day} = "00:00-24:00"\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
)
MARCH = ("--from", "2026-03-01", "--to", "2026-03-31", "--time-zone", "UTC")
DISCONNECT = {"action": "integration.disconnect", "target_type": "integration"}

Log = Callable[..., Outcome]


@pytest.fixture
def review(fill: Callable[..., str], run: Run, tmp_path: Path) -> Log:
    """`mylla-audit review …` on a log with two findings, as Ana or, with `who`, another."""
    url = fill(
        entry(1, "2026-03-02T10:00:00Z", target_id="int_1", **DISCONNECT),
        entry(2, "2026-03-03T10:00:00Z", target_id="int_2", **DISCONNECT),
        entry(3, "2026-03-04T10:00:00Z"),
    )
    is_postgresql = url.startswith("postgresql")
    if is_postgresql:
        for login, role in (("ana", "admin"), ("ben", "super-admin"), ("olga", "admin")):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(
                    f"DO $$ BEGIN CREATE ROLE {login} LOGIN; EXCEPTION WHEN duplicate_object"
                    " THEN NULL; END $$".encode()
                )
            words = ("--actor-id", f"usr_{login}", "--actor-name", login.title())
            assert run("grant", login, "--role", role, *words, "--database", url).code == 0

    def review(*words: str, who: str = "ana") -> Outcome:
        if is_postgresql:
            return run("review", *words, "--database", url.replace("postgres@", f"{who}@"))
        named = () if words[0] == "list" or "show" in words else ("--reviewer", f"usr_{who}")
        return run("review", *words, "--database", url, *named)

    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    assert review("policy", "set", str(policy)).code == 0
    return review


def ids(review: Log, *words: str) -> list[str]:
    outcome = review("list", *MARCH, "--format", "ndjson", *words)
    assert outcome.code == 0, outcome.err
    return [json.loads(line)["finding_id"] for line in outcome.out.splitlines()]


def statuses(review: Log) -> list[str]:
    outcome = review("list", *MARCH, "--format", "ndjson")
    return [json.loads(line)["status"] for line in outcome.out.splitlines()]


def test_a_whole_review(review: Log) -> None:
    first, second = ids(review)
    refused = review("sign-off", *MARCH)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.count("\n") == 1
    assert first in refused.err
    assert second in refused.err
    done = review("decide", first, "--verdict", "escalated", "--note", "Told the board")
    assert (done.code, done.err) == (0, "")
    assert first in done.out
    assert review("decide", second, "--verdict", "expected", who="ben").code == 0
    assert statuses(review) == ["escalated", "expected"]
    signed = review("sign-off", *MARCH)
    assert (signed.code, signed.err) == (0, "")
    assert "2 findings, 3 entries" in signed.out
    again = review("sign-off", *MARCH)
    assert (again.code, again.out) == (1, "")
    second_pair = review("sign-off", *MARCH, who="ben")
    assert second_pair.code == 0
    assert second_pair.out.startswith("Countersigned 1 by")
    assert review("decide", first, "--verdict", "reopened").code == 0
    assert statuses(review) == ["open", "expected"]
    assert review("sign-off", *MARCH).code == 1


def test_what_is_wrong_with_a_decision(review: Log) -> None:
    [first, _] = ids(review)
    for words, part in [
        (("off-hours-0123456789abcdef", "--verdict", "expected"), "There is no finding"),
        (("integration-disconnect-0123456789abcdef", "--verdict", "expected"), "no finding"),
        (("x", "--verdict", "expected"), "There is no finding"),
        ((first, "--verdict", "escalated"), "needs a note"),
        ((first, "--verdict", "follow_up", "--note", " \u00a0"), "needs a note"),
        ((first, "--verdict", "fine"), "invalid choice"),
        ((first,), "--verdict"),
    ]:
        outcome = review("decide", *words)
        assert (outcome.code, outcome.out) == (2, ""), words
        assert outcome.err.count("\n") == 1
        assert part in outcome.err
    assert statuses(review) == ["open", "open"]


def test_a_finding_can_be_looked_for_in_a_period(review: Log) -> None:
    [first, _] = ids(review)
    elsewhere = review("decide", first, "--verdict", "expected", "--from", "2026-03-03")
    assert (elsewhere.code, elsewhere.out) == (2, "")
    assert "There is no finding" in elsewhere.err
    assert "in this period" in elsewhere.err
    assert statuses(review) == ["open", "open"]
    assert review("decide", first, "--verdict", "expected", *MARCH).code == 0
    assert statuses(review) == ["expected", "open"]


def test_nobody_decides_on_what_they_did(fill: Callable[..., str], run: Run, review: Log) -> None:
    fill(entry(9, "2026-03-09T10:00:00Z", actor_id="usr_olga", target_id="int_9", **DISCONNECT))
    own = ids(review)[-1]
    refused = review("decide", own, "--verdict", "expected", who="olga")
    assert refused.code == 1
    assert "Ask another reviewer" in refused.err
    assert review("decide", own, "--verdict", "expected").code == 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("--from", "2026-03-31", "--to", "2026-03-01"), "ends (2026-03-01) before it starts"),
        (("--from", "2026-02-30", "--to", "2026-03-31"), "no day 2026-02-30"),
        (("--from", "2026-03-01"), "--to"),
        (("--from", "", "--to", "2026-03-01"), "--from is empty"),
        ((*MARCH[:4], "--time-zone", "Mars/Base"), "Mars/Base"),
    ],
)
def test_what_is_wrong_with_a_period(
    sqlite_log: str, run: Run, words: tuple[str, ...], part: str
) -> None:
    outcome = run("review", "sign-off", *words, "--database", sqlite_log)
    assert (outcome.code, outcome.out) == (2, "")
    assert part in outcome.err


def test_a_period_of_nothing_is_signed(sqlite_log: str, run: Run) -> None:
    words = ("--from", "2020-01-01", "--to", "2020-01-31", "--database", sqlite_log)
    outcome = run("review", "sign-off", *words)
    assert outcome.code == 0
    assert "0 findings, 0 entries" in outcome.out
    assert "not verified" in outcome.out


def test_policy_versions(review: Log, tmp_path: Path) -> None:
    shown = review("policy", "show")
    assert (shown.code, shown.out) == (0, POLICY)
    assert "version 1" in shown.err
    path = tmp_path / "policy.toml"
    same = review("policy", "set", str(path))
    assert same.code == 0
    assert "says the same already" in same.out
    assert review("policy", "show").out == POLICY
    for text, key in [
        ("holiday = 'DE'\n", "holiday"),
        ("time_zone = 'Mars/Base'\n", "time_zone"),
        ("[hours]\nmon = '8-18'\n", "hours.mon"),
        ("[actors.usr_7]\nzone = 'UTC'\n", "actors.usr_7.zone"),
    ]:
        path.write_text(text)
        wrong = review("policy", "set", str(path))
        assert (wrong.code, wrong.out) == (2, "")
        assert key in wrong.err
    assert review("policy", "set", str(tmp_path / "none.toml")).code == 2
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in review("policy", "set", str(path)).err
    assert review("policy", "show").out == POLICY
    path.write_text(f"# A second\n{POLICY}")
    changed = review("policy", "set", str(path), who="ben")
    assert changed.code == 0
    assert "version 2" in changed.out
    assert review("policy", "show").out == f"# A second\n{POLICY}"


def test_decisions_beside_a_log(
    sqlite_log: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    path = sqlite_log.removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    for name in ("schema_version", "review_decisions", "review_policies", "review_sign_offs"):
        connection.execute(f"DROP TABLE {name}")
    connection.close()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    period = ("--from", "2026-03-01", "--to", "2026-03-31", "--database", sqlite_log)
    for words, kept in [
        (("--decisions", str(tmp_path / "mine.sqlite")), tmp_path / "mine.sqlite"),
        ((), tmp_path / "data"),
    ]:
        assert not kept.exists()
        listed = run("review", "list", *period, *words, "--format", "ndjson")
        assert listed.code == 0, listed.err
        assert not kept.exists()
        for line in listed.out.splitlines():
            found = json.loads(line)["finding_id"]
            decided = run(
                *("review", "decide", found, "--verdict", "expected", "--reviewer", "usr_9"),
                *("--database", sqlite_log, *words),
            )
            assert decided.code == 0, decided.err
            assert "not verified, in the file" in decided.out
        signed = run("review", "sign-off", *period, *words)
        assert signed.code == 0, signed.err
        assert kept.exists()


@pytest.mark.postgresql
def test_who_may_not_decide(
    postgresql_url: str, run: Run, write_ndjson: Callable[..., Path]
) -> None:
    path = write_ndjson(entry(1, "2026-03-02T03:00:00Z"))
    assert run("import", str(path), "--database", postgresql_url).code == 0
    database = ("--database", postgresql_url)
    for words in (
        ("decide", "off-hours-0123456789abcdef", "--verdict", "expected"),
        ("sign-off", *MARCH),
    ):
        outcome = run("review", *words, *database)
        assert (outcome.code, outcome.out) == (3, "")
        assert "mapped to no team member" in outcome.err
    named = run("review", "sign-off", *MARCH, *database, "--reviewer", "usr_1")
    assert named.code == 2
    assert "the login says who reviews" in named.err
