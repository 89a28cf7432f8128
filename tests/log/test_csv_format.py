"""The CSV: what is written can be read back exactly, whatever a text holds."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mylla_audit_desktop.log import csv_format
from mylla_audit_desktop.log.csv_format import (
    CSV_COLUMNS,
    GUARDED_CHARACTERS,
    HEADER,
    Profile,
    Record,
    format_row,
    guard,
    read_records,
    unguard,
)
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.errors import LineError
from mylla_audit_desktop.log.instant import Instant

BERLIN = ZoneInfo("Europe/Berlin")
# What a person under review could choose, and what has a meaning in a CSV.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    "\"',=+-@＝\t\r\n\\.\x00\u2028\x85\ufeff é", max_size=8
)
CELLS = st.none() | TEXTS


def an_entry(**values: Any) -> AuditEntry:
    fields: dict[str, Any] = {
        "id": 7,
        "occurred_at": Instant.parse("2026-03-29T00:59:59.000001Z"),
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Ada",
        "action": "agent.update",
        "target_type": None,
        "target_id": None,
        "target_name": None,
        "before": None,
        "after": None,
        "ip_address": None,
    }
    return AuditEntry(**(fields | values))


def read(text: str) -> list[Record]:
    return list(read_records(io.StringIO(text, newline="\n")))


@given(TEXTS)
def test_the_guard_comes_off_exactly_and_leaves_nothing_to_run(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert guarded[:1] not in set(GUARDED_CHARACTERS) - {"'"}
    assert guarded == text or guarded == f"'{text}"


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "＝", "\t", "\r", "'"])
def test_whatever_a_spreadsheet_could_run_gets_one_apostrophe(first: str) -> None:
    assert guard(first) == f"'{first}"
    assert guard(f"{first}1+1") == f"'{first}1+1"
    assert guard(f"1{first}") == f"1{first}"


@given(
    texts=st.tuples(TEXTS, TEXTS, TEXTS, CELLS, CELLS, CELLS, CELLS, CELLS, CELLS),
    profile=st.sampled_from(Profile),
)
@example(texts=("", "'", "''=", None, "", "\r", '"', '""', "\\."), profile=Profile.SPREADSHEET)
def test_any_text_is_read_back_and_null_told_from_empty(
    texts: tuple[str | None, ...], profile: Profile
) -> None:
    names = [
        "actor_id", "actor_name", "action", "target_type", "target_id", "target_name",
        "before", "after", "ip_address",
    ]  # fmt: skip
    entry = an_entry(**dict(zip(names, texts, strict=True)))
    text = HEADER + format_row(entry, profile, BERLIN) * 2
    header, *records = read(text)
    assert header == Record(1, CSV_COLUMNS)
    assert len(records) == 2
    for record in records:
        when, *cells, entry_id = record.fields
        assert (when, entry_id) == ("2026-03-29T01:59:59.000001+01:00", "7")
        if profile is Profile.SPREADSHEET:
            cells = [None if cell is None else unguard(cell) for cell in cells]
        assert tuple(cells) == texts
    # A reader that knows nothing of us sees the same, but for NULL.
    others = list(csv.reader(io.StringIO(text, newline="")))
    assert others == [[cell or "" for cell in one.fields] for one in [header, *records]]


def test_the_line_is_what_postgresql_would_write() -> None:
    entry = an_entry(
        actor_id="",
        actor_name='Ada "the, first"',
        action="\\.",
        target_type=" space ",
        target_id="=1+1",
        target_name="two\nlines",
        before='{"a": 1}',
        ip_address="::1",
    )
    begin = '2026-03-29T01:59:59.000001+01:00,"","Ada ""the, first""",\\., space ,'
    end = ',"two\nlines","{""a"": 1}",,::1,7\n'
    assert format_row(entry, Profile.SIEM, BERLIN) == f"{begin}=1+1{end}"
    assert format_row(entry, Profile.SPREADSHEET, BERLIN) == f"{begin}'=1+1{end}"


def test_a_time_beyond_the_calendar_is_written_too() -> None:
    for when, shown in (
        ("infinity", "infinity"),
        ("4713-11-24 00:00:00+00 BC", "-004712-11-24T00:00:00.000000+00:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00.000000+02:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00.000000+01:00"),
    ):
        row = format_row(an_entry(occurred_at=Instant.parse(when)), Profile.SIEM, BERLIN)
        assert row.startswith(f"{shown},")


def test_records_are_numbered_by_the_line_they_start_in() -> None:
    text = 'a,"1\n2\n3"\r\nb,\r\n"","x"\n'
    assert read(text) == [
        Record(1, ("a", "1\n2\n3")),
        Record(4, ("b", None)),
        Record(5, ("", "x")),
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('a,b\nc,"d\ne,f\n', 2, "never closed"),
        ('a,b\nc,"d', 2, "never closed"),
        ("a,b\nc,1", 2, "ends before the line does"),
        ('a,b\nc,d"e"\n', 2, "column 2"),
        ('a,b\n"c"d,e\n', 2, "column 1"),
        ('a,b\n"c" ,e\n', 2, "column 1"),
        ("a,b\nc,d\re,f\n", 2, "column 2"),
        ('a,b\nc,"d"\r"e"\n', 2, "column 2"),
    ],
)
def test_what_this_program_never_writes_is_named_by_line(
    text: str, line: int, problem: str
) -> None:
    with pytest.raises(LineError) as caught:
        read(text)
    assert caught.value.line == line
    assert problem in caught.value.problem
    assert f"Line {line}:" in caught.value.sentence


def test_a_cell_of_megabytes_is_read_in_memory_of_its_size() -> None:
    cell = 'a "quoted", long\n' * 200_000
    text = format_row(an_entry(after=cell), Profile.SIEM, BERLIN)
    lines = io.StringIO(text, newline="\n").readlines()
    tracemalloc.start()
    try:
        (record,) = read_records(lines)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert record.fields[8] == cell
    assert peak < 6 * len(text)


def test_a_quote_that_is_never_closed_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_format, "_LONGEST_RECORD", 1000)

    def endless() -> Iterator[str]:
        yield '"\n'
        while True:
            yield "more\n"

    with pytest.raises(LineError, match="longer than 1,000 characters"):
        list(read_records(endless()))
