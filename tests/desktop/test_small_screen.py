"""Every dialog is whole on a screen of 1920x1080 at 200 %, which is one of 960x540."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QScrollArea
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.shortcuts import shortcut_dialog
from mylla_audit_desktop.desktop.window import MainWindow
from tests.desktop.dialogs import DIALOGS
from tests.desktop.reviewing import PATIENCE, Office, Start, opened, window_of

SCREEN = QRect(0, 0, 960, 540)


@pytest.fixture
def window(
    qtbot: QtBot, start: Start, small: Office, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _self: SCREEN)
    return window_of(opened(qtbot, start, small))


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_is_whole(qtbot: QtBot, window: MainWindow, name: str) -> None:
    if name == "Change retention":
        window.show_page(window.retention)
        qtbot.wait_until(lambda: window.retention.state is not None)
    DIALOGS[name](window)
    (dialog,) = (one for one in window.findChildren(QDialog) if one.isVisible())
    assert dialog.windowTitle() == name
    if isinstance(dialog, PolicyDialog):
        qtbot.wait_until(
            lambda: "This policy gives" in dialog.check.effect.text(), timeout=PATIENCE
        )
    assert dialog.width() <= SCREEN.width(), dialog.width()
    assert dialog.height() <= SCREEN.height(), dialog.height()
    # Nothing that cannot be scrolled to asks for more.
    assert dialog.minimumSizeHint().height() <= dialog.height()
    dialog.close()


def test_the_list_of_shortcuts_is_scrolled_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    dialog = shortcut_dialog(window)
    with qtbot.wait_active(dialog):
        dialog.open()
        dialog.activateWindow()
    (area,) = dialog.findChildren(QScrollArea)
    bar = area.verticalScrollBar()
    qtbot.wait_until(lambda: bar.maximum() > 0 and area.hasFocus())
    # The frame of the focus takes no room from the lines.
    assert area.horizontalScrollBar().maximum() == 0
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(area, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_first_window_has_the_room_of_its_screen(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: "xcb")
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _self: QRect(0, 0, 1366, 768))
    window = start(None, size=None).window
    # With a title above it the status bar is still on the screen.
    assert window.width() == 1280
    assert 520 <= window.height() <= 768 - 24


@pytest.mark.parametrize(
    ("asked", "is_whole"), [((1200, 700), True), ((800, 520), True), ((1400, 900), False)]
)
def test_a_size_that_is_asked_for_is_seen_whole_at_the_place_that_was_kept(
    start: Start, monkeypatch: pytest.MonkeyPatch, asked: tuple[int, int], is_whole: bool
) -> None:
    screen = QRect(0, 0, 1280, 800)
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _self: screen)
    window = start(None).window
    window.setGeometry(300, 250, 800, 520)
    window.close()
    window = start(None, size=asked).window
    place = window.geometry()
    assert (place.width(), place.height()) == asked
    assert screen.contains(place) or not is_whole
    # The title can be got hold of, whatever the size.
    assert screen.contains(place.topLeft())
    assert place.top() > 0
    if asked == (800, 520):
        # Where it fits it stays.
        assert place.top() == 250
