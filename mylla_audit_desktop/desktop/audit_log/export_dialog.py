"""Export CSV: where to, for whom, how far it is, and what was written."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo

from PySide6.QtCore import QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import Snapshot
from mylla_audit_desktop.desktop.background import Background, Report, Task
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import button, plain_label, set_tone
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.evidence.export import ExportRequest, ExportResult, export_csv
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.errors import KnownError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text

_PROFILES = {
    Profile.SPREADSHEET: "Spreadsheet (formulas are made harmless)",
    Profile.SIEM: "SIEM or import (every value exactly as stored)",
}


@dataclass(frozen=True, slots=True)
class ExportSubject:
    """What is on the screen: exactly these entries are written."""

    filters: LogFilters
    snapshot: Snapshot
    count: int | None
    summary: str
    zone: ZoneInfo


class ExportDialog(QDialog):
    """Writes one CSV in the background; `on_profile` hears which profile was used."""

    def __init__(
        self,
        database: Database,
        subject: ExportSubject,
        background: Background,
        folder: Path,
        profile: Profile,
        on_profile: Callable[[Profile], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAccessibleName("Export")
        self.setMinimumWidth(640)
        self._database, self._subject, self._background = database, subject, background
        self._on_profile = on_profile
        self._task: Task | None = None
        self.result_written: ExportResult | None = None
        name = f"audit-log-{datetime.now(subject.zone):%Y-%m-%d}.csv"
        self.file = QLineEdit(str(folder / name))
        self.file.setAccessibleName("File")
        self.browse = button("Browse…")
        self.profile = ChoiceButton("For", list(_PROFILES.items()))
        self.profile.set_value(profile)
        self.replace = QCheckBox("Replace the file that is there")
        self.replace.setAccessibleName("Replace")
        self.space = plain_label("", "muted")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Export progress")
        self.progress.setTextVisible(False)
        self.state = plain_label("")
        self.state.setWordWrap(True)
        self.state.setAccessibleName("Export state")
        self.digest = QLineEdit(readOnly=True)
        self.digest.setAccessibleName("SHA-256")
        self.digest.setFont(mono_font(11))
        self.copy = button("Copy")
        self.copy.setAccessibleName("Copy SHA-256")
        self.show_folder = button("Show in folder")
        self.export = button("Export", "primary")
        self.cancel = button("Cancel")
        self.export.setDefault(True)
        self._lay_out()
        self._connect()
        self._look_at_file()

    def _lay_out(self) -> None:
        subject = self._subject
        title = plain_label("Export these entries as CSV", "title")
        summary = plain_label(visible_text(subject.summary), "muted")
        summary.setWordWrap(True)
        form = QFormLayout()
        form.setSpacing(10)
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        form.addRow("File", row)
        form.addRow("", self.replace)
        form.addRow("For", self.profile)
        form.addRow("Time zone", plain_label(subject.zone.key))
        form.addRow("", self.space)
        self._digest_row = QWidget()
        digest = QHBoxLayout(self._digest_row)
        digest.setContentsMargins(0, 0, 0, 0)
        digest.addWidget(plain_label("SHA-256", "muted"))
        digest.addWidget(self.digest, 1)
        digest.addWidget(self.copy)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(summary)
        layout.addLayout(form)
        layout.addWidget(self.progress)
        layout.addWidget(self.state)
        layout.addWidget(self._digest_row)
        layout.addLayout(buttons)
        for widget in (self.progress, self._digest_row, self.show_folder):
            widget.hide()

    def _connect(self) -> None:
        self.browse.clicked.connect(self._choose_file)
        self.file.textChanged.connect(self._look_at_file)
        self.export.clicked.connect(self.start)
        self.cancel.clicked.connect(self._stop_or_close)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.digest.text()))
        self.show_folder.clicked.connect(self._open_folder)

    # -- before ----------------------------------------------------------------

    def _path(self) -> Path:
        return Path(self.file.text().strip()).expanduser()

    def _look_at_file(self) -> None:
        path = self._path()
        self.replace.setVisible(path.is_file())
        try:
            free = disk_usage(path.parent).free
        except OSError:
            self.space.setText("")
            return
        self.space.setText(f"{free / 1e9:,.1f} GB free in {visible_text(str(path.parent))}")

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self,
            "Export CSV",
            str(self._path()),
            "CSV (*.csv)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.file.setText(path)

    # -- during ----------------------------------------------------------------

    def start(self) -> None:
        """Write the file."""
        subject = self._subject
        profile = Profile(self.profile.value)
        request = ExportRequest(
            query=subject.snapshot.query,
            filters_as_given=subject.filters.as_given(),
            zone=subject.zone,
            profile=profile,
            output=self._path(),
            may_replace=self.replace.isChecked(),
            created_at=Instant.from_datetime(datetime.now(UTC)),
            highest_id=subject.snapshot.highest_id,
        )
        self._on_profile(profile)
        database = self._database

        def work(cancellation: Cancellation, report: Report) -> ExportResult:
            return export_csv(database, request, cancellation, report)

        self._set_busy(is_busy=True)
        self.progress.setRange(0, subject.count or 0)
        self.progress.setValue(0)
        self._say("Writing…", "muted")
        self._task = self._background.run(
            work,
            done=self._finish,
            failed=self._fail,
            progress=self._show_progress,
            cancelled=self._tell_cancelled,
            lane="export",
        )

    def _show_progress(self, rows: object) -> None:
        if isinstance(rows, int):
            self.progress.setValue(rows)
            of_all = f" of {self._subject.count:,}" if self._subject.count is not None else ""
            self._say(f"{rows:,}{of_all} entries written", "muted")

    def _stop_or_close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._say("Cancelling…", "muted")
        else:
            self.reject()

    def reject(self) -> None:
        """Escape and the close button cancel what is under way first."""
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Likewise."""
        if self._task is not None:
            self._task.cancel()
        super().closeEvent(event)

    # -- after -----------------------------------------------------------------

    def _finish(self, result: ExportResult) -> None:
        self.result_written = result
        self._set_busy(is_busy=False)
        self.progress.setRange(0, 1)
        self.progress.setValue(1)
        written = f"{format_count(result.row_count)} written to {visible_text(str(result.output))}"
        self._say(f"{written}\n{visible_text(result.note)}" if result.note else written, "good")
        self.digest.setText(result.sha256)
        self.digest.setCursorPosition(0)
        self._digest_row.show()
        self.show_folder.show()
        self.export.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.cancel.setFocus()

    def _fail(self, error: Exception) -> None:
        self._set_busy(is_busy=False)
        self.progress.hide()
        if not isinstance(error, KnownError):
            self._say("The export failed unexpectedly; nothing was written.", "error")
            self._background.crashed.emit(error)
            return
        words = error.sentence.replace("or replace it with --force", "or tick Replace")
        self._say(visible_text(words), "error")
        self._look_at_file()

    def _tell_cancelled(self) -> None:
        self._set_busy(is_busy=False)
        self.progress.hide()
        self._say("Cancelled. No file was written.", "muted")

    def _set_busy(self, *, is_busy: bool) -> None:
        if not is_busy:
            self._task = None
        self.progress.setVisible(True)
        for widget in (self.file, self.browse, self.profile, self.replace, self.export):
            widget.setEnabled(not is_busy)

    def _say(self, text: str, tone: str) -> None:
        self.state.setText(text)
        self.state.setAccessibleDescription(text)
        set_tone(self.state, "tone", tone)

    def _open_folder(self) -> None:
        if self.result_written is not None:
            folder = self.result_written.output.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
