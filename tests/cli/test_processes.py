"""Real processes: signals, pipes and terminals."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import COMMAND, Run, entry

if sys.platform != "win32":
    import pty

# Enough for the work to go on long after its first words.
MANY = 40_000


@pytest.fixture
def many_entries(tmp_path: Path) -> Path:
    path = tmp_path / "many.ndjson"
    text = json.dumps(entry(0, "2026-03-01T10:00:00Z", after={"prompt": "word " * 80}))
    with path.open("w", encoding="utf-8") as file:
        for number in range(1, MANY + 1):
            file.write(text.replace('"id": 0', f'"id": {number}', 1) + "\n")
    return path


def interrupt_when_it_counts(words: tuple[str, ...], number: int) -> tuple[int, str]:
    """Run a command on a terminal and signal it when it shows progress; code and messages."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while b"entries" not in shown:
            part = os.read(ours, 4096)
            assert part, shown
            shown += part
        process.send_signal(number)
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # the other end of the terminal is closed
            pass
        code = process.wait(timeout=60)
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(ours)
    return code, shown.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_cancelled_import_adds_nothing(
    empty_url: str, run: Run, many_entries: Path, number: int
) -> None:
    words = ("import", str(many_entries), "--database", empty_url)
    code, shown = interrupt_when_it_counts(words, number)
    assert code == 130, shown
    assert shown.rstrip().endswith("mylla-audit: Cancelled. Nothing was changed.")
    assert "Traceback" not in shown
    common = ("list", "--database", empty_url, "--all-time", "--format", "ndjson")
    assert run(*common).out == ""


def test_a_cancelled_import_leaves_no_new_file(many_entries: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite"
    words = ("import", str(many_entries), "--database", f"sqlite:///{new}")
    code, shown = interrupt_when_it_counts(words, signal.SIGINT)
    assert code == 130, shown
    assert [path.name for path in tmp_path.iterdir()] == [many_entries.name]


@pytest.mark.parametrize("command", ["import {} --database", "demo --database"])
def test_a_file_that_cannot_grow_leaves_nothing(
    many_entries: Path, tmp_path: Path, command: str
) -> None:
    """As on a full disk, or at the end of a quota."""
    folder = tmp_path / "small"
    folder.mkdir()
    new = folder / "new.sqlite"
    words = [*COMMAND, *command.format(many_entries).split(), f"sqlite:///{new}"]
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 1024; exec "$@"', "sh", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert done.stderr == (
        f"mylla-audit: {new} cannot be read or written any further: disk I/O error."
        " Check the disk, its room and your quota.\n"
    )
    assert done.stdout == ""
    assert list(folder.iterdir()) == []


def test_a_cancelled_export_leaves_nothing_behind(
    empty_url: str, run: Run, many_entries: Path, tmp_path: Path
) -> None:
    assert run("import", str(many_entries), "--database", empty_url).code == 0
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / "old.csv").write_text("mine", "utf-8")
    for name, force in (("new.csv", ()), ("old.csv", ("--force",))):
        words = ("export", "--database", empty_url, "--all-time", "--output", str(folder / name))
        code, shown = interrupt_when_it_counts((*words, *force), signal.SIGINT)
        assert code == 130, shown
        assert "Traceback" not in shown
    assert [path.name for path in folder.iterdir()] == ["old.csv"]
    assert (folder / "old.csv").read_text("utf-8") == "mine"


def test_a_list_stops_when_it_is_told_to(fill: Callable[..., str]) -> None:
    prompt = {"prompt": "word " * 400}
    url = fill(*(entry(one, "2026-03-01T10:00:00Z", after=prompt) for one in range(1, 501)))
    words = ("list", "--database", url, "--all-time", "--limit", "500", "--format", "csv")
    with subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # More than a pipe holds is still to come, so it waits for us to read on.
        process.stdout.read(10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == b"mylla-audit: Cancelled. Nothing was changed.\n"


@pytest.mark.parametrize("form", ["table", "ndjson", "csv"])
def test_a_reader_who_has_seen_enough_is_no_error(fill: Callable[..., str], form: str) -> None:
    prompt = {f"name_{one}": "word " for one in range(100)}
    url = fill(*(entry(one, "2026-03-01T10:00:00Z", after=prompt) for one in range(1, 301)))
    words = ("list", "--database", url, "--all-time", "--limit", "300", "--format", form)
    with subprocess.Popen(
        [*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0


def test_closed_streams_are_no_error(sqlite_log: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.csv"
    command = " ".join([*COMMAND, "export", "--database", sqlite_log, "--output", str(path)])
    assert subprocess.run(["/bin/sh", "-c", f"{command} >&- 2>&-"], check=False).returncode == 0
    assert path.exists()


def test_a_terminal_gets_progress_and_no_colour_codes_in_a_pipe(
    run: Run, sqlite_log: str, tmp_path: Path
) -> None:
    outcome = run("export", "--database", sqlite_log, "--output", str(tmp_path / "x.csv"))
    assert outcome.err == ""
    assert "\x1b" not in outcome.out
    assert "\x1b" not in run("list", "--database", sqlite_log, "--all-time").out


def test_a_list_that_is_stopped_while_it_reads_a_row_says_only_so(
    sqlite_url: str, run: Run, many_entries: Path
) -> None:
    assert run("import", str(many_entries), "--database", sqlite_url).code == 0
    # Signals itself where the driver makes a text of what it has read.
    script = (
        "import os, signal, sys\n"
        "from mylla_audit_desktop.cli.main import main\n"
        "from mylla_audit_desktop.database import sqlite\n"
        "count = 0\n"
        "def text(value):\n"
        "    global count\n"
        "    count += 1\n"
        "    if count == 20_000:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return value.decode()\n"
        "sqlite.methodcaller = lambda *_: text\n"
        f"sys.argv[1:] = ['list', '--database', {sqlite_url!r}, '--all-time', '--limit', '40000']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == "mylla-audit: Cancelled. Nothing was changed.\n"
    assert done.returncode == 130


def test_a_signal_after_the_work_changes_nothing_of_how_it_ended(
    sqlite_log: str, tmp_path: Path
) -> None:
    # Signals itself when the program is left.
    script = (
        "import atexit, os, signal, sys\n"
        "from mylla_audit_desktop.cli.main import main\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "atexit.register(lambda: os.kill(os.getpid(), signal.SIGTERM))\n"
        f"sys.argv[1:] = ['export', '--database', {sqlite_log!r},"
        f" '--output', {str(tmp_path / 'x.csv')!r}]\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_while_the_program_still_loads_is_one_line(sqlite_url: str) -> None:
    # Signals itself in the middle of loading the commands.
    script = (
        "import sys, os, signal, importlib.abc\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'mylla_audit_desktop.cli.main':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"sys.argv[1:] = ['list', '--database', {sqlite_url!r}]\n"
        "from mylla_audit_desktop.cli.entry import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "mylla-audit: Cancelled. Nothing was changed.\n"


@pytest.mark.parametrize(("option", "is_said"), [([], False), (["--debug"], True)])
def test_what_libraries_tell_of_an_error_is_for_debugging(option: list[str], is_said: bool) -> None:
    """Such as of a connection that is lost in the midst of a statement."""
    script = (
        "import logging, sys; from mylla_audit_desktop.cli.main import main;"
        "main(sys.argv[1:]); logging.getLogger('sqlalchemy.pool').error('Error closing cursor')"
    )
    words = [sys.executable, "-c", script, *option, "verify", "/no/such/file.csv"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ("Error closing cursor" in done.stderr) is is_said
    assert "mylla-audit: " in done.stderr
