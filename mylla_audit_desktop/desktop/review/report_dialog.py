"""Save report: where to, as PDF or HTML, how far it is, and what was written."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background, Report, Task
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.review.source import Reading, country_data
from mylla_audit_desktop.desktop.widgets import button, plain_label, set_tone
from mylla_audit_desktop.evidence.report import read_report, render_report
from mylla_audit_desktop.evidence.whole_file import write_whole
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.period import Period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.printing.paper import Paper

_PDF, _HTML = ".pdf", {".html", ".htm"}


class ReportDialog(QDialog):
    """Writes one report in the background; `written` says where it is."""

    def __init__(
        self,
        database: Database,
        reading: Reading,
        zone: ZoneInfo,
        now: datetime,
        background: Background,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save report")
        self.setAccessibleName("Save report")
        self.setMinimumWidth(600)
        self._database, self._reading, self._background = database, reading, background
        self._zone, self._now = zone, now
        self._task: Task | None = None
        self._is_closing = False
        self.written: Path | None = None
        self.file = QLineEdit(str(folder / f"{self._name()}{_PDF}"))
        self.file.setAccessibleName("Report file")
        self.browse = button("Browse…")
        self.replace = QCheckBox("Replace the file that is there")
        self.replace.setAccessibleName("Replace report")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Report progress")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.progress.hide()
        self.state = plain_label("", "muted")
        self.state.setWordWrap(True)
        self.state.setAccessibleName("Report state")
        self.show_folder = button("Show in folder")
        self.show_folder.hide()
        self.save = button("Save", "primary")
        self.save.setDefault(True)
        self.cancel = button("Cancel")
        self._lay_out()
        self.file.setFocus()
        self.browse.clicked.connect(self._choose_file)
        self.file.textChanged.connect(self._look_at_file)
        self.save.clicked.connect(self.start)
        self.cancel.clicked.connect(self.reject)
        self.show_folder.clicked.connect(self._open_folder)
        self._look_at_file()

    def _lay_out(self) -> None:
        review = self._reading.review
        period = format_period(Period(review.start, review.end), self._zone)
        left = len(review.open_findings)
        words = f"{period} · {format_count(len(review.findings), 'finding', 'findings')}"
        words += f" · {left:,} still open" if left else " · all decided"
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        buttons = QHBoxLayout()
        buttons.addWidget(self.show_folder)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        note = plain_label(
            "The policy, every finding with its decisions, the signatures and how to check them. "
            "A name that ends in .html gives a page for the browser instead of paper.",
            "muted",
        )
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(plain_label("Save the report of this period", "title"))
        layout.addWidget(plain_label(visible_text(words), "muted"))
        layout.addLayout(row)
        layout.addWidget(self.replace)
        layout.addWidget(note)
        layout.addWidget(self.progress)
        layout.addWidget(self.state)
        layout.addLayout(buttons)

    def _name(self) -> str:
        review = self._reading.review
        first = review.start.to_datetime(review.zone) if review.start else None
        return f"review-{first:%Y-%m-%d}" if first else "review"

    # -- before ----------------------------------------------------------------

    def _path(self) -> Path:
        return Path(self.file.text().strip()).expanduser().absolute()

    def _look_at_file(self) -> None:
        self.replace.setVisible(self._path().is_file())

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self,
            "Save report",
            str(self._path()),
            "Reports (*.pdf *.html)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            self.file.setText(path)

    # -- during ----------------------------------------------------------------

    def start(self) -> None:
        """Read the review anew, and write it."""
        if self._task is not None:
            return
        review, store, database = self._reading.review, self._reading.store, self._database
        output, may_replace, now = self._path(), self.replace.isChecked(), self._now
        locations = self._reading.locations

        def work(cancellation: Cancellation, report: Report) -> Path:
            suffix = output.suffix.lower()
            if suffix != _PDF and suffix not in _HTML:
                raise InputError(
                    f"{output.name} ends in neither .pdf nor .html.",
                    "The end of the name says which of the two is written.",
                )
            with country_data(locations) as countries:
                found = read_report(
                    database,
                    store,
                    review.start,
                    review.end,
                    review.zone,
                    now,
                    cancellation,
                    progress=report,
                    locations=countries,
                )
            data = _bytes(render_report(found), suffix, cancellation)
            write_whole(data, output, may_replace=may_replace)
            return output

        self._set_busy(is_busy=True)
        self._say("Reading the entries…", "muted")
        self._task = self._background.run(
            work,
            done=self._finish,
            failed=self._fail,
            progress=self._show_progress,
            cancelled=self._tell_cancelled,
            lane="export",
        )

    def _show_progress(self, count: object) -> None:
        if isinstance(count, int):
            self._say(f"{format_count(count)} read", "muted")

    # -- after -----------------------------------------------------------------

    def _finish(self, output: Path) -> None:
        self._set_busy(is_busy=False)
        self.written = output
        self._say(f"The report is in {visible_text(str(output))}", "good")
        self.show_folder.show()
        self.save.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.cancel.setFocus()

    def _fail(self, error: Exception) -> None:
        self._set_busy(is_busy=False)
        if not isinstance(error, KnownError):
            self._say("The report failed unexpectedly; nothing was written.", "error")
            self._background.crashed.emit(error)
            return
        words = error.sentence.replace("or replace it with --force", "or tick Replace")
        self._say(words, "error")
        self._look_at_file()

    def _tell_cancelled(self) -> None:
        self._set_busy(is_busy=False)
        self._say("Cancelled.", "muted")
        if self._is_closing:
            super().reject()

    def _set_busy(self, *, is_busy: bool) -> None:
        if not is_busy:
            self._task = None
        self.progress.setVisible(is_busy)
        for widget in (self.file, self.browse, self.replace, self.save):
            widget.setEnabled(not is_busy)

    def _say(self, text: str, tone: str) -> None:
        self.state.setText(visible_text(text))
        self.state.setAccessibleDescription(self.state.text())
        set_tone(self.state, "tone", tone)

    def reject(self) -> None:
        """Cancel what is under way; with nothing under way, close."""
        if self._task is None:
            super().reject()
        else:
            self._task.cancel()
            self._say("Cancelling…", "muted")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes once what is under way has been cancelled."""
        if self._task is None:
            super().closeEvent(event)
        else:
            self._is_closing = True
            event.ignore()
            self.reject()

    def _open_folder(self) -> None:
        if self.written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.written.parent)))


def _bytes(html: str, suffix: str, cancellation: Cancellation) -> bytes:
    """The report as a file holds it."""
    if suffix != _PDF:
        return html.encode()
    paper = Paper(html)
    for _step in paper.steps():
        cancellation.raise_if_cancelled()
    return paper.data()
