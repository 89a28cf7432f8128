"""Decides without end in a child process, until it is killed.

For each line on standard input a new child begins. It says each decision on standard output,
by its number, once the store has said that it is kept: from then on it must be there for
good. Started once, because a new interpreter for every kill would take most of the time.
"""

import os
import sys
from pathlib import Path

from mylla_audit_desktop.database.connection import open_database
from tests.database.reviewing import QUIET, decision, sqlite_store


def decide(kind: str, log: str, beside: str) -> None:
    """kind: `log`, or `beside` for a file of decisions beside it."""
    database = open_database(f"sqlite:///{log}")
    store = sqlite_store(database, "ben", Path(beside) if kind == "beside" else None)
    [seen] = [len(them) for them in store.read_decisions(None, QUIET).values()] or [0]
    while True:
        [made] = store.append_decisions([decision(1, note=f"Note {seen}", seen=seen)], QUIET)
        seen = made.number
        os.write(1, f"{seen}\n".encode())


def main() -> None:
    """Obey until there are no more commands."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                decide(*sys.argv[1:])
            finally:
                # A traceback is a failure that must be seen, and nothing else runs here.
                sys.excepthook(*sys.exc_info())
                os._exit(1)
        os.write(1, f"pid {pid}\n".encode())
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.write(1, f"ended {status}\n".encode())


if __name__ == "__main__":
    main()
