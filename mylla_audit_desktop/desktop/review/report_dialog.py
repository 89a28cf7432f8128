"""Save report: where to, as PDF or HTML, how far it is, and what was written."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background, Report
from mylla_audit_desktop.desktop.formats import format_count, format_period
from mylla_audit_desktop.desktop.review.source import Reading, country_data
from mylla_audit_desktop.desktop.widgets import field_form, plain_label
from mylla_audit_desktop.desktop.widgets.file_job_dialog import FileJobDialog
from mylla_audit_desktop.desktop.widgets.job_dialog import JobWords
from mylla_audit_desktop.evidence.report import read_report, render_report
from mylla_audit_desktop.evidence.whole_file import write_whole
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.period import Period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.printing.paper import Paper

_PDF, _HTML = ".pdf", {".html", ".htm"}


_WORDS = JobWords(
    window="Save report",
    heading="Save the report of this period",
    what="Report",
    action="Save",
    cancelled="Cancelled. No file was written.",
    failed="The report failed unexpectedly; nothing was written.",
)


class ReportDialog(FileJobDialog):
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
        super().__init__(
            _WORDS,
            background,
            folder / f"{_name(reading)}{_PDF}",
            parent,
            file_name="Report file",
            replace_name="Replace report",
            kinds="Reports (*.pdf *.html)",
        )
        self.setMinimumWidth(600)
        self._database, self._reading = database, reading
        self._zone, self._now = zone, now
        self._lay_out()
        self.look_at_file()
        self.file.setFocus()

    def _lay_out(self) -> None:
        review = self._reading.review
        period = format_period(Period(review.start, review.end), self._zone)
        left = len(review.open_findings)
        words = f"{period} · {format_count(len(review.findings), 'finding', 'findings')}"
        words += f" · {left:,} still open" if left else " · all decided"
        note = plain_label(
            "The policy, every finding with its decisions, the signatures and how to check them. "
            "A name that ends in .html gives a page for the browser instead of paper.",
            "muted",
        )
        note.setWordWrap(True)
        form = field_form(("File", self.file_row), ("", self.replace))
        form.addRow(note)
        self.lay_out(plain_label(visible_text(words), "muted"), form, left=self.show_folder)

    def start(self) -> None:
        """Read the review anew, and write it."""
        if self.is_busy:
            return
        review, store, database = self._reading.review, self._reading.store, self._database
        output, may_replace, now = self.path(), self.replace.isChecked(), self._now
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

        self.run(work, "Reading the entries…", "export")

    def show_progress(self, value: object) -> None:
        """How many entries have been read."""
        if isinstance(value, int):
            self.say_how_far(f"{format_count(value)} read")

    def finish(self, outcome: Path) -> None:
        """The report is there."""
        self.tell_written(outcome, f"The report is in {outcome}")


def _name(reading: Reading) -> str:
    review = reading.review
    first = review.start.to_datetime(review.zone) if review.start else None
    return f"review-{first:%Y-%m-%d}" if first else "review"


def _bytes(html: str, suffix: str, cancellation: Cancellation) -> bytes:
    """The report as a file holds it."""
    if suffix != _PDF:
        return html.encode()
    paper = Paper(html)
    for _step in paper.steps():
        cancellation.raise_if_cancelled()
    return paper.data()
