"""A file that appears under its name only when it is complete and on disk."""

import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.log.errors import InputError

if sys.platform != "win32":
    import fcntl

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space, or choose another disk",
    errno.EDQUOT: "your disk quota is used up. Free some space",
    errno.EFBIG: "the file would be larger than allowed here",
    errno.EACCES: "the folder cannot be written. Choose another one",
    errno.EPERM: "the folder cannot be written. Choose another one",
    errno.EROFS: "the disk is read only. Choose another one",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one",
}


def check_target(path: Path, *, may_replace: bool) -> None:
    """Refuse early where a file cannot be put; InputError says why."""
    if not path.parent.is_dir():
        raise InputError(f"There is no folder {path.parent}.", "Create it first.", field="output")
    if path.is_dir():
        raise InputError(f"{path} is a folder.", "Name a file in it.", field="output")
    if os.path.lexists(path) and not may_replace:
        raise InputError(
            f"{path} is there already and was left as it is.",
            "Choose another name, or replace it with --force.",
            field="output",
        )


@contextmanager
def temporary_file(final: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A new file in the folder of `final`, removed at the end unless it was moved.

    It is made for the owner alone. Left-overs of a killed run are removed first.
    """
    remove_stale(final)
    path = final.with_name(f".{final.name[:80]}.{secrets.token_hex(6)}.part")
    with saying_why(final):
        # Made for the owner alone until it stands under its name.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _lock(file)
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def finish(file: BinaryIO, final: Path) -> None:
    """Everything written is on disk."""
    with saying_why(final):
        file.flush()
        os.fsync(file.fileno())


def put_new(temporary: Path, final: Path) -> None:
    """Give a finished file its name; refuse where something has that name."""
    with saying_why(final):
        _take_usual_rights(temporary)
        try:
            os.link(temporary, final)
        except FileExistsError:
            check_target(final, may_replace=False)
            raise
        except OSError as error:
            # A file system without hard links: the look and the move are two steps there.
            if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
            check_target(final, may_replace=False)
            temporary.rename(final)
        _sync_folder(final)


def put_over(temporary: Path, final: Path) -> None:
    """Give a finished file its name, in one step in the place of what has it."""
    with saying_why(final):
        if final.is_file():
            temporary.chmod(final.stat().st_mode & 0o777)
        else:
            _take_usual_rights(temporary)
        temporary.replace(final)
        _sync_folder(final)


@contextmanager
def saying_why(final: Path) -> Iterator[None]:
    """Turn what the file system refuses into one sentence."""
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)
        raise InputError(f"{final} was not written: {reason}.", field="output") from None


def remove_stale(final: Path) -> None:
    """Remove what killed runs left for this name; one that still runs holds a lock."""
    if sys.platform == "win32":  # where an open file cannot be removed anyway
        return
    for path in final.parent.glob(f".{_glob_quoted(final.name[:80])}.*.part"):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except OSError:
            continue


def _lock(file: BinaryIO) -> None:
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _glob_quoted(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def _take_usual_rights(path: Path) -> None:
    mask = os.umask(0o077)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _sync_folder(final: Path) -> None:
    if sys.platform == "win32":  # where folders cannot be opened
        return
    descriptor = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
