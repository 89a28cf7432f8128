"""The dialogs that a period leads to: its report, its policy, its signature."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.review.current_review import CurrentReview
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import SignOff
from mylla_audit_desktop.review.policy import PolicyVersion


class ReviewDialogs(QObject):
    """Opens them on the current review, where one has been read.

    Their modules are loaded only then: the first rows of the log come earlier.
    told: what was saved or signed. outdated: the period is to be read anew. cancelled: signing
    was stopped; whether it was signed shows when that is looked at. chosen: a file of
    country data.
    """

    told = Signal(str)
    outdated = Signal()
    cancelled = Signal()
    chosen = Signal(str)

    def __init__(
        self,
        current: CurrentReview,
        background: Background,
        theme: Theme,
        zone: ZoneInfo,
        now: Callable[[], datetime],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._current, self._background, self._theme = current, background, theme
        self._zone, self._now, self._parent = zone, now, parent

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days and times are of another zone from now on."""
        self._zone = zone

    def open_report(self) -> None:
        """Write the period's report."""
        from mylla_audit_desktop.desktop.review.report_dialog import ReportDialog

        subject = self._subject()
        if subject is not None:
            folder = Path.home()
            self._open(
                ReportDialog(
                    *subject, self._zone, self._now(), self._background, folder, self._parent
                )
            )

    def open_policy(self) -> None:
        """Edit the policy."""
        from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog

        subject = self._subject()
        if subject is not None:
            today = self._now().astimezone(self._zone).date()
            dialog = PolicyDialog(
                *subject, self._zone, today, self._theme, self._background, self._parent
            )
            dialog.saved.connect(self._take_policy)
            self._open(dialog)

    def open_sign_off(self) -> None:
        """Sign the period."""
        from mylla_audit_desktop.desktop.review.sign_off_dialog import SignOffDialog

        subject = self._subject()
        if subject is not None:
            now = Instant.from_datetime(self._now())
            dialog = SignOffDialog(*subject, self._zone, now, self._background, self._parent)
            dialog.signed.connect(self._take_signature)
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

    def _subject(self) -> tuple[Database, Reading] | None:
        log, reading = self._current.log, self._current.reading
        return None if log is None or reading is None else (log.database, reading)

    def _take_policy(self, version: PolicyVersion) -> None:
        self.told.emit(f"Policy version {version.number} is saved; the findings are read anew.")
        self.outdated.emit()

    def _take_signature(self, made: SignOff) -> None:
        self._current.add_sign_off(made)
        verb = "countersigned" if made.content.countersigns is not None else "signed off"
        self.told.emit(f"The period is {verb}: {format_count(made.content.population)} bound.")
        self.outdated.emit()

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): a screen reader that pressed the button waits for it to return.
        dialog.open()
