"""Every key that F1 lists does what the list says, pressed in a real window."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.shortcuts import (
    ACTIVITY_SHORTCUTS,
    REVIEW_SHORTCUTS,
    SHORTCUTS,
    WINDOW_SHORTCUTS,
)
from mylla_audit_desktop.desktop.widgets.field_keys import leave_shortcuts
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.database.reviewing import entry
from tests.desktop.reviewing import PATIENCE, Office, Start, decided, opened, window_of

Seen = Callable[[], bool]


@dataclass
class Keyboard:
    """Presses keys as the window system does, and waits for what is to be seen."""

    qtbot: QtBot
    window: MainWindow
    pressed: list[str] = field(default_factory=list)

    def press(self, keys: str, *seen: Seen) -> None:
        """Press one key; then all of these are to be seen."""
        self.pressed.append(keys)
        # Not the letter, which QTest would give without what it types.
        sequence: Any = QKeySequence(keys)
        key: QKeyCombination = sequence[0]
        if QGuiApplication.focusWindow() is None:
            # No window manager here gives the focus back.
            self.window.activateWindow()
        self.qtbot.wait_until(lambda: QGuiApplication.focusWindow() is not None, timeout=PATIENCE)
        # A window that closes is not there any more when the key is let go.
        QTest.keyPress(QGuiApplication.focusWindow(), key.key(), key.keyboardModifiers())
        for one in seen:
            self.qtbot.wait_until(one, timeout=PATIENCE)

    def focus(self, widget: QWidget) -> None:
        """The keyboard goes there."""
        self.window.activateWindow()
        widget.setFocus()
        self.qtbot.wait_until(widget.hasFocus, timeout=PATIENCE)

    def close(self) -> None:
        """Close the dialog or the menu on show."""
        for one in (QApplication.activePopupWidget(), *self.window.findChildren(QDialog)):
            if one is not None:
                one.close()

    def has_all(self, *lists: Sequence[tuple[str, str]]) -> bool:
        """Whether every key of these lists was pressed."""
        return {keys for one in lists for keys, _meaning in one} <= set(self.pressed)


@pytest.fixture
def keyboard(qtbot: QtBot, start: Start, small: Office) -> Keyboard:
    """Over the usual log, with one long text in it."""
    before, after = (json.dumps({"a": "word " * 200 + last, "b": 1}) for last in ("one", "two"))
    small.add(
        [entry(40, "2026-03-08T10:00:00Z", action="agent.update", before=before, after=after)]
    )
    window = window_of(opened(qtbot, start, small))
    with qtbot.wait_active(window):
        window.activateWindow()
    return Keyboard(qtbot, window)


def dialog_named(window: MainWindow, name: str) -> Seen:
    """Whether that dialog is open."""
    return lambda: any(
        one.isVisible() and one.windowTitle() == name for one in window.findChildren(QDialog)
    )


def is_sorted_by(header: QHeaderView, column: int) -> Seen:
    """Whether the arrow stands in that column."""
    return lambda: header.sortIndicatorSection() == column


def active_choice() -> str:
    """What is highlighted in the menu that is open, which a screen reader says."""
    menu = QApplication.activePopupWidget()
    action = menu.activeAction() if isinstance(menu, QMenu) else None
    return "" if action is None else action.text()


def test_the_keys_of_the_audit_log_page(keyboard: Keyboard) -> None:
    window, press = keyboard.window, keyboard.press
    page = window.audit_log
    table, bar, details = page.table, page.bar, page.details
    everything = LogFilters(PeriodChoice(Preset.ALL_TIME))

    def is_read() -> bool:
        shown, entry_ = details.shown_entry(), table.current_entry()
        return (
            not page.model.is_busy
            and page.model.is_exact
            and entry_ is not None
            and shown is not None
            and shown.id == entry_.id
        )

    def to_table() -> None:
        bar.set_filters(everything)
        keyboard.qtbot.wait_until(lambda: page.model.rowCount() == 10, timeout=PATIENCE)
        keyboard.qtbot.wait_until(is_read, timeout=PATIENCE)
        keyboard.focus(table)

    window.show_page(page)
    to_table()
    press("Ctrl+L", bar.period.hasFocus)
    press("Enter", lambda: active_choice() == "All time")
    keyboard.close()
    press("Ctrl+F", bar.target.hasFocus)
    press("Ctrl+T", table.hasFocus)
    press("Ctrl+D", details.table.hasFocus)
    # In the changes of the entry with the long text.
    QTest.keyClick(details.table, Qt.Key.Key_Right)
    folded = details.table.rowHeight(0)
    press("Enter", lambda: details.table.rowHeight(0) > folded)
    press("R", details.raw.isVisible)
    press("Ctrl+T", table.hasFocus)
    press("Ctrl+D", details.raw.hasFocus)
    press("R", details.table.isVisible)
    keyboard.focus(details.table)
    press("U", details.show_unchanged.isChecked)
    press("U", lambda: not details.show_unchanged.isChecked())
    keyboard.focus(table)
    press("End", lambda: table.currentIndex().row() == 9)
    press("Home", lambda: table.currentIndex().row() == 0)
    press("PgDown", lambda: table.currentIndex().row() > 0)
    press("PgUp", lambda: table.currentIndex().row() == 0)
    press("Shift+Down", lambda: len(table.selectionModel().selectedRows()) == 2)
    press("Shift+Up", lambda: len(table.selectionModel().selectedRows()) == 1)
    press("Ctrl+A", lambda: len(table.selectionModel().selectedRows()) == 10)
    table.go_to(0)
    # The menu key is the window system's, and pressed in test_audit_log_page.py.
    press("F10", lambda: active_choice() == "Show everything that touched this target")
    keyboard.close()
    QGuiApplication.clipboard().clear()
    press("Ctrl+C", lambda: "agent.update" in QGuiApplication.clipboard().text())
    header = table.horizontalHeader()
    for number, column in enumerate((0, 1, 2, 3, 5), 1):
        order = header.sortIndicatorOrder()
        press(f"Ctrl+{number}", is_sorted_by(header, column), is_read)
        if number == 1:
            assert header.sortIndicatorOrder() is not order, "again turns it round"
    press("Ctrl+1", lambda: header.sortIndicatorSection() == 0, is_read)
    table.go_to(9)
    keyboard.qtbot.wait_until(is_read, timeout=PATIENCE)
    # The only entry of Ana's.
    press("A", lambda: table.currentIndex().data() is not None)
    keyboard.qtbot.wait_until(
        lambda: (one := table.current_entry()) is not None and one.actor_name == "Ana Weber",
        timeout=PATIENCE,
    )
    taken = page.model.snapshot
    press("F5", lambda: page.model.snapshot is not taken, is_read)
    assert page.model.rowCount() == 10
    target = table.current_entry()
    assert target is not None
    keyboard.qtbot.wait_until(is_read, timeout=PATIENCE)
    press("Ctrl+G", lambda: page.filters.targets == (target.target_id,))
    press("Ctrl+Shift+X", lambda: page.filters == LogFilters())
    to_table()
    press("Ctrl+E", dialog_named(window, "Export"))
    keyboard.close()
    keyboard.pressed += ["Home, End", "Page up, Page down", "Letters", "Menu, F10"]
    keyboard.pressed += ["Shift+Up, Shift+Down, Ctrl+A", "Ctrl+1 … Ctrl+5"]
    assert keyboard.has_all(SHORTCUTS)


def open_findings(page: ReviewPage) -> int:
    """How many are still to be decided, as the head of the page says."""
    return int(page.head.progress.text().split()[-2])


def has_fewer_open(page: ReviewPage, left: int) -> Seen:
    """Whether one of so many was decided."""
    return lambda: open_findings(page) < left


def test_the_keys_of_the_review_page(keyboard: Keyboard) -> None:
    window, press, qtbot = keyboard.window, keyboard.press, keyboard.qtbot
    page = window.review
    table, form = page.table, page.details.form
    press("Ctrl+L", page.checklist.hasFocus)
    press("Ctrl+P", page.head.period.hasFocus)
    press("Ctrl+D", form.note.hasFocus)
    press("Esc", table.hasFocus)
    press("Ctrl+T", table.hasFocus)
    press("E")
    decided(qtbot, page, "1 decided")
    press("U")
    decided(qtbot, page, "0 decided")
    table.go_to(0)
    press("F", form.note.hasFocus)
    QTest.keyClicks(form.note, "ask Olga")
    press("Ctrl+Return")
    decided(qtbot, page, "1 decided")
    qtbot.wait_until(table.hasFocus, timeout=PATIENCE)
    table.go_to(0)
    press("R")
    decided(qtbot, page, "0 decided")
    table.go_to(0)
    press("X", form.note.hasFocus)
    press("Esc", table.hasFocus)
    table.go_to(0)
    press("Shift+Down", lambda: len(table.selected()) == 2)
    press("Shift+Up", lambda: len(table.selected()) == 1)
    press("Ctrl+A", lambda: len(table.selected()) == page.model.rowCount() == 3)
    table.go_to(0)
    press("Ctrl+J", lambda: table.currentIndex().row() == 1)
    header = table.horizontalHeader()
    for number in range(1, 6):
        press(f"Ctrl+{number}", is_sorted_by(header, number - 1))
    before = page.reading
    press("F5", lambda: page.reading is not None and page.reading is not before)
    press("Ctrl+E", dialog_named(window, "Save report"))
    keyboard.close()
    keyboard.focus(table)
    press("Ctrl+G", window.audit_log.isVisible)
    window.show_page(page)
    qtbot.wait_until(lambda: bool(table.selected()), timeout=PATIENCE)
    while left := open_findings(page):
        keyboard.focus(table)
        press("E", has_fewer_open(page, left))
    qtbot.wait_until(page.head.sign_off.isEnabled, timeout=PATIENCE)
    press("Ctrl+Shift+S", dialog_named(window, "Sign off"))
    keyboard.close()
    keyboard.pressed += ["Shift+Up, Shift+Down, Ctrl+A", "Ctrl+Enter", "Escape"]
    keyboard.pressed += ["Ctrl+1 … Ctrl+5"]
    assert keyboard.has_all(REVIEW_SHORTCUTS)


def test_the_keys_of_the_activity_page(keyboard: Keyboard) -> None:
    window, press, qtbot = keyboard.window, keyboard.press, keyboard.qtbot
    page, log = window.activity, window.audit_log

    def to_page() -> None:
        window.show_page(page)
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        qtbot.wait_until(page.charts.isVisible, timeout=PATIENCE)
        qtbot.wait_until(lambda: page.activity is not None, timeout=PATIENCE)

    to_page()
    heat_map, histogram = page.charts.heat_map, page.charts.histogram
    keyboard.focus(heat_map)
    heat_map.setCurrentIndex(heat_map.model().index(0, 10))
    press("Right", lambda: heat_map.currentIndex().column() == 11)
    press("Enter", log.isVisible, lambda: len(log.filters.hours) == 1)
    to_page()
    keyboard.focus(histogram)
    press("Shift+Left", lambda: len(histogram.selectedIndexes()) == 2)
    press("Shift+Right", lambda: len(histogram.selectedIndexes()) == 1)
    press("Esc", lambda: not histogram.selectedIndexes())
    QTest.keyClick(histogram, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    press("Enter", lambda: page.filters.period.preset is Preset.CUSTOM)
    to_page()
    counted = page.activity
    press("F5", lambda: page.activity is not counted)
    press("Ctrl+Shift+X", lambda: page.filters.period.preset is Preset.LAST_90_DAYS)
    keyboard.pressed += ["Arrow keys", "Escape", "Shift+Left, Shift+Right"]
    assert keyboard.has_all(ACTIVITY_SHORTCUTS)


@pytest.mark.parametrize("closing", ["Ctrl+W", "Ctrl+Q"])
def test_the_keys_of_every_page(keyboard: Keyboard, closing: str) -> None:
    window, press = keyboard.window, keyboard.press
    pages = (window.audit_log, window.review, window.activity, window.retention)
    for number, page in enumerate(pages, 1):
        press(f"Alt+{number}", page.isVisible)
        press("F1", dialog_named(window, "Keyboard shortcuts"))
        press("Esc", lambda: not dialog_named(window, "Keyboard shortcuts")())
        press("Ctrl+,", dialog_named(window, "Settings"))
        press("Esc", lambda: not dialog_named(window, "Settings")())
    press(closing, lambda: not window.isVisible())
    keyboard.pressed += ["Alt+1 … Alt+4", "Ctrl+W, Ctrl+Q"]
    assert keyboard.has_all(WINDOW_SHORTCUTS)


class _OnX11(QLineEdit):
    """As Qt's fields are where Ctrl+E goes to the end of the line."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


def test_the_export_key_is_left_to_the_window_while_one_types(qtbot: QtBot) -> None:
    window, field_on_x11 = QWidget(), _OnX11()
    qtbot.add_widget(window)
    QVBoxLayout(window).addWidget(field_on_x11)
    leave_shortcuts(field_on_x11)
    asked: list[bool] = []
    QShortcut(QKeySequence("Ctrl+E"), window).activated.connect(lambda: asked.append(True))
    window.show()
    field_on_x11.setFocus()
    qtbot.wait_until(field_on_x11.hasFocus)
    QTest.keyClick(field_on_x11, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert asked == [True]
