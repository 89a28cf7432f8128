"""What stands beside a CSV and lets anybody check that it is complete and unaltered."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from mylla_audit_desktop.log.errors import InputError

FORMAT_VERSION = 1


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


def pending_manifest_path(csv: Path) -> Path:
    """Where the next manifest stands while an export replaces an older pair."""
    return csv.with_name(f"{csv.name}.manifest.json.next")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest. Raises InputError that says what is wrong with it."""
    try:
        value = json.loads(path.read_text("utf-8"))
        if not isinstance(value, dict):
            raise TypeError
        version = value.get("format_version")
        if version != FORMAT_VERSION:
            raise InputError(
                f"{path} has the format version {version!r}, which this program does not know.",
                "Use a newer version of it.",
            )
        value["columns"] = tuple(value["columns"])
        value["row_count"] = int(value["row_count"])
        value["bytes"] = int(value["bytes"])
        manifest = Manifest(**value)
    except FileNotFoundError:
        raise InputError(
            f"There is no manifest {path}.", "It must stand beside the CSV, as it was exported."
        ) from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(f"{path} is not a manifest of this program.", "Get it anew.") from None
    return manifest
