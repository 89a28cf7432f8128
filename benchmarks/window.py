"""One run of the real window over a log: longest pauses of the UI thread, memory.

A 5 ms heartbeat runs in the UI thread; a pause is the time it is late.
Prints one JSON object. Usage: python -m benchmarks.window URL
"""

import json
import random
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from mylla_audit_desktop.desktop.application import Session
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset

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
        longest, self.longest = self.longest, 0.0
        return round(longest, 1)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1000 - _BEAT_MS)
        self._last = now


def main() -> None:
    """Open, scroll, export."""
    url = sys.argv[1]
    application = QApplication(sys.argv[:1])
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        arguments = Namespace(
            profile=folder,
            theme="light",
            size=(1280, 800),
            demo=False,
            database=url,
            connection=None,
            target=None,
        )
        session = Session(application, arguments)
        page = session.window.audit_log
        session.window.show()
        _until(session.window.isVisible)
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        heart = Heartbeat()
        heart.take()
        session.start()
        _until(lambda: page.model.waypoints is not None)
        figures["rows"] = page.model.rowCount()
        figures["loading"] = heart.take()
        _scroll(page, seed=1)
        figures["scrolling"] = heart.take()
        dialog = page.export_dialog(Path(folder))
        if dialog is None:
            raise SystemExit("nothing to export")
        dialog.show()
        _spin(0.3)
        figures["opening the export"] = heart.take()
        dialog.start()
        random_ = random.Random(2)
        while dialog.result_written is None:
            page.table.go_to(random_.randrange(page.model.rowCount()))
            _spin(0.05)
        figures["exporting and scrolling"] = heart.take()
        dialog.close()
        figures["memory MB"] = _resident_mb()
        session.window.close()
        session.finish()
    print(json.dumps(figures))


def _scroll(page: object, seed: int) -> None:
    random_ = random.Random(seed)
    table = page.table  # type: ignore[attr-defined]
    rows = page.model.rowCount()  # type: ignore[attr-defined]
    for _ in range(60):
        table.go_to(random_.randrange(rows))
        _spin(0.03)
    bar = table.verticalScrollBar()
    for _ in range(100):
        bar.setValue(bar.value() + 30)
        _spin(0.01)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp):
        QTest.keyClick(table, key)
        _spin(0.1)


def _spin(seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.0005)


def _until(is_there: Callable[[], bool]) -> None:
    while not is_there():
        _spin(0.01)


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024)
    return 0


if __name__ == "__main__":
    main()
