"""Stopping work that another thread has under way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mylla_audit_desktop.log.errors import CancelledError

# A request to cancel can reach the server a moment before the statement does and is
# lost then, so it is repeated until the worker has let go.
_REPEAT_SECONDS = 0.25
_ATTEMPTS = 20
# A signal handler may only flag, so who pauses looks up this often.
_LOOK_SECONDS = 0.05


class Cancellation:
    """Told once by the one who waits, asked often by the one who works.

    Has no truth value on purpose: `if cancellation:` would never cancel.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_cancelled = False
        self._interrupt: Callable[[], None] | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._is_cancelled

    def raise_if_cancelled(self) -> None:
        """Raise CancelledError once `cancel` was called."""
        if self._is_cancelled:
            raise CancelledError

    def pause(self, seconds: float) -> bool:
        """Wait so long, or until it is cancelled; whether to go on."""
        end = time.monotonic() + seconds
        while not self._is_cancelled and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_SECONDS))
        return not self._is_cancelled

    def flag(self) -> None:
        """Flag the work as cancelled and leave it to find out (for a signal handler)."""
        self._is_cancelled = True

    def cancel(self) -> None:
        """Flag the work as cancelled and interrupt the statement under way.

        From any thread but the worker's; may take seconds where the server is
        slow to answer, so never call it on the UI thread.
        """
        self._is_cancelled = True
        with self._changed:
            for _ in range(_ATTEMPTS):
                if self._interrupt is None:
                    return
                self._interrupt()
                self._changed.wait(_REPEAT_SECONDS)

    @contextmanager
    def interrupting(self, interrupt: Callable[[], None]) -> Iterator[None]:
        """While inside, `cancel` calls `interrupt`; outside it never does.

        The lock at both ends keeps a late cancel from hitting the next statement,
        and a connection from being closed while it is interrupted.
        """
        with self._changed:
            self.raise_if_cancelled()
            self._interrupt = interrupt
        try:
            yield
        finally:
            with self._changed:
                self._interrupt = None
                self._changed.notify_all()
