"""The pages of the window, one over the other; those behind the first are made later."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.settings import Profile, SettingsStore
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets.page import Page
from mylla_audit_desktop.log.catalog import ActionCatalog

if TYPE_CHECKING:  # loaded after the first rows
    from mylla_audit_desktop.desktop.activity.page import ActivityPage
    from mylla_audit_desktop.desktop.retention.page import RetentionPage
    from mylla_audit_desktop.desktop.review.page import ReviewPage
    from mylla_audit_desktop.desktop.review.parts import ReviewParts

# Between two steps of making a page.
_BREATH_MS = 20
P = TypeVar("P", bound=Page)

# In the order of the list: name, icon, title of the menu with the page's own actions.
PAGES = (
    ("Audit log", "scroll-text", ""),
    ("Review", "circle-check-big", "&Review"),
    ("Activity", "grid-3x3", ""),
    ("Retention", "hourglass", ""),
)


def _now() -> datetime:
    return datetime.now(UTC)


class PageStack(QStackedWidget):
    """Makes a page when it is asked for, the review also after the first rows (`make_review`).

    made: the pages that there are, by place. settled: a page stands in its place from now
    on. export_entries: a page asks for the export of these `LogFilters`.
    reviewer: as whom decisions are recorded where no login says it; None: as the login.
    """

    settled = Signal(int, object)
    export_entries = Signal(object)

    def __init__(
        self,
        profile: Profile,
        settings: SettingsStore,
        theme: Theme,
        background: Background,
        catalog: ActionCatalog,
        reviewer: str | None,
    ) -> None:
        super().__init__()
        self._profile, self._settings, self._theme = profile, settings, theme
        self._background, self._catalog, self._reviewer = background, catalog, reviewer
        self.made: dict[int, Page] = {}
        for _ in PAGES:
            self.addWidget(QWidget())

    @cached_property
    def audit_log(self) -> AuditLogPage:
        """The first page."""
        page = AuditLogPage(self._background, self._theme, self._catalog, self._settings, _now)
        return self._settle(0, page)

    @cached_property
    def review(self) -> "ReviewPage":
        """The review page."""
        return self._settle(1, self._unsettled_review)

    @cached_property
    def _review_parts(self) -> "ReviewParts":
        from mylla_audit_desktop.desktop.review.parts import ReviewParts

        return ReviewParts(self._theme, self._catalog, self._settings.settings.zone(), _now)

    @cached_property
    def _unsettled_review(self) -> "ReviewPage":
        from mylla_audit_desktop.desktop.review.page import ReviewPage

        page = ReviewPage(
            self._background,
            self._review_parts,
            self._theme,
            self._settings,
            _now,
            self._profile.data,
        )
        page.reader.reviewer = self._reviewer
        return page

    @cached_property
    def activity(self) -> "ActivityPage":
        """The activity page."""
        from mylla_audit_desktop.desktop.activity.page import ActivityPage

        page = ActivityPage(
            self._background,
            self._theme,
            self._catalog,
            self._settings.settings.zone(),
            _now,
            self._profile.data,
        )
        return self._settle(2, page)

    @cached_property
    def retention(self) -> "RetentionPage":
        """The retention page."""
        from mylla_audit_desktop.desktop.retention.page import RetentionPage

        page = RetentionPage(self._background, self._theme, self._settings.settings.zone())
        page.export_entries.connect(self.export_entries)
        return self._settle(3, page)

    def page(self, place: int) -> Page:
        """The page of a place, made now if it is not there yet."""
        match place:
            case 1:
                return self.review
            case 2:
                return self.activity
            case 3:
                return self.retention
            case _:
                return self.audit_log

    def place_of(self, page: Page) -> int:
        """Where a page stands."""
        return next(place for place, one in self.made.items() if one is page)

    def make_review(self) -> None:
        """Make the review page, if nobody turned to it yet: it tells how much is open.

        In small steps, so that the window answers between them.
        """
        steps = self._steps_to_review()

        def go_on() -> None:
            if next(steps, None) is not None:
                QTimer.singleShot(_BREATH_MS, self, go_on)

        go_on()

    def _steps_to_review(self) -> Iterator[QWidget]:
        yield from self._review_parts.make()
        yield self._unsettled_review
        yield self.review

    def _settle(self, place: int, page: P) -> P:
        """Put a page that was made into its place, as if it had always been there."""
        self.made[place] = page
        stand_in = self.widget(place)
        self.insertWidget(place, page)
        if stand_in is not None:
            self.removeWidget(stand_in)
            stand_in.deleteLater()
        page.restore_layout(self._profile.window_state())
        self.settled.emit(place, page)
        return page
