"""Where the decisions on a log go that has no place for them."""

import hashlib
import re
from pathlib import Path

import platformdirs

from mylla_audit_desktop.database.connection import DatabaseLabel
from mylla_audit_desktop.user_path import user_path

_APPLICATION = "mylla-audit"
_LONGEST = 60


def decision_file(chosen: str, log: DatabaseLabel, data_folder: Path | None = None) -> Path:
    """The file that somebody chose (on the command line or in a connection), or the usual one."""
    return user_path(chosen) if chosen else default_decision_file(log, data_folder)


def default_decision_file(log: DatabaseLabel, data_folder: Path | None = None) -> Path:
    """The file for a log, named after it; the same for commands and window.

    data_folder: the user's, unless a throw-away profile is in use.
    """
    folder = data_folder or Path(platformdirs.user_data_dir(_APPLICATION, appauthor=False))
    place = f"{log.dialect}|{log.host}|{log.port or ''}|{log.name}"
    # Two logs with names alike in letters that a file name cannot hold stay apart.
    digest = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", Path(log.name).name).strip(".-")[:_LONGEST]
    return folder / "decisions" / f"{name or 'log'}-{digest}.sqlite"
