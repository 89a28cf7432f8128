"""A 5 ms heartbeat in the UI thread: a pause is the time by which a beat is late."""

import time

from PySide6.QtCore import Qt, QTimer

_BEAT_MS = 5


class Heartbeat:
    """The longest time between two beats beyond the interval, in ms."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def take(self) -> float:
        """The longest pause so far; counts anew from now."""
        self._beat()
        longest, self.longest = self.longest, 0.0
        return round(max(longest, 0.0), 1)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1000 - _BEAT_MS)
        self._last = now
