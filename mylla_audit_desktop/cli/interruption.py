"""Ctrl-C and a request to end, turned into a cancellation."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.ending_signals import ending_signals

CANCELLED = "Cancelled. Nothing was changed."
_MOMENT_SECONDS = 0.05


class Interruption:
    """What the signals of one command lead to.

    A command that only reads stops on the spot. One that writes (`is_gentle`) ends
    its work itself and tidies up, unless it is told a second time: stopped just
    anywhere, it could leave a CSV without its manifest.

    is_alone: the process is there for this command only, and ends with it.
    """

    def __init__(self, *, is_alone: bool) -> None:
        self.cancellation = Cancellation()
        self._is_alone = is_alone
        self.is_gentle = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals while inside; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        former = {number: signal.signal(number, self._handle) for number in ending_signals()}
        try:
            yield
        finally:
            for number, handler in former.items():
                # What comes after the work changes nothing of how it ended.
                signal.signal(number, signal.SIG_IGN if self._is_alone else handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        is_first = not self.cancellation.is_cancelled
        # In a thread, because it waits until the worker, which is this thread, lets go.
        thread = threading.Thread(target=self.cancellation.cancel, daemon=True)
        thread.start()
        if self.is_gentle and is_first:
            return
        # The flag is up by then: what the database says next is taken for a cancellation.
        thread.join(_MOMENT_SECONDS)
        if self._is_alone and not self.is_gentle:
            end_at_once()
        raise KeyboardInterrupt


def end_at_once() -> NoReturn:
    """End a process that has nothing to tidy up.

    Not by an exception: it would come up anywhere, within a library that catches it and tells
    of it in words of its own.
    """
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"mylla-audit: {CANCELLED}\n".encode())
    os._exit(130)
