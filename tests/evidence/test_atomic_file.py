"""Temporary files: private, tidied up when their writer is dead, and only then."""

import os
import stat
from pathlib import Path

import pytest

from mylla_audit_desktop.evidence import atomic_file
from mylla_audit_desktop.evidence.atomic_file import (
    finish,
    put_new,
    put_over,
    saying_why,
    temporary_file,
)
from mylla_audit_desktop.log.errors import InputError
from tests.evidence.conftest import names_in


def test_nothing_is_seen_before_it_is_put(tmp_path: Path) -> None:
    final = tmp_path / "log.csv"
    with temporary_file(final) as (file, part):
        file.write(b"whole")
        assert not final.exists()
        assert part.parent == final.parent
        assert part.name.startswith(".")
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        finish(file, final)
        put_new(part, final)
    assert final.read_bytes() == b"whole"
    assert names_in(tmp_path) == ["log.csv"]


def test_nothing_is_left_in_a_folder_that_was_moved_meanwhile(tmp_path: Path) -> None:
    folder, moved = tmp_path / "out", tmp_path / "moved"
    folder.mkdir()
    final = folder / "log.csv"

    def write_while_it_moves() -> None:
        with temporary_file(final) as (file, part):
            file.write(b"half")
            folder.rename(moved)
            put_new(part, final)

    with pytest.raises(InputError, match="somebody removed the folder"):
        write_while_it_moves()
    assert names_in(moved) == []


def test_what_dead_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    final = tmp_path / "log[1].csv"
    (tmp_path / ".log[1].csv.000000000000.part").write_text("left", "utf-8")
    (tmp_path / ".log1.csv.000000000000.part").write_text("another's", "utf-8")
    (tmp_path / ".log[1].csv").write_text("mine", "utf-8")
    with temporary_file(final) as (_, living), temporary_file(final) as (_, other):
        assert living.exists()
        assert other.exists()
        assert not (tmp_path / ".log[1].csv.000000000000.part").exists()
    assert names_in(tmp_path) == [".log1.csv.000000000000.part", ".log[1].csv"]


def test_a_temporary_file_taken_for_litter_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run may look in the moment between making and locking it."""
    final = tmp_path / "log.csv"
    lock = atomic_file._lock
    looks = iter([True])

    def be_overtaken(descriptor: int) -> None:
        for _ in looks:
            atomic_file.remove_stale(final)
        lock(descriptor)

    monkeypatch.setattr(atomic_file, "_lock", be_overtaken)
    with temporary_file(final) as (file, part):
        file.write(b"whole")
        finish(file, final)
        put_new(part, final)
    assert final.read_bytes() == b"whole"


def test_a_file_system_without_links_still_refuses_to_replace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    final = tmp_path / "log.csv"
    with temporary_file(final) as (_, part):
        put_new(part, final)
    assert names_in(tmp_path) == ["log.csv"]
    final.write_text("mine", "utf-8")
    with temporary_file(final) as (_, part), pytest.raises(InputError, match="there already"):
        put_new(part, final)
    assert final.read_text("utf-8") == "mine"
    with temporary_file(final) as (_, part):
        put_over(part, final)
    assert final.read_bytes() == b""
    assert names_in(tmp_path) == ["log.csv"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (28, "the disk is full"),
        (122, "quota"),
        (13, "cannot be written"),
        (30, "read only"),
        (36, "too long"),
        (2, "somebody removed the folder, or what was written so far"),
        (5, "Input/output error"),
    ],
)
def test_what_the_file_system_refuses_is_said_in_words(number: int, said: str) -> None:
    with (
        pytest.raises(InputError, match=f"^log.csv was not written: .*{said}") as caught,
        saying_why(Path("log.csv")),
    ):
        raise OSError(number, os.strerror(number))
    assert caught.value.field == "output"
    assert "Errno" not in caught.value.sentence
