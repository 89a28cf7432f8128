"""Passwords in a real Secret Service: gnome-keyring, on a bus and in a home of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.store import ConnectionStore
from tests.secure_server import PASSWORD

ROOT = Path(__file__).parent.parent.parent
# The daemon is told the keyring's own password, as signing in to the desktop does.
SCRIPT = """
printf 'open sesame' | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 9
exec "$@"
"""


def in_a_session(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command where the Secret Service is there and unlocked."""
    for program, package in {
        "dbus-run-session": "dbus",
        "gnome-keyring-daemon": "gnome-keyring",
    }.items():
        assert shutil.which(program), f"{program} is missing: apt-get install {package}"
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY"}
        and not key.startswith("DBUS_")
    }
    folders = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    return subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", SCRIPT, "sh", *words],
        cwd=ROOT,
        env=kept | folders,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_secret_service_keeps_passwords(tmp_path: Path) -> None:
    done = in_a_session(tmp_path, sys.executable, "-m", "tests.connections.secret_service")
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout.splitlines()
    assert said[-1] == "done"
    assert len(said) == 3
    for sentence in said[:2]:
        assert "The keyring is locked" in sentence or "does not answer" in sentence, sentence
        assert "asked for each time" in sentence
    # The daemon keeps it encrypted.
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"kanarienvogel" not in path.read_bytes(), path


@pytest.mark.postgresql
def test_a_command_finds_its_password_there(
    profile: ConnectionProfile, store: ConnectionStore, tmp_path: Path
) -> None:
    store.save(profile)
    keep = f"import keyring; keyring.set_password('mylla-audit', 'Production', {PASSWORD!r})"
    script = (
        '"$0" -c "$1" && exec "$0" -m mylla_audit_desktop.cli.main list --connection Production'
    )
    done = in_a_session(tmp_path, "sh", "-c", script, sys.executable, keep)
    assert done.returncode == 0, done.stderr
    assert "Timestamp" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
