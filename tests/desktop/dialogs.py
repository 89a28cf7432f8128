"""The dialogs of the window, and how each is opened."""

from collections.abc import Callable

from mylla_audit_desktop.desktop.shortcuts import shortcut_dialog
from mylla_audit_desktop.desktop.window import MainWindow

# By the title of its window; the retention page is on show for its dialog.
DIALOGS: dict[str, Callable[[MainWindow], object]] = {
    "Keyboard shortcuts": lambda window: shortcut_dialog(window).open(),
    "Policy": lambda window: window.review.dialogs.open_policy(),
    "Save report": lambda window: window.review.dialogs.open_report(),
    "Sign off": lambda window: window.review.dialogs.open_sign_off(),
    "Settings": lambda window: window.open_settings(),
    "Time zone": lambda window: window.choose_zone(),
    "Export": lambda window: window.audit_log.exporting.open(),
    "Change retention": lambda window: window.retention.open_change(),
}
