"""Closing the window at any moment ends the program quietly, whatever is under way."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from mylla_audit_desktop.cli.main import main
from tests.proxies import proxy_to
from tests.servers import Server

# For a long run: MYLLA_QUITS=500.
QUITS = int(os.environ.get("MYLLA_QUITS", "16"))


def quit_after(
    profile: Path, url: str, milliseconds: int, shell: tuple[str, ...] = ()
) -> subprocess.Popen[str]:
    words = [str(profile), url, str(milliseconds)]
    return subprocess.Popen(
        [*shell, sys.executable, "-m", "tests.acceptance.quitting", *words],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_quiet(window: subprocess.Popen[str], after: str) -> None:
    _, errors = window.communicate(timeout=60)
    said = errors.replace("ERROR mylla_audit_desktop", "!")
    assert window.returncode == 0, f"{after}: {said}"
    for trouble in ("Traceback", "QThread", "unexpected", "Fatal"):
        assert trouble not in said, f"{after}: {said}"


def test_quitting_while_work_is_under_way(tmp_path: Path, postgresql_url: str) -> None:
    urls = [f"sqlite:///{tmp_path}/log.sqlite", postgresql_url]
    for url in urls:
        assert main(["demo", "--database", url, "--entries", "20000"]) == 0
    moments = random.Random(1)
    for number in range(QUITS):
        after = moments.choice((0, 1, moments.randrange(700)))
        window = quit_after(tmp_path / "profile", urls[number % 2], after)
        assert_quiet(window, f"after {after} ms")


# Started from the menu of Windows there is nowhere to print.
@pytest.mark.parametrize("shell", [(), ("sh", "-c", 'exec "$@" >&-', "sh")], ids=["", "no output"])
def test_quitting_while_the_server_does_not_answer(
    tmp_path: Path, postgresql_server: Server, shell: tuple[str, ...]
) -> None:
    name = f"silent_at_the_end_{len(shell)}"
    url = postgresql_server.create_database(name)
    assert main(["demo", "--database", url, "--entries", "2000"]) == 0
    with proxy_to(postgresql_server.port) as proxy:
        behind = f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}"
        window = quit_after(tmp_path / "profile", behind, 3000, shell)
        # The result on the screen is some kilobytes.
        proxy.wait_for_bytes(20_000)
        proxy.swallow_all()
        assert_quiet(window, "over a silent server")
