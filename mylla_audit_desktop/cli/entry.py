"""Where `mylla-audit` begins: Ctrl-C is answered in words from the first moment on."""

import sys


def main() -> int:
    """Load the commands and run one; its exit code."""
    try:
        # Loading takes some tenths of a second, in which somebody may change their mind.
        from mylla_audit_desktop.cli.main import main as run

        return run()
    except KeyboardInterrupt:
        print("mylla-audit: Cancelled. Nothing was changed.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
