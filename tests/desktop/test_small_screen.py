"""Every dialog is whole on a screen of 1920x1080 at 200 %, which is one of 960x540."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QScrollArea
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.shortcuts import shortcut_dialog
from mylla_audit_desktop.desktop.window import MainWindow
from tests.desktop.reviewing import PATIENCE, Office, Start, opened, window_of

SCREEN = QRect(0, 0, 960, 540)


@pytest.fixture
def window(
    qtbot: QtBot, start: Start, small: Office, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _self: SCREEN)
    return window_of(opened(qtbot, start, small))


OPENERS: dict[str, Callable[[MainWindow], object]] = {
    "Keyboard shortcuts": lambda window: shortcut_dialog(window).open(),
    "Policy": lambda window: window.review.dialogs.open_policy(),
    "Save report": lambda window: window.review.dialogs.open_report(),
    "Sign off": lambda window: window.review.dialogs.open_sign_off(),
    "Settings": lambda window: window.open_settings(),
    "Time zone": lambda window: window.choose_zone(),
    "Export": lambda window: window.audit_log.exporting.open(),
    "Change retention": lambda window: window.retention.open_change(),
}


@pytest.mark.parametrize("name", OPENERS)
def test_a_dialog_is_whole(qtbot: QtBot, window: MainWindow, name: str) -> None:
    if name == "Change retention":
        window.show_page(window.retention)
        qtbot.wait_until(lambda: window.retention.state is not None)
    OPENERS[name](window)
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
    dialog.open()
    (area,) = dialog.findChildren(QScrollArea)
    bar = area.verticalScrollBar()
    qtbot.wait_until(lambda: bar.maximum() > 0)
    assert area.horizontalScrollBar().maximum() == 0
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(area, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
