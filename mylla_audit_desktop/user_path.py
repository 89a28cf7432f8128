"""Paths as people write them."""

from pathlib import Path

from mylla_audit_desktop.log.errors import InputError


def user_path(text: str | Path) -> Path:
    """The path with `~` and `~somebody` resolved. Raises InputError where there is no such home."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        raise InputError(
            f"There is no home folder for {path.parts[0]}.", "Write the whole path."
        ) from None
