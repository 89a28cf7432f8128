"""Checking a CSV against its manifest, on any computer, without the database."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.evidence.manifest import (
    Manifest,
    manifest_path,
    measure,
    read_manifest,
    read_pending_manifest,
)
from mylla_audit_desktop.evidence.plain_file import open_plain_file, read_lines
from mylla_audit_desktop.log.csv_format import split_records
from mylla_audit_desktop.log.errors import LineError


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
    while True:
        with open_plain_file(csv) as file:
            size, sha256 = measure(file)
            manifest = read_pending_manifest(csv, size, sha256) or read_manifest(manifest_path(csv))
            file.seek(0)
            report = VerifyReport(manifest, tuple(_differences(file, manifest, size, sha256)))
            if report.is_intact or _is_still(file, csv):
                return report
        # An export has exchanged the pair meanwhile: this was the old file beside the
        # new manifest.


def _is_still(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return True


def _differences(file: BinaryIO, manifest: Manifest, size: int, sha256: str) -> Iterator[str]:
    if size != manifest.bytes:
        yield f"{_more_or_fewer(size - manifest.bytes, 'byte')} than the manifest says"
    rows = -1
    # A file with this digest is the one that was exported, however long its lines are.
    is_bounded = sha256 != manifest.sha256
    try:
        # Only line ends and quotes count here, which are the same in every encoding
        # that keeps ASCII; an entry that is no UTF-8 is exported as it is.
        lines = (line.decode("latin-1") for line in read_lines(file, is_bounded=is_bounded))
        for _, text in split_records(lines, is_bounded=is_bounded):
            if rows < 0 and text != ",".join(manifest.columns) + "\n":
                yield "the header is not that of the manifest"
            rows += 1
    except LineError as error:
        yield f"line {error.line}: {error.problem}"
    rows = max(rows, 0)
    if rows != manifest.row_count:
        yield f"{_more_or_fewer(rows - manifest.row_count, 'row')} than the manifest says"
    if sha256 != manifest.sha256:
        yield f"the SHA-256 is {sha256}, the manifest says {manifest.sha256}"


def _more_or_fewer(difference: int, unit: str) -> str:
    plural = "" if abs(difference) == 1 else "s"
    return f"{abs(difference):,} {unit}{plural} {'more' if difference > 0 else 'fewer'}"
