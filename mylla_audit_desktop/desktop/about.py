"""What the program is, in which version, and under which licences."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from mylla_audit_desktop import __version__
from mylla_audit_desktop.desktop.widgets import button, dialog_column, fit, plain_label

_WIDTH = 460
_WHAT = "Review the audit log of a Mylla business: who did what, when, from where."
_LICENCES = (
    "Licensed under Apache-2.0; Inter and JetBrains Mono under the OFL; Lucide icons under ISC."
)


def show_about(parent: QWidget) -> None:
    """Show it until it is closed."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("About Mylla Audit")
    dialog.setAccessibleName("About Mylla Audit")
    layout = dialog_column(dialog, f"Mylla Audit Desktop {__version__}")
    for text, tone in ((_WHAT, ""), (_LICENCES, "muted")):
        label = plain_label(text, tone, is_selectable=True)
        label.setWordWrap(True)
        layout.addWidget(label)
    close = button("Close")
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    buttons = QHBoxLayout()
    buttons.addStretch(1)
    buttons.addWidget(close)
    layout.addLayout(buttons)
    fit(dialog, _WIDTH)
    dialog.open()
