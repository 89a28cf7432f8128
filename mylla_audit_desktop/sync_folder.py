"""Making a new name in a folder as lasting as the file's content."""

import os
import sys
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """What was named, renamed or removed in a folder is on disk. Raises OSError."""
    if sys.platform == "win32":  # where folders cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
