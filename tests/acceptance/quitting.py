"""Opens the window over a log, keeps it busy, and closes it after some milliseconds.

Usage: python -m tests.acceptance.quitting PROFILE URL MILLISECONDS
"""

import sys
from argparse import Namespace
from unittest.mock import patch

from PySide6.QtCore import QTimer

from mylla_audit_desktop.desktop import application
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset


class BusySession(Session):
    """A user who changes filters, scrolls and then has enough."""

    def start(self) -> None:
        super().start()
        page = self.window.audit_log
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        timer = QTimer(self.window, interval=3)
        timer.timeout.connect(lambda: page.table.go_to(max(page.model.rowCount() - 1, 0)))
        timer.timeout.connect(page.refresh)
        timer.start()
        QTimer.singleShot(int(sys.argv[3]), self.window, self.window.close)


def main() -> int:
    arguments = Namespace(
        profile=sys.argv[1],
        theme="light",
        size=(1280, 800),
        demo=False,
        database=sys.argv[2],
        connection=None,
        target=None,
        tour=None,
        debug=False,
    )
    with patch.object(application, "Session", BusySession):
        return application.run(arguments)


if __name__ == "__main__":
    sys.exit(main())
