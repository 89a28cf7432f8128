"""The widgets of the review page, before there is a page."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.desktop.review.finding_details import FindingDetails
from mylla_audit_desktop.desktop.review.findings_pane import FindingsPane
from mylla_audit_desktop.desktop.review.head import ReviewHead
from mylla_audit_desktop.desktop.review.review_splitter import ReviewSplitter
from mylla_audit_desktop.desktop.review.side import ReviewSide
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.log.catalog import ActionCatalog


class ReviewParts:
    """Each is made when it is first asked for.

    Together they take longer than a window may stand still: `make` makes one at a time.
    """

    def __init__(
        self, theme: Theme, catalog: ActionCatalog, zone: ZoneInfo, now: Callable[[], datetime]
    ) -> None:
        self._theme, self._catalog, self._now = theme, catalog, now
        self.zone = zone

    @cached_property
    def head(self) -> ReviewHead:
        """The period, how far its review is, report and sign-off."""
        return ReviewHead(self.zone, self._now)

    @cached_property
    def side(self) -> ReviewSide:
        """The checklist, the policy in words, the signatures."""
        return ReviewSide(self._theme, self.zone)

    @cached_property
    def findings(self) -> FindingsPane:
        """The findings of the checklist's row."""
        return FindingsPane(self.side.checklist, self._theme, self.zone)

    @cached_property
    def details(self) -> FindingDetails:
        """The finding that is selected, and the form for its decision."""
        return FindingDetails(self._catalog, self._theme, self.zone)

    @cached_property
    def splitter(self) -> ReviewSplitter:
        """The last three side by side."""
        return ReviewSplitter(self.side, self.findings, self.details)

    def make(self) -> Iterator[QWidget]:
        """One after the other."""
        yield self.head
        yield self.side
        yield self.findings
        yield self.details
        yield self.splitter
