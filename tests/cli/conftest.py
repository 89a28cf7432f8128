"""The commands as a user runs them, over a small log in which every entry has a purpose."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mylla_audit_desktop.cli.main import main

COMMAND = (sys.executable, "-m", "mylla_audit_desktop.cli.main")


@dataclass(frozen=True)
class Outcome:
    """What a user sees of a command that has ended."""

    code: int
    out: str
    err: str

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The entries of `--format ndjson`."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def ids(self) -> list[int]:
        return [entry["id"] for entry in self.entries]


Run = Callable[..., Outcome]


def run_process(*words: str, **environment: str) -> Outcome:
    """A command in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
        timeout=120,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in this process: fast, with the same words and streams."""

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        code = main(words)
        return Outcome(code, *capsys.readouterr())

    return run


def entry(entry_id: int, when: str, **values: object) -> dict[str, object]:
    """An entry as a line of NDJSON holds it; what is not given does not matter to the test."""
    return {
        "id": entry_id,
        "occurred_at": when,
        "actor_type": "member",
        "actor_id": "usr_1",
        "actor_name": "Ada Lovelace",
        "action": "agent.update",
        "target_type": "agent",
        "target_id": "agt_1",
        "target_name": "Reception",
        "before": {"greeting": "Hello"},
        "after": {"greeting": "Good morning"},
        "ip_address": "192.0.2.7",
    } | values


@pytest.fixture
def write_ndjson(tmp_path: Path) -> Callable[..., Path]:
    def write(*entries: dict[str, object]) -> Path:
        path = tmp_path / "entries.ndjson"
        path.write_text("".join(json.dumps(one) + "\n" for one in entries), "utf-8")
        return path

    return write


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database that holds no entry yet, of either kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def fill(empty_url: str, run: Run, write_ndjson: Callable[..., Path]) -> Callable[..., str]:
    """Put entries into the empty database; its URL."""

    def fill(*entries: dict[str, object]) -> str:
        path = write_ndjson(*entries)
        outcome = run("import", str(path), "--database", empty_url)
        assert outcome.code == 0, outcome.err
        return empty_url

    return fill


@pytest.fixture
def sqlite_log(tmp_path: Path, run: Run, write_ndjson: Callable[..., Path]) -> str:
    """A log of three entries in SQLite, for what does not depend on the database."""
    url = f"sqlite:///{tmp_path / 'three.sqlite'}"
    path = write_ndjson(
        entry(1, "2026-03-01T10:00:00Z"),
        entry(2, "2026-03-02T10:00:00Z", actor_id="usr_2", actor_name="Grace Hopper"),
        entry(3, "2026-03-03T10:00:00Z", action="number.release", target_id="num_1"),
    )
    assert run("import", str(path), "--database", url).code == 0
    return url
