"""What changed inside of a text, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby

_SENTENCES = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
# A mark belongs to the letter before it: an accent, a vowel sign, a joiner. What runs on
# without a space (a key, an encoded file) is compared by pieces.
_WORDS = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0eff\u200d\ufe0f]{1,40}|\s+|.", re.DOTALL
)
# Passages of more sentences or words than this are shown one after the other: nobody
# reads such a comparison, and the window would wait for it.
_MOST_PIECES = 20_000
_CONTEXT = 60
_SHORTEST_FOLD = 160
_SHORTEST_SAME = 14


class Change(Enum):
    """What happened to a stretch of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text; `folded` characters in its middle may be left out for reading.

    `text` is always whole: the SAME and REMOVED stretches make up the text before,
    the SAME and ADDED ones the text after.
    """

    change: Change
    text: str
    folded: int = 0


def diff_words(before: str, after: str) -> tuple[Stretch, ...]:
    """Both texts as stretches, neighbours of one kind merged.

    Sentences are compared first, words only where sentences differ: as exact, and
    a prompt of 48 kB that is edited in many places takes milliseconds.
    """
    found: list[Stretch] = []
    for old, new, stayed in _steps(_SENTENCES.findall(before), _SENTENCES.findall(after)):
        for removed, added, same in _steps(_WORDS.findall(old), _WORDS.findall(new)):
            found += Stretch(Change.REMOVED, removed), Stretch(Change.ADDED, added)
            found.append(Stretch(Change.SAME, same))
        found.append(Stretch(Change.SAME, stayed))
    runs = groupby((s for s in found if s.text), key=lambda stretch: stretch.change)
    return _merged([Stretch(change, "".join(s.text for s in run)) for change, run in runs])


def fold(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The same with the middle of long unchanged stretches marked as folded."""
    last = len(stretches) - 1
    result = []
    for index, stretch in enumerate(stretches):
        # At either end of the text only one side has a neighbour that needs context.
        kept = _CONTEXT * ((index > 0) + (index < last))
        spare = len(stretch.text) - kept
        if stretch.change is Change.SAME and last > 0 and spare >= _SHORTEST_FOLD:
            result.append(replace(stretch, folded=spare))
        else:
            result.append(stretch)
    return tuple(result)


def folded_parts(stretches: tuple[Stretch, ...], index: int) -> tuple[str, int, str]:
    """A stretch as what is read before the fold, its length, and what is read after."""
    stretch = stretches[index]
    if not stretch.folded:
        return stretch.text, 0, ""
    start = _CONTEXT if index > 0 else 0
    end = start + stretch.folded
    # Whole words are read on either side of the fold.
    head = stretch.text[:start].rpartition(" ")
    tail = stretch.text[end:].partition(" ")
    before = head[0] + head[1] if head[1] else head[2]
    after = tail[2] if tail[1] else tail[0]
    return before, len(stretch.text) - len(before) - len(after), after


def _steps(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    """What was removed, what was added in its place, and what stayed after them."""
    # It takes as long to load as ten pages to read, and no page needs it.
    from rapidfuzz.distance import Indel, Postfix, Prefix

    start = end = 0
    if len(old) + len(new) > _MOST_PIECES:
        # What begins and ends alike is left out, so that the change is still seen.
        start = Prefix.similarity(old, new)
        end = Postfix.similarity(old[start:], new[start:])
    yield "", "", "".join(old[:start])
    rest = old[len(old) - end :]
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) + len(new) > _MOST_PIECES:
        yield "".join(old), "".join(new), "".join(rest)
        return
    removed = added = ""
    for code in Indel.opcodes(old, new):
        text = "".join(old[code.src_start : code.src_end])
        if code.tag == "equal":
            yield removed, added, text
            removed = added = ""
        else:
            removed += text
            added += "".join(new[code.dest_start : code.dest_end])
    yield removed, added, "".join(rest)


def _merged(stretches: list[Stretch]) -> tuple[Stretch, ...]:
    """Removed before added; a few words that stayed between two changes belong to them.

    Word by word, a rewritten sentence keeps an "and" here and a comma there, which
    reads like a puzzle; as one change it reads like a sentence.
    """
    joined: list[Stretch] = []
    removed = added = ""
    for index, stretch in enumerate(stretches):
        if stretch.change is Change.REMOVED:
            removed += stretch.text
        elif stretch.change is Change.ADDED:
            added += stretch.text
        else:
            is_between = bool(removed or added) and index < len(stretches) - 1
            if is_between and len(stretch.text) <= _SHORTEST_SAME:
                removed += stretch.text
                added += stretch.text
                continue
            joined += _pair(removed, added)
            removed = added = ""
            joined.append(stretch)
    return tuple(joined + _pair(removed, added))


def _pair(removed: str, added: str) -> list[Stretch]:
    pair = []
    if removed:
        pair.append(Stretch(Change.REMOVED, removed))
    if added:
        pair.append(Stretch(Change.ADDED, added))
    return pair
