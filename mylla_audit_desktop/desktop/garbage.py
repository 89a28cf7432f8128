"""Garbage is collected in the UI thread only.

Python collects in whatever thread happens to make an object. A worker would so destroy widgets
and timers that hang in a circle, which Qt allows in their own thread only.
"""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 50
# More objects, or collections of the generation before, than this are due. Python's usual ten
# of the second would look through all the pages at hand every few seconds of scrolling.
_DUE = (700, 10, 100)


class GarbageCollector(QObject):
    """Collects by Python's counts, between two events."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        # What is loaded stays; to look through it stops the window for three frames.
        gc.freeze()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > _DUE[generation]:
                gc.collect(generation)
                return
