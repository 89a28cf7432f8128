"""Verify says whether a file is what was exported, and how it differs."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.evidence import plain_file, verify
from mylla_audit_desktop.evidence.export import export_csv
from mylla_audit_desktop.evidence.import_file import parse_file
from mylla_audit_desktop.evidence.manifest import measure
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log import csv_format
from mylla_audit_desktop.log.errors import InputError
from tests.evidence.conftest import OpenLog, Victim, a_request, names_in, new_entry


@pytest.fixture
def evidence(tmp_path: Path, open_log: OpenLog) -> Path:
    """An export of three entries, one of them over two lines."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    database = open_log(
        new_entry(id=n, actor_name="two\nlines" if n == 2 else "x") for n in (1, 2, 3)
    )
    return export_csv(database, a_request(folder / "log.csv"), Cancellation()).output


def change_manifest(csv: Path, **values: object) -> None:
    path = csv.with_name("log.csv.manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), "utf-8")


def test_an_unaltered_pair_verifies_by_either_name_and_anywhere(
    evidence: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    evidence.parent.rename(moved)
    before = names_in(moved)
    for name in ("log.csv", "log.csv.manifest.json"):
        report = verify_file(moved / name)
        assert report.is_intact
        assert report.manifest.row_count == 3
    assert names_in(moved) == before, "looking changes nothing"


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lambda data: data.replace(b"usr_1", b"usr_2", 1), ["the SHA-256 is "]),
        (lambda data: data[:-1], ["1 byte fewer", "ends before the line does", "the SHA-256"]),
        (lambda data: data[: data.index(b"two\n") + 4], ["never closed", "2 rows fewer"]),
        (lambda data: data[: data.rindex(b"\n", 0, -1) + 1], ["1 row fewer", "bytes fewer"]),
        (lambda data: data + data.splitlines(keepends=True)[-1], ["1 row more", "bytes more"]),
        (lambda data: data.replace(b"\n", b"\r\n"), ["bytes more", "the header"]),
        (lambda data: b"\xef\xbb\xbf" + data, ["3 bytes more", "the header"]),
        (lambda data: data.replace(b"timestamp", b"time"), ["5 bytes fewer", "the header"]),
        (lambda data: data.decode().encode("utf-16"), ["the SHA-256"]),
        (lambda data: data[:0], ["3 rows fewer", "bytes fewer"]),
    ],
)
def test_every_change_is_seen_and_told(
    evidence: Path, alter: Callable[[bytes], bytes], said: list[str]
) -> None:
    evidence.write_bytes(alter(evidence.read_bytes()))
    report = verify_file(evidence)
    assert not report.is_intact
    for words in said:
        assert any(words in difference for difference in report.differences), report.differences


def test_a_manifest_that_counts_wrong_is_seen_although_the_sum_is_right(evidence: Path) -> None:
    change_manifest(evidence, row_count=2_000)
    assert verify_file(evidence).differences == ("1,997 rows fewer than the manifest says",)
    change_manifest(evidence, row_count=3, columns=["timestamp"])
    assert verify_file(evidence).differences == ("the header is not that of the manifest",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a manifest"),
        ("{", "not a manifest"),
        ("[]", "not a manifest"),
        ("null", "not a manifest"),
        ("{}", "not a manifest"),
        ('{"format_version": 1}', "its tool is missing"),
        ('{"format_version": 2}', "Use a newer version"),
        ('{"format_version": {"a": "b"}}', "does not know"),
        ("[" * 100_000, "not a manifest"),
        ('{"format_version": ' + "9" * 5000 + "}", "not a manifest"),
        ("\ufeff{}", "not a manifest"),
    ],
)
def test_what_is_no_manifest_is_named(evidence: Path, text: str, said: str) -> None:
    evidence.with_name("log.csv.manifest.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=said) as caught:
        verify_file(evidence)
    assert "log.csv.manifest.json" in caught.value.sentence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("row_count", "3"),
        ("row_count", -1),
        ("row_count", True),
        ("bytes", 1.5),
        ("bytes", float("inf")),
        ("sha256", 5),
        ("exported_by", None),
        ("columns", "timestamp"),
        ("columns", [1]),
        ("filters", []),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(evidence: Path, field: str, value: object) -> None:
    change_manifest(evidence, **{field: value})
    with pytest.raises(InputError, match=f"its {field} is missing or cannot be read"):
        verify_file(evidence)


def test_a_file_without_its_other_half_is_named(evidence: Path) -> None:
    manifest = evidence.with_name("log.csv.manifest.json")
    kept = manifest.read_bytes()
    manifest.unlink()
    with pytest.raises(InputError, match=r"There is no manifest .*log\.csv\.manifest\.json"):
        verify_file(evidence)
    manifest.write_bytes(kept)
    evidence.unlink()
    with pytest.raises(InputError, match=r"There is no file .*log\.csv\. "):
        verify_file(manifest)


@pytest.mark.parametrize("which", ["log.csv", "log.csv.manifest.json"])
def test_a_pipe_or_folder_is_refused_and_never_waited_for(evidence: Path, which: str) -> None:
    path = evidence.with_name(which)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(InputError, match="not a plain file"):
        verify_file(evidence)
    path.unlink()
    path.mkdir()
    with pytest.raises(InputError, match="not a plain file"):
        verify_file(evidence)


def test_an_export_that_ends_meanwhile_does_not_make_it_look_altered(
    tmp_path: Path, victim: Victim, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "log.csv"
    assert victim.export(output=str(output), rows=1) == "done"
    exports = iter([7])

    def measure_then_be_overtaken(file: BinaryIO) -> tuple[int, str]:
        measured = measure(file)
        for rows in exports:
            assert victim.export(output=str(output), rows=rows, force=True) == "done"
        return measured

    monkeypatch.setattr(verify, "measure", measure_then_be_overtaken)
    report = verify_file(output)
    assert report.is_intact
    assert report.manifest.row_count == 7


def test_an_entry_longer_than_any_line_of_others_verifies_and_comes_back(
    tmp_path: Path, open_log: OpenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "log.csv"
    long = "\n".join(["long"] * 100)
    export_csv(open_log([new_entry(id=1, target_name=long)]), a_request(output), Cancellation())
    monkeypatch.setattr(plain_file, "_LONGEST_LINE", 120)
    monkeypatch.setattr(csv_format, "_LONGEST_RECORD", 120)
    assert verify_file(output).is_intact
    [(_, entry)] = parse_file(output)
    assert entry.target_name == long
    # Of a file that is not what was exported the bounds hold.
    output.write_bytes(output.read_bytes().replace(b"long\nlong", b"long\nlost", 1))
    assert any("longer than 120" in one for one in verify_file(output).differences)
