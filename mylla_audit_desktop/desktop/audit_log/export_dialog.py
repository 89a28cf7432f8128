"""Export CSV: where to, for whom, how far it is, and what was written."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from shutil import disk_usage

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.audit_log.export_subject import ExportSubject
from mylla_audit_desktop.desktop.background import Background, Report
from mylla_audit_desktop.desktop.formats import format_count, format_size
from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import button, field_form, field_label, plain_label
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.desktop.widgets.clipboard import copy_text
from mylla_audit_desktop.desktop.widgets.file_job_dialog import FileJobDialog
from mylla_audit_desktop.desktop.widgets.job_dialog import JobWords
from mylla_audit_desktop.evidence.export import ExportRequest, ExportResult, export_csv
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text

_PROFILES = {
    Profile.SPREADSHEET: "Spreadsheet (formulas are made harmless)",
    Profile.SIEM: "SIEM or import (every value exactly as stored)",
}


_WORDS = JobWords(
    window="Export",
    heading="Export these entries as CSV",
    what="Export",
    action="Export",
    cancelled="Cancelled. No file was written.",
    failed="The export failed unexpectedly; nothing was written.",
)


class ExportDialog(FileJobDialog):
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
        name = f"audit-log-{datetime.now(subject.zone):%Y-%m-%d}.csv"
        super().__init__(
            _WORDS,
            background,
            folder / name,
            parent,
            file_name="File",
            replace_name="Replace",
            kinds="CSV (*.csv)",
        )
        self.setMinimumWidth(640)
        self._database, self._subject = database, subject
        self._on_profile = on_profile
        self.profile = ChoiceButton("For", list(_PROFILES.items()))
        self.profile.set_value(profile)
        self.inputs = (*self.inputs, self.profile)
        self.space = plain_label("", "muted")
        self.digest = QLineEdit(readOnly=True)
        self.digest.setAccessibleName("SHA-256")
        self.digest.setFont(mono_font(11))
        self.copy = button("Copy")
        self.copy.setAccessibleName("Copy SHA-256")
        self._digest_row = QWidget()
        self._digest_row.hide()
        self._lay_out()
        self.copy.clicked.connect(lambda: copy_text(self.digest.text()))
        self.look_at_file()

    def _lay_out(self) -> None:
        subject = self._subject
        summary = plain_label(visible_text(subject.summary), "muted")
        summary.setWordWrap(True)
        zone = plain_label(subject.zone.key)
        form = field_form(
            ("File", self.file_row),
            ("", self.replace),
            ("For", self.profile),
            ("Time zone", zone),
            ("", self.space),
        )
        digest = QHBoxLayout(self._digest_row)
        digest.setContentsMargins(0, 0, 0, 0)
        digest.setSpacing(8)
        name = field_label("SHA-256", self.digest)
        # As wide as the names above, so that the fields stand below each other.
        name.setFixedWidth(form.labelForField(zone).sizeHint().width())
        digest.addWidget(name)
        digest.addSpacing(form.horizontalSpacing() - digest.spacing())
        digest.addWidget(self.digest, 1)
        digest.addWidget(self.copy)
        self.lay_out(summary, form, below=self._digest_row, left=self.show_folder)

    def look_at_file(self) -> None:
        """Also how much room there is."""
        super().look_at_file()
        folder = self.path().parent
        try:
            free = disk_usage(folder).free
        except OSError:
            self.space.setText("")
            return
        self.space.setText(f"{format_size(free)} free in {visible_text(str(folder))}")

    def start(self) -> None:
        """Write the file."""
        subject, profile = self._subject, Profile(self.profile.value)
        request = ExportRequest(
            query=subject.snapshot.query,
            filters_as_given=subject.filters.as_given(),
            zone=subject.zone,
            profile=profile,
            output=self.path(),
            may_replace=self.replace.isChecked(),
            created_at=Instant.now(),
            highest_id=subject.snapshot.highest_id,
        )
        self._on_profile(profile)
        database = self._database

        def work(cancellation: Cancellation, report: Report) -> ExportResult:
            return export_csv(database, request, cancellation, report)

        self.progress.setRange(0, subject.count or 0)
        self.progress.setValue(0)
        self.run(work, "Writing…", "export")

    def show_progress(self, value: object) -> None:
        """How many entries have been written."""
        if isinstance(value, int):
            self.progress.setValue(value)
            of_all = f" of {self._subject.count:,}" if self._subject.count is not None else ""
            self.say_how_far(f"{value:,}{of_all} entries written")

    def finish(self, outcome: ExportResult) -> None:
        """The file is there, with the digest that says what it holds."""
        self.progress.setValue(self.progress.maximum())
        self.digest.setText(outcome.sha256)
        self.digest.setCursorPosition(0)
        self._digest_row.show()
        written = f"{format_count(outcome.row_count)} written to {outcome.output}"
        self.tell_written(outcome.output, written, *([outcome.note] if outcome.note else []))
