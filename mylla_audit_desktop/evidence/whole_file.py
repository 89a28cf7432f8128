"""A file that is written in one go, and is there whole or not at all."""

from pathlib import Path

from mylla_audit_desktop.evidence.atomic_file import (
    check_target,
    exclusive_folder,
    finish,
    put_new,
    put_over,
    saying_why,
    temporary_file,
)


def write_whole(data: bytes, output: Path, *, may_replace: bool) -> None:
    """Put `data` at `output`. Raises InputError where that is refused or fails.

    What stood there before stays until the new file is complete and on disk.
    """
    check_target(output, may_replace=may_replace)
    with temporary_file(output) as (file, part):
        with saying_why(output):
            file.write(data)
        finish(file, output)
        with exclusive_folder(output):
            # Once more: meanwhile another program may have put a file.
            check_target(output, may_replace=may_replace)
            put = put_over if may_replace else put_new
            put(part, output)
