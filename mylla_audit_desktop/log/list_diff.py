"""Which element of a list before stands for which one after."""

from collections.abc import Iterator
from itertools import zip_longest

# Longer lists are compared place by place: lining them up would be felt in the window.
_MOST_ALIGNED = 10_000


def paired_places(
    before: list[str], after: list[str]
) -> Iterator[tuple[int, int] | tuple[int, None] | tuple[None, int]]:
    """Places before and after, in order; an element put in or taken out shifts no other.

    Takes the elements' spellings, not their values: equal hashes decide here, and
    those of False and "" are equal.
    """
    if len(before) + len(after) > _MOST_ALIGNED:
        yield from zip_longest(range(len(before)), range(len(after)))
        return
    # It takes as long to load as ten pages to read, and no page needs it.
    from rapidfuzz.distance import Indel

    olds: list[int] = []
    news: list[int] = []
    for code in Indel.opcodes(before, after):
        old, new = range(code.src_start, code.src_end), range(code.dest_start, code.dest_end)
        if code.tag == "equal":
            # What lies between two equal runs is one element rewritten, or several.
            yield from zip_longest(olds, news)
            yield from zip(old, new, strict=True)
            olds, news = [], []
        else:
            olds += old
            news += new
    yield from zip_longest(olds, news)
