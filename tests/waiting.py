"""Waiting for what a user would see, in a process that runs the window by itself."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

_PATIENCE_MS = 60_000
# A layout may ask for another one, and that one for a paint.
_TURNS = 5


class NotSeenError(Exception):
    """What was waited for did not come."""


def wait_until(what: str, is_there: Callable[[], bool]) -> None:
    """Let the window run until it is there, looking after every event. Raises NotSeenError."""
    patience = QTimer(singleShot=True, interval=_PATIENCE_MS)
    patience.start()
    while not is_there():
        if not patience.isActive():
            raise NotSeenError(f"not seen in time: {what}")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def settle() -> None:
    """Let the window do what it has been given to do already."""
    for _turn in range(_TURNS):
        QCoreApplication.processEvents()
