"""`--tour`: exit code 0 only if every step was seen to work, and else why not, in one line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.evidence.verify import verify_file


def toured(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The program's tour, its own profile and the pictures in a folder."""
    program = [sys.executable, "-m", "mylla_audit_desktop", *words]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run(
        [*program, "--profile", str(folder / "profile"), "--tour", str(folder / "tour")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )


def test_a_tour_leaves_numbered_pictures_and_the_csv(tmp_path: Path, database_url: str) -> None:
    demo = ("--entries", "3000", "--days", "20", "--seed", "4")
    assert main(["demo", "--database", database_url, *demo]) == 0
    done = toured(tmp_path, "--database", database_url)
    assert (done.returncode, done.stderr) == (0, "")
    names = sorted(path.name for path in (tmp_path / "tour").glob("*.png"))
    assert [name[:2] for name in names] == [f"{number:02}" for number in range(1, len(names) + 1)]
    assert {"opened", "changes", "filtered", "exported", "checklist"} <= {
        re.sub(r"\d\d-|\.png", "", name) for name in names
    }
    assert verify_file(tmp_path / "tour" / "audit-log.csv").is_intact


@pytest.mark.parametrize(("is_there", "code"), [(False, 3), (True, 1)])
def test_a_tour_of_nothing_ends_with_the_reason(
    tmp_path: Path, sqlite_url: str, is_there: bool, code: int
) -> None:
    if is_there:
        assert main(["init", "--database", sqlite_url]) == 0
    done = toured(tmp_path, "--database", sqlite_url)
    assert done.returncode == code, done.stderr
    assert re.fullmatch(r"mylla-audit-desktop: .*\n", done.stderr)


def test_a_tour_without_a_log_is_over_the_demo(tmp_path: Path) -> None:
    done = toured(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert verify_file(tmp_path / "tour" / "audit-log.csv").is_intact
