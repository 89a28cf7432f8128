"""What is selected: the details show it, and what may be decided on it."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.desktop.review.current_review import CurrentReview
from mylla_audit_desktop.desktop.review.finding_details import FindingDetails
from mylla_audit_desktop.desktop.review.finding_table import FindingTable
from mylla_audit_desktop.desktop.review.permission import permit_decision
from mylla_audit_desktop.desktop.review.review_reader import ReviewReader
from mylla_audit_desktop.review.context import FindingContext
from mylla_audit_desktop.review.decision import ReviewedFinding


class SelectedFinding(QObject):
    """Between table and details: reads what stands around a finding when it is selected."""

    def __init__(
        self,
        current: CurrentReview,
        reader: ReviewReader,
        table: FindingTable,
        details: FindingDetails,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._current, self._reader = current, reader
        self._table, self._details = table, details
        reader.around.connect(self._show_around)
        reader.entry.connect(details.show_entry)
        details.entry_wanted.connect(reader.read_entry)
        current.earlier_known.connect(self.show)

    def show(self) -> None:
        """What is selected now; what is known of it may be newer.

        Behind another page nothing: it is to be called again when the page is shown.
        """
        if not self._page.isVisible():
            return
        selected = self._table.selected()
        current = self._table.current()
        if current not in selected:
            current = selected[0] if selected else None
        if self._details.is_unread:
            # As if it were selected anew.
            self._details.show_finding(None)
        before = self._details.finding
        self._details.show_finding(current, len(selected))
        self._permit()
        reading = self._current.reading
        if current is None:
            self._reader.forget_finding()
            return
        if reading is None:
            return
        if before is None or before.finding != current.finding:
            self._reader.read_around(reading, current)
        self._details.show_earlier(current, (*self._current.earlier, *self._current.findings))

    def _show_around(self, one: ReviewedFinding, context: FindingContext) -> None:
        self._details.show_context(one, context)
        self._permit()

    def _permit(self) -> None:
        reading = self._current.reading
        selected = self._table.selected() if reading else ()
        reviewer = reading.store.reviewer if reading else None
        why_not = reading.store.why_not if reading else ""
        entries = self._details.known_entries() if len(selected) == 1 else ()
        self._details.form.permit(permit_decision(selected, reviewer, why_not, entries))
