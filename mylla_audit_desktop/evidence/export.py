"""The CSV and its manifest, as two files that are never seen half done.

New pair: the manifest is put in place first, the CSV last, so that a CSV never
stands alone. Replacing a pair: two renames cannot be one step, so the new
manifest waits beside the old one as `….manifest.json.next` while the CSV is
exchanged; `verify` knows it, and the file verifies at every moment
(docs/decisions/0002-export-two-files.md).
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from mylla_audit_desktop import __version__
from mylla_audit_desktop.database.access import operating_system_login
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.export import stream_csv
from mylla_audit_desktop.database.export_record import begin_export_record, end_export_record
from mylla_audit_desktop.evidence.atomic_file import (
    check_target,
    exclusive_folder,
    finish,
    put_new,
    put_over,
    saying_why,
    temporary_file,
)
from mylla_audit_desktop.evidence.manifest import (
    FORMAT_VERSION,
    Manifest,
    manifest_path,
    measure,
    pending_manifest_path,
    read_pending_manifest,
)
from mylla_audit_desktop.evidence.plain_file import open_plain_file
from mylla_audit_desktop.log.csv_format import CSV_COLUMNS, Profile
from mylla_audit_desktop.log.errors import CancelledError, InputError, KnownError, UncertainError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.user_path import user_path


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export, and where to.

    filters_as_given: the words of the user, for the manifest.
    highest_id: the snapshot of a screen; None exports what is there now.
    """

    query: LogQuery
    filters_as_given: Mapping[str, object]
    zone: ZoneInfo
    profile: Profile
    output: Path
    may_replace: bool
    created_at: Instant
    highest_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was written."""

    output: Path
    manifest: Path
    row_count: int
    bytes: int
    sha256: str
    # The target of its entries in the log, "" where there are none; what to tell of that.
    export_id: str = ""
    note: str = ""


def export_csv(
    database: Database,
    request: ExportRequest,
    cancellation: Cancellation,
    progress: Callable[[int], None] | None = None,
) -> ExportResult:
    """Write the CSV and its manifest; `progress` gets the rows so far.

    The log gets an entry before the first byte is written, and another that says how it
    ended. Raises InputError where a file cannot be written, DatabaseError where the
    database fails or cannot record it, CancelledError. What stood there before stays then.
    """
    output = user_path(request.output).absolute()
    _check_targets(output, may_replace=request.may_replace)
    record = begin_export_record(
        database, _details(request, output), request.highest_id, cancellation
    )
    bounded = replace(request, output=output, highest_id=record.highest_id)
    try:
        result = _write(database, bounded, cancellation, progress)
    except BaseException as error:  # Ctrl+C too: the log says how each export ended
        try:
            end_export_record(database, record, _outcome(error), cancellation)
        except KnownError as problem:
            _tell_unrecorded(error, problem)
        raise
    outcome = {
        "state": "completed",
        "row_count": result.row_count,
        "bytes": result.bytes,
        "sha256": result.sha256,
    }
    note = record.note
    try:
        end_export_record(database, record, outcome, cancellation)
    except KnownError as error:
        note = f"That it was completed could not be recorded: {error.sentence}"
    return replace(result, export_id=record.export_id, note=note)


def _details(request: ExportRequest, output: Path) -> dict[str, object]:
    """What the record of an export says of it."""
    return {
        "file": output.name,
        "filters": _filters(request),
        "time_zone": request.zone.key,
        "sort": _sort(request),
        "profile": request.profile.value,
    }


def _outcome(error: BaseException) -> dict[str, object]:
    if isinstance(error, CancelledError):
        return {"state": "cancelled"}
    reason = error.what if isinstance(error, KnownError) else type(error).__name__
    return {"state": "failed", "reason": visible_text(reason)[:500]}


def _tell_unrecorded(error: BaseException, problem: KnownError) -> None:
    """Add to an export's own error that the log has only the beginning of it."""
    # Where it is not known whether it was, the advice says so.
    reason = problem.sentence if isinstance(problem, UncertainError) else problem.what
    why = f"could not be recorded in the log: {reason}"
    if isinstance(error, KnownError):
        error.advice = f"{error.advice} That this export failed {why}"
    elif isinstance(error, CancelledError):
        error.args = (f"Cancelled. No file was written. That it was cancelled {why}",)


def _write(
    database: Database,
    request: ExportRequest,
    cancellation: Cancellation,
    progress: Callable[[int], None] | None,
) -> ExportResult:
    output = request.output
    rows = 0

    def count(so_far: int) -> None:
        nonlocal rows
        rows = so_far
        if progress is not None:
            progress(so_far)

    chunks = stream_csv(
        database,
        request.query,
        profile=request.profile,
        zone=request.zone,
        cancellation=cancellation,
        highest_id=request.highest_id,
        progress=count,
    )
    with closing(chunks), temporary_file(output) as (file, csv_part):
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            cancellation.raise_if_cancelled()
            digest.update(chunk)
            size += len(chunk)
            with saying_why(output):
                file.write(chunk)
        finish(file, output)
        manifest = _manifest(database, request, rows, size, digest.hexdigest())
        with temporary_file(manifest_path(output)) as (manifest_file, manifest_part):
            with saying_why(output):
                manifest_file.write(manifest.to_json().encode())
            finish(manifest_file, output)
            cancellation.raise_if_cancelled()
            with exclusive_folder(output):
                # Once more: while this export ran, another program may have put a file.
                _check_targets(output, may_replace=request.may_replace)
                _put_pair(csv_part, manifest_part, output, may_replace=request.may_replace)
    return ExportResult(output, manifest_path(output), rows, size, manifest.sha256)


def _check_targets(output: Path, *, may_replace: bool) -> None:
    with saying_why(output), suppress(FileNotFoundError, NotADirectoryError):
        # The longest of the names; better refused now than after the last entry.
        pending_manifest_path(output).lstat()
    check_target(output, may_replace=may_replace)
    check_target(manifest_path(output), may_replace=may_replace)


def _put_pair(csv_part: Path, manifest_part: Path, output: Path, *, may_replace: bool) -> None:
    final, pending = manifest_path(output), pending_manifest_path(output)
    with saying_why(output):
        _settle(output)
    if not os.path.lexists(output):
        # A manifest without its CSV is left over from a killed export.
        put = put_over if may_replace else put_new
        put(manifest_part, final)
        try:
            put_new(csv_part, output)
        except BaseException:  # Ctrl+C too: no manifest stays without its CSV
            final.unlink(missing_ok=True)
            raise
        return
    try:
        put_over(manifest_part, pending, rights_of=final)
        put_over(csv_part, output)
        with saying_why(output):
            pending.replace(final)
    except BaseException:  # Ctrl+C too: of the old pair and the new one, one stays whole
        with suppress(OSError):
            _settle(output)
        raise


def _settle(output: Path) -> None:
    """End the exchange that a killed export began: the manifest that fits stays."""
    pending = pending_manifest_path(output)
    if not os.path.lexists(pending):
        return
    try:
        with open_plain_file(output) as file:
            is_exchanged = read_pending_manifest(output, *measure(file)) is not None
    except InputError:
        is_exchanged = False
    if is_exchanged:
        pending.replace(manifest_path(output))
    else:
        pending.unlink(missing_ok=True)


def _manifest(
    database: Database, request: ExportRequest, rows: int, size: int, sha256: str
) -> Manifest:
    label = database.label
    return Manifest(
        format_version=FORMAT_VERSION,
        tool=f"Mylla Audit Desktop {__version__}",
        created_at=request.created_at.isoformat(),
        # SQLite knows no logins, so nothing but this computer vouches for the name.
        exported_by=database.login or f"{operating_system_login()} (not verified)",
        database={"host": label.host, "port": label.port, "name": label.name},
        filters=_filters(request),
        time_zone=request.zone.key,
        sort=_sort(request),
        profile=request.profile.value,
        columns=CSV_COLUMNS,
        row_count=rows,
        bytes=size,
        sha256=sha256,
    )


def _filters(request: ExportRequest) -> dict[str, object]:
    given = dict(request.filters_as_given)
    return {"given": given, "resolved": _resolved(request.query)}


def _resolved(query: LogQuery) -> dict[str, object]:
    resolved: dict[str, object] = {
        "from": None if query.start is None else query.start.isoformat(),
        "to": None if query.end is None else query.end.isoformat(),
        "actors": list(query.actors),
        "actions": list(query.actions),
        "targets": list(query.targets),
    }
    if query.hours:
        # On the clocks of the manifest's time zone.
        resolved["hours"] = [str(hour) for hour in query.hours]
    return resolved


def _sort(request: ExportRequest) -> dict[str, object]:
    sort = request.query.sort
    return {"column": sort.column.value, "ascending": sort.ascending}
