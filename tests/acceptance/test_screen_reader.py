"""The three users' jobs by a screen reader's means, in a real window on a virtual screen."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.evidence.verify import verify_file

ROOT = Path(__file__).parents[2]
READER = ("/usr/bin/python3", "-m", "tests.acceptance.screen_reader")
BUS = "/usr/libexec/at-spi-bus-launcher"


@pytest.fixture(params=["the demo log", "PostgreSQL"])
def log(request: pytest.FixtureRequest) -> list[str]:
    """What the program is told to open."""
    if request.param == "the demo log":
        return ["--demo"]
    url: str = request.getfixturevalue("postgresql_url")
    assert main(["demo", "--database", url, "--entries", "8000"]) == 0
    return ["--database", url]


def test_the_three_jobs_are_done_through_the_accessibility_bus(
    tmp_path: Path, log: list[str]
) -> None:
    needed = {"xvfb-run": "xvfb", "dbus-run-session": "dbus", "/usr/bin/python3": "python3"}
    for program, package in {**needed, BUS: "at-spi2-core"}.items():
        assert shutil.which(program), f"{program} is missing: apt-get install {package}"
    application = [sys.executable, "-m", "mylla_audit_desktop", *log, "--theme", "light"]
    application += ["--profile", str(tmp_path / "profile"), "--size", "1280x800"]
    script = f'{BUS} --launch-immediately & exec "$@"'
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24"]
    bus = ["dbus-run-session", "--", "sh", "-c", script, "sh"]
    done = subprocess.run(
        [*screen, *bus, *READER, tmp_path, *application],
        env={
            **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_QPA_PLATFORM": "xcb",
            "XDG_RUNTIME_DIR": str(tmp_path),
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert verify_file(tmp_path / "evidence.csv").is_intact
