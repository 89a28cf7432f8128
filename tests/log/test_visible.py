"""Hidden characters are seen; others stay as they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.visible import visible_lines, visible_text

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
        ("e" + "\u0301" * 500, "e" + "\u0301" * 500),
    ],
)
def test_examples(text: str, wanted: str) -> None:
    assert visible_text(text) == wanted


def test_lines_and_tabs_stay_where_there_are_several_lines() -> None:
    assert visible_lines("a\tb\r\nc\u2028") == "a\tb\\u000d\nc\\u2028"


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert visible_text(text) is text
    assert visible_lines(text) is text


@given(st.text(st.characters(), max_size=50))
def test_what_is_visible_stays_so(text: str) -> None:
    assert visible_text(visible_text(text)) == visible_text(text)
