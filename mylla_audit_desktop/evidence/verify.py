"""Checking a CSV against its manifest, on any computer, without the database."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from mylla_audit_desktop.evidence.manifest import (
    Manifest,
    manifest_path,
    pending_manifest_path,
    read_manifest,
)
from mylla_audit_desktop.log.csv_format import read_records
from mylla_audit_desktop.log.errors import InputError, KnownError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """`differences` in words; empty where the file is complete and unaltered."""

    manifest: Manifest
    differences: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        """Whether the file is what was exported."""
        return not self.differences


def verify_file(path: Path) -> VerifyReport:
    """Compare a CSV (or the CSV of a manifest) with its manifest.

    Raises InputError where one of the two is missing or cannot be read.
    """
    csv = path
    if path.name.endswith(".manifest.json"):
        csv = path.with_name(path.name.removesuffix(".manifest.json"))
    size, digest = _measure(csv)
    pending = pending_manifest_path(csv)
    if pending.exists():
        # An export was stopped between putting the CSV and its manifest in place.
        try:
            following = read_manifest(pending)
        except KnownError:
            following = None
        if following is not None and (following.bytes, following.sha256) == (size, digest):
            return VerifyReport(following, ())
    manifest = read_manifest(manifest_path(csv))
    if (manifest.bytes, manifest.sha256) == (size, digest):
        return VerifyReport(manifest, ())
    return VerifyReport(manifest, _differences(csv, manifest, size, digest))


def _measure(csv: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with csv.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        raise InputError(f"There is no file {csv}.", "Check the path.") from None
    except OSError as error:
        raise InputError(f"{csv} cannot be read: {error.strerror}.") from None
    return size, digest.hexdigest()


def _differences(csv: Path, manifest: Manifest, size: int, digest: str) -> tuple[str, ...]:
    found = []
    if size != manifest.bytes:
        word = "fewer" if size < manifest.bytes else "more"
        found.append(f"{abs(size - manifest.bytes):,} bytes {word} than the manifest says")
    try:
        with csv.open(encoding="utf-8", newline="\n") as file:
            records = iter(read_records(file))
            header = next(records, None)
            if header is None or header.fields != manifest.columns:
                found.append("the header is not that of the manifest")
            rows = sum(1 for _ in records)
        if rows != manifest.row_count:
            word = "fewer" if rows < manifest.row_count else "more"
            found.append(f"{abs(rows - manifest.row_count):,} rows {word} than the manifest says")
    except KnownError as error:
        found.append(error.what.rstrip("."))
    except UnicodeDecodeError:
        found.append("it is not UTF-8 text")
    found.append(f"the SHA-256 is {digest}, the manifest says {manifest.sha256}")
    return tuple(found)
