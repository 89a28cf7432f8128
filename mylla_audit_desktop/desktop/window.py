"""The frame: page list, menus, status bar. It wires the pages and decides nothing."""

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop import __version__
from mylla_audit_desktop.connections.profile import Colour
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.formats import format_day, format_zone
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.rail import BADGE_ROLE, RailDelegate
from mylla_audit_desktop.desktop.settings import Profile, SettingsStore
from mylla_audit_desktop.desktop.shortcuts import show_shortcuts
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import (
    button,
    plain_action,
    plain_label,
    plain_message,
    plain_tooltip,
    set_tone,
)
from mylla_audit_desktop.desktop.widgets.notice_bar import NoticeBar
from mylla_audit_desktop.desktop.widgets.page import Page
from mylla_audit_desktop.desktop.zone_dialog import ZoneDialog
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text

if TYPE_CHECKING:  # loaded after the first rows
    from mylla_audit_desktop.desktop.activity.page import ActivityPage
    from mylla_audit_desktop.desktop.retention.page import RetentionPage
    from mylla_audit_desktop.desktop.review.page import ReviewPage

_RAIL_WIDTH = 88
_BETWEEN_PAGES_MS = 100
_RAIL_ITEM = QSize(_RAIL_WIDTH - 14, 54)
# In the order of the list: name, icon, title of the menu with the page's own actions.
_PAGES = (
    ("Audit log", "scroll-text", ""),
    ("Review", "circle-check-big", "&Review"),
    ("Activity", "grid-3x3", ""),
    ("Retention", "hourglass", ""),
)
_THEMES = {
    ThemeChoice.SYSTEM: "As the desktop",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
    ThemeChoice.CONTRAST: "High contrast",
}


class MainWindow(QMainWindow):
    """One window over one database.

    The pages behind the first are made when they are turned to, or after its first rows.
    reviewer: as whom SQLite's decisions are recorded; None: as the system's login.
    """

    closed = Signal()

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
        self._background, self._catalog, self._reviewer = background, catalog, reviewer
        self._log: OpenLog | None = None
        self._icons: list[tuple[QListWidgetItem, str]] = []
        # By place, those that are made.
        self._pages: dict[int, Page] = {}
        # What works on one page only, by the page's place.
        self._page_actions: dict[int, list[QAction]] = {}
        self._page_menus: dict[int, QMenu] = {}
        self.pages = QListWidget()
        self._stack = QStackedWidget()
        self.audit_log = AuditLogPage(
            background, theme, catalog, settings, lambda: datetime.now(UTC)
        )
        self._build_rail()
        for name, icon, _ in _PAGES:
            self._add_item(name, icon)
        self._build_status()
        self._settle(0, self.audit_log)
        self.pages.setCurrentRow(0)
        self.audit_log.setFocus()
        self._build_menus()
        self.setWindowTitle("Mylla Audit")
        self.setMinimumSize(QSize(800, 520))
        self.resize(1280, 800)
        theme.changed.connect(self._draw_icons)
        self.audit_log.snapshot_taken.connect(self._show_snapshot)
        self._restore()

    # -- pages -----------------------------------------------------------------

    @cached_property
    def review(self) -> "ReviewPage":
        """The review page."""
        from mylla_audit_desktop.desktop.review.page import ReviewPage

        page = ReviewPage(
            self._background,
            self.theme,
            self._catalog,
            self._settings,
            lambda: datetime.now(UTC),
            self._profile.data,
        )
        page.reader.reviewer = self._reviewer
        self._settle(1, page)
        return page

    @cached_property
    def activity(self) -> "ActivityPage":
        """The activity page."""
        from mylla_audit_desktop.desktop.activity.page import ActivityPage

        page = ActivityPage(
            self._background,
            self.theme,
            self._catalog,
            self._settings.settings.zone(),
            lambda: datetime.now(UTC),
            self._profile.data,
        )
        self._settle(2, page)
        return page

    @cached_property
    def retention(self) -> "RetentionPage":
        """The retention page."""
        from mylla_audit_desktop.desktop.retention.page import RetentionPage

        page = RetentionPage(self._background, self.theme, self._settings.settings.zone())
        page.export_entries.connect(self._export_entries)
        self._settle(3, page)
        return page

    def _page(self, place: int) -> Page:
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

    def make_next_page(self) -> None:
        """Make the pages that were not turned to yet, with room for other work between them."""
        missing = [place for place in range(len(_PAGES)) if place not in self._pages]
        if missing:
            self._page(missing[0])
            QTimer.singleShot(_BETWEEN_PAGES_MS, self.make_next_page)

    def _settle(self, place: int, page: Page) -> None:
        """Put a page that was made into its place, as if it had always been there."""
        self._pages[place] = page
        stand_in = self._stack.widget(place)
        self._stack.insertWidget(place, page)
        if stand_in is not None:
            self._stack.removeWidget(stand_in)
            stand_in.deleteLater()
        self._leave_by_tab(page)
        page.open_entries.connect(self._open_entries)
        page.badge_changed.connect(lambda text, words: self._show_badge(place, text, words))
        page.restore_layout(self._profile.window_state())
        if place in self._page_menus:
            self._page_actions[place] = page.menu_actions()
            self._page_menus[place].addActions(self._page_actions[place])
            self._enable_actions()
        if self._log is not None:
            page.show_log(self._log)

    def _leave_by_tab(self, page: Page) -> None:
        """Tab goes from the page's last part to the status bar, which was there before it."""
        last, following = None, page.nextInFocusChain()
        while following is not None and page.isAncestorOf(following):
            if following.focusPolicy() & Qt.FocusPolicy.TabFocus:
                last = following
            following = following.nextInFocusChain()
        if last is not None:
            QWidget.setTabOrder(last, self.connection_button)
            QWidget.setTabOrder(self.connection_button, self.zone_button)

    # -- parts -----------------------------------------------------------------

    def _build_rail(self) -> None:
        self.pages.setObjectName("pages")
        self.pages.setAccessibleName("Pages")
        self.pages.setFixedWidth(_RAIL_WIDTH)
        self.pages.setViewMode(QListView.ViewMode.IconMode)
        self.pages.setFlow(QListView.Flow.TopToBottom)
        self.pages.setMovement(QListView.Movement.Static)
        self.pages.setWrapping(False)
        self.pages.setIconSize(QSize(20, 20))
        self.pages.setGridSize(QSize(_RAIL_WIDTH - 14, 58))
        self.pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages.setItemDelegate(RailDelegate(self.theme, self.pages))
        self.pages.currentRowChanged.connect(self._turn_to)
        self.pages.itemClicked.connect(self._take_focus)
        self.pages.itemActivated.connect(self._take_focus)
        self.mark = QFrame()
        self.mark.setObjectName("mark")
        self.mark.setFixedHeight(3)
        self.mark.hide()
        self.notice = NoticeBar("Notice", "Understood")
        work = QWidget()
        row = QHBoxLayout(work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.pages)
        row.addWidget(self._stack, 1)
        self._front = QStackedWidget()
        self._front.addWidget(work)
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.mark)
        column.addWidget(self.notice)
        column.addWidget(self._front, 1)
        self.setCentralWidget(centre)
        # Tab goes as one reads: the notice stands at the top.
        QWidget.setTabOrder(self.notice.button, self.pages)

    def show_welcome(self, welcome: QWidget) -> None:
        """Show this in the place of the pages, until a log is opened."""
        if self._front.indexOf(welcome) < 0:
            self._front.addWidget(welcome)
        self._front.setCurrentWidget(welcome)
        welcome.setFocus()

    def show_pages(self) -> None:
        """Show the pages."""
        self._front.setCurrentIndex(0)

    def _add_item(self, name: str, icon: str) -> None:
        item = QListWidgetItem(name)
        item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
        # All of one width, whatever their names.
        item.setSizeHint(_RAIL_ITEM)
        item.setToolTip(name)
        self._icons.append((item, icon))
        self._stack.addWidget(QWidget())
        self.pages.addItem(item)

    def show_page(self, page: Page) -> None:
        """Turn to a page, and put the keyboard where its user begins."""
        self._show_place(next(place for place, one in self._pages.items() if one is page))

    def _show_place(self, place: int) -> None:
        self.pages.setCurrentRow(place)
        self._take_focus()

    def _take_focus(self) -> None:
        self._page(self.pages.currentRow()).take_focus()

    def _turn_to(self, place: int) -> None:
        self._stack.setCurrentWidget(self._page(place))
        self._enable_actions()
        self._draw_icons()

    def _enable_actions(self) -> None:
        for place, actions in self._page_actions.items():
            for action in actions:
                action.setEnabled(place == self.pages.currentRow())

    def _open_entries(self, filters: LogFilters) -> None:
        self.audit_log.bar.set_filters(filters)
        self.show_page(self.audit_log)

    def _export_entries(self, filters: LogFilters) -> None:
        self.show_page(self.audit_log)
        self.audit_log.export_when_shown(filters)

    def _show_badge(self, place: int, text: str, words: str) -> None:
        item = self.pages.item(place)
        item.setData(BADGE_ROLE, text)
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, words)
        item.setToolTip(f"{item.text()}: {words}" if words else item.text())

    def _draw_icons(self) -> None:
        # The row, because the selection follows it only later.
        chosen = self.pages.currentItem()
        for item, name in self._icons:
            item.setIcon(self.theme.icon(name, "accent" if item is chosen else "muted"))

    def _build_status(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self.connection_dot = plain_label("●", "faint")
        self.mark_label = plain_label("")
        self.mark_label.setObjectName("mark")
        self.mark_label.setAccessibleName("Label")
        self.mark_label.hide()
        self.connection_button = button("No database", "flat")
        self.connection_button.setAccessibleName("Connection")
        self.connection_menu = QMenu("Connections", self)
        self.connection_button.setMenu(self.connection_menu)
        self.reviewer_label = plain_label("")
        self.reviewer_label.setAccessibleName("Reviewer")
        self.snapshot_label = plain_label("")
        self.snapshot_label.setAccessibleName("Snapshot")
        self.zone_button = button("", "flat")
        self.zone_button.setToolTip("Choose the time zone in which times and days are shown")
        self.zone_button.clicked.connect(self.choose_zone)
        bar.addWidget(self.connection_dot)
        bar.addWidget(self.mark_label)
        bar.addWidget(self.connection_button)
        bar.addWidget(self.reviewer_label)
        bar.addPermanentWidget(self.snapshot_label)
        bar.addPermanentWidget(self.zone_button)
        self._show_zone()

    def _build_menus(self) -> None:
        page = self.audit_log
        export, refresh, find, clear = page.page_actions()
        file = self._menu("&File")
        file.addAction(export)
        file.addSeparator()
        # The same as under the button of the status bar, where a screen reader finds it.
        self.file_connections = file.addMenu("Connections")
        file.addSeparator()
        self._add(file, "Close window", self.close, "Ctrl+W")
        self._add(file, "Quit", self.close, "Ctrl+Q")
        edit = self._menu("&Edit")
        # The shortcuts of a page mean something else, or nothing, on the others.
        mine = self._page_actions[0] = [export, refresh, find, clear]
        copy = QAction("Copy entries", self)
        copy.triggered.connect(page.copy_selection)
        edit.addAction(copy)
        edit.addAction(find)
        edit.addAction(clear)
        mine.append(copy)
        view = self._menu("&View")
        view.addAction(refresh)
        # Here too: the menu of a button is out of a screen reader's reach.
        view.addMenu("Period").addActions(page.bar.period.menu().actions())
        view.addSeparator()
        for action in page.table.sort_actions():
            view.addAction(action)
            mine.append(action)
        self._columns = view.addMenu("Columns")
        self._columns.aboutToShow.connect(self._fill_columns)
        view.addSeparator()
        theme = view.addMenu("Theme")
        group = QActionGroup(self)
        for choice, label in _THEMES.items():
            action = QAction(label, self)
            action.setCheckable(True)
            action.setChecked(choice is self.theme.choice)
            action.triggered.connect(lambda _=False, choice=choice: self.set_theme(choice))
            group.addAction(action)
            theme.addAction(action)
        self._add(view, "Time zone…", self.choose_zone, "")
        go = self._menu("&Go")
        for place, (name, _, _) in enumerate(_PAGES):
            self._add(
                go, name, lambda _=False, place=place: self._show_place(place), f"Alt+{place + 1}"
            )
        go.addSeparator()
        mine.append(self._add(go, "Filters", page.bar.period.setFocus, "Ctrl+L"))
        mine.append(self._add(go, "Entries", page.table.setFocus, "Ctrl+T"))
        mine.append(self._add(go, "Changes", page.details.table.setFocus, "Ctrl+D"))
        mine.append(self._add(go, "Trace target", page.details.trace.click, "Ctrl+G"))
        for place, (_, _, title) in enumerate(_PAGES):
            if title:
                self._page_menus[place] = self._menu(title)
        self._turn_to(0)
        helps = self._menu("&Help")
        self._add(helps, "Keyboard shortcuts", lambda: show_shortcuts(self), "F1")
        self._add(helps, "About Mylla Audit", self._show_about, "")

    def _menu(self, title: str) -> QMenu:
        menu = QMenu(title, self)
        self.menuBar().addMenu(menu)
        return menu

    def _add(self, menu: QMenu, text: str, call: object, shortcut: str) -> QAction:
        action = QAction(text, self)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(call)
        menu.addAction(action)
        return action

    def _fill_columns(self) -> None:
        self._columns.clear()
        for action in self.audit_log.table.column_actions():
            self._columns.addAction(action)

    # -- the database ----------------------------------------------------------

    def show_log(self, log: OpenLog, target: str | None = None) -> None:
        """Show a log on every page, the audit log page with everything of one target if given."""
        self.show_pages()
        self._log = log
        self._show_connection(log)
        claimed = None if log.database.is_postgresql else self._reviewer
        self.reviewer_label.setText(visible_text(claimed or log.access.title))
        for page in self._pages.values():
            page.show_log(log)
        if target is not None:
            self.audit_log.trace(target)

    def _show_connection(self, log: OpenLog) -> None:
        state = log.database.state
        where, name = visible_text(str(log.database.label)), visible_text(log.name)
        self.setWindowTitle(f"Mylla Audit — {name}")
        parts = [name, *([state.security] if state.security else []), "read only"]
        self.connection_button.setText(plain_action(" · ".join(parts)))
        self.connection_button.setToolTip(plain_tooltip(where))
        self.connection_button.setAccessibleDescription(f"{' · '.join(parts)}, {where}")
        set_tone(self.connection_dot, "tone", "note" if state.is_weak else "good")
        self.connection_dot.setText("▲" if state.is_weak else "●")
        self.mark_label.setText(visible_text(log.label))
        self.mark_label.setVisible(bool(log.label))
        self.mark.setVisible(log.colour is not Colour.NONE)
        for marked in (self.mark, self.mark_label):
            set_tone(marked, "colour", log.colour.value or "none")

    def _show_snapshot(self, taken_at: Instant) -> None:
        zone = self._settings.settings.zone()
        moment = taken_at.to_datetime(zone)
        if moment is not None:
            self.snapshot_label.setText(f"Snapshot {format_day(taken_at, zone)} {moment:%H:%M}")

    # -- settings --------------------------------------------------------------

    def set_theme(self, choice: ThemeChoice) -> None:
        """Put a theme in force and keep it."""
        self.theme.apply(choice)
        self._settings.change(theme=choice.value)

    def choose_zone(self) -> None:
        """Ask for the personal time zone."""
        dialog = ZoneDialog(self._settings.settings.time_zone, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.set_zone(dialog.chosen()))
        dialog.open()

    def set_zone(self, name: str) -> None:
        """Put a zone in force ("" for the system's) and keep it."""
        self._settings.change(time_zone=name)
        zone = self._settings.settings.zone()
        for page in self._pages.values():
            page.set_zone(zone)
        self._show_zone()
        snapshot = self.audit_log.model.snapshot
        if snapshot is not None:
            self._show_snapshot(snapshot.taken_at)

    def _show_zone(self) -> None:
        zone: ZoneInfo = self._settings.settings.zone()
        text = format_zone(zone, datetime.now(zone).utcoffset())
        self.zone_button.setText(text)
        self.zone_button.setAccessibleName(f"Time zone {text}")

    # -- window ----------------------------------------------------------------

    def _show_about(self) -> None:
        plain_message(
            self,
            f"Mylla Audit Desktop {__version__}",
            "Review the audit log of a Mylla business: who did what, when, from where.\n"
            "Licensed under Apache-2.0; Inter and JetBrains Mono under the OFL; "
            "Lucide icons under ISC.",
        ).open()

    def _restore(self) -> None:
        state = self._profile.window_state()
        geometry = state.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout and say that the window is gone."""
        state = self._profile.window_state()
        state.setValue("window/geometry", self.saveGeometry())
        for page in self._pages.values():
            page.save_layout(state)
        state.sync()
        super().closeEvent(event)
        self.closed.emit()
