"""Lines of a table in a terminal or a pipe."""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.instant import Instant

_WIDEST = 44
# Rows that set the widths; the rest of a long list follows them without waiting.
_MEASURED = 500


def table_lines(
    headings: tuple[str, ...], rows: Iterable[tuple[str, ...]], *, widest: int = _WIDEST
) -> Iterator[str]:
    """The lines, each with its end. Only a terminal gets cells cut: who reads a pipe
    searches it.
    """
    is_cut = sys.stdout.isatty()
    rest = iter(rows)
    first = [headings, *islice(rest, _MEASURED)]
    widths = [
        min(max(_width(row[index]) for row in first), widest) for index in range(len(headings))
    ]
    for row in first:
        yield _line(row, widths, is_cut=is_cut)
    for row in rest:
        yield _line(row, widths, is_cut=is_cut)


def _line(cells: tuple[str, ...], widths: list[int], *, is_cut: bool) -> str:
    padded = (_fit(cell, width, is_cut=is_cut) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"


def _fit(text: str, width: int, *, is_cut: bool) -> str:
    length = _width(text)
    if length <= width or not is_cut:
        return text + " " * (width - length)
    kept, used = [], 0
    for character in text:
        used += _width(character)
        if used >= width:
            break
        kept.append(character)
    cut = "".join(kept) + "…"
    return cut + " " * (width - _width(cut))


def _width(text: str) -> int:
    """Columns in a terminal: wide East Asian characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(one) in {"Mn", "Me"}
        else 2
        if unicodedata.east_asian_width(one) in "WF"
        else 1
        for one in text
    )


def stamp(moment: Instant, zone: ZoneInfo) -> str:
    """A cell with a time of the zone and its offset, to the second."""
    text = moment.isoformat(zone).replace("T", " ")
    head, dot, tail = text.partition(".")
    return f"{head} {tail[6:]}" if dot else text
