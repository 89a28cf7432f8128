"""`mylla-audit review list`: the findings of a period for scripts and people."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run, entry
from tests.review.mmdb import mmdb_bytes

# Twenty ordinary entries in the week before, then one of each kind.
ORDINARY = [entry(n, f"2026-11-20T10:{n:02d}:00+01:00") for n in range(1, 21)]
REMARKABLE = [
    entry(30, "2026-11-21T03:12:00+01:00"),
    entry(31, "2026-11-21T03:20:00+01:00", target_id="agt_2"),
    entry(
        40,
        "2026-11-23T10:00:00+01:00",
        action="team.change_role",
        target_id="usr_2",
        target_name="Kim\u202eSato",
        before={"role": "Member"},
        after={"role": "super_admin"},
    ),
    entry(50, "2026-11-23T11:00:00+01:00", action="integration.assign", target_id="int_1",
          before=None, after={"agent_ids": ["agt_1"]}),
    entry(51, "2026-11-23T12:00:00+01:00", action="integration.disconnect", target_id="int_1"),
    entry(52, "2026-11-23T14:00:00+01:00", action="integration.connect", target_id="int_1"),
    entry(60, "2026-11-23T16:00:00+01:00", ip_address="198.51.100.90"),
]  # fmt: skip
PERIOD = ("--from", "2026-11-21", "--to", "2026-11-23", "--time-zone", "Europe/Berlin")


@pytest.fixture
def log(fill: Callable[..., str], run: Run, tmp_path: Path) -> str:
    url = fill(*ORDINARY, *REMARKABLE)
    path = tmp_path / "policy.toml"
    path.write_text('time_zone = "Europe/Berlin"\n', "utf-8")
    where = str(tmp_path / "decisions.sqlite")
    # On PostgreSQL nobody here is a team member, and the built-in policy is in UTC.
    run("review", "policy", "set", str(path), "--database", url, "--decisions", where)
    return url


def test_one_json_object_for_each_finding(log: str, run: Run) -> None:
    outcome = run("review", "list", "--database", log, *PERIOD, "--format", "ndjson")
    assert outcome.code == 0, outcome.err
    findings = [json.loads(line) for line in outcome.out.splitlines()]
    assert [one["entry_ids"] for one in findings] == [[30, 31], [40], [51], [60]]
    assert [one["rule"] for one in findings] == [
        "off-hours",
        "role-promotion",
        "integration-disconnect",
        "off-hours",
    ]
    assert [one["severity"] for one in findings] == ["low", "high", "low", "medium"]
    assert {one["status"] for one in findings} == {"open"}
    night, _, disconnect, _ = findings
    assert night["occurred_at"] == "2026-11-21T03:12:00.000000+01:00"
    assert (night["actor_id"], night["target_id"]) == ("usr_1", None)
    assert disconnect["reconnected_at"] == "2026-11-23T14:00:00.000000+01:00"
    assert disconnect["agents"] == ["agt_1"]
    assert "down for 2 h 00 min, connected again by Ada Lovelace" in disconnect["reason"]
    assert "agents" not in night
    again = run("review", "list", "--database", log, *PERIOD, "--format", "ndjson")
    assert again.out == outcome.out


def test_the_ends_of_time_are_reviewed_too(fill: Callable[..., str], run: Run) -> None:
    edges = ("-infinity", "-004713-11-24T00:00:00Z", "9999-12-31T23:59:59.999999Z",
             "+294276-12-31T23:59:59.999999Z", "infinity")  # fmt: skip
    url = fill(
        *(
            entry(number, when, action="integration.disconnect", target_id=f"int_{number}")
            for number, when in enumerate(edges, 1)
        )
    )

    def found(*period: str) -> list[list[int]]:
        words = ("--rule", "integration-disconnect", "--format", "ndjson", "--time-zone", "UTC")
        outcome = run("review", "list", "--database", url, *period, *words)
        assert (outcome.code, outcome.err) == (0, "")
        return [json.loads(line)["entry_ids"] for line in outcome.out.splitlines()]

    assert found("--all-time") == [[1], [2], [3], [4], [5]]
    assert found("--from=-infinity", "--to", "infinity") == [[1], [2], [3], [4]]
    assert found("--from=-004713-11-24T00:00:00Z", "--to", "9999-12-31") == [[2], [3]]
    assert found("--from", "+294276-12-31T23:59:59.999999Z") == [[4], [5]]
    for period in ((), ("--from=-infinity",), ("--to", "infinity"), ("--from", "9999-12-31")):
        sessions = run("review", "list", "--database", url, *period, "--rule", "off-hours")
        assert (sessions.code, sessions.err) == (0, "")


def test_one_rule(log: str, run: Run) -> None:
    words = ("review", "list", "--database", log, *PERIOD, "--format", "ndjson")
    outcome = run(*words, "--rule", "role-promotion")
    assert [json.loads(line)["entry_ids"] for line in outcome.out.splitlines()] == [[40]]
    both = run(*words, "--rule", "role-promotion", "--rule", "integration-disconnect")
    assert len(both.out.splitlines()) == 2


def test_a_table_for_people_shows_hidden_characters(log: str, run: Run) -> None:
    outcome = run("review", "list", "--database", log, *PERIOD)
    heading, *lines = outcome.out.splitlines()
    assert heading.split() == ["Timestamp", "Severity", "Rule", "Finding", "Status", "ID"]
    assert "Kim\\u202eSato: Member → Super Admin" in lines[1]
    assert lines[0].startswith("2026-11-21 03:12:00 +01:00")


def test_the_country_of_a_chosen_file_is_a_hint(log: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "countries.mmdb"
    record = {"country": {"iso_code": "JP", "names": {"en": "Japan"}}}
    home = {"registered_country": {"iso_code": "DE", "names": {"en": "Germany"}}}
    path.write_bytes(mmdb_bytes({"198.51.100.0/24": record, "192.0.2.0/24": home}, 1_790_000_000))
    words = ("review", "list", "--database", log, *PERIOD, "--format", "ndjson")
    outcome = run(*words, "--locations", str(path))
    reason = json.loads(outcome.out.splitlines()[-1])["reason"]
    assert "From 198.51.100.90 (198.51.100.0/24): a network not used" in reason
    assert "Registered country Japan (JP), new for this actor" in reason
    assert "Test-Country of 2026-09-21" in reason
    assert outcome.out.count("Registered country") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-02-30"), "no day 2026-02-30"),
        (("--from", "2026-11-22", "--to", "2026-11-20"), "ends"),
        (("--rule", "weekend"), "invalid choice"),
        (("--time-zone", "Mars/Base"), "not known"),
        (("--all-time", "--from", "2026-11-22"), "cannot be combined"),
        (("--locations", __file__), "no .mmdb file"),
        (("--locations", "/nowhere.mmdb"), "There is no file"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    sqlite_log: str, run: Run, words: tuple[str, ...], said: str
) -> None:
    outcome = run("review", "list", "--database", sqlite_log, *words)
    assert outcome.code == 2
    assert said in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_nothing_found_is_no_error(sqlite_log: str, run: Run) -> None:
    outcome = run("review", "list", "--database", sqlite_log, "--from", "2030-01-01", "--to",
                  "2030-01-02", "--format", "ndjson")  # fmt: skip
    assert (outcome.code, outcome.out) == (0, "")
