"""Printing from a command, where no window and no screen is."""

import os

from PySide6.QtGui import QGuiApplication

from mylla_audit_desktop.printing.fonts import load_fonts
from mylla_audit_desktop.printing.paper import html_to_pdf


def print_without_window(html: str) -> bytes:
    """The PDF of an HTML text, whatever this computer has for a screen."""
    if QGuiApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        # Kept until the end of the program: Qt allows one, once.
        globals()["_application"] = QGuiApplication(["mylla-audit"])
        load_fonts()
    return html_to_pdf(html)
