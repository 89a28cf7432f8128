"""A file that appears under its name only when it is complete and on disk."""

import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.sync_folder import sync_folder

if sys.platform != "win32":
    import fcntl

# As much of a name as a temporary file repeats; with it no name gets too long.
_KEPT = 40
_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space, or choose another disk",
    errno.EDQUOT: "your disk quota is used up. Free some space",
    errno.EFBIG: "the file would be larger than allowed here",
    errno.EACCES: "the folder cannot be written. Choose another one",
    errno.EPERM: "the folder cannot be written. Choose another one",
    errno.EROFS: "the disk is read only. Choose another one",
    errno.ENOENT: "somebody removed the folder, or what was written so far. Choose another folder",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one",
}


def check_target(path: Path, *, may_replace: bool) -> None:
    """Refuse early where a file cannot be put; InputError says why.

    A link is replaced itself; what it points to stays as it is.
    """
    with saying_why(path):
        if not path.parent.is_dir():
            raise InputError(
                f"There is no folder {path.parent}.", "Create it first.", field="output"
            )
        is_there = _is_there(path)
        if path.is_dir():
            raise InputError(f"{path} is a folder.", "Name a file in it.", field="output")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is not a plain file.", "Name another one.", field="output")
    if is_there and not may_replace:
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
    with saying_why(final):
        descriptor, path = _open_locked(final)
    with _holding(final.parent) as folder:
        file = os.fdopen(descriptor, "wb")
        try:
            yield file, path
        finally:
            # What could not be written was said by then (`finish` leaves nothing to write).
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                if folder is None:
                    path.unlink(missing_ok=True)
                else:
                    os.unlink(path.name, dir_fd=folder)


@contextmanager
def exclusive_folder(final: Path) -> Iterator[None]:
    """Only one program at a time puts files into the folder of `final`."""
    if sys.platform == "win32":  # where folders cannot be opened
        yield
        return
    with saying_why(final):
        descriptor = os.open(final.parent, os.O_RDONLY)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


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
        try:
            sync_folder(final.parent)
        except OSError:
            final.unlink()
            raise


def put_over(temporary: Path, final: Path, *, rights_of: Path | None = None) -> None:
    """Give a finished file its name, in one step in the place of what has it.

    It gets the rights of the file it replaces (or of `rights_of`), else the usual ones.
    """
    model = rights_of or final
    with saying_why(final):
        if model.is_file():
            temporary.chmod(model.stat().st_mode & 0o777)
        else:
            _take_usual_rights(temporary)
        temporary.replace(final)
        sync_folder(final.parent)


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
    for path in final.parent.glob(f".{_glob_quoted(final.name[:_KEPT])}.*.part"):
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
        except OSError:
            continue


@contextmanager
def _holding(folder: Path) -> Iterator[int | None]:
    """The folder itself, wherever it is moved to; None where it cannot be opened."""
    descriptor = None
    if os.unlink in os.supports_dir_fd:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open_locked(final: Path) -> tuple[int, Path]:
    while True:
        path = final.with_name(f".{final.name[:_KEPT]}.{secrets.token_hex(6)}.part")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _lock(descriptor)
        if os.fstat(descriptor).st_nlink:
            return descriptor, path
        # Another run took it for a left-over in the moment before it was locked.
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform != "win32":
        # Some network file systems have no locks; what they guard is rare.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _glob_quoted(name: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in name)


def _take_usual_rights(path: Path) -> None:
    mask = os.umask(0o077)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
