"""Printing from a command, where no window and no screen is."""

import os
from functools import cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from mylla_audit_desktop.printing.fonts import load_fonts
from mylla_audit_desktop.printing.paper import html_to_pdf


def print_without_window(html: str) -> bytes:
    """The PDF of an HTML text, whatever this computer has for a screen."""
    _application()
    return html_to_pdf(html)


@cache
def _application() -> QCoreApplication:
    """Qt allows one, once: it is kept until the program ends."""
    there = QCoreApplication.instance()
    if there is not None:
        return there
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    made = QGuiApplication(["mylla-audit"])
    load_fonts()
    return made
