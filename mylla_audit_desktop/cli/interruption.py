"""Ctrl-C and a request to end, turned into a cancellation."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from mylla_audit_desktop.database.cancellation import Cancellation

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_MOMENT_SECONDS = 0.05


class Interruption:
    """What the signals of one command lead to.

    A command that only reads stops on the spot. One that writes (`is_gentle`) ends
    its work itself and tidies up, unless it is told a second time: stopped just
    anywhere, it could leave a CSV without its manifest.
    """

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self.is_gentle = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Handle the signals while inside; only the main thread can."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        # What nohup or a background job of a shell ignores stays ignored.
        former = {
            number: signal.signal(number, self._handle)
            for number in numbers
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        is_first = not self.cancellation.is_cancelled
        # In a thread, because it waits until the worker, which is this thread, lets go.
        thread = threading.Thread(target=self.cancellation.cancel, daemon=True)
        thread.start()
        if self.is_gentle and is_first:
            return
        # The flag is up by then: what the database says next is taken for a cancellation.
        thread.join(_MOMENT_SECONDS)
        raise KeyboardInterrupt
