"""Raw texts as cells of the CSV: what `log.csv_format` writes, in bytes."""

from collections.abc import Callable, Sequence
from functools import partial

from mylla_audit_desktop.log.csv_format import GUARDED_CHARACTERS, Profile

Raw = bytes | None

_MOST_CELLS = 50_000
_GUARDED_STARTS = tuple(character.encode() for character in GUARDED_CHARACTERS)


def cell(raw: Raw) -> bytes:
    """A cell that keeps the value as it is."""
    if raw is None:
        return b""
    if b'"' in raw:
        return b'"' + raw.replace(b'"', b'""') + b'"'
    if not raw or b"," in raw or b"\n" in raw or b"\r" in raw:
        return b'"' + raw + b'"'
    return raw


def guarded_cell(raw: Raw) -> bytes:
    """A cell that no spreadsheet runs."""
    return cell(b"'" + raw if raw is not None and raw.startswith(_GUARDED_STARTS) else raw)


class Cells(dict[Raw, bytes]):
    """Raw texts to cells, remembered: most columns repeat a few values."""

    def __init__(self, write: Callable[[Raw], bytes]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, raw: Raw) -> bytes:
        written = self._write(raw)
        if len(self) < _MOST_CELLS:
            self[raw] = written
        return written


class RowWriter:
    """Rows as lines: formatted by columns of a batch, so a row costs a few look-ups and one join.

    names: the columns between the timestamp and the id.
    """

    def __init__(self, names: Sequence[str], profile: Profile) -> None:
        write = guarded_cell if profile is Profile.SPREADSHEET else cell
        # Before and after rarely repeat; most other texts do.
        remembered = [Cells(write) for _ in names]
        self._writers: list[Callable[[Raw], bytes]] = [
            partial(_json_cell, cells) if name in {"before", "after"} else cells.__getitem__
            for name, cells in zip(names, remembered, strict=True)
        ]

    def lines(self, rows: Sequence[Sequence[bytes]]) -> bytes:
        """The rows (stamp, texts, id) as lines of the CSV, each with its line feed."""
        stamps, *texts, ids = zip(*rows, strict=True)
        columns = [
            list(map(write, values)) for write, values in zip(self._writers, texts, strict=True)
        ]
        return b"\n".join(map(b",".join, zip(stamps, *columns, ids, strict=True))) + b"\n"


def _json_cell(cells: Cells, raw: Raw) -> bytes:
    """Nearly always an object with a member: no guard, and quotes for sure."""
    if raw is not None and raw.startswith(b'{"'):
        return b'"%b"' % raw.replace(b'"', b'""')
    return cells[raw]
