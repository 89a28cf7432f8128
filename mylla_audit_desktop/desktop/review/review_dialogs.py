"""The dialogs that a period leads to: its report, its policy, its signature."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.log.instant import Instant


class ReviewDialogs(QObject):
    """Their modules are loaded after the first rows of the log.

    saved: the policy's new version. signed: the sign-off. cancelled: it was stopped;
    whether it was signed shows when the period is read again. chosen: a file of country data.
    """

    saved = Signal(object)
    signed = Signal(object)
    cancelled = Signal()
    chosen = Signal(str)

    def __init__(
        self, background: Background, theme: Theme, now: Callable[[], datetime], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._background, self._theme, self._now, self._parent = background, theme, now, parent

    def open_report(self, database: Database, reading: Reading, zone: ZoneInfo) -> None:
        """Write the period's report."""
        from mylla_audit_desktop.desktop.review.report_dialog import ReportDialog

        self._open(
            ReportDialog(
                database, reading, zone, self._now(), self._background, Path.home(), self._parent
            )
        )

    def open_policy(self, database: Database, reading: Reading, zone: ZoneInfo) -> None:
        """Edit the policy."""
        from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog

        today = self._now().astimezone(zone).date()
        dialog = PolicyDialog(
            database, reading, zone, today, self._theme, self._background, self._parent
        )
        dialog.saved.connect(self.saved)
        self._open(dialog)

    def open_sign_off(self, database: Database, reading: Reading, zone: ZoneInfo) -> None:
        """Sign the period."""
        from mylla_audit_desktop.desktop.review.sign_off_dialog import SignOffDialog

        now = Instant.from_datetime(self._now())
        dialog = SignOffDialog(database, reading, zone, now, self._background, self._parent)
        dialog.signed.connect(self.signed)
        dialog.cancelled.connect(self.cancelled)
        self._open(dialog)

    def choose_country_data(self, present: str) -> None:
        """Ask for an `.mmdb` file; `chosen` says which."""
        dialog = QFileDialog(
            self._parent, "Country data", str(Path(present).parent if present else Path.home())
        )
        dialog.setNameFilters(["Country data (*.mmdb)", "All files (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.chosen)
        self._open(dialog)

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): a screen reader that pressed the button waits for it to return.
        dialog.open()
