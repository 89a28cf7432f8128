"""The diff: exact, complete, and calm about whatever the log holds."""

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.diff import (
    EntryDiff,
    Kind,
    Missing,
    Side,
    changed_fields,
    diff_entry,
    value_text,
)
from mylla_audit_desktop.log.json_text import JsonNumber, parse_json, write_json
from mylla_audit_desktop.log.text_diff import Change, diff_words, fold, folded_parts

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=8), VALUES, max_size=5)


def shown(diff: EntryDiff) -> list[tuple[str, str, str, str]]:
    def side(value: Side) -> str:
        return "-" if value is Missing.MISSING else value_text(value)

    return [(f.path, f.kind.value, side(f.before), side(f.after)) for f in diff.fields]


def keys_of(path: str) -> list[str | int]:
    """The steps of a path such as `a."b.c"[2].d`."""
    steps = re.findall(r'\[(\d+)\]|("(?:[^"\\]|\\.)*")|([^.\[\]"\s]+)', path)
    return [int(index) if index else json.loads(quoted) if quoted else plain
            for index, quoted, plain in steps]  # fmt: skip


def apply(diff: EntryDiff, before: dict[str, Any]) -> dict[str, Any]:
    """What before becomes when every change of the diff is made to it."""
    whole = copy.deepcopy(before)
    # From the end, so that removing from a list moves nothing that is still to come.
    additions = [field for field in diff.changes if field.kind is Kind.ADDED]
    others = [field for field in diff.changes if field.kind is not Kind.ADDED]
    for field in [*reversed(others), *additions]:
        *steps, last = keys_of(field.path)
        inner: Any = whole
        for step in steps:
            inner = inner[step]
        if field.kind is Kind.REMOVED:
            del inner[last]
            continue
        value = json.loads(write_json(field.after))  # type: ignore[arg-type]
        if isinstance(inner, list) and last == len(inner):
            inner.append(value)
        else:
            inner[last] = value
    return whole


@given(OBJECTS, OBJECTS)
def test_the_diff_applied_to_before_gives_after(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    diff = diff_entry(json.dumps(before), json.dumps(after))
    assert json.dumps(apply(diff, before), sort_keys=True) == json.dumps(after, sort_keys=True)


@given(OBJECTS)
def test_nothing_changed_shows_nothing(value: dict[str, object]) -> None:
    text = json.dumps(value)
    assert diff_entry(text, text).changes == ()
    assert changed_fields(text, text) == ((), False)


@given(OBJECTS, OBJECTS)
def test_the_table_names_the_fields_that_differ(
    before: dict[str, object], after: dict[str, object]
) -> None:
    names, has_more = changed_fields(json.dumps(before), json.dumps(after))
    wanted = {
        key
        for key in {*before, *after}
        if key not in before
        or key not in after
        or json.dumps(before[key]) != json.dumps(after[key])
    }
    assert set(names) == wanted
    assert not has_more


@given(OBJECTS, st.integers(0, 200))
def test_a_cut_text_never_breaks_the_table(value: dict[str, object], length: int) -> None:
    text = json.dumps(value)
    names, _ = changed_fields(None, text[:length])
    assert set(names) <= set(value)


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ('{"a":1}', '{"a":true}', [("a", "changed", "1", "true")]),
        ('{"a":1}', '{"a":"1"}', [("a", "changed", "1", "1")]),
        ('{"a":1.0}', '{"a":1}', [("a", "written differently", "1.0", "1")]),
        ('{"a":""}', '{"a":null}', [("a", "changed", "", "null")]),
        ("{}", '{"a":null}', [("a", "added", "-", "null")]),
        (None, '{"a.b":1}', [('"a.b"', "added", "-", "1")]),
        (
            '{"a":{"b":1,"c":2}}',
            '{"a":{"b":1}}',
            [("a.b", "unchanged", "1", "1"), ("a.c", "removed", "2", "-")],
        ),
        (
            '{"n":9007199254740993}',
            '{"n":9007199254740992}',
            [("n", "changed", "9007199254740993", "9007199254740992")],
        ),
        ('{"n":1e400}', '{"n":1e401}', [("n", "changed", "1e400", "1e401")]),
        (
            '{"k":1,"k":2}',
            '{"k":1,"k":3}',
            [("k", "unchanged", "1", "1"), ("k", "changed", "2", "3")],
        ),
        ('[{"x":1}]', '[{"x":2}]', [("[0].x", "changed", "1", "2")]),
        (None, None, []),
        ("5", "6", [("", "changed", "5", "6")]),
    ],
)
def test_what_is_told_apart(
    before: str | None, after: str | None, wanted: list[tuple[str, str, str, str]]
) -> None:
    assert shown(diff_entry(before, after)) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 6000 + "]" * 6000, "nested too deeply to compare"),
        ("[" * 1000 + "]" * 1000, "nested too deeply to compare"),
        ('{"a":' * 6000, "nested too deeply to compare"),
        ("NaN", "not valid JSON"),
        ('{"a":Infinity}', "not valid JSON"),
        ("{broken", "not valid JSON"),
        ("", "not valid JSON"),
        ('"' + "x" * 1_000_000 + '"', "too long to compare (1,000,002 characters)"),
    ],
)
def test_what_cannot_be_compared_is_shown_raw_with_the_reason(text: str, reason: str) -> None:
    diff = diff_entry(text, '{"a":1}')
    assert [(field.kind, field.note) for field in diff.fields] == [(Kind.UNREADABLE, reason)]
    assert value_text(diff.fields[0].before) == text


def test_a_long_number_keeps_every_digit() -> None:
    digits = "9" * 4301
    assert parse_json(digits) == JsonNumber(digits)


def test_very_many_fields_are_counted() -> None:
    many = json.dumps({f"k{number}": number for number in range(9_000)})
    diff = diff_entry(None, many)
    assert len(diff.fields) + diff.omitted == 9_000


@given(st.text(max_size=400), st.text(max_size=400))
def test_stretches_make_up_both_texts(before: str, after: str) -> None:
    stretches = fold(diff_words(before, after))
    assert "".join(s.text for s in stretches if s.change is not Change.ADDED) == before
    assert "".join(s.text for s in stretches if s.change is not Change.REMOVED) == after
    for number, stretch in enumerate(stretches):
        head, folded, tail = folded_parts(stretches, number)
        assert len(head) + folded + len(tail) == len(stretch.text)
        assert stretch.text.startswith(head)
        assert stretch.text.endswith(tail)


def test_one_edited_sentence_is_one_change_with_the_rest_folded() -> None:
    prompt = "Offer the next free slot. Confirm the caller's name. " * 900
    edited = prompt[:20_000] + "Never read out details. " + prompt[20_000:]
    stretches = fold(diff_words(prompt, edited))
    changes = [s for s in stretches if s.change is not Change.SAME]
    assert len(changes) <= 2
    assert sum(s.folded for s in stretches) > 40_000


def test_texts_too_long_to_compare_are_shown_one_after_the_other() -> None:
    before, after = "a b " * 30_000, "a c " * 30_000
    stretches = diff_words(before, after)
    assert [s.change for s in stretches] == [Change.REMOVED, Change.ADDED]
