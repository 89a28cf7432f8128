"""What changed inside of a text: exact, readable, and quick for a prompt of 48 kB."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.text_diff import Change, Stretch, diff_words, fold, folded_parts

PROSE = st.lists(
    st.sampled_from(
        ["Offer", " ", "slots", ". ", ", ", "\n", "never", "a", "cafe\u0301", "日本", "!", "\u202e"]
    ),
    max_size=40,
).map("".join)


def changes(before: str, after: str) -> list[tuple[str, str]]:
    return [(s.change.value, s.text) for s in diff_words(before, after)]


def side(stretches: tuple[Stretch, ...], without: Change) -> str:
    return "".join(s.text for s in stretches if s.change is not without)


@given(st.text(max_size=300) | PROSE, st.text(max_size=300) | PROSE)
def test_stretches_make_up_both_texts(before: str, after: str) -> None:
    stretches = diff_words(before, after)
    assert side(stretches, without=Change.ADDED) == before
    assert side(stretches, without=Change.REMOVED) == after
    assert all(s.text for s in stretches)
    assert all(a.change is not b.change for a, b in pairwise(stretches))


@given(PROSE)
def test_equal_texts_have_no_change(text: str) -> None:
    assert changes(text, text) == ([("same", text)] if text else [])


@given(PROSE, PROSE, PROSE, st.integers(1, 30))
def test_folding_leaves_no_change_out(before: str, after: str, middle: str, times: int) -> None:
    around = "It stays as it is, word by word. " * times
    stretches = diff_words(around + before + middle + around, around + after + middle + around)
    folded = fold(stretches)
    assert [(s.change, s.text) for s in folded] == [(s.change, s.text) for s in stretches]
    for index, stretch in enumerate(folded):
        head, length, tail = folded_parts(folded, index)
        assert len(head) + length + len(tail) == len(stretch.text)
        assert stretch.text.startswith(head)
        assert stretch.text.endswith(tail)
        assert length == 0 or stretch.change is Change.SAME


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        (
            "Hello, you have reached Weber Dental.",
            "Hello, welcome to Weber Dental.",
            [("same", "Hello, "), ("removed", "you have reached"), ("added", "welcome to"),
             ("same", " Weber Dental.")],
        ),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("a", "a ", [("same", "a"), ("added", " ")]),
        ("caf\u00e9", "cafe\u0301", [("removed", "caf\u00e9"), ("added", "cafe\u0301")]),
        # An accent alone would be drawn on the letter before the change.
        ("cafe\u0301", "cafe\u0300", [("removed", "cafe\u0301"), ("added", "cafe\u0300")]),
        ("a\r\nb", "a\nb", [("same", "a"), ("removed", "\r\n"), ("added", "\n"), ("same", "b")]),
    ],
)  # fmt: skip
def test_examples(before: str, after: str, wanted: list[tuple[str, str]]) -> None:
    assert changes(before, after) == wanted


def test_an_edited_sentence_in_a_long_prompt_is_one_change_with_the_rest_folded() -> None:
    prompt = "".join(f"Rule {n}: offer slot {n}. Confirm the caller's name.\n" for n in range(900))
    assert len(prompt) > 42_000
    edited = prompt.replace(
        "Rule 400: offer slot 400.", "Rule 400: only after the date of birth, offer slot 400."
    )
    stretches = fold(diff_words(prompt, edited))
    assert [(s.change, s.text) for s in stretches if s.change is not Change.SAME] == [
        (Change.ADDED, "only after the date of birth, ")
    ]
    assert sum(s.folded for s in stretches) > 40_000


def test_edits_in_many_places_of_a_long_prompt_are_seen_one_by_one() -> None:
    lines = [f"Rule {n}: offer slot {n} and confirm the caller's name.\n" for n in range(1_200)]
    edited = [line.replace("offer", "deny") if n % 100 == 0 else line for n, line in
              enumerate(lines)]  # fmt: skip
    found = changes("".join(lines), "".join(edited))
    assert [text for change, text in found if change == "removed"] == ["offer"] * 12
    assert [text for change, text in found if change == "added"] == ["deny"] * 12


def test_one_word_in_a_passage_too_long_to_compare_is_still_seen() -> None:
    words = [f"word{n}" for n in range(30_000)]
    edited = [*words]
    edited[20_000] = "another"
    found = changes(" ".join(words), " ".join(edited))
    assert found[1:3] == [("removed", "word20000"), ("added", "another")]


def test_one_place_in_a_text_without_spaces_is_still_seen() -> None:
    key = "".join(f"{number:05x}" for number in range(8_000))
    found = changes(key, f"{key[:20_000]}_{key[20_001:]}")
    assert [change for change, _ in found] == ["same", "removed", "added", "same"]
    assert max(len(text) for change, text in found if change != "same") <= 40


@pytest.mark.parametrize("mark", ["", ".", "\n"])
def test_passages_too_long_to_compare_are_shown_one_after_the_other(mark: str) -> None:
    before, after = f"a b{mark} " * 30_000, f"c d{mark} " * 30_000
    found = changes(f"start{mark} {before}end", f"start{mark} {after}end")
    assert [change for change, _ in found] == ["same", "removed", "added", "same"]
