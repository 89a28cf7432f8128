"""Starts the window: profile, theme, error boundary, database."""

import logging
import os
import sys
from argparse import Namespace
from pathlib import Path

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from mylla_audit_desktop import __version__
from mylla_audit_desktop.connections.opening import open_connection, opening_of, opening_of_url
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background, Report
from mylla_audit_desktop.desktop.boundary import ErrorBoundary
from mylla_audit_desktop.desktop.demo_database import DEMO_ENTRIES, open_demo
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.settings import Profile, SettingsStore
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.log.catalog import parse_catalog
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.resources import resource_path

_LOG = logging.getLogger(__name__)
_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Session:
    """One run of the application: its parts, and the database on show."""

    def __init__(
        self, application: QApplication, arguments: Namespace, secrets: Secrets | None = None
    ) -> None:
        self._arguments = arguments
        folder = arguments.profile
        self.profile = Profile.at(Path(folder)) if folder else Profile.of_user()
        self.settings = SettingsStore(self.profile)
        self.store = ConnectionStore(self.profile.connections)
        self.secrets = secrets or Secrets()
        theme = arguments.theme or self.settings.settings.theme
        self.theme = Theme(application, ThemeChoice(theme))
        self.boundary = ErrorBoundary(application)
        self.background = Background(application)
        self.background.crashed.connect(self.boundary.take)
        catalog = parse_catalog(resource_path("actions.toml").read_text("utf-8"))
        self.window = MainWindow(self.profile, self.settings, self.theme, self.background, catalog)
        self.boundary.window = self.window
        self._database: Database | None = None
        self.window.closed.connect(application.quit)
        if arguments.size:
            self.window.resize(*arguments.size)

    def start(self) -> None:
        """Show the window and open the database that was asked for."""
        self.window.show()
        page = self.window.audit_log
        if self.settings.problem is not None:
            page.bar.show_error(self.settings.problem)
        asked = self._arguments
        if asked.demo or asked.database or asked.connection:
            page.say("Opening the audit log", "One moment.")
            page.notice.action.clicked.connect(self._open)
            self._open()
        else:
            page.say(
                "No database is open",
                "Start with --demo to try it out, or with --database URL to open a log.",
            )

    def finish(self) -> bool:
        """End all work; whether every thread has ended."""
        has_ended = self.background.shutdown()
        if has_ended and self._database is not None:
            self._database.close()
        return has_ended

    def _open(self) -> None:
        if self._database is not None:
            return
        arguments, data = self._arguments, self.profile.data
        store, secrets = self.store, self.secrets

        def work(cancellation: Cancellation, report: Report) -> OpenLog:
            if arguments.demo:
                database, name = open_demo(data, cancellation, report), "Demo"
            elif arguments.connection:
                opening = opening_of(store.named(arguments.connection))
                database = open_connection(opening, secrets, cancellation)
                name = arguments.connection
            else:
                opening = opening_of_url(arguments.database, store)
                database = open_connection(opening, secrets, cancellation)
                is_file = not database.is_postgresql
                name = Path(database.label.name).name if is_file else str(database.label)
            return OpenLog(database, name, read_access(database, cancellation))

        self.background.run(
            work, done=self._opened, failed=self._failed, progress=self._tell, lane="export"
        )

    def _tell(self, count: object) -> None:
        self.window.audit_log.say(
            "Making the demo log", f"{count:,} of {DEMO_ENTRIES:,} entries, once only."
        )

    def _opened(self, log: OpenLog) -> None:
        self._database = log.database
        self.window.show_log(log, self._arguments.target)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.window.audit_log.say("The log could not be opened", error.sentence, "Try again")
            return
        self.window.audit_log.say("The log could not be opened", "Something unexpected happened.")
        self.boundary.take(error)


def run(arguments: Namespace) -> int:
    """Run the application; its exit code."""
    logging.basicConfig(
        level=logging.DEBUG if arguments.debug else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
    )
    qInstallMessageHandler(
        lambda kind, _context, message: _LOG.log(_QT_LEVELS[kind], "Qt: %s", message)
    )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("mylla-audit-desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("mylla-audit-desktop")
    application.setWindowIcon(QIcon(str(resource_path("icons", "application.svg"))))
    session = Session(application, arguments)
    session.start()
    if arguments.tour:
        from mylla_audit_desktop.desktop.tour import take_tour

        try:
            code = take_tour(session.window, Path(arguments.tour), session.boundary.caught)
        except KnownError as error:
            print(f"mylla-audit-desktop: {error.sentence}", file=sys.stderr)
            code = 1
        session.window.close()
    else:
        code = application.exec()
    if not session.finish():
        # A thread still waits for a server that does not answer; waiting longer
        # would hang the quit, and destroying it would crash.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
