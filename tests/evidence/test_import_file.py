"""What comes in: exactly what went out, or one line that names the place, and nothing."""

import os
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.evidence import plain_file
from mylla_audit_desktop.evidence.evidence_log import evidence_caution, make_evidence_log
from mylla_audit_desktop.evidence.export import export_csv
from mylla_audit_desktop.evidence.import_file import import_file, parse_file
from mylla_audit_desktop.evidence.manifest import manifest_path
from mylla_audit_desktop.evidence.ndjson import HIGHEST_ID
from mylla_audit_desktop.log.csv_format import HEADER, Profile
from mylla_audit_desktop.log.errors import CancelledError, InputError
from mylla_audit_desktop.log.query import LogQuery
from tests.evidence.conftest import OpenLog, a_request, new_entry

ROW = "2026-03-01T10:00:00.000000+01:00,usr_1,Ada,agent.update,agent,agt_1,Front,,,192.0.2.7,{}\n"
LINE = (
    '{{"id": {}, "occurred_at": "2026-03-01T10:00:00Z", "actor_type": "member",'
    ' "actor_id": "usr_1", "actor_name": "Ada", "action": "agent.update"}}\n'
)
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "evidence"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def log(open_log: OpenLog) -> Database:
    """A log that holds entry 100."""
    return open_log([new_entry(id=100)])


def ids(database: Database) -> set[int]:
    entries = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    return {entry.id for entry in entries}


def refusal(log: Database, path: Path) -> str:
    """The one sentence; the log is as it was."""
    with pytest.raises(InputError) as caught:
        import_file(log, path, Cancellation())
    sentence = caught.value.sentence
    assert str(path) in sentence
    assert "\n" not in sentence
    assert ids(log) == {100}
    return sentence


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (HEADER + ROW.format(1) + ROW.format(2).replace(",Front", ""), 3, "10 fields, not 11"),
        (HEADER + ROW.format(1) + ROW.format("2,"), 3, "12 fields, not 11"),
        (HEADER + ROW.format(1) + "\n", 3, "1 field, not 11"),
        (HEADER.replace(",target,", ",") + ROW.format(1), 1, "the column target is missing"),
        (HEADER.replace("\n", ",extra\n") + ROW.format(1), 1, "the column 'extra' is not known"),
        (HEADER.replace("\n", ",before\n") + ROW.format(1), 1, "another order, or twice"),
        (HEADER.replace("actor_id,actor,", "actor,actor_id,"), 1, "another order, or twice"),
        (HEADER.upper(), 1, "the column timestamp is missing"),
        ("hello\n", 1, "the column timestamp is missing"),
        ("\n", 1, "the column timestamp is missing"),
        (HEADER.replace(",", ";"), 1, "the column timestamp is missing"),
        (HEADER + "\u202e" + ROW.format(1), 2, "'\\u202e2026-03-01T10:00:00.000000+01:00'"),
        (HEADER + ROW.format(1).replace("+01:00", ""), 2, "cannot be read"),
        (HEADER + ROW.format(1).replace("2026-03-01T10:00:00.000000+01:00", ""), 2, "is empty"),
        (HEADER + ROW.format("x"), 2, "the entry_id 'x'"),
        (HEADER + ROW.format("1.0"), 2, "the entry_id '1.0'"),
        (HEADER + ROW.format("٣"), 2, "the entry_id '٣'"),
        (HEADER + ROW.format("9" * 5000), 2, "is not between"),
        (HEADER + ROW.format("-5"), 2, "the id -5 is not between"),
        (HEADER + ROW.format(2**63 - 1), 2, f"the id {2**63 - 1} is not between"),
        (HEADER + ROW.format(1).replace("usr_1", ""), 2, "actor_id is missing"),
        (HEADER + ROW.format(1).replace("192.0.2.7", "192.0.2"), 2, "the IP address '192.0.2'"),
        (HEADER + ROW.format(1).replace("Ada", "A\x00a"), 2, "actor_name holds a NUL"),
        (HEADER + ROW.format(1).replace("Ada", 'A"d"a'), 2, "in the wrong place in column 3"),
        (HEADER + ROW.format(1).replace("Ada", 'A"da') + ROW.format(2), 2, "never closed"),
        (HEADER + ROW.format(1).replace("Ada", '"two\nlines"') + ROW.format("x"), 4, "'x'"),
        (HEADER + ROW.format(1) + ROW.format(2).replace("Ada", '"Ada'), 3, "never closed"),
        (HEADER + ROW.format(1) + ROW.format(23)[:-2], 3, "ends before the line does"),
        (HEADER + ROW.format(1) + ROW.format(1), 3, "the id 1 is there already"),
        (HEADER + ROW.format(1) + ROW.format(100), 3, "the id 100 is there already"),
        (HEADER.encode() + ROW.format(1).replace("Ada", "Adä").encode("latin-1"), 2, "not UTF-8"),
        ((HEADER + ROW.format(1)).encode("utf-16"), 1, "UTF-16"),
        ((HEADER + ROW.format(1)).encode("utf-16-be"), 1, "timestamp is missing"),
        (LINE.format(1) + LINE.format(2)[:-20], 2, "not JSON"),
        (LINE.format(1) + "\n" + LINE.format('"x"'), 3, "id is not a whole number"),
        (LINE.format(1) + LINE.format(100), 2, "the id 100 is there already"),
        (LINE.format(1) + HEADER + ROW.format(2), 2, "not JSON"),
        (
            LINE.format(1).encode() + LINE.format(2).replace("Ada", "ä").encode("latin-1"),
            2,
            "UTF-8",
        ),
        ("{\n", 1, "not JSON, from column 2 on: Expecting property name"),
        ("[]\n", 1, "it is not a JSON object"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(
    log: Database, write: Write, content: str | bytes, line: int, said: str
) -> None:
    path = write(content)
    sentence = refusal(log, path)
    assert sentence.startswith(f"{path}, line {line}: ")
    assert said in sentence
    assert sentence.endswith(("Nothing was imported.", "Nothing was added."))


def test_after_the_highest_id_there_is_room_for_more(
    open_any_log: OpenLog, write: Write, tmp_path: Path
) -> None:
    log = open_any_log([])
    assert import_file(log, write(HEADER + ROW.format(HIGHEST_ID)), Cancellation()) == 1
    shown = LogReader(log).read_snapshot(LogQuery(), Cancellation()).highest_id
    result = export_csv(log, a_request(tmp_path / "out.csv", highest_id=shown), Cancellation())
    assert result.row_count == 1, "what the export itself leaves in the log came later"
    assert append_entries(log, [new_entry()], Cancellation()) == 1
    assert ids(log) == {HIGHEST_ID + number for number in range(4)}


def test_what_is_no_plain_file_is_refused_and_never_waited_for(
    log: Database, write: Write, tmp_path: Path
) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(write(HEADER + ROW.format(1)))
    os.mkfifo(pipe)
    for path, said in (
        (link, "is a link"),
        (pipe, "is not a plain file"),
        (tmp_path, "is not a plain file"),
        (Path("/dev/zero"), "is not a plain file"),
        (tmp_path / "missing", "There is no file"),
        (tmp_path / ("x" * 300), "cannot be read"),
        (write(""), "is empty"),
    ):
        assert said in refusal(log, path)


def test_files_that_passed_through_other_programs_come_in(log: Database, write: Write) -> None:
    text = HEADER + ROW.format(1).replace("Ada", '"two\nlines"') + ROW.format("")
    assert (
        import_file(
            log,
            write(b"\xef\xbb\xbf" + text.replace(",Front", ',"Front"').encode()),
            Cancellation(),
        )
        == 2
    )
    assert ids(log) == {1, 100, 101}
    crlf = (HEADER + ROW.format(5)).replace("\n", "\r\n")
    assert import_file(log, write(crlf), Cancellation()) == 1
    assert (
        import_file(
            log, write("\ufeff" + LINE.format(6) + "\r\n" + LINE.format(7).rstrip()), Cancellation()
        )
        == 2
    )
    assert ids(log) == {1, 5, 6, 7, 100, 101}


def test_a_job_is_told_from_a_member(write: Write) -> None:
    content = HEADER + ROW.format(1) + ROW.format(2).replace("usr_1", "system")
    types = [entry.actor_type for _, entry in parse_file(write(content))]
    assert types == ["member", "system"]


def test_a_header_alone_is_an_empty_log(log: Database, write: Write) -> None:
    assert import_file(log, write(HEADER), Cancellation()) == 0
    assert ids(log) == {100}


def test_the_guard_comes_off_only_where_the_manifest_says_so(
    open_log: OpenLog, tmp_path: Path
) -> None:
    names = ["=1+1", "'=1+1", "'", "Ada", "'Ada"]
    log = open_log(new_entry(id=n, actor_name=name) for n, name in enumerate(names, 1))
    for profile in Profile:
        output = tmp_path / f"{profile.value}.csv"
        # Without what the exports themselves leave in the log.
        request = a_request(output, profile=profile, highest_id=len(names))
        export_csv(log, request, Cancellation())
        found = {entry.id: entry.actor_name for _, entry in parse_file(output)}
        assert found == dict(enumerate(names, 1))
    alone = tmp_path / "alone.csv"
    alone.write_bytes((tmp_path / "spreadsheet.csv").read_bytes())
    assert {entry.actor_name for _, entry in parse_file(alone)} >= {"'=1+1", "''=1+1", "''"}


# What a file of somebody else's may hold, and no database of this project takes from a hand.
RAW = (
    st.none()
    | st.binary(max_size=4)
    | st.sampled_from([b"", b"=1\0", b"A\xffB", b"'\xf0", b"1.2.3"])
)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*[RAW] * 9), min_size=20, max_size=40))
def test_what_a_manifest_vouches_for_comes_back_byte_for_byte(
    open_log: OpenLog, tmp_path: Path, rows: list[tuple[bytes | None, ...]]
) -> None:
    log = open_log([])
    marks = ", ".join(["CAST(? AS TEXT)"] * 9)
    with sqlite3.connect(log.label.name) as connection:
        for texts in rows:
            connection.execute(
                "INSERT INTO entries (occurred_at, actor_type, actor_id, actor_name, action,"
                " target_type, target_id, target_name, before, after, ip_address)"
                f" VALUES ('2026-03-01T10:00:00.000000+00:00', 'member', {marks})",
                (*(text or b"" for text in texts[:3]), *texts[3:]),
            )
    connection.close()
    exact = tmp_path / "exact.csv"
    cut = {"highest_id": len(rows), "may_replace": True}
    export_csv(log, a_request(exact, **cut), Cancellation())
    for profile in Profile:
        evidence, again = tmp_path / "evidence.csv", tmp_path / "again.csv"
        export_csv(log, a_request(evidence, profile=profile, **cut), Cancellation())
        copy = open_log([])
        assert import_file(copy, evidence, Cancellation()) == len(rows)
        export_csv(copy, a_request(again, **cut), Cancellation())
        assert again.read_bytes() == exact.read_bytes()


@pytest.mark.parametrize(
    ("name", "address", "said"),
    [
        (b"A\0", None, "line 2: actor_name holds a NUL character"),
        (b"A", b"1.2.3", "line 2: the IP address '1.2.3' is none"),
        (b"A\xff", None, "line 2: byte 41 is not UTF-8"),
    ],
)
def test_what_only_sqlite_keeps_is_refused_elsewhere_and_says_where_it_is_taken(
    open_any_log: OpenLog,
    open_log: OpenLog,
    tmp_path: Path,
    name: bytes,
    address: bytes | None,
    said: str,
) -> None:
    log, path = open_log([]), tmp_path / "log.csv"
    with sqlite3.connect(log.label.name) as connection:
        connection.execute(
            "INSERT INTO entries"
            " (occurred_at, actor_type, actor_id, actor_name, action, ip_address) VALUES ("
            "'2026-03-01T10:00:00Z', 'member', 'usr_1', CAST(? AS TEXT), 'a',"
            " CAST(? AS TEXT))",
            (name, address),
        )
    connection.close()
    export_csv(log, a_request(path, highest_id=1), Cancellation())
    other = open_any_log([new_entry(id=100)])
    if other.is_postgresql:
        assert f"{said}; an SQLite file takes it." in refusal(other, path)
    else:
        assert import_file(other, path, Cancellation()) == 1
    manifest_path(path).unlink()
    sentence = refusal(open_log([new_entry(id=100)]), path)
    assert f"{said}; an SQLite file takes it where the manifest stands beside the CSV." in sentence


def test_evidence_that_does_not_match_its_manifest_is_refused(
    open_log: OpenLog, log: Database, tmp_path: Path
) -> None:
    output = tmp_path / "log.csv"
    export_csv(open_log([new_entry(id=1), new_entry(id=2)]), a_request(output), Cancellation())
    whole = output.read_text("utf-8")
    output.write_text(whole[: whole.rindex("\n", 0, -1) + 1], "utf-8")
    assert "is not what its manifest describes" in refusal(log, output)
    output.write_text(whole.replace("Ada", "Eva"), "utf-8")
    assert "is not what its manifest describes" in refusal(log, output)
    (tmp_path / "log.csv.manifest.json").write_text("{}", "utf-8")
    assert "is not a manifest" in refusal(log, output)


def test_a_cell_of_any_size_comes_in_where_the_manifest_vouches_for_it(
    open_log: OpenLog, tmp_path: Path
) -> None:
    value = '{"prompt": "' + "long " * 200_000 + '"}'
    output = tmp_path / "log.csv"
    export_csv(open_log([new_entry(id=1, before=value)]), a_request(output), Cancellation())
    log = open_log([])
    assert import_file(log, output, Cancellation()) == 1
    entries = LogReader(log).iterate_entries(LogQuery(), None, Cancellation())
    assert [entry.before for entry in entries if entry.id == 1] == [value]


def test_without_a_manifest_an_endless_cell_is_refused(log: Database, write: Write) -> None:
    def with_cell(length: int) -> Path:
        cell = '"""' + "x" * (length - 2) + '"""'
        return write(HEADER + ROW.format(1) + ROW.format(2).replace(",,,", f",{cell},,"))

    sentence = refusal(log, with_cell(131_073))
    assert ", line 3: its field 8 is longer than 131,072 characters" in sentence
    assert import_file(log, with_cell(131_072), Cancellation()) == 2


def test_a_line_without_an_end_does_not_fill_the_memory(
    log: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_file, "_LONGEST_LINE", 100_000)
    path = write(HEADER + "x" * 10_000_000)
    tracemalloc.start()
    try:
        sentence = refusal(log, path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ", line 2: it is longer than 100,000 bytes." in sentence
    assert peak < 5_000_000


def test_a_cancelled_import_adds_nothing(log: Database, write: Write) -> None:
    cancellation = Cancellation()
    path = write(HEADER + "".join(map(ROW.format, range(1000, 9000))))

    def cancel_in_the_middle(count: int) -> None:
        if count:
            cancellation.flag()

    with pytest.raises(CancelledError):
        import_file(log, path, cancellation, cancel_in_the_middle)
    assert ids(log) == {100}


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (HEADER + ROW.format(1) + ROW.format(2).replace(",,,", ",{broken,,"), 3, "json"),
        (HEADER + ROW.format(1) + ROW.format(1), 3, "the id 1 is there already"),
        (HEADER + ROW.format(1).replace("Ada", '"two\nlines"') + ROW.format(100), 4, "the id 100"),
        (LINE.format(1) + "\n" + LINE.format(100), 3, "the id 100 is there already"),
        (LINE.format(1) + LINE.format(2).replace('"Ada"', '"A\\u0000"'), 2, "NUL"),
        (LINE.format(1) + LINE.format(2).replace("}", ', "before": {"$raw": "{"}}'), 2, "json"),
    ],
)
def test_a_line_that_the_server_refuses_is_named_too(
    open_server_log: OpenLog, write: Write, content: str, line: int, said: str
) -> None:
    path = write(content)
    sentence = refusal(open_server_log([new_entry(id=100)]), path)
    assert sentence.startswith(f"{path}, line {line}: ")
    assert said in sentence


@pytest.mark.postgresql
def test_a_server_takes_the_times_that_it_can_hold(open_server_log: OpenLog, write: Write) -> None:
    log = open_server_log([new_entry(id=100)])
    edges = ["-004713-11-24T00:00:00Z", "+294276-12-31T23:59:59.999999Z", "infinity", "-infinity"]
    lines = [
        LINE.format(number).replace("2026-03-01T10:00:00Z", edge)
        for number, edge in enumerate(edges, 1)
    ]
    assert import_file(log, write("".join(lines)), Cancellation()) == 4
    assert ids(log) == {1, 2, 3, 4, 100}


def test_a_csv_whose_manifest_no_name_would_fit_is_one_without(
    log: Database, tmp_path: Path
) -> None:
    path = tmp_path / f"{'n' * 245}.csv"
    path.write_text(HEADER + ROW.format(1))
    assert import_file(log, path, Cancellation()) == 1
    made = make_evidence_log(path, tmp_path / "evidence", Cancellation(), lambda _count: None)
    assert made.is_file()
    assert "nothing tells whether it is complete" in evidence_caution(path)
