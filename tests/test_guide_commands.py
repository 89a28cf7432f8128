"""The commands of the README and of the page on evidence, run one after the other as they stand."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from mylla_audit_desktop.__main__ import build_parser

ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/guide/evidence.md")
# A smaller demo says the same, in whatever year; the pages name days of 2026.
_DEMO = ("mylla-audit demo", "mylla-audit demo --entries 2000 --until 2026-11-20")


def commands() -> list[str]:
    """Of both pages, in their order, a line that goes on put together."""
    text = "\n".join((ROOT / page).read_text("utf-8") for page in PAGES)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith(".venv/")]


def test_the_commands_work_in_the_order_of_the_pages(tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    script = []
    for line in commands():
        if "mylla-audit-desktop" in line:
            # Says that it is understood; the window is opened by other tests.
            build_parser().parse_args(shlex.split(line)[1:])
        else:
            script.append(line.replace(*_DEMO))
    assert len(script) >= 10
    done = subprocess.run(
        ["sh", "-exc", "\n".join(script)],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Complete and unaltered") == 2
    assert "Retention days" in done.stdout
