"""The guide's tutorial is done step by step, in a real window on a virtual screen."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.tutorial import STEPS, Step, read_steps, unseen

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "guide" / "tutorial.md"


def do_tutorial(page: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Do it as somebody who has just cloned the source and has never run it."""
    assert shutil.which("xvfb-run"), "xvfb-run is missing: apt-get install xvfb"
    (home / ".venv").symlink_to(ROOT / ".venv")
    passed_on = ("XDG_", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(passed_on)
    }
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1400x900x24"]
    return subprocess.run(
        [*screen, sys.executable, "-m", "tests.acceptance.tutorial", page],
        cwd=home,
        env=environment
        | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PYTHONPATH": str(ROOT),
            "QT_QPA_PLATFORM": "xcb",
            "TZ": "Europe/Berlin",
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def test_every_step_of_the_tutorial_is_true(tmp_path: Path) -> None:
    done = do_tutorial(PAGE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Complete and unaltered" in done.stdout
    assert "Noticed." in done.stdout
    assert done.stdout.count("done: ") == len(STEPS)


def test_a_step_that_nobody_wrote_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    text = PAGE.read_text("utf-8").replace("## What next", "## 99. Have a coffee\n\n## What next")
    page.write_text(text, "utf-8")
    done = do_tutorial(page, tmp_path)
    assert done.returncode == 1
    # Some versions of xvfb-run put both into one.
    assert "Have a coffee" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("seen", "missing"),
    [({"Export CSV…", "File"}, []), ({"Export CSV", "File"}, ["Export CSV…"]), (set(), None)],
)
def test_a_name_that_is_not_on_the_screen_is_noticed(
    seen: set[str], missing: list[str] | None
) -> None:
    names = ("Export CSV…", "File")
    found = unseen(Step(1, "Export", names, ()), seen)
    assert found == (list(names) if missing is None else missing)


def test_the_steps_are_read_with_their_names_and_commands() -> None:
    text = (
        "# T\n\n## 1. One\n\n**A\nb** and *c*\n\n```sh\ntrue\n```\n\n## 2. Two\n\n## Next\n**D**\n"
    )
    assert read_steps(text) == (Step(1, "One", ("A b",), ("true\n",)), Step(2, "Two", (), ()))
