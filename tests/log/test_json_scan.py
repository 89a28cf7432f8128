"""Members by their spelling, from a text that may end anywhere."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log import json_scan
from mylla_audit_desktop.log.json_scan import scan_members
from mylla_audit_desktop.log.json_text import JsonObject, write_json
from tests.log.json_values import OBJECTS


@given(OBJECTS, st.sampled_from(["", " ", "\n\t"]))
def test_each_member_has_its_exact_spelling(value: JsonObject, space: str) -> None:
    text = f"{space}{write_json(value)}{space}"
    wanted: dict[str, list[str]] = {}
    for key, item in value.members:
        wanted.setdefault(key, []).append(write_json(item))
    found, is_whole = scan_members(text)
    assert is_whole
    assert found == {key: ", ".join(items) for key, items in wanted.items()}


@given(OBJECTS, st.data())
def test_a_cut_text_gives_its_whole_members_and_says_so(
    value: JsonObject, data: st.DataObject
) -> None:
    text = write_json(value)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    whole, _ = scan_members(text)
    found, is_whole = scan_members(cut)
    assert not is_whole
    for name, spelling in found.items():
        assert name in whole
        assert spelling is None or (whole[name] or "").startswith(spelling)


@given(
    st.lists(
        st.sampled_from(
            [
                '"a"',
                '"b"',
                '"\\\\u0061"',
                '"x, y"',
                ":",
                ",",
                "1.0",
                "true",
                "{",
                "}",
                "[",
                "]",
                " ",
                "\n",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_the_short_way_reads_what_the_long_way_does(text: str) -> None:
    for one in (f"{{{text}}}", f'{{"a":{text}}}', f'{{"a":1,"b":{text}}}'):
        found = scan_members(one)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_scan, "_PLAIN_OBJECT", re.compile("(?!)"))
            assert scan_members(one) == found


def test_a_bracket_inside_of_a_cut_string_ends_nothing() -> None:
    assert scan_members('{"a": {"b": "x}, y"') == ({"a": None}, False)
    assert scan_members('{"a": {"b": "x}, y') == ({"a": None}, False)


def test_a_number_at_the_cut_may_go_on() -> None:
    assert scan_members('{"a": 1, "b": 12') == ({"a": "1", "b": None}, False)


@given(st.text() | st.text(alphabet='{}[]",:\\u0 \n'))
def test_no_text_breaks_it(text: str) -> None:
    scan_members(text)
    scan_members("{" + text)


@pytest.mark.parametrize("text", [None, "null", "[1]", '"{"', "5", ""])
def test_what_is_no_object_has_no_members(text: str | None) -> None:
    assert scan_members(text) == ({}, True)


def test_a_cut_prompt_full_of_quotes_is_passed_in_one_go() -> None:
    # Each of these quotes would be tried as the beginning of a string: 10^11 steps.
    text = '{"a": [' + json.dumps('"' * 400_000)[:-1]
    assert scan_members(text) == ({"a": None}, False)
