"""Where `mylla-audit` begins: Ctrl-C is answered in words from the first moment on."""

import os
import sys


def main() -> int:
    """Load the commands and run one; its exit code."""
    try:
        # Loading takes some tenths of a second, in which somebody may change their mind.
        from mylla_audit_desktop.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        # Not by returning: where the signal came within `exec`, by which dataclasses are made,
        # Python remembers it, and would end by it with a code of its own.
        if sys.stderr is not None:
            print("mylla-audit: Cancelled. Nothing was changed.", file=sys.stderr, flush=True)
        os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
