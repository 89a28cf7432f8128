"""The menu bar: what can be done, on every page and on the one that is on show."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.theme import THEME_WORDS, Theme
from mylla_audit_desktop.desktop.widgets.page import Page


class Menus(QObject):
    """Asks by its signals; the shortcuts of a page are in force while it is on show.

    pages: name, icon and the title of the page's own menu, "" for none, in their order.
    page_requested: a page's place. theme_requested: a `ThemeChoice`.
    `connections` is a menu that the switcher fills.
    """

    page_requested = Signal(int)
    theme_requested = Signal(object)
    zone_requested = Signal()
    settings_requested = Signal()
    shortcuts_requested = Signal()
    about_requested = Signal()

    def __init__(
        self,
        window: QMainWindow,
        theme: Theme,
        log: AuditLogPage,
        pages: Sequence[tuple[str, str, str]],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._log = window, theme, log
        # The actions of the log, the first page, stand in several menus.
        self._of_log = log.menu_actions()
        self._of_page = {0: self._of_log}
        self._shown = 0
        export, refresh, find, clear, copy = self._of_log
        file = self._menu("&File")
        file.addAction(export)
        file.addSeparator()
        # The same as under the button of the status bar, where a screen reader finds it.
        self.connections = file.addMenu("Connections")
        file.addSeparator()
        self._add(file, "Settings", self.settings_requested.emit, "Ctrl+,")
        self._add(file, "Close window", window.close, "Ctrl+W")
        self._add(file, "Quit", window.close, "Ctrl+Q")
        self._menu("&Edit").addActions([copy, find, clear])
        self._fill_view(self._menu("&View"), refresh)
        self._fill_go(self._menu("&Go"), [name for name, _, _ in pages])
        self._own = {place: self._menu(own) for place, (_, _, own) in enumerate(pages) if own}
        helps = self._menu("&Help")
        self._add(helps, "Keyboard shortcuts", self.shortcuts_requested.emit, "F1")
        self._add(helps, "About Mylla Audit", self.about_requested.emit)

    def add_page(self, place: int, page: Page) -> None:
        """A page is made: fill its own menu, if it has one."""
        if place in self._own:
            self._of_page[place] = page.menu_actions()
            self._own[place].addActions(self._of_page[place])
            self.show_page(self._shown)

    def show_page(self, place: int) -> None:
        """The shortcuts of a page mean something else, or nothing, on the others."""
        self._shown = place
        for of_page, actions in self._of_page.items():
            for action in actions:
                action.setEnabled(of_page == place)

    def _fill_view(self, view: QMenu, refresh: QAction) -> None:
        log = self._log
        view.addAction(refresh)
        # Here too: the menu of a button is out of a screen reader's reach.
        view.addMenu("Period").addActions(log.bar.period.menu().actions())
        view.addSeparator()
        sorts = log.table.sort_actions()
        view.addActions(sorts)
        self._of_log += sorts
        self._columns = view.addMenu("Columns")
        self._columns.aboutToShow.connect(self._fill_columns)
        view.addSeparator()
        themes = view.addMenu("Theme")
        group = QActionGroup(self)
        self._themes = {}
        for choice, words in THEME_WORDS.items():
            action = QAction(words, self)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, one=choice: self.theme_requested.emit(one))
            group.addAction(action)
            themes.addAction(action)
            self._themes[choice] = action
        self._theme.changed.connect(self._show_theme)
        self._show_theme()
        self._add(view, "Time zone…", self.zone_requested.emit)

    def _fill_go(self, go: QMenu, names: Sequence[str]) -> None:
        log = self._log
        for place, name in enumerate(names):
            turn = partial(self.page_requested.emit, place)
            self._add(go, name, turn, f"Alt+{place + 1}")
        go.addSeparator()
        for text, call, shortcut in (
            ("Filters", log.bar.period.setFocus, "Ctrl+L"),
            ("Entries", log.table.setFocus, "Ctrl+T"),
            ("Changes", log.details.focus_changes, "Ctrl+D"),
            ("Trace target", log.details.trace.click, "Ctrl+G"),
        ):
            self._of_log.append(self._add(go, text, call, shortcut))

    def _menu(self, title: str) -> QMenu:
        menu = QMenu(title, self._window)
        self._window.menuBar().addMenu(menu)
        return menu

    def _add(
        self, menu: QMenu, text: str, call: Callable[[], object], shortcut: str = ""
    ) -> QAction:
        action = QAction(text, self._window)
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        # Without the boolean that the signal carries.
        action.triggered.connect(lambda _=False: call())
        menu.addAction(action)
        return action

    def _fill_columns(self) -> None:
        self._columns.clear()
        self._columns.addActions(self._log.table.column_actions())

    def _show_theme(self) -> None:
        self._themes[self._theme.choice].setChecked(True)
