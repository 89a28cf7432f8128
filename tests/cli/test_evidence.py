"""`export`, `verify` and `import`: evidence that leaves, is checked, and comes back whole."""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run, entry

Fill = Callable[..., str]


def test_an_export_is_exactly_what_was_asked_for(fill: Fill, run: Run, tmp_path: Path) -> None:
    url = fill(
        entry(1, "2026-03-28T22:59:59.999999Z"),
        entry(2, "2026-03-28T23:00:00Z", actor_name="=cmd()"),
        entry(3, "2026-03-29T21:59:59.999999Z"),
        entry(4, "2026-03-29T22:00:00Z"),
        entry(5, "2026-03-29T12:00:00Z", action="number.release"),
    )
    path = tmp_path / "evidence.csv"
    words = (
        "export", "--database", url, "--from", "2026-03-29", "--to", "2026-03-29",
        "--action", "agent.*", "--time-zone", "Europe/Berlin", "--output", str(path),
    )  # fmt: skip
    outcome = run(*words)
    assert outcome.code == 0, outcome.err
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["entry_id"] for row in rows] == ["3", "2"]
    assert rows[1]["timestamp"] == "2026-03-29T00:00:00.000000+01:00"
    assert rows[1]["actor"] == "'=cmd()", "a spreadsheet must not run it"

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for told in (str(path), "2 entries", digest, "Recorded as exp_"):
        assert told in outcome.out
    manifest = json.loads((tmp_path / "evidence.csv.manifest.json").read_text("utf-8"))
    assert manifest["row_count"] == 2
    assert manifest["sha256"] == digest
    assert manifest["time_zone"] == "Europe/Berlin"
    assert manifest["filters"]["given"]["from"] == "2026-03-29"
    assert manifest["filters"]["resolved"]["from"] == "2026-03-28T23:00:00.000000+00:00"
    assert manifest["filters"]["resolved"]["to"] == "2026-03-29T22:00:00.000000+00:00"

    checked = run("verify", str(path))
    assert checked.code == 0
    for told in ("omplete and unaltered", "2 entries", digest):
        assert told in checked.out


def test_a_changed_file_is_told_from_the_exported_one(
    sqlite_log: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.csv"
    words = ("export", "--database", sqlite_log, "--all-time", "--output", str(path))
    assert run(*words).code == 0
    whole = path.read_bytes()
    for altered in (
        whole.replace(b"Grace", b"Groce"),
        whole[: len(whole) // 2],
        whole + whole.splitlines(keepends=True)[1],
        whole.replace(b"\n", b"\r\n"),
        b"",
    ):
        path.write_bytes(altered)
        outcome = run("verify", str(path))
        assert (outcome.code, outcome.err) == (1, "")
        assert len(outcome.out.splitlines()) >= 2
        assert "SHA-256" in outcome.out
    path.write_bytes(whole)
    assert run("verify", str(path)).code == 0


def test_verify_without_a_manifest_is_a_wrong_call(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "alone.csv"
    path.write_text("timestamp\n", "utf-8")
    outcome = run("verify", str(path))
    assert (outcome.code, outcome.out) == (2, "")
    assert "manifest" in outcome.err
    (tmp_path / "alone.csv.manifest.json").write_text("{", "utf-8")
    assert run("verify", str(path)).code == 2


def test_what_stands_there_is_replaced_only_by_force(
    sqlite_log: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "evidence.csv"
    path.write_text("mine", "utf-8")
    words = ("export", "--database", sqlite_log, "--all-time", "--output", str(path))
    refused = run(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert path.read_text("utf-8") == "mine"
    assert not (tmp_path / "evidence.csv.manifest.json").exists()
    # A fault after the start leaves it too.
    assert run("export", "--database", "sqlite:///missing", "--output", str(path)).code == 3
    assert path.read_text("utf-8") == "mine"
    assert run(*words, "--force").code == 0
    assert run("verify", str(path)).code == 0


def test_an_export_into_a_folder_that_is_not_there_is_refused(
    sqlite_log: str, run: Run, tmp_path: Path
) -> None:
    for output in (tmp_path / "nowhere" / "x.csv", tmp_path):
        outcome = run("export", "--database", sqlite_log, "--output", str(output))
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("profile", ["siem", "spreadsheet"])
def test_exported_evidence_imports_to_the_same_log(
    fill: Fill, run: Run, tmp_path: Path, profile: str
) -> None:
    url = fill(
        entry(1, "2026-03-29T00:30:00.000001Z", actor_name="'=1", target_name="", after=None),
        entry(2, "2026-03-29T00:30:00.000001Z", actor_id="system", actor_type="system",
              actor_name="system", ip_address=None, target_name=None, target_id="@x"),
        entry(3, "2026-03-29T01:30:00Z", actor_name='a "b",\n\r\t', ip_address="2001:db8::1"),
        entry(40, "2026-10-25T01:30:00Z", action="new.thing", before={"ü": "\u202e", "d": 1.0}),
    )  # fmt: skip

    def everything(where: str) -> list[dict[str, object]]:
        common = ("list", "--all-time", "--format", "ndjson", "--time-zone", "UTC", "--database")
        return run(*common, where).entries

    path = tmp_path / "evidence.csv"
    words = ("export", "--database", url, "--all-time", "--for", profile, "--output", str(path))
    # Before: the export itself is an entry of the log from then on.
    log = everything(url)
    assert run(*words, "--time-zone", "Europe/Berlin").code == 0
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    imported = run("import", str(path), "--database", other)
    assert (imported.code, imported.out) == (0, "4 entries imported\n"), imported.err

    assert everything(other) == log
    assert [one["action"] for one in everything(url)[:2]] == ["data.request_export"] * 2


def test_init_and_demo_make_the_same_log_from_the_same_arguments(
    empty_url: str, run: Run, tmp_path: Path
) -> None:
    assert run("init", "--database", empty_url).code == 0
    assert run("init", "--database", empty_url).code == 0
    plan = ("--entries", "300", "--days", "20", "--seed", "7", "--until", "2026-11-23")
    told = run("demo", "--database", empty_url, *plan)
    assert told.code == 0, told.err
    assert "300 entries" in told.out

    second = f"sqlite:///{tmp_path / 'second.sqlite'}"
    assert run("demo", "--database", second, *plan).code == 0
    common = ("list", "--all-time", "--limit", "1000", "--format", "csv", "--time-zone", "UTC")
    log = run(*common, "--database", empty_url).out
    assert log == run(*common, "--database", second).out
    times = [row["timestamp"] for row in csv.DictReader(io.StringIO(log, newline=""))]
    assert len(times) == 300
    assert "2026-11-03" < min(times) < max(times) < "2026-11-24"

    third = f"sqlite:///{tmp_path / 'third.sqlite'}"
    assert run("demo", "--database", third, *plan[:-4], "--seed", "8", *plan[-2:]).code == 0
    assert log != run(*common, "--database", third).out


def test_a_demo_never_mixes_with_a_log(sqlite_log: str, run: Run) -> None:
    common = ("list", "--database", sqlite_log, "--all-time", "--format", "ndjson")
    before = run(*common).out
    refused = run("demo", "--database", sqlite_log, "--entries", "10")
    assert (refused.code, refused.out) == (2, "")
    assert "already holds entries" in refused.err
    assert run(*common).out == before
