"""Hidden characters are seen, and look-alikes told apart; others stay as they are."""

import unicodedata
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.csv_format import Profile, format_row, read_records
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import (
    hidden_characters,
    visible_lines,
    visible_name,
    visible_text,
)

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.characters(), max_size=50))
def test_no_hidden_character_is_left(text: str) -> None:
    assert not any(unicodedata.category(one) in HIDDEN for one in visible_text(text))
    left = {one for one in visible_lines(text) if unicodedata.category(one) in HIDDEN}
    assert left <= {"\n", "\t"}


def test_every_hidden_character_of_unicode_is_escaped() -> None:
    hidden = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) in HIDDEN]
    assert [one for one in hidden if visible_text(one) == one] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("\ufeff", "\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("\x1b[31m", "\\u001b[31m"),
        ("a\nb", "a\\u000ab"),
        ("Ödön 日本 👍 é", "Ödön 日本 👍 é"),
        ("<b>&amp;", "<b>&amp;"),
        ("%s {0} <img src=http://x>", "%s {0} <img src=http://x>"),
        ("\x85\u2028\u2069\u200d", "\\u0085\\u2028\\u2069\\u200d"),
        # Drawn as nothing, though Unicode calls them letters and marks.
        ("\u3164a\u034f\U000e0101", "\\u3164a\\u034f\\U000e0101"),
        ("❤\ufe0f", "❤\ufe0f"),
        # Other letters than é in bytes, and a tower of marks that would paint over its neighbours.
        ("Zoe\u0308", "Zoe\\u0308"),
        ("Zoë", "Zoë"),
        ("\u212a", "\\u212a"),
        ("e" + "\u0301" * 500, "e" + "\\u0301" * 500),
        ("q" + "\u0301" * 500, "q" + "\\u0301" * 500),
        # Blanks at the ends, blanks that are no ordinary ones; Japanese has a wide one.
        (" ", "\\u0020"),
        (" Ana  Weber ", "\\u0020Ana  Weber\\u0020"),
        ("Ana\u00a0Weber", "Ana\\u00a0Weber"),
        ("田中\u3000太郎", "田中\u3000太郎"),
        ("\u3000", "\\u3000"),
        # Names as people write them.
        ("Việt Đỗ, Ελένη, Ђорђе", "Việt Đỗ, Ελένη, Ђорђе"),
        ("शर्मा สมชาย שָׁלוֹם 각하", "शर्मा สมชาย שָׁלוֹם 각하"),
    ],
)
def test_examples(text: str, wanted: str) -> None:
    assert visible_text(text) == wanted


def test_lines_and_tabs_stay_where_there_are_several_lines() -> None:
    assert visible_lines("a\tb\r\nc\u2028") == "a\tb\\u000d\nc\\u2028"


def test_a_field_of_several_lines_keeps_its_letters_and_blanks() -> None:
    assert visible_lines(" Zoe\u0308\u00a0: \n") == " Zoe\u0308\u00a0: \n"


def test_empty_text_blank_and_null_are_told_apart() -> None:
    assert [visible_name(one) for one in ("", " ", None)] == ['""', "\\u0020", ""]


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert visible_lines(text) is text
    if text == text.strip():
        assert visible_text(text) is text


# Letters, marks and syllables that Unicode can put together in several ways.
_COMPOSING = st.text(
    st.one_of(
        st.sampled_from(
            "aeKA0 \u00c5\u212b\u212a\u0300\u0301\u0307\u0323\u030a\u1100\u1161\u11a8가क\u093c"
        ),
        st.characters(categories=["Mn", "Mc", "Lo", "Ll"]),
    ),
    max_size=8,
)


@given(_COMPOSING, st.sampled_from(["NFC", "NFD", "NFKC"]))
def test_texts_that_look_the_same_are_shown_apart(
    text: str, form: Literal["NFC", "NFD", "NFKC"]
) -> None:
    other = unicodedata.normalize(form, text)
    assert (visible_text(text) == visible_text(other)) == (text == other)


@given(_COMPOSING)
def test_what_is_shown_can_be_composed_in_one_way_only(text: str) -> None:
    assert unicodedata.is_normalized("NFC", visible_text(text))


def test_what_nobody_sees_is_named_and_an_ordinary_blank_is_not() -> None:
    assert hidden_characters("Zoë O'Neil-Weber 東京\u3000駅 usr_1") == []
    assert hidden_characters("a\u200bb\u00a0c\u200b \n\U000e0041") == [
        "U+200B",
        "U+00A0",
        "U+000A",
        "U+E0041",
    ]


@given(st.text(" \u00a0\u2003\u3000a", max_size=5), st.text(" \u00a0\u2003\u3000a", max_size=5))
def test_names_that_differ_in_blanks_are_shown_apart(one: str, other: str) -> None:
    assert (visible_name(one) == visible_name(other)) == (one == other)


@given(_COMPOSING)
def test_the_csv_keeps_what_is_escaped_on_the_screen(text: str) -> None:
    entry = AuditEntry(
        1, Instant.parse("2026-11-23T21:47:03Z"), "member", "usr_1", text, "agent.update",
        "agent", "agt_1", text, None, None, None,
    )  # fmt: skip
    row = format_row(entry, Profile.SIEM, ZoneInfo("UTC"))
    (record,) = read_records([row])
    assert record.fields[2] == text
    assert record.fields[6] == text


@given(st.text(st.characters(), max_size=50))
def test_what_is_visible_stays_so(text: str) -> None:
    assert visible_text(visible_text(text)) == visible_text(text)
