"""`mylla-audit retention` as an administrator runs it, and as the daily job does."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run, entry, run_process

VARIABLE = "AUDIT_LOG_RETENTION_DAYS"


@pytest.fixture(autouse=True)
def no_days_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def ago(days: int, **more: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days) + timedelta(**more)).isoformat()


@pytest.fixture
def url(fill: Callable[..., str]) -> str:
    """Three entries: one day old, just short of 1095 days, and just over."""
    return fill(entry(1, ago(1)), entry(2, ago(1095, minutes=5)), entry(3, ago(1095, seconds=-1)))


def test_enforce_deletes_what_is_older(url: str, run: Run) -> None:
    dry = run("retention", "enforce", "--dry-run", "--database", url)
    assert (dry.code, dry.out[:28]) == (0, "Would delete 1 entry older t"), dry.err
    assert run("list", "--all-time", "--format", "ndjson", "--database", url).ids == [1, 2, 3]
    outcome = run("retention", "enforce", "--database", url)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Deleted 1 entry older than ")
    assert "(1095 days, from the configured period)" in outcome.out
    assert run("list", "--all-time", "--format", "ndjson", "--database", url).ids == [1, 2]
    again = run("retention", "enforce", "--database", url)
    assert (again.code, again.out[:22]) == (0, "Deleted 0 entries olde")


def test_the_environment_of_the_job_says_the_days(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "30")
    outcome = run("retention", "enforce", "--database", url)
    assert outcome.out.startswith("Deleted 2 entries older than ")
    assert "(30 days, from AUDIT_LOG_RETENTION_DAYS)" in outcome.out
    shown = run("retention", "show", "--database", url)
    assert shown.code == 0
    assert "Warning: Configured are 1095 days, but the daily job enforces 30 days." in shown.out


@pytest.mark.parametrize("text", ["", "0", "-30", "30 days", "1e2", "1095\n", "٣٠", "99999999"])
@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["", "dry"])
def test_a_malformed_value_deletes_nothing(
    sqlite_log: str,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    options: tuple[str, ...],
) -> None:
    monkeypatch.setenv(VARIABLE, text)
    outcome = run("retention", "enforce", *options, "--database", sqlite_log)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"mylla-audit: {VARIABLE} is ")
    assert outcome.err.count("\n") == 1
    monkeypatch.delenv(VARIABLE)
    assert len(run("list", "--all-time", "--database", sqlite_log).out.splitlines()) == 4
    assert "Last enforced         never" in run("retention", "show", "--database", sqlite_log).out


def test_set_says_what_the_next_run_deletes_and_records_it(
    tmp_path: Path, run: Run, write_ndjson: Callable[..., Path]
) -> None:
    url = f"sqlite:///{tmp_path}/log.sqlite"
    path = write_ndjson(entry(1, ago(100)), entry(2, ago(800)))
    assert run("import", str(path), "--database", url).code == 0
    outcome = run("retention", "set", "730", "--documented-in", "Policy 4.2", "--database", url)
    assert outcome.code == 0, outcome.err
    assert outcome.out == (
        "Entries are kept 730 days.\nThe next run that enforces this deletes 1 entry.\n"
    )
    [recorded] = run(
        *("list", "--action", "settings.change_retention"),
        *("--format", "ndjson", "--database", url),
    ).entries
    assert recorded["actor_name"] == recorded["actor_id"] != ""
    assert recorded["before"] == {"retention_days": 1095}
    assert recorded["after"] == {
        "retention_days": 730,
        "documented_days": 730,
        "documented_in": "Policy 4.2",
    }
    again = run("retention", "set", "730", "--documented-in", "Policy 4.2", "--database", url)
    assert again.out.startswith("Entries are kept 730 days, as before.\n")
    longer = run(
        *("retention", "set", "2000", "--documented-in", "Policy 5"),
        *("--documented-days", "730", "--database", url),
    )
    assert "deletes 0 entries." in longer.out
    assert "Warning: Policy 5 states 730 days." in longer.out
    found = run("list", "--action", "settings.*", "--format", "ndjson", "--database", url).entries
    assert [one["after"] for one in found] == [
        {"retention_days": 2000, "documented_in": "Policy 5"},
        recorded["after"],
    ]


def test_show_says_the_three_values(tmp_path: object, run: Run) -> None:
    url = f"sqlite:///{tmp_path}/log.sqlite"
    run("init", "--database", url)
    first = run("retention", "show", "--database", url)
    assert first.code == 0
    assert "Retention days        1095 days\n" in first.out
    assert "Documented standard   none named\n" in first.out
    assert "Last enforced         never\n" in first.out
    assert first.out.count("Warning: ") == 2
    run("retention", "set", "1095", "--documented-in", "Policy", "--database", url)
    run("retention", "enforce", "--database", url)
    shown = run("retention", "show", "--format", "ndjson", "--database", url)
    [state] = [json.loads(line) for line in shown.out.splitlines()]
    assert (state["retention_days"], state["documented_days"]) == (1095, 1095)
    assert (state["documented_in"], state["last_enforced_days"]) == ("Policy", 1095)
    assert state["warnings"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "0", "--documented-in", "P"), "DAYS is '0'"),
        (("set", "1e3", "--documented-in", "P"), "DAYS is '1e3'"),
        (("set", "-5", "--documented-in", "P"), ""),
        (("set", "30"), "--documented-in"),
        (("set", "30", "--documented-in", "  "), "The security document is not named."),
        (("set", "30", "--documented-in", "P", "--documented-days", "x"), "--documented-days is"),
        (("show", "--time-zone", "Mars"), "time zone"),
        ((), "COMMAND"),
    ],
)
def test_a_wrong_call_changes_nothing(
    sqlite_log: str, run: Run, words: tuple[str, ...], said: str
) -> None:
    outcome = run("retention", *words, *(("--database", sqlite_log) if words else ()))
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_log_of_an_older_version_is_named(tmp_path: object, run: Run) -> None:
    import sqlite3

    path = f"{tmp_path}/log.sqlite"
    url = f"sqlite:///{path}"
    run("init", "--database", url)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DROP TABLE retention_runs")
    connection.close()
    outcome = run("retention", "enforce", "--database", url)
    assert outcome.code == 3
    assert "Upgrade it with: mylla-audit init" in outcome.err


def test_the_job_runs_as_a_process(sqlite_log: str) -> None:
    done = run_process("retention", "enforce", "--database", sqlite_log, **{VARIABLE: "36500"})
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Deleted 0 entries older than ")
