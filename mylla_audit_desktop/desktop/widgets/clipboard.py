"""The one way into the clipboard."""

from PySide6.QtGui import QGuiApplication


def copy_text(text: str) -> None:
    """Put a text of any characters there: a lone surrogate, which would empty it, is escaped."""
    QGuiApplication.clipboard().setText(text.encode("utf-8", "backslashreplace").decode())
