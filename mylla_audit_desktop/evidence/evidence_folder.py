"""The folder of imported evidence: which logs are in it, and putting one away.

A log is called `NAME-DIGEST.sqlite` after the evidence file and its bytes. What is put away
is kept in a folder within, from which the same evidence file brings it back.
"""

from pathlib import Path

from mylla_audit_desktop.database.sqlite import remove_sqlite
from mylla_audit_desktop.log.errors import InputError

DIGEST_LENGTH = 16
_SUFFIX = ".sqlite"
_PUT_AWAY = "put-away"


def log_path(folder: Path, name: str, digest: str) -> Path:
    """Where the log of an evidence file is; brought back if it was put away."""
    path = folder / f"{name}-{digest[:DIGEST_LENGTH]}{_SUFFIX}"
    kept = folder / _PUT_AWAY / path.name
    if kept.is_file() and not path.exists():
        kept.replace(path)
    return path


def evidence_logs(folder: Path) -> dict[str, Path]:
    """The logs by name, from A to Z; names that occur twice with the begin of their digest."""
    paths = sorted(
        (one for one in folder.glob(f"*{_SUFFIX}") if not one.name.startswith(".")),
        key=lambda one: one.name.casefold(),
    )
    names = [path.stem[: -DIGEST_LENGTH - 1] or path.stem for path in paths]
    return {
        name if names.count(name) == 1 else f"{name} ({path.stem[-DIGEST_LENGTH:][:6]})": path
        for name, path in zip(names, paths, strict=True)
    }


def put_away(path: Path, *, for_good: bool) -> None:
    """Take a log that is not open off the list; `for_good` deletes it with its decisions.

    Raises InputError where the system refuses.
    """
    try:
        if for_good:
            remove_sqlite(path)
            return
        kept = path.parent / _PUT_AWAY
        kept.mkdir(exist_ok=True)
        path.replace(kept / path.name)
    except OSError as error:
        raise InputError(
            f"The evidence {path.name} was not removed: {error.strerror}.",
            "Check the rights of its folder.",
        ) from None
