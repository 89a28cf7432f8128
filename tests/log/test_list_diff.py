"""Lists are lined up: what is put in or taken out shifts nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.log.list_diff import paired_places

SPELLINGS = st.lists(st.sampled_from(["1", "true", '""', "false", '"\\u0001"', "{}"]))


@given(SPELLINGS, SPELLINGS)
def test_every_place_is_there_once_and_in_order(before: list[str], after: list[str]) -> None:
    pairs = list(paired_places(before, after))
    assert [old for old, _ in pairs if old is not None] == list(range(len(before)))
    assert [new for _, new in pairs if new is not None] == list(range(len(after)))


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ("ABC", "XABC", [(None, 0), (0, 1), (1, 2), (2, 3)]),
        ("ABC", "AC", [(0, 0), (1, None), (2, 1)]),
        ("ABC", "AXC", [(0, 0), (1, 1), (2, 2)]),
        ("AB", "AXYB", [(0, 0), (None, 1), (None, 2), (1, 3)]),
        ("", "A", [(None, 0)]),
        ("", "", []),
    ],
)
def test_examples(before: str, after: str, wanted: list[tuple[int | None, int | None]]) -> None:
    assert list(paired_places(list(before), list(after))) == wanted


def test_very_long_lists_are_compared_place_by_place() -> None:
    before = [str(number) for number in range(9_000)]
    pairs = list(paired_places(before, ["new", *before]))
    assert pairs[:2] == [(0, 0), (1, 1)]
    assert pairs[-1] == (None, 9_000)
