"""Ended by a signal: the event loop hears of it, and nothing is raised in the middle of a slot."""

import os
import signal
import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.ending import ending_by_signal


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_through_the_event_loop(qtbot: QtBot, number: signal.Signals) -> None:
    before = signal.getsignal(number)
    ended: list[object] = []
    with ending_by_signal(lambda: ended.append(signal.getsignal(number))):
        os.kill(os.getpid(), number)
        assert not ended
        qtbot.wait_until(lambda: bool(ended), timeout=20_000)
    # One that hangs while it ends can be killed.
    assert ended == [signal.SIG_DFL]
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("moment", ["log.errors", "desktop.session"])
def test_ctrl_c_while_the_window_still_loads_is_one_line(moment: str) -> None:
    # Signals itself in the middle of loading.
    script = (
        "import sys, os, signal, importlib.abc\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == 'mylla_audit_desktop.{moment}':\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv[1:] = ['--database', 'sqlite:////nowhere/log.sqlite']\n"
        "from mylla_audit_desktop.__main__ import main\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == "mylla-audit-desktop: Cancelled.\n"
    assert done.returncode == 130
