"""Evidence back into a database: NDJSON or an exported CSV, all or nothing."""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.database.append import EntryRefusedError, append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.evidence.manifest import has_manifest
from mylla_audit_desktop.evidence.ndjson import OnlySqliteError, checked_entry, entry_from_json
from mylla_audit_desktop.evidence.plain_file import open_plain_file, read_lines
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.csv_format import (
    CSV_COLUMNS,
    Profile,
    Record,
    read_records,
    unguard,
)
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import InputError, LineError

# The CSV's columns under the names of the contract.
_NAMES = {"actor": "actor_name", "target": "target_name"}
_WHOLE = re.compile("-?[0-9]+")
_BOM = b"\xef\xbb\xbf"
# Enough of a file to tell JSON from CSV.
_LONGEST_START = 1 << 16
# Of a CSV whose manifest does not vouch for it; Python's own csv module takes no more either.
_LONGEST_CELL = 131_072


def import_file(
    database: Database,
    path: Path,
    cancellation: Cancellation,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Add the entries of a file; how many there were.

    Raises InputError naming file and line for the first that is wrong; nothing is
    added then.
    """
    lines = array("q")

    def numbered() -> Iterator[NewEntry]:
        for line, entry in parse_file(path, is_for_sqlite=not database.is_postgresql):
            lines.append(line)
            yield entry

    try:
        return append_entries(database, numbered(), cancellation, progress=progress)
    except EntryRefusedError as error:
        line = lines[error.position] if error.position < len(lines) else lines[-1]
        raise _with_file(path, LineError(line, error.what.rstrip("."))) from None


def parse_file(path: Path, *, is_for_sqlite: bool = False) -> Iterator[tuple[int, NewEntry]]:
    """Line number and entry, as a stream. Raises InputError naming file and line.

    is_for_sqlite: a CSV whose manifest vouches for it may hold what SQLite alone keeps.
    """
    with open_plain_file(path, may_be_link=False) as file:
        first = file.readline(_LONGEST_START).removeprefix(_BOM)
        file.seek(0)
        if not first:
            raise InputError(f"{path} is empty.", "Nothing was imported.")
        try:
            if first.lstrip().startswith((b"{", b"[")):
                yield from _parse_ndjson(file)
            else:
                yield from _parse_csv(file, _read_origin(path), is_for_sqlite=is_for_sqlite)
        except LineError as error:
            raise _with_file(path, error) from None


def _parse_ndjson(file: BinaryIO) -> Iterator[tuple[int, NewEntry]]:
    for number, line in enumerate(_text_lines(read_lines(file)), 1):
        if not line.strip():
            continue
        try:
            yield number, entry_from_json(line)
        except ValueError as error:
            raise LineError(number, str(error)) from None


def _parse_csv(
    file: BinaryIO, origin: "_Origin", *, is_for_sqlite: bool
) -> Iterator[tuple[int, NewEntry]]:
    is_exact = origin.is_known and is_for_sqlite
    raw = read_lines(file, is_bounded=not origin.is_known)
    lines = _text_lines(raw, may_hold_bytes=is_exact, hint=origin.hint)
    records = read_records(lines, is_bounded=not origin.is_known)
    _check_header(next(records))
    for record in records:
        if not origin.is_known:
            _check_lengths(record)
        try:
            yield record.line, _entry_of(record, origin, is_exact=is_exact)
        except OnlySqliteError as error:
            raise LineError(record.line, f"{error}{origin.hint}") from None
        except ValueError as error:
            raise LineError(record.line, str(error)) from None


@dataclass(frozen=True, slots=True)
class _Origin:
    """What the manifest beside a CSV says, where there is one.

    is_guarded: only where a guard is known it comes off exactly. hint: the end of a sentence
    on what a server refuses.
    """

    is_known: bool
    is_guarded: bool
    hint: str


def _read_origin(path: Path) -> _Origin:
    """Raises InputError where the CSV is not what its manifest describes."""
    if not has_manifest(path):
        hint = "; an SQLite file takes it where the manifest stands beside the CSV"
        return _Origin(is_known=False, is_guarded=False, hint=hint)
    report = verify_file(path)
    if not report.is_intact:
        raise InputError(
            f"{path} is not what its manifest describes: {report.differences[0]}.",
            "Nothing was imported.",
        )
    return _Origin(
        is_known=True,
        is_guarded=report.manifest.profile == Profile.SPREADSHEET.value,
        hint="; an SQLite file takes it",
    )


def _check_header(header: Record) -> None:
    if header.fields == CSV_COLUMNS:
        return
    names = [name or "" for name in header.fields]
    missing = [name for name in CSV_COLUMNS if name not in names]
    extra = [name for name in names if name not in CSV_COLUMNS]
    if missing:
        what = f"the column {missing[0]} is missing"
    elif extra:
        what = f"the column {extra[0][:60]!r} is not known"
    else:
        what = "the columns stand in another order, or twice"
    raise LineError(header.line, f"{what}; expected {','.join(CSV_COLUMNS)}")


def _check_lengths(record: Record) -> None:
    for number, text in enumerate(record.fields, 1):
        if text is not None and len(text) > _LONGEST_CELL:
            raise LineError(
                record.line,
                f"its field {number} is longer than {_LONGEST_CELL:,} characters, which only a CSV"
                " with its manifest beside it may hold",
            )


def _entry_of(record: Record, origin: _Origin, *, is_exact: bool) -> NewEntry:
    if len(record.fields) != len(CSV_COLUMNS):
        word = "field" if len(record.fields) == 1 else "fields"
        raise ValueError(f"it has {len(record.fields)} {word}, not {len(CSV_COLUMNS)}")
    values = dict(zip(CSV_COLUMNS, record.fields, strict=True))
    when, entry_id = values.pop("timestamp"), values.pop("entry_id")
    if when is None:
        raise ValueError("the timestamp is empty")
    if entry_id is not None and not _WHOLE.fullmatch(entry_id):
        raise ValueError(f"the entry_id {entry_id[:60]!r} is not a whole number")
    texts = {
        _NAMES.get(name, name): unguard(text) if origin.is_guarded and text is not None else text
        for name, text in values.items()
    }
    # The CSV has no column for it; by the contract jobs act as `system`.
    texts["actor_type"] = "system" if texts["actor_id"] == "system" else "member"
    number = None if entry_id is None else int(entry_id[:20])
    return checked_entry(when, texts, number, is_for_sqlite=is_exact)


def _text_lines(
    lines: Iterator[bytes], *, may_hold_bytes: bool = False, hint: str = ""
) -> Iterator[str]:
    """Decoded; with `may_hold_bytes` those that are no UTF-8 become lone surrogates."""
    errors = "surrogateescape" if may_hold_bytes else "strict"
    for number, raw in enumerate(lines, 1):
        line = raw
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise LineError(1, "the file is UTF-16; save it as UTF-8")
            line = raw.removeprefix(_BOM)
        try:
            yield line.decode("utf-8", errors)
        except UnicodeDecodeError as error:
            raise LineError(number, f"byte {error.start + 1} is not UTF-8{hint}") from None


def _with_file(path: Path, error: LineError) -> InputError:
    return InputError(f"{path}, line {error.line}: {error.problem}.", "Nothing was imported.")
