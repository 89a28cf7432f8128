"""Ended by a signal: the event loop hears of it, and nothing is raised in the middle of a slot."""

import os
import signal

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
