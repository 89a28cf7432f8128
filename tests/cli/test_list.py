"""`mylla-audit list`: the right entries, in the right order, safe to look at."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run, entry, run_process

Fill = Callable[..., str]


def test_filters_combine_and_values_within_one_are_alternatives(fill: Fill, run: Run) -> None:
    url = fill(
        entry(1, "2026-03-01T10:00:00Z", actor_id="usr_1", actor_name="Ada", action="agent.create"),
        entry(2, "2026-03-01T11:00:00Z", actor_id="usr_2", actor_name="Bob", action="agent.delete"),
        entry(
            3, "2026-03-01T12:00:00Z", actor_id="usr_2", actor_name="Bob", action="number.assign"
        ),
        entry(4, "2026-03-01T13:00:00Z", actor_id="usr_3", actor_name="Cyd", action="agent.update"),
        entry(5, "2026-03-01T14:00:00Z", actor_id="usr_2", actor_name="Bob", target_id="agt_2"),
    )

    def ids(*filters: str) -> list[int]:
        words = ("list", "--database", url, "--format", "ndjson", "--all-time", *filters)
        outcome = run(*words)
        assert outcome.code == 0, outcome.err
        return outcome.ids

    assert ids() == [5, 4, 3, 2, 1]
    assert ids("--actor", "usr_2") == [5, 3, 2]
    assert ids("--actor", "Bob", "--actor", "usr_1") == [5, 3, 2, 1]
    assert ids("--action", "agent.*") == [5, 4, 2, 1]
    assert ids("--action", "*.delete", "--action", "number.assign") == [3, 2]
    assert ids("--action", "agent.?????e") == [5, 4, 2, 1]
    assert ids("--target", " agt_2\n") == [5]
    assert ids("--actor", "usr_2", "--action", "agent.*", "--target", "agt_1") == [2]
    assert ids("--actor", "nobody") == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a_b", [1]),
        ("a%b", [2]),
        ("a[x]b", [3]),
        ("a\\b", [4]),
        ("A_B", [6]),
        ("a?b", [1, 2, 4, 5]),
        ("a*b", [1, 2, 3, 4, 5]),
        ("a[!x]b", []),
        ("a\\*", [4]),
    ],
)
def test_only_star_and_question_mark_are_wildcards(
    fill: Fill, run: Run, pattern: str, expected: list[int]
) -> None:
    names = ["a_b", "a%b", "a[x]b", "a\\b", "axb", "A_B"]
    url = fill(
        *(
            entry(number, "2026-03-01T10:00:00Z", action=name, target_id=name)
            for number, name in enumerate(names, 1)
        )
    )
    common = ("list", "--database", url, "--all-time", "--format", "ndjson")
    assert sorted(run(*common, "--action", pattern).ids) == expected
    # A target is an ID: no character of it is a wildcard.
    exact = [names.index(pattern) + 1] if pattern in names else []
    assert run(*common, "--target", pattern).ids == exact


@pytest.mark.parametrize(
    ("day", "zone", "first", "after"),
    [
        # 23 hours, 25 hours, a day that begins at 01:00 because midnight was skipped.
        ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z"),
    ],
)
def test_a_day_is_a_whole_day_of_the_zone_when_the_clocks_change(
    fill: Fill, run: Run, day: str, zone: str, first: str, after: str
) -> None:
    start, end = datetime.fromisoformat(first), datetime.fromisoformat(after)
    moment = timedelta(microseconds=1)
    times = [start - moment, start, end - moment, end]
    url = fill(*(entry(number, when.isoformat()) for number, when in enumerate(times, 1)))
    common = ("list", "--database", url, "--format", "ndjson", "--time-zone", zone)
    assert run(*common, "--from", day, "--to", day).ids == [3, 2]
    assert run(*common, "--from", day).ids == [4, 3, 2]
    assert run(*common, "--to", day).ids == [3, 2, 1]
    # A time excludes the end.
    assert run(*common, "--from", first, "--to", after).ids == [3, 2]


def test_without_a_date_the_last_30_days_are_shown(fill: Fill, run: Run) -> None:
    now = datetime.now(UTC)
    url = fill(
        entry(1, (now - timedelta(days=32)).isoformat()),
        entry(2, (now - timedelta(days=29)).isoformat()),
        entry(3, now.isoformat()),
    )
    common = ("list", "--database", url, "--format", "ndjson")
    assert run(*common).ids == [3, 2]
    assert run(*common, "--all-time").ids == [3, 2, 1]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Europe/Berlin", "2026-03-01 11:00:00 +01:00"),
        (":Asia/Tokyo", "2026-03-01 19:00:00 +09:00"),
        ("/usr/share/zoneinfo/Asia/Tokyo", "2026-03-01 19:00:00 +09:00"),
        ("EST5EDT", "2026-03-01 05:00:00 -05:00"),
        ("", "2026-03-01 10:00:00 +00:00"),
    ],
)
def test_the_zone_of_the_environment_is_the_one_of_days_and_times(
    sqlite_log: str, said: str, shown: str
) -> None:
    outcome = run_process("list", "--database", sqlite_log, "--all-time", TZ=said)
    assert shown in outcome.out
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize("said", ["Nonsense/Zone", "CET-1CEST", "europe/paris"])
def test_a_zone_that_the_environment_misnames_is_told(sqlite_log: str, said: str) -> None:
    words = ("list", "--database", sqlite_log, "--all-time")
    outcome = run_process(*words, TZ=said)
    assert "2026-03-01 10:00:00 +00:00" in outcome.out
    assert outcome.err == (
        f"mylla-audit: TZ is '{said}', which names no time zone, so days and times are in UTC; "
        "--time-zone names another.\n"
    )
    assert run_process(*words, "--time-zone", "Europe/Paris", TZ=said).err == ""


@pytest.mark.parametrize(
    ("column", "descending", "ascending"),
    [
        ("timestamp", [5, 4, 3, 2, 1], [1, 4, 3, 2, 5]),
        ("actor", [2, 4, 1, 5, 3], [5, 3, 4, 1, 2]),
        ("action", [5, 4, 2, 3, 1], [3, 1, 5, 4, 2]),
        ("target", [5, 3, 1, 4, 2], [3, 1, 5, 4, 2]),
        ("ip_address", [1, 5, 3, 4, 2], [3, 5, 1, 4, 2]),
    ],
)
def test_ties_are_most_recent_first_and_nothing_stands_last(
    fill: Fill, run: Run, column: str, descending: list[int], ascending: list[int]
) -> None:
    tie = "2026-03-02T10:00:00.123456Z"
    url = fill(
        entry(1, "2026-03-01T10:00:00Z", actor_name="B", action="b.b", target_name="b",
              ip_address="2001:db8::1"),
        entry(2, tie, actor_name="b", action="c.c", target_name=None, ip_address=None),
        entry(3, tie, actor_name="A", action="b.b", target_name="b", ip_address="9.0.0.1"),
        entry(4, tie, actor_name="B", action="c.c", target_name=None, ip_address=None),
        entry(5, "2026-03-03T10:00:00Z", actor_name="A", action="c.c", target_name="é",
              ip_address="10.0.0.1"),
    )  # fmt: skip
    common = ("list", "--database", url, "--all-time", "--format", "ndjson", "--sort", column)
    assert run(*common).ids == descending
    assert run(*common, "--ascending").ids == ascending


def test_the_limit_is_kept_and_what_is_missing_is_told(sqlite_log: str, run: Run) -> None:
    common = ("list", "--database", sqlite_log, "--all-time", "--format", "ndjson")
    two = run(*common, "--limit", "2")
    assert (two.code, two.ids) == (0, [3, 2])
    assert two.err == "mylla-audit: 2 of 3 entries shown; --limit N shows more.\n"
    three = run(*common, "--limit", "3")
    assert (three.ids, three.err) == ([3, 2, 1], "")
    none = run(*common, "--limit", "0")
    assert (none.code, none.out) == (0, "")
    assert "0 of 3 entries" in none.err


def test_ndjson_holds_every_column(fill: Fill, run: Run) -> None:
    values = {"actor_name": "", "ip_address": None, "before": None, "after": {"x": "\u202e<b>\n"}}
    url = fill(entry(7, "2026-03-29T00:30:00.000001Z", **values))
    common = ("list", "--database", url, "--all-time", "--format", "ndjson")
    outcome = run(*common, "--time-zone", "Europe/Berlin")
    assert outcome.entries == [entry(7, "2026-03-29T01:30:00.000001+01:00", **values)]


def test_ndjson_and_csv_keep_numbers_and_repeated_names_as_written(
    empty_url: str, run: Run, tmp_path: Path
) -> None:
    after = '{"n": 9007199254740993, "x": 1.0, "x": 1e400}'
    line = json.dumps(entry(1, "2026-03-01T10:00:00Z", after="AFTER")).replace('"AFTER"', after)
    (tmp_path / "one.ndjson").write_text(line, "utf-8")
    assert run("import", str(tmp_path / "one.ndjson"), "--database", empty_url).code == 0
    common = ("list", "--database", empty_url, "--all-time", "--format")
    assert after in run(*common, "ndjson").out
    assert after in run(*common, "csv").out.replace('""', '"')


def test_csv_is_the_one_for_a_siem(fill: Fill, run: Run) -> None:
    url = fill(
        entry(1, "2026-03-01T10:00:00Z", actor_name="=1+1", target_name=None, target_id=""),
    )
    outcome = run("list", "--database", url, "--all-time", "--format", "csv",
                  "--time-zone", "Asia/Tokyo")  # fmt: skip
    header, row = csv.reader(io.StringIO(outcome.out))
    assert ",".join(header) == (
        "timestamp,actor_id,actor,action,target_type,target_id,target,before,after,"
        "ip_address,entry_id"
    )
    assert row[0] == "2026-03-01T19:00:00.000000+09:00"
    assert row[2] == "=1+1"
    assert ',"",,' in outcome.out, "an empty text is quoted, NULL is not"
    assert "\r" not in outcome.out


def test_the_table_shows_time_with_offset_names_ids_and_changes(fill: Fill, run: Run) -> None:
    url = fill(
        entry(1, "2026-11-23T21:47:03.5Z", before={"voice": 1, "greeting": "a", "same": 0},
              after={"voice": 2, "greeting": "b", "same": 0}),
    )  # fmt: skip
    table = run("list", "--database", url, "--all-time", "--time-zone", "Europe/Berlin").out
    heading, line = table.splitlines()
    assert re.split(r" {2,}", heading) == [
        "Timestamp", "Actor", "Action", "Target", "Changes", "IP address",
    ]  # fmt: skip
    assert re.split(r" {2,}", line) == [
        "2026-11-23 22:47:03 +01:00", "Ada Lovelace", "agent.update", "Reception agt_1",
        "voice, greeting", "192.0.2.7",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "hostile",
    ["\x1b[31mred", "a\nb", "\u202eevil", "\u2028", "\u200b", "\ufeff", "\x85", "\U000e0041"],
)
def test_no_text_of_the_log_reaches_the_terminal_raw(fill: Fill, run: Run, hostile: str) -> None:
    url = fill(
        entry(1, "2026-03-01T10:00:00Z", actor_name=hostile, action=hostile, target_name=hostile,
              after={hostile: 1}),
    )  # fmt: skip
    table = run("list", "--database", url, "--all-time").out
    assert len(table.splitlines()) == 2
    shown = table.replace("\n", "")
    assert not [one for one in shown if unicodedata.category(one) in {"Cc", "Cf", "Zl", "Zp"}]
    assert shown.count("\\u") + shown.count("\\U") >= 4


def test_columns_stay_aligned_under_wide_and_combining_characters(fill: Fill, run: Run) -> None:
    names = ["Ada", "山田太郎", "q\u0301" * 9, "o\u20dd", "q" + "\u0301" * 8]
    url = fill(
        *(
            entry(number, "2026-03-01T10:00:00Z", actor_name=name, action="x.x")
            for number, name in enumerate(names, 1)
        )
    )

    def columns_before_action(line: str) -> int:
        head = line[: line.index("x.x")]
        marks = sum(unicodedata.category(one) in {"Mn", "Me"} for one in head)
        wide = sum(unicodedata.east_asian_width(one) == "W" for one in head)
        return len(head) - marks + wide

    lines = run("list", "--database", url, "--all-time").out.splitlines()[1:]
    assert len({columns_before_action(line) for line in lines}) == 1


def test_a_pipe_gets_long_values_whole(fill: Fill, run: Run) -> None:
    url = fill(entry(1, "2026-03-01T10:00:00Z", target_name="n" * 300, target_id="agt_at_the_end"))
    assert "agt_at_the_end" in run("list", "--database", url, "--all-time").out


def test_times_beyond_the_calendar_are_listed(fill: Fill, run: Run) -> None:
    url = fill(
        entry(1, "-4712-01-01T00:00:00Z"),
        entry(2, "2026-12-31T23:59:60Z"),
        entry(3, "+200000-01-01T00:00:00Z"),
    )
    outcome = run("list", "--database", url, "--all-time", "--time-zone", "Europe/Berlin")
    assert outcome.code == 0
    assert [line.split(" ")[0] for line in outcome.out.splitlines()[1:]] == [
        "+200000-01-01", "2027-01-01", "-004712-01-01",
    ]  # fmt: skip


def test_an_hour_of_the_week_is_on_the_clocks_of_the_zone(fill: Fill, run: Run) -> None:
    # Both sides of the change to summer time in Berlin: Sundays, from 8 to 9 o'clock there.
    url = fill(
        entry(1, "2026-03-22T07:59:59.999999Z"),
        entry(2, "2026-03-29T06:00:00Z"),
        entry(3, "2026-03-29T07:00:00Z"),
        entry(4, "infinity"),
    )
    words = ("list", "--database", url, "--all-time", "--format", "ndjson", "--time-zone")
    assert run(*words, "Europe/Berlin", "--hour", "sun 8").ids == [2, 1]
    assert run(*words, "UTC", "--hour", "Sun 07:00", "--hour", "sun 6").ids == [3, 2, 1]


def test_a_wrong_hour_of_the_week_is_named(sqlite_log: str, run: Run) -> None:
    for wrong in ("sun 24", "sunday 8", "8", "mon 8:30", ""):
        outcome = run("list", "--database", sqlite_log, "--hour", wrong)
        assert outcome.code == 2
        assert "is no hour of the week" in outcome.err
