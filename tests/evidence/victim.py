"""Exports on command in a child process that may be killed, limited, or kill itself.

One command a line on standard input (JSON), two answers a line on standard output:
the process at work, and how it ended. The entries are made up, so that no database
is between the test and the files.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any
from unittest.mock import patch

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import DatabaseLabel
from mylla_audit_desktop.database.export_record import ExportRecord
from mylla_audit_desktop.evidence import export
from mylla_audit_desktop.log.csv_format import HEADER
from mylla_audit_desktop.log.errors import KnownError
from tests.evidence.conftest import a_request

ROW = "2026-03-01T11:00:00.000000+01:00,usr_1,Ada,agent.update,,,,,,,"
DATABASE: Any = SimpleNamespace(label=DatabaseLabel("postgresql", "db", 5432, "log"), login="ada")


def export_rows(output: Path, rows: int, *, may_replace: bool) -> None:
    """An export of so many entries, in a few chunks."""

    def made_up(*_: object, progress: Any, **__: object) -> Iterator[bytes]:
        yield HEADER.encode()
        for start in range(0, rows, 500):
            chunk = range(start, min(start + 500, rows))
            yield "".join(f"{ROW}{number}\n" for number in chunk).encode()
            progress(chunk.stop)

    def not_recorded(*_: object) -> ExportRecord:
        return ExportRecord("", None, "")

    with (
        patch.object(export, "stream_csv", made_up),
        patch.object(export, "begin_export_record", not_recorded),
    ):
        export.export_csv(DATABASE, a_request(output, may_replace=may_replace), Cancellation())


def die_at(step: int) -> None:
    """Kill this process before the so-manieth line of `evidence` that it runs."""
    folder = str(Path(export.__file__).parent)
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(folder):
            return None
        if event == "line":
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)


def run(command: dict[str, Any], answers: int) -> None:
    """What the child does."""
    output, rows, force = Path(command["output"]), command["rows"], command.get("force", False)
    if "file_size_limit" in command:
        resource.setrlimit(resource.RLIMIT_FSIZE, (command["file_size_limit"],) * 2)
    if "die_at" in command:
        die_at(command["die_at"])
    try:
        while True:
            export_rows(output, rows, may_replace=force)
            if not command.get("for_ever"):
                break
            rows += 1
    except KnownError as error:
        os.write(answers, error.sentence.encode())


def main() -> None:
    """Obey until there are no more commands."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(reading)
                run(json.loads(line), writing)
                code = 0
            finally:
                # A traceback is a failure that must be seen, and nothing else runs here.
                if code:
                    sys.excepthook(*sys.exc_info())
                os._exit(code)
        os.close(writing)
        print(json.dumps({"pid": pid}), flush=True)
        with os.fdopen(reading, "rb") as answers:
            outcome = answers.read().decode()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status == -signal.SIGKILL:
            outcome = "killed"
        elif status:
            outcome = f"broken: {status}"
        print(json.dumps({"outcome": outcome or "done"}), flush=True)


if __name__ == "__main__":
    main()
