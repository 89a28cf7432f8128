"""What the program is, in which version, and under which licences."""

from PySide6.QtWidgets import QWidget

from mylla_audit_desktop import __version__
from mylla_audit_desktop.desktop.widgets import plain_message


def show_about(parent: QWidget) -> None:
    """Show it until it is closed."""
    plain_message(
        parent,
        f"Mylla Audit Desktop {__version__}",
        "Review the audit log of a Mylla business: who did what, when, from where.\n"
        "Licensed under Apache-2.0; Inter and JetBrains Mono under the OFL; "
        "Lucide icons under ISC.",
    ).open()
