"""Starts the window, and ends it."""

import logging
import os
import sys
from argparse import Namespace
from pathlib import Path

from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon

from mylla_audit_desktop import __version__
from mylla_audit_desktop.desktop.ending import ending_by_signal
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.theme import Application
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


def run(arguments: Namespace) -> int:
    """Run the application; its exit code."""
    logging.basicConfig(
        level=logging.DEBUG if arguments.debug else logging.ERROR,
        format="%(levelname)s %(name)s: %(message)s",
    )
    qInstallMessageHandler(
        lambda kind, _context, message: _LOG.log(_QT_LEVELS[kind], "Qt: %s", message)
    )
    application = Application(sys.argv[:1])
    application.setApplicationName("mylla-audit-desktop")
    application.setApplicationVersion(__version__)
    # Where Flatpak runs it, its menu entry is named as it is.
    application.setDesktopFileName(os.environ.get("FLATPAK_ID", "mylla-audit-desktop"))
    application.setWindowIcon(QIcon(str(resource_path("icons", "application.svg"))))
    session = Session(application, arguments)
    refused: list[KnownError] = []
    session.opener.failed.connect(
        lambda _source, error: refused.append(error) if isinstance(error, KnownError) else None
    )
    session.start()
    if arguments.tour:
        from mylla_audit_desktop.desktop.tour import take_tour

        try:
            code = take_tour(
                session.window,
                Path(arguments.tour),
                session.boundary.caught,
                refused,
                may_decide=bool(arguments.demo),
            )
        except KnownError as error:
            print(f"mylla-audit-desktop: {error.sentence}", file=sys.stderr)
            code = error.exit_code
        session.window.close()
    else:

        def end() -> None:
            session.window.close()
            # A dialog may be open over it.
            application.exit(0)

        with ending_by_signal(end):
            code = application.exec()
    if not session.finish():
        # A thread still waits for a server that does not answer; waiting longer
        # would hang the quit, and destroying it would crash.
        for stream in (sys.stdout, sys.stderr):
            # Without a console, as from a menu of Windows, there are none.
            if stream is not None:
                stream.flush()
        os._exit(code)
    return code
