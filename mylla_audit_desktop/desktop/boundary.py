"""The last net: an exception nobody foresaw is logged and shown, and the window lives."""

import logging
import sys
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from mylla_audit_desktop.desktop.widgets import plain_message

_LOG = logging.getLogger(__name__)


class ErrorBoundary(QObject):
    """Catches what slots and pool threads raise; one message at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_showing = False
        self.window: QWidget | None = None
        self.caught: list[str] = []
        sys.excepthook = self._take_unhandled

    def take(self, error: BaseException) -> None:
        """Log where it happened, without the texts it carries, and tell the user."""
        kind = type(error).__name__
        # The message of an exception can hold values of the log; the places cannot.
        places = "".join(traceback.format_tb(error.__traceback__))
        _LOG.error("unexpected %s\n%s", kind, places)
        self.caught.append(kind)
        QTimer.singleShot(0, self, lambda: self._show(kind))

    def _take_unhandled(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.take(error.with_traceback(trace))

    def _show(self, kind: str) -> None:
        if self._is_showing:
            return
        self._is_showing = True
        box = plain_message(
            self.window,
            f"Something unexpected happened ({kind}).",
            "What is on the screen stays. If it happens again, start with --debug and "
            "report what it prints.",
        )
        box.setIcon(QMessageBox.Icon.Warning)
        box.finished.connect(self._forget)
        box.open()

    def _forget(self) -> None:
        self._is_showing = False
