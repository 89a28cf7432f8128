"""What stands beside a CSV and lets anybody check that it is complete and unaltered."""

import errno
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.evidence.plain_file import open_plain_file
from mylla_audit_desktop.log.errors import InputError

FORMAT_VERSION = 1
_CHUNK = 1 << 20
_LONGEST = 16 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """The fields of `FILE.csv.manifest.json`, in its order; never holds a secret.

    filters: `given` as the user said them and `resolved` to UTC bounds.
    """

    format_version: int
    tool: str
    created_at: str
    exported_by: str
    database: Mapping[str, object]
    filters: Mapping[str, object]
    time_zone: str
    sort: Mapping[str, object]
    profile: str
    columns: tuple[str, ...]
    row_count: int
    bytes: int
    sha256: str

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self), indent=2) + "\n"


def manifest_path(csv: Path) -> Path:
    """Where the manifest of a CSV stands."""
    return csv.with_name(f"{csv.name}.manifest.json")


def has_manifest(csv: Path) -> bool:
    """Whether one stands beside it. Raises OSError where that cannot be told."""
    try:
        return manifest_path(csv).exists()
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        # The CSV has a name to which nothing can be added.
        return False


def pending_manifest_path(csv: Path) -> Path:
    """Where the next manifest stands while an export replaces an older pair."""
    return csv.with_name(f"{csv.name}.manifest.json.next")


def measure(file: BinaryIO) -> tuple[int, str]:
    """Bytes and SHA-256 (hexadecimal) of an open file, from where it stands."""
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def read_pending_manifest(csv: Path, size: int, sha256: str) -> Manifest | None:
    """The manifest that an export left waiting when it was killed, if it is this CSV's."""
    path = pending_manifest_path(csv)
    if not path.is_file():
        return None
    try:
        manifest = read_manifest(path)
    except InputError:
        return None
    return manifest if (manifest.bytes, manifest.sha256) == (size, sha256) else None


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises InputError that says what is wrong with it."""
    if not path.exists():
        raise InputError(
            f"There is no manifest {path}.", "It must stand beside the CSV, as it was exported."
        )
    with open_plain_file(path) as file:
        text = file.read(_LONGEST + 1)
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        value = json.loads(text.decode("utf-8"))
        version = value["format_version"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _not_a_manifest(path) from None
    if version != FORMAT_VERSION:
        raise InputError(
            f"{path} has the format version {str(version)[:20]}, which this program does not know.",
            "Use a newer version of it.",
        )
    for field in fields(Manifest):
        if not _is_of_kind(value.get(field.name), field.name):
            raise _not_a_manifest(path, field.name)
    # A field that a later version adds is no reason to refuse the evidence.
    known = {field.name: value[field.name] for field in fields(Manifest)}
    return Manifest(**known | {"columns": tuple(value["columns"])})


def _is_of_kind(value: object, name: str) -> bool:
    if name == "columns":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name in {"database", "filters", "sort"}:
        return isinstance(value, dict)
    if name in {"format_version", "row_count", "bytes"}:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str)


def _not_a_manifest(path: Path, field: str = "") -> InputError:
    reason = f": its {field} is missing or cannot be read" if field else ""
    return InputError(f"{path} is not a manifest of this program{reason}.", "Get it anew.")
