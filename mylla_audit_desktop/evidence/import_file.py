"""Evidence back into a database: NDJSON or an exported CSV, all or nothing."""

from array import array
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.database.append import EntryRefusedError, append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.evidence.manifest import manifest_path
from mylla_audit_desktop.evidence.ndjson import checked_entry, entry_from_json
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
        for line, entry in parse_file(path):
            lines.append(line)
            yield entry

    try:
        return append_entries(database, numbered(), cancellation, progress=progress)
    except EntryRefusedError as error:
        line = lines[error.position] if error.position < len(lines) else lines[-1]
        raise _with_file(path, LineError(line, error.what.rstrip("."))) from None


def parse_file(path: Path) -> Iterator[tuple[int, NewEntry]]:
    """Line number and entry, as a stream. Raises InputError naming file and line."""
    with open_plain_file(path, may_be_link=False) as file:
        try:
            lines = _text_lines(file)
            first = next(lines, None)
            if first is None:
                raise InputError(f"{path} is empty.", "Nothing was imported.")
            lines = chain([first], lines)
            if first.lstrip().startswith("{"):
                yield from _parse_ndjson(lines)
            else:
                yield from _parse_csv(lines, is_guarded=_is_guarded(path))
        except LineError as error:
            raise _with_file(path, error) from None


def _parse_ndjson(lines: Iterator[str]) -> Iterator[tuple[int, NewEntry]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, entry_from_json(line)
        except ValueError as error:
            raise LineError(number, str(error)) from None


def _parse_csv(lines: Iterator[str], *, is_guarded: bool) -> Iterator[tuple[int, NewEntry]]:
    records = read_records(lines)
    _check_header(next(records))
    for record in records:
        try:
            yield record.line, _entry_of(record, is_guarded=is_guarded)
        except ValueError as error:
            raise LineError(record.line, str(error)) from None


def _is_guarded(path: Path) -> bool:
    """Whether the manifest says so: only where a guard is known it comes off exactly."""
    if not manifest_path(path).exists():
        return False
    report = verify_file(path)
    if not report.is_intact:
        raise InputError(
            f"{path} is not what its manifest describes: {report.differences[0]}.",
            "Nothing was imported.",
        )
    return report.manifest.profile == Profile.SPREADSHEET.value


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


def _entry_of(record: Record, *, is_guarded: bool) -> NewEntry:
    if len(record.fields) != len(CSV_COLUMNS):
        word = "field" if len(record.fields) == 1 else "fields"
        raise ValueError(f"it has {len(record.fields)} {word}, not {len(CSV_COLUMNS)}")
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


def _text_lines(file: BinaryIO) -> Iterator[str]:
    for number, raw in enumerate(read_lines(file), 1):
        line = raw
        if number == 1:
            if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise LineError(1, "the file is UTF-16; save it as UTF-8")
            line = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise LineError(number, f"byte {error.start + 1} is not UTF-8") from None


def _with_file(path: Path, error: LineError) -> InputError:
    return InputError(f"{path}, line {error.line}: {error.problem}.", "Nothing was imported.")
