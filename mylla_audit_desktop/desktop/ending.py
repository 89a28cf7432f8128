"""Ctrl-C in the terminal and a request to end close the window as its menu does."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from PySide6.QtCore import QSocketNotifier

from mylla_audit_desktop.ending_signals import ending_signals


@contextmanager
def ending_by_signal(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` in the event loop on the first signal while inside; a second one kills.

    Python runs its handlers between two of its own instructions, in the middle of any slot,
    and none while Qt waits; a byte in a socket wakes the event loop instead.
    """
    numbers = ending_signals()
    woken, waking = socket.socketpair()
    with woken, waking:
        for one in (woken, waking):
            one.setblocking(False)
        notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read)

        def take() -> None:
            with suppress(BlockingIOError):
                woken.recv(64)
            for number in numbers:
                signal.signal(number, signal.SIG_DFL)
            end()

        notifier.activated.connect(take)
        former_waking = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        former = {number: signal.signal(number, _pass) for number in numbers}
        try:
            yield
        finally:
            notifier.setEnabled(False)
            signal.set_wakeup_fd(former_waking)
            for number, handler in former.items():
                signal.signal(number, handler)


def _pass(_number: int, _frame: FrameType | None) -> None:
    """The event loop takes it."""
