"""Evidence back into a database: NDJSON or an exported CSV, all or nothing."""

import os
import stat
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.database.append import EntryRefusedError, append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.evidence.manifest import manifest_path
from mylla_audit_desktop.evidence.ndjson import checked_entry, entry_from_json
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.csv_format import (
    CSV_COLUMNS,
    Profile,
    Record,
    read_records,
    unguard,
)
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.errors import InputError

_LONGEST_LINE = 64 << 20
# The CSV's columns under the names of the contract.
_NAMES = {"actor": "actor_name", "target": "target_name"}


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
    lines: list[int] = []

    def numbered() -> Iterator[NewEntry]:
        for line, entry in parse_file(path):
            lines.append(line)
            yield entry

    try:
        return append_entries(database, numbered(), cancellation, progress=progress)
    except EntryRefusedError as error:
        line = lines[error.position] if error.position < len(lines) else lines[-1]
        raise _line_error(path, line, error.what) from None


def parse_file(path: Path) -> Iterator[tuple[int, NewEntry]]:
    """Line number and entry, as a stream. Raises InputError naming file and line."""
    with _open_regular(path) as file:
        lines = _text_lines(path, file)
        first = next(lines, None)
        if first is None:
            raise InputError(f"{path} is empty.", "Nothing was imported.")
        lines = chain([first], lines)
        if first.lstrip().startswith("{"):
            yield from _parse_ndjson(path, lines)
        else:
            yield from _parse_csv(path, lines)


def _parse_ndjson(path: Path, lines: Iterator[str]) -> Iterator[tuple[int, NewEntry]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, entry_from_json(line.strip())
        except ValueError as error:
            raise _line_error(path, number, str(error)) from None


def _parse_csv(path: Path, lines: Iterator[str]) -> Iterator[tuple[int, NewEntry]]:
    # The text guard can be taken off exactly only where it is known to be there.
    is_guarded = False
    if manifest_path(path).exists():
        report = verify_file(path)
        if not report.is_intact:
            raise InputError(
                f"{path} is not what its manifest describes: {report.differences[0]}.",
                "Nothing was imported.",
            )
        is_guarded = report.manifest.profile == Profile.SPREADSHEET.value
    records = _with_file(path, read_records(lines))
    header = next(records)
    _check_header(path, header)
    for record in records:
        try:
            yield record.line, _entry_of(record, is_guarded=is_guarded)
        except ValueError as error:
            raise _line_error(path, record.line, str(error)) from None


def _with_file(path: Path, records: Iterator[Record]) -> Iterator[Record]:
    try:
        yield from records
    except InputError as error:
        raise InputError(f"{path}: {error.what}", "Nothing was imported.") from None


def _check_header(path: Path, header: Record) -> None:
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
    raise _line_error(path, header.line, f"{what}; expected {','.join(CSV_COLUMNS)}")


def _entry_of(record: Record, *, is_guarded: bool) -> NewEntry:
    if len(record.fields) != len(CSV_COLUMNS):
        raise ValueError(f"it has {len(record.fields)} fields, not {len(CSV_COLUMNS)}")
    values = dict(zip(CSV_COLUMNS, record.fields, strict=True))
    when, entry_id = values.pop("timestamp"), values.pop("entry_id")
    if when is None:
        raise ValueError("the timestamp is empty")
    if entry_id is not None and not (entry_id.isascii() and entry_id.isdigit()):
        raise ValueError(f"the entry_id {entry_id[:60]!r} is not a whole number")
    texts = {
        _NAMES.get(name, name): unguard(text) if is_guarded and text is not None else text
        for name, text in values.items()
    }
    # The CSV has no column for it; by the contract jobs act as `system`.
    texts["actor_type"] = "system" if texts["actor_id"] == "system" else "member"
    return checked_entry(when, texts, None if entry_id is None else int(entry_id[:20]))


def _open_regular(path: Path) -> BinaryIO:
    """Open a plain file and nothing else: a link or a pipe could be anything."""
    try:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        if path.is_symlink():
            raise InputError(f"{path} is a link.", "Name the file itself.")
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(f"{path} is not a plain file.", "Name an NDJSON or CSV file.")
    return os.fdopen(descriptor, "rb")


def _text_lines(path: Path, file: BinaryIO) -> Iterator[str]:
    number = 0
    while raw := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(raw) > _LONGEST_LINE:
            raise _line_error(path, number, f"it is longer than {_LONGEST_LINE:,} bytes")
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise _line_error(path, 1, "the file is UTF-16; save it as UTF-8")
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError as error:
            what = f"byte {error.start + 1} is not UTF-8"
            raise _line_error(path, number, what) from None


def _line_error(path: Path, line: int, what: str) -> InputError:
    return InputError(f"{path}, line {line}: {what.rstrip('.')}.", "Nothing was imported.")
