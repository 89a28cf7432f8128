"""A whole quarterly review of the demo: by keyboard alone, and by a screen reader's means."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.review_store import open_review_store
from mylla_audit_desktop.review.decision import SignOff, Status, Verdict, status_of

ROOT = Path(__file__).parents[2]
BUS = "/usr/libexec/at-spi-bus-launcher"
ENTRIES = 6_000
QUIET = Cancellation()
# Nobody of the demo's team: who is in a finding cannot decide on it.
FIRST, SECOND = "usr_900", "usr_901"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The demo, with fewer ordinary entries than usual."""
    url = f"sqlite:///{tmp_path}/demo.sqlite"
    assert main(["demo", "--database", url, "--entries", str(ENTRIES)]) == 0
    return url


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A virtual screen with a window manager; its environment."""
    for program in ("Xvfb", "openbox"):
        assert shutil.which(program), f"{program} is missing: apt-get install xvfb openbox"
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        display = f":{told.readline().strip()}"
    environment = {
        **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "XDG_RUNTIME_DIR": str(tmp_path),
    }
    manager = subprocess.Popen(
        ["openbox"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield environment
    for process in (manager, server):
        process.terminate()
        process.wait(20)


def check_review(url: str) -> None:
    """What the log holds afterwards: every finding decided, signed, countersigned."""
    database = open_database(url)
    store = open_review_store(database, read_access(database, QUIET))
    signed = store.read_sign_offs(QUIET)
    decisions = store.read_decisions(None, QUIET)
    database.close()
    assert [one.reviewer.actor_id for one in signed] == [FIRST, SECOND]
    assert signed[1].content.countersigns == signed[0].id
    check_bound(signed[0], {name: status_of(each) for name, each in decisions.items()})
    notes = [each[-1] for each in decisions.values() if each[-1].verdict is Verdict.ESCALATED]
    assert notes
    assert all(one.note for one in notes)


def check_bound(signed: SignOff, statuses: dict[str, Status]) -> None:
    assert {one.finding_id for one in signed.content.findings} == set(statuses)
    assert Status.OPEN not in statuses.values()
    assert len(statuses) > 20


def check_screenshots(folder: Path) -> None:
    pictures = sorted(folder.glob("*.png"))
    assert len(pictures) >= 6, pictures
    assert all(picture.stat().st_size > 10_000 for picture in pictures), pictures


def test_by_keyboard_alone(tmp_path: Path, url: str, screen: dict[str, str]) -> None:
    for part, reviewer in (("first", FIRST), ("second", SECOND)):
        words = [str(tmp_path), url, reviewer, part]
        done = subprocess.run(
            [sys.executable, "-m", "tests.acceptance.keyboard_review", *words],
            env=screen,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    check_review(url)
    check_screenshots(tmp_path)
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF-")


def test_by_a_screen_readers_means(tmp_path: Path, url: str, screen: dict[str, str]) -> None:
    for program, package in (
        ("dbus-run-session", "dbus"),
        ("/usr/bin/python3", "python3"),
        (BUS, "at-spi2-core"),
        ("scrot", "scrot"),
    ):
        assert shutil.which(program), f"{program} is missing: apt-get install {package}"
    script = f'{BUS} --launch-immediately & exec "$@"'
    bus = ["dbus-run-session", "--", "sh", "-c", script, "sh"]
    for part, reviewer in (("first", FIRST), ("second", SECOND)):
        profile = str(tmp_path / f"profile-{part}")
        application = [sys.executable, "-m", "mylla_audit_desktop", "--database", url]
        application += ["--reviewer", reviewer, "--profile", profile]
        application += ["--theme", "dark", "--size", "1280x800"]
        words = [str(tmp_path), part, *application]
        done = subprocess.run(
            [*bus, "/usr/bin/python3", "-m", "tests.acceptance.review_by_ear", *words],
            cwd=ROOT,
            env=screen | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"},
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    check_review(url)
    check_screenshots(tmp_path)
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF-")
