"""An export is whole or not there, and takes nobody else's file away."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.evidence import export
from mylla_audit_desktop.evidence.export import ExportRequest, export_csv
from mylla_audit_desktop.evidence.import_file import import_file
from mylla_audit_desktop.evidence.manifest import manifest_path
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.csv_format import CSV_COLUMNS, HEADER, Profile, format_row
from mylla_audit_desktop.log.entry import AuditEntry, NewEntry
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from tests.evidence.conftest import (
    OpenLog,
    Victim,
    a_request,
    names_in,
    new_entry,
    streams_that_end_early,
)

PAIR = ["log.csv", "log.csv.manifest.json"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.text(
    "\"',=+-@＝\t\r\n\\.\u2028 é", max_size=6
)
JSON = st.none() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
).map(json.dumps)
ENTRIES = st.builds(
    NewEntry,
    occurred_at=st.integers(-(10**17), 10**17).map(Instant)
    | st.integers(1_700_000_000_000_000, 1_800_000_000_000_000).map(Instant),
    actor_type=st.just("member"),
    actor_id=TEXTS.filter(lambda text: text != "system"),
    actor_name=TEXTS,
    action=TEXTS,
    target_type=st.none() | TEXTS,
    target_id=st.none() | TEXTS,
    target_name=st.none() | TEXTS,
    before=JSON,
    after=JSON,
    ip_address=st.none() | st.ip_addresses().map(str),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


@pytest.fixture
def small_log(open_log: OpenLog) -> Database:
    return open_log(new_entry(id=n, target_name="=1+1") for n in range(1, 4))


def read_all(database: Database) -> list[AuditEntry]:
    return list(LogReader(database).iterate_entries(LogQuery(), None, Cancellation()))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    entries=st.lists(ENTRIES, max_size=8),
    profile=st.sampled_from(Profile),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]),
)
def test_any_log_goes_out_and_comes_back_the_same(
    open_any_log: OpenLog,
    open_log: OpenLog,
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[NewEntry],
    profile: Profile,
    zone: str,
) -> None:
    output = tmp_path_factory.mktemp("out") / "log.csv"
    database = open_any_log(entries)
    request = a_request(output, profile=profile, zone=ZoneInfo(zone))
    # Before: the export itself is an entry of the log from then on.
    log = read_all(database)
    result = export_csv(database, request, Cancellation())
    database.close()
    written = "".join(format_row(entry, profile, ZoneInfo(zone)) for entry in log)
    assert output.read_bytes().decode() == HEADER + written, "SQL and Python write the same"
    assert result.row_count == len(entries)
    assert verify_file(output).is_intact
    # On another computer, in another kind of database.
    other = open_log([])
    assert import_file(other, output, Cancellation()) == len(entries)
    assert read_all(other) == log
    other.close()


def test_the_manifest_says_what_was_exported_and_nothing_secret(
    small_log: Database, folder: Path
) -> None:
    query = LogQuery(
        start=Instant.parse("2026-02-28T23:00:00Z"),
        end=Instant.parse("2026-03-31T22:00:00Z"),
        actors=("usr_1",),
    )
    request = a_request(
        folder / "log.csv",
        query=query,
        filters_as_given={"from": "2026-03-01", "to": "2026-03-31", "actor": ["usr_1"]},
        profile=Profile.SPREADSHEET,
    )
    result = export_csv(small_log, request, Cancellation())
    value = json.loads(result.manifest.read_text("utf-8"))
    assert list(value) == [
        "format_version", "tool", "created_at", "exported_by", "database", "filters",
        "time_zone", "sort", "profile", "columns", "row_count", "bytes", "sha256",
    ]  # fmt: skip
    assert value["created_at"] == "2026-06-01T12:00:00.000000+00:00"
    assert value["exported_by"].endswith(" (not verified)")
    assert value["database"] == {"host": "", "port": None, "name": small_log.label.name}
    assert value["filters"]["given"]["to"] == "2026-03-31"
    assert value["filters"]["resolved"]["to"] == "2026-03-31T22:00:00.000000+00:00"
    assert value["time_zone"] == "Europe/Berlin"
    assert value["sort"] == {"column": "timestamp", "ascending": False}
    assert value["profile"] == "spreadsheet"
    assert value["columns"] == list(CSV_COLUMNS)
    assert value["row_count"] == 3
    assert value["bytes"] == result.output.stat().st_size


def test_what_is_there_already_is_refused_and_left_as_it_is(
    small_log: Database, folder: Path
) -> None:
    output = folder / "log.csv"
    for name in PAIR:
        path = folder / name
        path.write_text("mine", "utf-8")
        with pytest.raises(InputError, match=f"{name} is there already"):
            export_csv(small_log, a_request(output), Cancellation())
        assert path.read_text("utf-8") == "mine"
        assert names_in(folder) == [name]
        path.unlink()


@pytest.mark.parametrize("name", PAIR)
def test_what_appears_while_the_export_runs_is_not_replaced(
    small_log: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def overtaken(*arguments: Any, **options: Any) -> Iterator[bytes]:
        yield from stream_csv(*arguments, **options)
        (folder / name).write_text("theirs", "utf-8")

    monkeypatch.setattr(export, "stream_csv", overtaken)
    with pytest.raises(InputError, match="is there already"):
        export_csv(small_log, a_request(folder / "log.csv"), Cancellation())
    assert names_in(folder) == [name]
    assert (folder / name).read_text("utf-8") == "theirs"


def test_a_cancelled_or_broken_export_leaves_the_older_pair(
    small_log: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = folder / "log.csv"
    export_csv(small_log, a_request(output), Cancellation())
    older = output.read_bytes()
    cancellation = Cancellation()
    for stream, error in streams_that_end_early(cancellation):
        monkeypatch.setattr(export, "stream_csv", stream)
        with pytest.raises(error):
            export_csv(small_log, a_request(output, may_replace=True), cancellation)
        assert names_in(folder) == PAIR
        assert output.read_bytes() == older
        assert verify_file(output).is_intact


@pytest.mark.parametrize(
    ("call", "is_replacing"),
    [
        ("link", False),
        ("fsync", False),
        ("chmod", False),
        ("replace", True),
        ("fsync", True),
        ("chmod", True),
    ],
)
def test_a_step_that_the_disk_refuses_leaves_what_was_there(
    small_log: Database,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    is_replacing: bool,
) -> None:
    """Each use of a system call fails once, until one export needs no more of them."""
    output = folder / "log.csv"
    real = getattr(os, call)
    refused_at, refusals = 0, 0
    while refusals == refused_at:
        refused_at += 1
        for path in folder.iterdir():
            path.unlink()
        if is_replacing:
            export_csv(small_log, a_request(output), Cancellation())
        uses = iter(range(1, 1000))

        def refuse(*arguments: object, **options: object) -> object:
            nonlocal refusals
            if next(uses) == refused_at:  # noqa: B023 - called within this turn only
                refusals += 1
                raise OSError(5, "Input/output error")
            return real(*arguments, **options)

        request = a_request(output, may_replace=is_replacing)
        with monkeypatch.context() as patch:
            patch.setattr(os, call, refuse)
            try:
                export_csv(small_log, request, Cancellation())
                said = ""
            except InputError as error:
                said = error.sentence
        if refusals == refused_at:
            assert "was not written: Input/output error." in said
        if is_replacing or not said:
            assert verify_file(output).is_intact
            assert names_in(folder) == PAIR
        else:
            assert names_in(folder) == []
    assert refusals


def test_a_folder_a_pipe_and_a_long_name_are_refused_before_anything_is_read(
    small_log: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "stream_csv", None)
    os.mkfifo(folder / "pipe")
    (folder / "file").touch()
    (folder / "to-pipe").symlink_to("pipe")
    before = names_in(folder)
    for name, said in (
        ("", "is a folder"),
        ("pipe", "not a plain file"),
        ("to-pipe", "not a plain file"),
        ("nowhere/log.csv", "There is no folder"),
        ("file/log.csv", "There is no folder"),
        ("x" * 240, "the name is too long"),
        ("x" * 300, "the name is too long"),
        ("𝒙" * 63, "the name is too long"),
    ):
        request = a_request(folder / name, may_replace=True)
        with pytest.raises(InputError, match=said) as caught:
            export_csv(small_log, request, Cancellation())
        assert caught.value.field == "output"
        assert names_in(folder) == before


@pytest.mark.parametrize("name", ["x" * 236, "𝒙" * 59, "日" * 78, "[a]*?.csv", " ", "-.csv", "\n"])
def test_any_name_that_fits_will_do(small_log: Database, folder: Path, name: str) -> None:
    for _ in range(2):
        export_csv(small_log, a_request(folder / name, may_replace=True), Cancellation())
        assert verify_file(folder / name).is_intact
        assert len(names_in(folder)) == 2


def test_a_link_is_replaced_and_what_it_points_to_is_left(
    small_log: Database, folder: Path, tmp_path: Path
) -> None:
    output, pointed_to = folder / "log.csv", tmp_path / "precious"
    for is_there in (True, False):
        output.unlink(missing_ok=True)
        pointed_to.unlink(missing_ok=True)
        output.symlink_to(pointed_to)
        if is_there:
            pointed_to.write_text("precious", "utf-8")
        with pytest.raises(InputError, match="is there already"):
            export_csv(small_log, a_request(output), Cancellation())
        export_csv(small_log, a_request(output, may_replace=True), Cancellation())
        assert not output.is_symlink()
        assert verify_file(output).is_intact
        assert pointed_to.exists() == is_there
        for path in folder.iterdir():
            path.unlink()


def test_rights_are_the_usual_ones_and_stay_those_of_the_older_file(
    small_log: Database, folder: Path
) -> None:
    output = folder / "log.csv"
    mask = os.umask(0o027)
    try:
        export_csv(small_log, a_request(output), Cancellation())
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o640
        output.chmod(0o600)
        manifest_path(output).chmod(0o600)
        export_csv(small_log, a_request(output, may_replace=True), Cancellation())
        for path in folder.iterdir():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(mask)


def test_two_exports_to_one_name_at_the_same_time_leave_one_whole_pair(
    tmp_path: Path,
) -> None:
    victims = [Victim(), Victim()]
    outcomes = []
    try:
        for number in range(20):
            output = tmp_path / str(number) / "log.csv"
            output.parent.mkdir()
            for victim in victims:
                victim.start(output=str(output), rows=600)
            outcomes.append([victim.wait() for victim in victims])
            assert names_in(output.parent) == PAIR
            assert verify_file(output).is_intact
    finally:
        for victim in victims:
            victim.close()
    for pair in outcomes:
        assert "done" in pair
        assert all(one == "done" or "is there already" in one for one in pair)
        assert pair.count("done") == 1


def test_the_snapshot_of_a_screen_leaves_later_entries_out(
    small_log: Database, folder: Path
) -> None:
    request: ExportRequest = a_request(folder / "log.csv", highest_id=2)
    assert export_csv(small_log, request, Cancellation()).row_count == 2
