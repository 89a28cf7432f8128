"""What is loaded before Qt: PySide reads the source text of each module that comes later."""

import subprocess
import sys
from pathlib import Path

import pytest

from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.store import FILE_NAME, ConnectionStore
from mylla_audit_desktop.database.parameters import Host

_LOAD = """
import sys
from mylla_audit_desktop.__main__ import build_parser, load_window
load_window(build_parser().parse_args())
names = list(sys.modules)
qt = names.index("PySide6.QtCore")
print(*(n for n in names[:qt] if n.startswith("sqlalchemy.dialects.") and n.count(".") == 2))
print(*(n for n in names[qt:] if n.startswith("sqlalchemy")))
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--database", "postgresql://a@localhost/b"], {"postgresql"}),
        (["--database", "sqlite:////tmp/b.sqlite"], {"sqlite"}),
        (["--demo"], {"sqlite"}),
        (["--connection", "Office"], {"postgresql"}),
        # Whichever was open last.
        ([], {"postgresql", "sqlite"}),
    ],
)
def test_the_drivers_of_the_log_that_is_opened_are_loaded_before_qt(
    tmp_path: Path, words: list[str], expected: set[str]
) -> None:
    store = ConnectionStore(tmp_path / "config" / FILE_NAME)
    store.save(ConnectionProfile("Office", hosts=(Host("localhost"),), database="audit"))
    store.save(ConnectionProfile("Copy", Kind.SQLITE, database="/tmp/copy.sqlite"))
    before, after = subprocess.run(
        [sys.executable, "-c", _LOAD, "--profile", str(tmp_path), *words],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    kinds = {name.rpartition(".")[2] for name in before.split()}
    assert kinds & {"postgresql", "sqlite"} == expected
    assert after == ""


def test_a_damaged_file_of_connections_is_left_to_the_window(tmp_path: Path) -> None:
    path = tmp_path / "config" / FILE_NAME
    path.parent.mkdir()
    path.write_text("[connections", "utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", _LOAD, "--profile", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
