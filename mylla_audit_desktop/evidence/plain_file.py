"""Opening what a user names, without trusting what it is."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mylla_audit_desktop.log.errors import InputError, LineError

_LONGEST_LINE = 64 << 20


def open_plain_file(path: Path, *, may_be_link: bool = True) -> BinaryIO:
    """Open a plain file for reading and nothing else: a pipe would wait for ever.

    Raises InputError that says what it is instead, or why it cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        if not may_be_link:
            if path.is_symlink():
                raise InputError(f"{path} is a link.", "Name the file itself.")
            flags |= getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InputError(f"{path} is not a plain file.", "Name a file.")
    return os.fdopen(descriptor, "rb")


def read_lines(file: BinaryIO, *, is_bounded: bool = True) -> Iterator[bytes]:
    """The lines with their ends. Raises LineError for one that would fill the memory.

    is_bounded: False for a file that is known to be one that this program wrote.
    """
    number = 0
    while line := file.readline(_LONGEST_LINE + 1 if is_bounded else -1):
        number += 1
        if is_bounded and len(line) > _LONGEST_LINE:
            raise LineError(number, f"it is longer than {_LONGEST_LINE:,} bytes")
        yield line
