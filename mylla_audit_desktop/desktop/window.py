"""The frame: rail, pages, menus, status bar. It wires the pages and decides nothing."""

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from mylla_audit_desktop.connections.profile import Colour
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.menus import Menus
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.page_stack import PAGES, PageStack
from mylla_audit_desktop.desktop.rail import Rail
from mylla_audit_desktop.desktop.settings import Profile, SettingsStore
from mylla_audit_desktop.desktop.status_bar import StatusBar
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import set_tone
from mylla_audit_desktop.desktop.widgets.notice_bar import NoticeBar
from mylla_audit_desktop.desktop.widgets.page import NoLog, Page
from mylla_audit_desktop.desktop.widgets.scrolling import fit_screen, keep_on_screen
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text

if TYPE_CHECKING:  # loaded after the first rows
    from mylla_audit_desktop.desktop.activity.page import ActivityPage
    from mylla_audit_desktop.desktop.retention.page import RetentionPage
    from mylla_audit_desktop.desktop.review.page import ReviewPage


# At the first start; on a screen without so much room, less.
_SIZE = QSize(1280, 800)


class MainWindow(QMainWindow):
    """One window over one database.

    reviewer: as whom decisions are recorded where no login says it; None: as the login.
    """

    # The button of what stands in the place of a log was pressed, on any page but the first.
    no_log_acted = Signal()
    # For the first time.
    painted = Signal()
    closed = Signal()
    zone_changed = Signal(str)

    def __init__(
        self,
        profile: Profile,
        settings: SettingsStore,
        theme: Theme,
        background: Background,
        catalog: ActionCatalog,
        reviewer: str | None = None,
    ) -> None:
        super().__init__()
        self._profile, self._settings, self.theme = profile, settings, theme
        self._reviewer = reviewer
        self._is_painted = False
        self._log: OpenLog | None = None
        # What stands in its place, once there is anything to say of that.
        self._no_log: NoLog | None = None
        background.ended.connect(self._look_for_loss)
        self.stack = PageStack(profile, settings, theme, background, catalog, reviewer)
        self.stack.settled.connect(self._take_page)
        self.rail = Rail(theme)
        self.pages = self.rail.pages
        self.mark = QFrame()
        self.notice = NoticeBar("Notice", "Understood")
        self.status = StatusBar()
        self._front = QStackedWidget()
        self._lay_out()
        self.menus = Menus(self, theme, self.audit_log, PAGES)
        self._connect()
        for name, icon, _ in PAGES:
            self.rail.add(name, icon)
        self._turn_to(0)
        self.audit_log.setFocus()
        self.status.show_zone(settings.settings.zone(), settings.settings.zone_doubt())
        self.setWindowTitle("Mylla Audit")
        self.setMinimumSize(QSize(800, 520))
        if QGuiApplication.platformName() == "offscreen":
            # A screen that nobody looks at bounds nothing.
            self.resize(_SIZE)
        else:
            fit_screen(self, _SIZE)
        geometry = profile.window_state().value("window/geometry")
        self._has_place = geometry is not None
        if geometry is not None:
            self.restoreGeometry(geometry)

    @property
    def audit_log(self) -> AuditLogPage:
        """The first page."""
        return self.stack.audit_log

    @property
    def review(self) -> "ReviewPage":
        """The review page."""
        return self.stack.review

    @property
    def activity(self) -> "ActivityPage":
        """The activity page."""
        return self.stack.activity

    @property
    def retention(self) -> "RetentionPage":
        """The retention page."""
        return self.stack.retention

    # -- parts -----------------------------------------------------------------

    def _lay_out(self) -> None:
        self.mark.setObjectName("mark")
        self.mark.setFixedHeight(3)
        self.mark.hide()
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.stack, 1)
        self._front.addWidget(work)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.mark)
        column.addWidget(self.notice)
        column.addWidget(self._front, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status)
        # Tab goes as one reads: the notice stands at the top.
        QWidget.setTabOrder(self.notice.button, self.pages)

    def _connect(self) -> None:
        self.rail.turned.connect(self._turn_to)
        self.rail.entered.connect(self._take_focus)
        self.rail.settings_requested.connect(self.open_settings)
        self.stack.export_entries.connect(self._export_entries)
        self.audit_log.snapshot_taken.connect(self._show_snapshot)
        self.status.zone_requested.connect(self.choose_zone)
        menus = self.menus
        menus.page_requested.connect(self._show_place)
        menus.theme_requested.connect(self.set_theme)
        menus.zone_requested.connect(self.choose_zone)
        menus.settings_requested.connect(self.open_settings)
        menus.shortcuts_requested.connect(self._show_shortcuts)
        menus.about_requested.connect(self._show_about)

    def _take_page(self, place: int, page: Page) -> None:
        """A page is there from now on."""
        page.open_entries.connect(self._open_entries)
        page.badge_changed.connect(lambda text, words: self.rail.show_badge(place, text, words))
        self._leave_by_tab(page)
        if place:
            # The first one has no menu of its own.
            self.menus.add_page(place, page)
        page.no_log_acted.connect(self.no_log_acted)
        if self._log is not None:
            page.show_log(self._log)
        elif self._no_log is not None:
            page.say_no_log(self._no_log)

    def _leave_by_tab(self, page: Page) -> None:
        """Tab goes from the page's last part to the foot, which was there before it."""
        # The latest page is the end of the window's chain; from the front, every widget of the
        # page would be passed before the first rows.
        last: QWidget | None = self.previousInFocusChain()
        while last is not None and not last.focusPolicy() & Qt.FocusPolicy.TabFocus:
            last = last.previousInFocusChain()
        if last is not None and page.isAncestorOf(last):
            foot = (last, self.rail.settings, self.status.connection, self.status.zone)
            for before, after in pairwise(foot):
                QWidget.setTabOrder(before, after)

    # -- which page ------------------------------------------------------------

    def show_welcome(self, welcome: QWidget) -> None:
        """Show this in the place of the pages, until a log is opened."""
        if self._front.indexOf(welcome) < 0:
            self._front.addWidget(welcome)
        self._front.setCurrentWidget(welcome)
        welcome.setFocus()

    def show_pages(self) -> None:
        """Show the pages."""
        self._front.setCurrentIndex(0)

    def show_page(self, page: Page) -> None:
        """Turn to a page, and put the keyboard where its user begins."""
        self._show_place(self.stack.place_of(page))

    def _show_place(self, place: int) -> None:
        self.pages.setCurrentRow(place)
        self._take_focus()

    def _take_focus(self) -> None:
        self.stack.page(self.pages.currentRow()).take_focus()

    def _turn_to(self, place: int) -> None:
        self.stack.setCurrentWidget(self.stack.page(place))
        self.menus.show_page(place)

    def _open_entries(self, filters: LogFilters) -> None:
        self.audit_log.bar.set_filters(filters)
        self.show_page(self.audit_log)

    def _export_entries(self, filters: LogFilters) -> None:
        self.show_page(self.audit_log)
        self.audit_log.export_when_shown(filters)

    # -- the database ----------------------------------------------------------

    def show_log(self, log: OpenLog, target: str | None = None) -> None:
        """Show a log on every page, the audit log page with everything of one target if given."""
        self._log = log
        self.show_pages()
        self.setWindowTitle(f"Mylla Audit — {visible_text(log.name)}")
        self.status.show_connection(log)
        self.mark.setVisible(log.colour is not Colour.NONE)
        set_tone(self.mark, "colour", log.colour.value or "none")
        claimed = self._reviewer if log.access.takes_reviewer else None
        self.status.show_reviewer(claimed or log.access.title)
        for page in self.stack.made.values():
            page.show_log(log)
        if target is not None:
            self.audit_log.trace(target)

    def say_no_log(self, state: NoLog) -> None:
        """Say on every page why no log is open yet."""
        self._no_log = state
        for page in self.stack.made.values():
            page.say_no_log(state)

    def _look_for_loss(self) -> None:
        if self._log is not None:
            self.status.show_loss(self._log)

    def _show_snapshot(self, taken_at: Instant) -> None:
        self.status.show_snapshot(taken_at, self._settings.settings.zone())

    # -- dialogs, of which the first rows need none ----------------------------

    def _show_shortcuts(self) -> None:
        from mylla_audit_desktop.desktop.shortcuts import show_shortcuts

        show_shortcuts(self)

    def _show_about(self) -> None:
        from mylla_audit_desktop.desktop.about import show_about

        show_about(self)

    # -- settings --------------------------------------------------------------

    def open_settings(self) -> None:
        """Show the settings until they are closed."""
        from mylla_audit_desktop.desktop.settings_dialog import SettingsDialog

        no_policy = "" if self._log is not None else "Open a log first: its policy is kept with it."
        dialog = SettingsDialog(self.theme.choice, self.status.reviewer.text(), no_policy, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show_zone(self.status.zone.text())
        dialog.theme_chosen.connect(self.set_theme)
        dialog.zone_requested.connect(self.choose_zone)
        dialog.policy_requested.connect(self._open_policy)
        self.zone_changed.connect(dialog.show_zone)
        dialog.open()

    def _open_policy(self) -> None:
        self.show_page(self.review)
        if self.review.reading is not None:
            self.review.dialogs.open_policy()
        else:
            once = Qt.ConnectionType.SingleShotConnection
            self.review.review_shown.connect(self.review.dialogs.open_policy, once)

    def set_theme(self, choice: ThemeChoice) -> None:
        """Put a theme in force and keep it."""
        self.theme.apply(choice)
        self._settings.change(theme=choice.value)

    def choose_zone(self) -> None:
        """Ask for the personal time zone."""
        from mylla_audit_desktop.desktop.zone_dialog import ZoneDialog

        dialog = ZoneDialog(self._settings.settings.time_zone, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.set_zone(dialog.chosen()))
        dialog.open()

    def set_zone(self, name: str) -> None:
        """Put a zone in force ("" for the system's) and keep it."""
        self._settings.change(time_zone=name)
        zone = self._settings.settings.zone()
        for page in self.stack.made.values():
            page.set_zone(zone)
        self.status.show_zone(zone, self._settings.settings.zone_doubt())
        self.zone_changed.emit(self.status.zone.text())
        snapshot = self.audit_log.model.snapshot
        if snapshot is not None:
            self._show_snapshot(snapshot.taken_at)

    # -- window ----------------------------------------------------------------

    def set_size(self, width: int, height: int) -> None:
        """Be of this size, not of the one it had; where it stood, as far as it fits there."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMaximized)
        self.resize(width, height)
        # Without a place of its own it gets one from the desktop.
        if self._has_place:
            keep_on_screen(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As ever; the first time, tell of it once all parts are painted as well."""
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout and say that the window is gone."""
        state = self._profile.window_state()
        state.setValue("window/geometry", self.saveGeometry())
        for page in self.stack.made.values():
            page.save_layout(state)
        state.sync()
        super().closeEvent(event)
        self.closed.emit()
