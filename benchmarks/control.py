"""A bare window with the heartbeat: what a UI thread that does nothing suffers beside ours.

Each line on standard input is answered with the longest pause since the one before, in ms.
Usage: python -m benchmarks.control
"""

import os
import sys
import threading

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMainWindow

from benchmarks.heartbeat import Heartbeat


class _Asked(QObject):
    asked = Signal()


def main() -> None:
    """Beat until the input ends."""
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    heart = Heartbeat()
    line = _Asked()
    line.asked.connect(lambda: print(heart.take(), flush=True), Qt.ConnectionType.QueuedConnection)

    def listen() -> None:
        for _ in sys.stdin:
            line.asked.emit()
        # Nothing to save, and a quit asked for from here may come before `exec`.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    application.exec()


if __name__ == "__main__":
    main()
