"""An evidence file as a log of its own: imported once into an SQLite file beside others."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_profile
from mylla_audit_desktop.database.parameters import SqliteParameters
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.database.sqlite import remove_sqlite
from mylla_audit_desktop.evidence.evidence_folder import log_path
from mylla_audit_desktop.evidence.import_file import import_file, parse_file
from mylla_audit_desktop.evidence.manifest import has_manifest, manifest_path
from mylla_audit_desktop.evidence.plain_file import open_plain_file
from mylla_audit_desktop.log.errors import InputError

_BLOCK = 1 << 20


def make_evidence_log(
    path: Path, folder: Path, cancellation: Cancellation, progress: Callable[[int], None]
) -> Path:
    """The SQLite file with the entries of a CSV or NDJSON file; made on first use.

    The same bytes come to the same file. Raises InputError naming file and line of what
    is wrong, and leaves nothing then.
    """
    final = log_path(folder, _plain(path.stem), _digest(path, cancellation))
    if final.exists():
        return final
    # Looked at before anything is created.
    if next(parse_file(path, is_for_sqlite=True), None) is None:
        raise InputError(f"{path} holds no entries.", "Choose another file.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f".{final.name}.part"
        draft.unlink(missing_ok=True)
        try:
            _make(draft, path, cancellation, progress)
            draft.replace(final)
        finally:
            remove_sqlite(draft)
    except OSError as error:
        raise InputError(
            f"The evidence could not be put into {folder}: {error.strerror}.",
            "Free some space, or check the rights of the folder.",
        ) from None
    return final


def evidence_caution(path: Path) -> str:
    """What to know of entries that no manifest vouches for; "" where one does."""
    if has_manifest(path):
        return ""
    return (
        f"No manifest stands beside {path.name}: nothing tells whether it is complete and"
        " unaltered. In a CSV, a ' that an export for spreadsheets put before a value is still"
        " there."
    )


def _make(
    draft: Path, path: Path, cancellation: Cancellation, progress: Callable[[int], None]
) -> None:
    database = open_profile(SqliteParameters(draft), create=True)
    try:
        upgrade_schema(database)
        import_file(database, path, cancellation, progress)
    finally:
        database.close()


def _digest(path: Path, cancellation: Cancellation) -> str:
    """Of the file and its manifest, which says how the file is to be read."""
    digest = hashlib.sha256()
    with open_plain_file(path, may_be_link=False) as file:
        while block := file.read(_BLOCK):
            cancellation.raise_if_cancelled()
            digest.update(block)
    if has_manifest(path):
        digest.update(b"\0" + manifest_path(path).read_bytes())
    return digest.hexdigest()


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name)[:40] or "evidence"
