"""Killed with -9 at any moment, an export leaves nothing that does not verify."""

import os
import random
import shutil
import signal
import threading
from pathlib import Path

import pytest

from mylla_audit_desktop.evidence.verify import verify_file
from tests.evidence.conftest import Victim, names_in

# Set to 200 for the long run.
KILLS = int(os.environ.get("MYLLA_KILLS", "40"))
PAIR = ["log.csv", "log.csv.manifest.json"]
WAITING = "log.csv.manifest.json.next"


def assert_nothing_wrong(output: Path, *, row_counts: set[int]) -> None:
    if output.exists():
        report = verify_file(output)
        assert report.is_intact, report.differences
        assert report.manifest.row_count in row_counts
    visible = {name for name in names_in(output.parent) if not name.startswith(".")}
    assert visible <= {*PAIR, WAITING}


@pytest.mark.parametrize("is_replacing", [False, True], ids=["new", "replacing"])
def test_dying_before_each_single_step(tmp_path: Path, victim: Victim, is_replacing: bool) -> None:
    outcome, step = "killed", 0
    ever_put = set()
    while outcome == "killed":
        step += 1
        folder = tmp_path / str(step)
        folder.mkdir()
        output = folder / "log.csv"
        if is_replacing:
            assert victim.export(output=str(output), rows=3) == "done"
        outcome = victim.export(output=str(output), rows=700, force=is_replacing, die_at=step)
        assert_nothing_wrong(output, row_counts={3, 700})
        assert output.exists() or not is_replacing, "the older evidence is never lost"
        ever_put.add(verify_file(output).manifest.row_count if output.exists() else 0)
        # Whoever runs it again gets the new evidence and finds no litter.
        assert victim.export(output=str(output), rows=5, force=True) == "done"
        assert verify_file(output).manifest.row_count == 5
        assert names_in(folder) == PAIR
    assert outcome == "done"
    assert step > 100
    assert ever_put == {3 if is_replacing else 0, 700}


def test_dying_again_after_dying_in_an_exchange(tmp_path: Path, victim: Victim) -> None:
    """The second export finds a CSV whose manifest still waits under its other name."""
    first = tmp_path / "first"
    first.mkdir()
    output, manifest = first / PAIR[0], first / PAIR[1]
    assert victim.export(output=str(output), rows=3) == "done"
    older = manifest.read_bytes()
    assert victim.export(output=str(output), rows=4, force=True) == "done"
    manifest.rename(first / WAITING)
    manifest.write_bytes(older)
    assert_nothing_wrong(output, row_counts={4})
    outcome, step = "killed", 0
    while outcome == "killed":
        step += 1
        folder = shutil.copytree(first, tmp_path / str(step))
        output = folder / "log.csv"
        outcome = victim.export(output=str(output), rows=5, force=True, die_at=step)
        assert output.exists()
        assert_nothing_wrong(output, row_counts={4, 5})
    assert names_in(folder) == PAIR
    assert step > 100


def test_killed_at_random_moments(tmp_path: Path, victim: Victim) -> None:
    output = tmp_path / "log.csv"
    moments = random.Random(1)
    for _ in range(KILLS):
        pid = victim.start(output=str(output), rows=2000, force=True, for_ever=True)
        # Not waiting for anything: the moment is what varies.
        threading.Event().wait(moments.uniform(0, 0.1))
        os.kill(pid, signal.SIGKILL)
        assert victim.wait() == "killed"
        assert_nothing_wrong(output, row_counts=set(range(2000, 10_000)))
    # However slow the computer: one more, which has an export behind it.
    pid = victim.start(output=str(output), rows=2000, force=True, for_ever=True)
    while not output.exists():
        threading.Event().wait(0.01)
    os.kill(pid, signal.SIGKILL)
    assert victim.wait() == "killed"
    assert_nothing_wrong(output, row_counts=set(range(2000, 10_000)))
    assert victim.export(output=str(output), rows=1, force=True) == "done"
    assert names_in(tmp_path) == PAIR


def test_an_export_under_way_keeps_its_temporary_file(tmp_path: Path, victim: Victim) -> None:
    """Only what a dead process left is litter."""
    other = Victim()
    output = tmp_path / "log.csv"
    try:
        pids = [
            one.start(output=str(output), rows=2000, force=True, for_ever=True)
            for one in (victim, other)
        ]
        threading.Event().wait(1.0)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        # Neither was told that its file had vanished, or anything else.
        assert [victim.wait(), other.wait()] == ["killed", "killed"]
    finally:
        other.close()
    assert_nothing_wrong(output, row_counts=set(range(2000, 10_000)))
