"""Closing the window at any moment ends the program quietly, whatever is under way."""

import os
import random
import subprocess
import sys
from pathlib import Path

from mylla_audit_desktop.cli.main import main

# For a long run: MYLLA_QUITS=500.
QUITS = int(os.environ.get("MYLLA_QUITS", "16"))


def test_quitting_while_work_is_under_way(tmp_path: Path, postgresql_url: str) -> None:
    urls = [f"sqlite:///{tmp_path}/log.sqlite", postgresql_url]
    for url in urls:
        assert main(["demo", "--database", url, "--entries", "20000"]) == 0
    moments = random.Random(1)
    for number in range(QUITS):
        after = moments.choice((0, 1, moments.randrange(700)))
        words = [str(tmp_path / "profile"), urls[number % 2], str(after)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.acceptance.quitting", *words],
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        said = done.stderr.replace("ERROR mylla_audit_desktop", "!")
        assert done.returncode == 0, f"after {after} ms: {said}"
        for trouble in ("Traceback", "QThread", "unexpected", "Fatal"):
            assert trouble not in said, f"after {after} ms: {said}"
