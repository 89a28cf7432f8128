"""The menu that leads from one log to another."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.desktop.connections.opener import DEMO, Source, evidence, saved
from mylla_audit_desktop.desktop.widgets import plain_action, plain_tooltip
from mylla_audit_desktop.evidence.evidence_folder import evidence_logs
from mylla_audit_desktop.log.errors import InputError


class Switcher(QObject):
    """Fills menus with the saved connections, the demo, evidence, and ways to more."""

    chosen = Signal(object)
    add_requested = Signal()
    edit_requested = Signal(str)
    evidence_requested = Signal()
    # The path and the name of a log of evidence.
    removal_requested = Signal(object, str)

    def __init__(self, store: ConnectionStore, evidence: Path, parent: QObject) -> None:
        """evidence: the folder with the logs of evidence files."""
        super().__init__(parent)
        self._store, self._evidence = store, evidence
        self._menus: list[QMenu] = []
        self._submenus: dict[QMenu, list[QMenu]] = {}
        self._current: Source | None = None

    def serve(self, menu: QMenu) -> None:
        """Fill this menu, now and whenever it is opened: another window may have saved."""
        self._menus.append(menu)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self._fill(menu)

    def mark(self, source: Source | None) -> None:
        """This one is open."""
        self._current = source
        self.refresh()

    def refresh(self) -> None:
        """What is saved is another."""
        for menu in self._menus:
            self._fill(menu)

    def _fill(self, menu: QMenu) -> None:
        for action in menu.actions():
            menu.removeAction(action)
            action.deleteLater()
        for submenu in self._submenus.pop(menu, ()):
            submenu.deleteLater()
        try:
            names = [profile.name for profile in self._store.read()]
        except InputError as error:
            names = []
            damaged = self._add(menu, "The saved connections cannot be read", None)
            damaged.setEnabled(False)
            damaged.setToolTip(error.sentence)
        group = QActionGroup(menu)
        for source in (*map(saved, names), DEMO):
            action = self._add(menu, source.name, partial(self.chosen.emit, source))
            action.setCheckable(True)
            action.setChecked(source == self._current)
            group.addAction(action)
        menu.addSeparator()
        self._add(menu, "Add a connection…", self.add_requested.emit)
        if names:
            edit = self._submenu(menu, "Edit a connection")
            for name in names:
                self._add(edit, f"{name}…", partial(self.edit_requested.emit, name))
        menu.addSeparator()
        self._add(menu, "Open an evidence file…", self.evidence_requested.emit)
        logs = evidence_logs(self._evidence)
        if logs:
            self._fill_evidence(menu, logs)

    def _fill_evidence(self, menu: QMenu, logs: dict[str, Path]) -> None:
        again = self._submenu(menu, "Evidence opened before")
        group = QActionGroup(again)
        remove = self._submenu(menu, "Remove evidence")
        remove.setToolTipsVisible(True)
        for name, path in logs.items():
            source = evidence(path, name)
            is_open = self._current is not None and source.value == self._current.value
            action = self._add(again, name, partial(self.chosen.emit, source))
            action.setCheckable(True)
            action.setChecked(is_open)
            group.addAction(action)
            action = self._add(remove, f"{name}…", partial(self.removal_requested.emit, path, name))
            if is_open:
                action.setEnabled(False)
                action.setToolTip(plain_tooltip("It is open: open another log first."))

    def _submenu(self, menu: QMenu, title: str) -> QMenu:
        submenu = menu.addMenu(title)
        self._submenus.setdefault(menu, []).append(submenu)
        return submenu

    def _add(self, menu: QMenu, text: str, call: Callable[[], None] | None) -> QAction:
        action = QAction(plain_action(text), menu)
        if call is not None:
            # Without the boolean that the signal carries.
            action.triggered.connect(partial(_call, call))
        menu.addAction(action)
        return action


def _call(call: Callable[[], None], *_is_checked: bool) -> None:
    call()
