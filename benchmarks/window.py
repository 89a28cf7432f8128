"""One run of the real window over a log: longest pauses of the UI thread, memory.

A heartbeat runs in the UI thread, and in that of a bare window beside it, which suffers what
the machine does to any window. Prints one JSON object: what was done to the pauses of both.
Usage: python -m benchmarks.window URL [--no-export]
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.heartbeat import Heartbeat
from benchmarks.start import window_arguments
from mylla_audit_desktop.desktop.audit_log.entry_model import MOST_PAGES
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset


class Beats:
    """The longest pauses here, and in a bare window that runs beside."""

    def __init__(self) -> None:
        self._heart = Heartbeat()
        self._control = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.control"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def take(self) -> tuple[float, float]:
        """Both since the last time, in ms."""
        own = self._heart.take()
        control = self._ask()
        self._heart.take()
        return own, control

    def close(self) -> None:
        """End the bare window."""
        self._control.communicate()

    def _ask(self) -> float:
        given, answers = self._control.stdin, self._control.stdout
        if given is None or answers is None:
            raise SystemExit("the bare window cannot be asked")
        print(file=given, flush=True)
        return float(answers.readline())


def main() -> None:
    """Open, scroll, review, export."""
    url = sys.argv[1]
    application = QApplication(sys.argv[:1])
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        session = Session(application, window_arguments(url, folder))
        page = session.window.audit_log
        session.window.show()
        _until(session.window.isVisible)
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        heart = Beats()
        heart.take()
        session.start()
        _until(lambda: page.model.waypoints is not None)
        figures["rows"] = page.model.rowCount()
        figures["loading"] = heart.take()
        _scroll(page, seed=1)
        figures["scrolling"] = heart.take()
        _fill(page)
        figures["memory"] = _resident_mb()
        heart.take()
        _review(session.window)
        figures["reviewing"] = heart.take()
        if "--no-export" not in sys.argv:
            session.window.show_page(page)
            _export(page, Path(folder), heart, figures)
            figures["memory after an export"] = _resident_mb()
        session.window.close()
        session.finish()
        heart.close()
    print(json.dumps(figures))


def _export(page: AuditLogPage, folder: Path, heart: Beats, figures: dict[str, object]) -> None:
    dialog = page.exporting.dialog(folder)
    if dialog is None:
        raise SystemExit("nothing to export")
    dialog.show()
    _spin(0.3)
    figures["opening the export"] = heart.take()
    dialog.start()
    random_ = random.Random(2)
    while dialog.written is None:
        page.table.go_to(random_.randrange(page.model.rowCount()))
        _spin(0.05)
    figures["exporting and scrolling"] = heart.take()
    dialog.close()


def _scroll(page: AuditLogPage, seed: int) -> None:
    random_ = random.Random(seed)
    table = page.table
    rows = page.model.rowCount()
    for _ in range(60):
        table.go_to(random_.randrange(rows))
        _spin(0.03)
    scroll_bar = table.verticalScrollBar()
    for _ in range(100):
        scroll_bar.setValue(scroll_bar.value() + 30)
        _spin(0.01)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageUp):
        QTest.keyClick(table, key)
        _spin(0.1)


def _review(window: MainWindow) -> None:
    """Turn to the page, read the period anew, and walk its findings."""
    window.show_page(window.review)
    _until(lambda: window.review.reading is not None)
    review = window.review
    read_before = review.reading
    review.refresh()
    _until(lambda: review.reading is not read_before)
    for _ in range(40):
        QTest.keyClick(review.table, Qt.Key.Key_Down)
        _spin(0.05)


def _fill(page: AuditLogPage) -> None:
    """Have the model hold as many pages as it ever does, however long the log is."""
    step = page.model.rowCount() // MOST_PAGES
    for number in range(MOST_PAGES):
        _go_to(page, number * step)


def _go_to(page: AuditLogPage, row: int) -> None:
    page.table.go_to(row)
    _until(lambda: page.model.entry_at(row) is not None)


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
