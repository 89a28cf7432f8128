"""The diff: exact, complete, and calm about whatever the log holds."""

import json
import re
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.diff import (
    MOST_FIELDS,
    EntryDiff,
    FieldDiff,
    Kind,
    Missing,
    Side,
    changed_fields,
    diff_entry,
    value_text,
)
from mylla_audit_desktop.log.json_text import (
    JsonArray,
    JsonNumber,
    JsonObject,
    JsonValue,
    Unreadable,
    write_json,
)
from tests.log.json_values import LISTS, OBJECTS, VALUES, in_key_order

STEP = re.compile(r'\[(?P<place>\d+)\]|\.?(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<plain>[^.\[\]"]+))')

Shown = tuple[str, str, str, str]


def shown(diff: EntryDiff) -> list[Shown]:
    """Path, what happened, and both sides as the reader sees them; "-" is not set."""

    def side(value: Side) -> str:
        return "-" if value is Missing.MISSING else value_text(value)

    return [(f.path, f.kind.value, side(f.before), side(f.after)) for f in diff.fields]


# -- the fields alone tell both sides ----------------------------------------------


@dataclass
class Branch:
    """An object or a list under construction; list places are only labels."""

    is_list: bool
    inner: list[tuple[str | int, "Branch | JsonValue"]] = field(default_factory=list)

    def branch(self, step: str | int, *, is_list: bool) -> "Branch":
        for label, item in self.inner:
            if label == step and isinstance(item, Branch):
                return item
        made = Branch(is_list)
        self.inner.append((step, made))
        return made

    def value(self) -> JsonValue:
        items = [(k, v.value() if isinstance(v, Branch) else v) for k, v in self.inner]
        if self.is_list:
            return JsonArray(tuple(item for _, item in items))
        return JsonObject(tuple((str(key), item) for key, item in items))


def steps_of(path: str) -> list[str | int]:
    """Keys and places of a path such as `a."b.c"[2].d`."""
    found: list[str | int] = []
    position = 0
    while position < len(path):
        match = STEP.match(path, position)
        assert match, f"{path!r} cannot be read at {position}"
        place, quoted, plain = match["place"], match["quoted"], match["plain"]
        found.append(int(place) if place else json.loads(quoted) if quoted else plain)
        position = match.end()
    return found


def rebuilt(fields: tuple[FieldDiff, ...], name: str) -> JsonValue:
    """One side of an entry, out of nothing but the fields of its diff."""
    root = Branch(is_list=bool(fields) and fields[0].path.startswith("["))
    for one in fields:
        value: Side = getattr(one, name)
        steps = steps_of(one.path)
        if not steps:
            assert len(fields) == 1
            assert not isinstance(value, Missing | Unreadable)
            return value
        branch = root
        for step, following in pairwise(steps):
            branch = branch.branch(step, is_list=isinstance(following, int))
        if not isinstance(value, Missing | Unreadable):
            branch.inner.append((steps[-1], value))
    return root.value()


@given(VALUES | OBJECTS | LISTS, VALUES | OBJECTS | LISTS)
def test_the_diff_applied_to_before_gives_after(before: JsonValue, after: JsonValue) -> None:
    diff = diff_entry(write_json(before), write_json(after))
    assert in_key_order(rebuilt(diff.fields, "before")) == in_key_order(before)
    assert in_key_order(rebuilt(diff.fields, "after")) == in_key_order(after)


@given(VALUES | OBJECTS | LISTS, VALUES | OBJECTS | LISTS)
def test_no_change_goes_unseen_and_none_is_made_up(before: JsonValue, after: JsonValue) -> None:
    diff = diff_entry(write_json(before), write_json(after))
    assert bool(diff.changes) == (in_key_order(before) != in_key_order(after))
    for one in diff.fields:
        is_equal = repr(one.before) == repr(one.after)
        assert (one.kind is Kind.UNCHANGED) <= (one.before == one.after)
        assert is_equal <= (one.kind is Kind.UNCHANGED)
        assert (one.kind is Kind.ADDED) == (one.before is Missing.MISSING)
        assert (one.kind is Kind.REMOVED) == (one.after is Missing.MISSING)


@given(OBJECTS)
def test_an_entry_that_creates_or_deletes_shows_every_field(value: JsonObject) -> None:
    text = write_json(value)
    created, deleted = diff_entry(None, text), diff_entry(text, None)
    assert {f.kind for f in created.fields} <= {Kind.ADDED}
    assert {f.kind for f in deleted.fields} <= {Kind.REMOVED}
    assert in_key_order(rebuilt(created.fields, "after")) == in_key_order(value)
    assert in_key_order(rebuilt(deleted.fields, "before")) == in_key_order(value)


# -- what is told apart --------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ('{"a":1}', '{"a":true}', [("a", "changed", "1", "true")]),
        ('{"a":0}', '{"a":false}', [("a", "changed", "0", "false")]),
        ('{"a":""}', '{"a":false}', [("a", "changed", "", "false")]),
        ('{"a":1}', '{"a":"1"}', [("a", "changed", "1", "1")]),
        ('{"a":1.0}', '{"a":1}', [("a", "written differently", "1.0", "1")]),
        ('{"a":1e2}', '{"a":100.00}', [("a", "written differently", "1e2", "100.00")]),
        ('{"a":"é"}', '{"a":"\\u00e9"}', [("a", "unchanged", "é", "é")]),
        ('{"a":""}', '{"a":null}', [("a", "changed", "", "null")]),
        ('{"a":""}', '{"a":" "}', [("a", "changed", "", " ")]),
        ('{"a":{}}', '{"a":null}', [("a", "changed", "{}", "null")]),
        ('{"a":{}}', '{"a":[]}', [("a", "changed", "{}", "[]")]),
        ('{"a":{}}', "{}", [("a", "removed", "{}", "-")]),
        ("{}", '{"a":null}', [("a", "added", "-", "null")]),
        ("{}", '{"a":""}', [("a", "added", "-", "")]),
        (None, "null", [("", "added", "-", "null")]),
        ('""', None, [("", "removed", "", "-")]),
        (None, None, []),
        ("{}", None, []),
        ("5", "6", [("", "changed", "5", "6")]),
        ('{"é":1}', '{"e\u0301":1}', [("é", "removed", "1", "-"), ("e\u0301", "added", "-", "1")]),
    ],
)  # fmt: skip
def test_what_is_told_apart(before: str | None, after: str | None, wanted: list[Shown]) -> None:
    assert shown(diff_entry(before, after)) == wanted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("9007199254740993", "9007199254740992"),
        ("9" * 4301, "9" * 4300 + "8"),
        ("0.1000000000000000055", "0.1"),
        ("1e400", "1e401"),
        ("1e99999999999999999999", "1e99999999999999999998"),
    ],
)
def test_numbers_beyond_floats_are_compared_by_every_digit(before: str, after: str) -> None:
    diff = diff_entry(f'{{"n":{before}}}', f'{{"n":{after}}}')
    assert diff.fields == (FieldDiff("n", Kind.CHANGED, JsonNumber(before), JsonNumber(after)),)


def test_a_number_in_another_notation_is_said_to_be_the_same() -> None:
    (only,) = diff_entry('{"temperature": 0.70}', '{"temperature": 0.7}').changes
    assert only.note == "the same number, written differently"


def test_texts_that_only_look_the_same_are_said_to_differ() -> None:
    (only,) = diff_entry('{"name": "Ren\u00e9"}', '{"name": "Rene\u0301"}').changes
    assert (only.kind, only.note) == (Kind.CHANGED, "looks the same, made of other characters")


def test_every_occurrence_of_a_duplicate_key_is_shown_and_marked() -> None:
    diff = diff_entry('{"role":"member","role":"admin"}', '{"role":"member"}')
    assert shown(diff) == [
        ("role", "unchanged", "member", "member"),
        ("role", "removed", "admin", "-"),
    ]
    assert [f.note for f in diff.fields] == ["duplicate key, 1 of 2", "duplicate key, 2 of 2"]
    created = diff_entry(None, '{"role":"member","role":"admin"}')
    assert [value_text(f.after) for f in created.changes] == ["member", "admin"]


# -- where a field is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (
            '{"escalation":{"number":"1","rings":2}}',
            '{"escalation":{"number":"1"}}',
            [("escalation.number", "unchanged", "1", "1"),
             ("escalation.rings", "removed", "2", "-")],
        ),
        ('{"a.b":{"c":1}}', '{"a.b":{"c":2}}', [('"a.b".c', "changed", "1", "2")]),
        ('{"a":{"b.c":1}}', '{"a":{"b.c":2}}', [('a."b.c"', "changed", "1", "2")]),
        ('{"":1}', '{"":2}', [('""', "changed", "1", "2")]),
        ('{"[0]":1}', '{"[0]":2}', [('"[0]"', "changed", "1", "2")]),
        # A key that spells an escape is quoted; one that holds the character is not.
        ('{"\\\\u202e":1}', '{"\\u202e":1}',
         [('"\\\\u202e"', "removed", "1", "-"), ("\u202e", "added", "-", "1")]),
        ('[{"x":1}]', '[{"x":2}]', [("[0].x", "changed", "1", "2")]),
        ('{"a":["de","en"]}', '{"a":["de","fr","en"]}',
         [("a", "changed", '["de", "en"]', '["de", "fr", "en"]')]),
        (
            '{"rules":[{"id":1,"to":"A"},{"id":2}]}',
            '{"rules":[{"id":9},{"id":1,"to":"B"},{"id":2}]}',
            [("rules[0].id", "changed", "1", "9"), ("rules[0].to", "removed", "A", "-"),
             ("rules[1]", "added", "-", '{"id": 1, "to": "B"}'),
             ("rules[2].id", "unchanged", "2", "2")],
        ),
    ],
)  # fmt: skip
def test_where_a_field_is(before: str, after: str, wanted: list[Shown]) -> None:
    assert shown(diff_entry(before, after)) == wanted


def test_one_element_of_a_long_list_is_one_change() -> None:
    numbers = [f"+49 30 5550 {number:04}" for number in range(400)]
    fewer = numbers[:321] + numbers[322:]
    diff = diff_entry(json.dumps({"numbers": numbers}), json.dumps({"numbers": fewer}))
    changes = [(f.path, f.kind, f.before) for f in diff.changes]
    assert changes == [("numbers[321]", Kind.REMOVED, "+49 30 5550 0321")]


# -- hostile and huge --------------------------------------------------------------------


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
        ('"' + "x" * 10_000_000 + '"', "too long to compare (10,000,002 characters)"),
    ],
)
def test_what_cannot_be_compared_is_shown_raw_with_the_reason(text: str, reason: str) -> None:
    other = '{"a": 1}'
    for before, after, note in (
        (text, other, f"before is {reason}"),
        (other, text, f"after is {reason}"),
        (text, text, reason),
        (text, None, reason),
        (None, text, reason),
    ):
        (only,) = diff_entry(before, after).fields
        assert (only.path, only.kind, only.note) == ("", Kind.UNREADABLE, note)
        assert value_text(only.before) == (before or "")
        assert value_text(only.after) == (after or "")
        assert (only.before is Missing.MISSING) == (before is None)
        assert (only.after is Missing.MISSING) == (after is None)


def test_half_characters_and_nul_are_compared_like_any_other() -> None:
    diff = diff_entry(r'{"a":"\ud800"}', r'{"a":"\u0000"}')
    assert shown(diff) == [("a", "changed", "\ud800", "\x00")]


JSON_LIKE = st.text(alphabet='{}[]",:\\ua01.-e \n') | st.text()


@given(st.none() | JSON_LIKE, st.none() | JSON_LIKE)
def test_no_text_breaks_it(before: str | None, after: str | None) -> None:
    diff_entry(before, after)
    changed_fields(before, after)


def test_fields_beyond_what_is_shown_are_counted() -> None:
    many = json.dumps({f"k{number}": number for number in range(9_000)})
    diff = diff_entry(None, many)
    assert (len(diff.changes), diff.omitted) == (MOST_FIELDS, 9_000 - MOST_FIELDS)


def test_any_number_of_unchanged_fields_hides_no_change() -> None:
    before = {f"k{number}": number for number in range(9_000)}
    diff = diff_entry(json.dumps(before), json.dumps({**before, "k8999": "other"}))
    assert [f.path for f in diff.changes] == ["k8999"]
    assert (len(diff.fields), diff.omitted) == (MOST_FIELDS + 1, 0)


def test_one_key_fifty_thousand_times_is_compared() -> None:
    # Each occurrence copied all those before it: a minute, and longer by the square.
    text = "{" + ",".join(['"a":1'] * 50_000) + "}"
    diff = diff_entry(text, text.replace('"a":1', '"a":2', 1))
    assert [f.note for f in diff.changes] == ["duplicate key, 1 of 50000"]


# -- the names in the table --------------------------------------------------------------


@given(OBJECTS, OBJECTS)
def test_the_table_names_the_fields_that_the_diff_shows(
    before: JsonObject, after: JsonObject
) -> None:
    texts = write_json(before), write_json(after)
    names, may_miss = changed_fields(*texts)
    assert len(set(names)) == len(names)
    assert set(names) == {steps_of(f.path)[0] for f in diff_entry(*texts).changes}
    assert not may_miss


@given(OBJECTS, st.data())
def test_a_cut_text_names_what_was_read_and_says_that_names_may_be_missing(
    value: JsonObject, data: st.DataObject
) -> None:
    text = write_json(value)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    names, may_miss = changed_fields(None, cut)
    keys = [key for key, _ in value.members]
    assert list(names) == list(dict.fromkeys(keys))[: len(names)]
    assert may_miss


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ('{"a": {"x": 1, "y": 2}}', '{"a":{"y":2,"x":1}}', ()),
        ('{"a": "é"}', '{"a": "\\u00e9"}', ()),
        ('{"a": 1.0}', '{"a": 1}', ("a",)),
        ('{"a": 1, "a": 2}', '{"a": 2}', ("a",)),
        ('{"a": true}', '{"a": 1}', ("a",)),
        (None, '{"b": null, "a": ""}', ("b", "a")),
        (None, None, ()),
        ("[1]", "[2]", ()),
    ],
)
def test_the_table_tells_spelling_from_value(
    before: str | None, after: str | None, wanted: tuple[str, ...]
) -> None:
    assert changed_fields(before, after) == (wanted, False)
