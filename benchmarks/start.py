"""From the start of the process to the first rows on the screen, or to a bare window.

Prints the seconds since TIME (`time.time()` of whoever starts this). The bare window has
SQLAlchemy and psycopg imported, as ours needs them.
Usage: python -m benchmarks.start TIME [URL]
"""

import sys
import tempfile
import time
from argparse import Namespace


def main() -> None:
    """Start, paint, print, end."""
    started = float(sys.argv[1])
    if sys.argv[2:]:
        _ours(started, sys.argv[2])
    else:
        _bare(started)


def _bare(started: float) -> None:
    import psycopg  # noqa: F401 - its import is part of what is measured
    import sqlalchemy  # noqa: F401 - likewise
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    while not window.isVisible():
        application.processEvents()
    window.repaint()
    application.processEvents()
    print(time.time() - started)


def _ours(started: float, url: str) -> None:
    from mylla_audit_desktop.__main__ import load_window

    load_window(window_arguments(url, ""))
    from PySide6.QtWidgets import QApplication

    from mylla_audit_desktop.desktop.session import Session

    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        session = Session(application, window_arguments(url, folder))
        session.window.show()
        session.start()
        model = session.window.audit_log.model
        while not model.rowCount():
            application.processEvents()
            time.sleep(0.0005)
        session.window.audit_log.table.viewport().repaint()
        print(time.time() - started, flush=True)
        session.window.close()
        session.finish()


def window_arguments(url: str, folder: str) -> Namespace:
    """The command's, for a window over this log with a profile in a folder of its own."""
    return Namespace(
        profile=folder,
        theme="light",
        size=(1280, 800),
        demo=False,
        database=url,
        connection=None,
        target=None,
    )


if __name__ == "__main__":
    main()
