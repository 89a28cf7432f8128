"""JSON from the log is read without losing a digit, a key or the window."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.json_text import (
    JsonArray,
    JsonNumber,
    JsonObject,
    JsonValue,
    Unreadable,
    parse_json,
    write_json,
)
from tests.log.json_values import VALUES

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)  # fmt: skip


@given(VALUES)
def test_a_value_written_and_read_is_the_same(value: JsonValue) -> None:
    assert parse_json(write_json(value)) == value


@given(PLAIN, st.booleans(), st.sampled_from([None, 2]))
def test_where_the_standard_reader_is_exact_it_reads_the_same(
    value: Any, is_ascii: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=is_ascii, indent=indent)
    read = parse_json(text)
    assert not isinstance(read, Unreadable)
    assert json.loads(write_json(read)) == json.loads(text)


@given(VALUES)
def test_what_is_written_can_be_stored_and_copied(value: JsonValue) -> None:
    write_json(value).encode("utf-8")


@pytest.mark.parametrize(
    "digits",
    ["9007199254740993", "1.0", "1.10", "-0", "0.1e-5", "1E400", "1e999999999", "9" * 4301],
)
def test_a_number_keeps_its_digits(digits: str) -> None:
    assert parse_json(digits) == JsonNumber(digits)
    assert parse_json(f'{{"n": [{digits}]}}') == JsonObject(
        (("n", JsonArray((JsonNumber(digits),))),)
    )


def test_duplicate_keys_stay_in_their_order() -> None:
    value = parse_json('{"role": "member", "a": {"k": 1, "k": 1}, "role": "admin"}')
    assert isinstance(value, JsonObject)
    assert [key for key, _ in value.members] == ["role", "a", "role"]
    assert write_json(value) == '{"role": "member", "a": {"k": 1, "k": 1}, "role": "admin"}'


def test_half_characters_and_nul_are_read_and_written_as_escapes() -> None:
    assert parse_json(r'"\ud800 \u0000"') == "\ud800 \x00"
    assert write_json(JsonArray(("\ud800", "\x00"))) == r'["\ud800", "\u0000"]'
    assert parse_json(r'"\ud83d\ude00"') == "😀"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\ufeff{}", "NaN", "Infinity", "-Infinity", "[NaN]", "{", '{"a"}', '{"a":}',
        "[1,]", "01", "+1", ".5", "1.", "0x1", "tru", "True", "'a'", '"a', '"\\x"', '"\\ud8"',
        "1 2", "{}{}", "{a: 1}", "/* */ 1", '"line\nfeed"', '"\x00"', "١", "\u00a01",
    ],
)  # fmt: skip
def test_what_is_not_json_stays_as_it_is(text: str) -> None:
    assert parse_json(text) == Unreadable(text, "not valid JSON")


@pytest.mark.parametrize("deep", [1_000, 6_000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_deep_nesting_is_shown_raw(opening: str, closing: str, deep: int) -> None:
    for text in (opening * deep + "1" + closing * deep, opening * deep):
        read = parse_json(text[:400_000])
        assert isinstance(read, Unreadable)
        assert read.reason == "nested too deeply to compare"


def test_a_hundred_levels_are_read() -> None:
    text = '{"a": ' * 50 + "[" * 50 + "]" * 50 + "}" * 50
    assert write_json(_read(text)) == text


def test_brackets_in_strings_nest_nothing() -> None:
    text = json.dumps(["[" * 5_000, '"{' * 5_000, "\\[" * 5_000])
    assert write_json(_read(text)) == text


def test_a_text_of_ten_megabytes_says_its_size() -> None:
    text = '"' + "x" * 10_000_000 + '"'
    assert parse_json(text) == Unreadable(text, "too long to compare (10,000,002 characters)")


@given(st.text() | st.text(alphabet='{}[]",:\\ue0123456789.-+ntfalsru \n'))
def test_no_text_breaks_it(text: str) -> None:
    read = parse_json(text)
    assert isinstance(read, Unreadable) == (not _is_json(text))


def _read(text: str) -> JsonValue:
    value = parse_json(text)
    assert not isinstance(value, Unreadable), value.reason
    return value


def _is_json(text: str) -> bool:
    """What RFC 8259 calls JSON: the standard reader, but for NaN and the infinities."""
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str)
    except ValueError:
        return False
    return True


def _refuse(name: str) -> None:
    raise ValueError(name)
