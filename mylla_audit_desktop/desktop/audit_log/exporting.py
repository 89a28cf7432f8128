"""Opening the export over what is on the screen, now or once it is there."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.audit_log.export_subject import ExportSubject
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.settings import SettingsStore
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.filters import LogFilters

if TYPE_CHECKING:  # loaded after the first rows
    from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog

OPEN_FIRST = "Open a log first."


class Exporting(QObject):
    """`subject` gives what is on the screen, None while nothing is.

    refused: an InputError that says why there is no export.
    """

    refused = Signal(object)

    def __init__(
        self,
        background: Background,
        settings: SettingsStore,
        subject: Callable[[], ExportSubject | None],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._background, self._settings = background, settings
        self._subject, self._page = subject, page
        self._database: Database | None = None
        self._no_export = ""
        # The filters whose export is to be opened once their entries are shown.
        self._wanted: LogFilters | None = None

    def use(self, log: OpenLog) -> None:
        """Export from this log, where that is allowed."""
        self._database, self._no_export = log.database, log.access.no_export

    def open(self) -> None:
        """The dialog over what is on the screen."""
        if self._no_export:
            # By its key or the menu; the button is grey.
            self.refused.emit(InputError(self._no_export))
            return
        dialog = self.dialog()
        if dialog is None:
            advice = "Wait until they are read." if self._database else OPEN_FIRST
            self.refused.emit(InputError("There are no entries on show to export.", advice))
            return
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): a screen reader that pressed the button waits for it to return.
        dialog.open()

    def want(self, filters: LogFilters) -> None:
        """Open it when the entries of these filters are shown."""
        self._wanted = filters

    def forget(self, but: LogFilters | None = None) -> None:
        """Nothing is wanted any more, but with these filters."""
        if self._wanted != but:
            self._wanted = None

    def take_shown(self, filters: LogFilters) -> None:
        """The entries of these filters are shown now."""
        if self._wanted is not None and self._wanted == filters:
            self._wanted = None
            self.open()

    def dialog(self, folder: Path | None = None) -> "ExportDialog | None":
        """The dialog; None while nothing is shown."""
        from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog

        subject = self._subject()
        if self._database is None or subject is None:
            return None
        return ExportDialog(
            self._database,
            subject,
            self._background,
            folder or Path.home(),
            Profile(self._settings.settings.export_profile),
            lambda profile: self._settings.change(export_profile=profile.value),
            self._page,
        )
