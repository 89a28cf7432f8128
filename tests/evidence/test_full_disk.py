"""A disk that is full is said in one sentence; nothing is lost or left over."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mylla_audit_desktop.evidence.verify import verify_file
from tests.evidence.conftest import Victim, names_in

PAIR = ["log.csv", "log.csv.manifest.json"]
# A mount of its own, seen by nobody else and gone with the process.
APART = ("unshare", "--map-root-user", "--mount")


@dataclass(frozen=True)
class Disk:
    """`folder` as the victim names it, `seen` as this process does."""

    victim: Victim
    folder: Path
    seen: Path
    limit: dict[str, int]

    def export(self, rows: int, *, force: bool = False) -> str:
        output = str(self.folder / "log.csv")
        return self.victim.export(output=output, rows=rows, force=force, **self.limit)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """Room for 64 kB; where nothing can be mounted, a limit on the size of files."""
    if subprocess.run([*APART, "true"], capture_output=True, check=False).returncode == 0:
        mount = 'mount -t tmpfs -o size=64k tmpfs "$0" && exec "$@"'
        victim = Victim(*APART, "sh", "-c", mount, str(tmp_path))
        disk = Disk(victim, tmp_path, Path(f"/proc/{victim.process.pid}/root{tmp_path}"), {})
    else:
        disk = Disk(Victim(), tmp_path, tmp_path, {"file_size_limit": 64_000})
    yield disk
    disk.victim.close()


def test_a_full_disk_keeps_what_was_there(small_disk: Disk) -> None:
    assert small_disk.export(200) == "done"
    older = (small_disk.seen / "log.csv").read_bytes()
    # Too large at once, in the middle, and by a few bytes: each is another write that fails.
    for rows in (5000, 2500, 700, 600):
        said = small_disk.export(rows, force=True)
        if said == "done":
            continue
        assert "log.csv was not written: the " in said
        assert "disk is full" in said or "larger than allowed" in said
        assert names_in(small_disk.seen) == PAIR
        assert (small_disk.seen / "log.csv").read_bytes() == older
        assert verify_file(small_disk.seen / "log.csv").is_intact
    assert small_disk.export(100, force=True) == "done"
    assert verify_file(small_disk.seen / "log.csv").manifest.row_count == 100


def test_a_full_disk_leaves_no_new_file(small_disk: Disk) -> None:
    """With ever more entries, the disk is full in the CSV, in its last bytes, in the manifest."""
    said = {}
    for rows in range(900, 1100, 4):
        said[rows] = small_disk.export(rows)
        if said[rows] == "done":
            assert verify_file(small_disk.seen / "log.csv").manifest.row_count == rows
            for name in PAIR:
                (small_disk.seen / name).unlink()
        else:
            assert "was not written: the " in said[rows]
        assert names_in(small_disk.seen) == []
    assert "done" in said.values()
    assert set(said.values()) != {"done"}


def test_a_limit_on_the_size_of_files_is_said(tmp_path: Path, victim: Victim) -> None:
    output = str(tmp_path / "log.csv")
    said = victim.export(output=output, rows=5000, file_size_limit=10_000)
    assert said.endswith("was not written: the file would be larger than allowed here.")
    assert names_in(tmp_path) == []


def test_a_folder_that_takes_no_files_is_said(tmp_path: Path, victim: Victim) -> None:
    # There on every Linux, and nobody creates files in it.
    said = victim.export(output="/proc/log.csv", rows=1)
    assert "/proc/log.csv was not written: " in said
