"""The settings at the foot of the rail."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.settings_dialog import SettingsDialog
from mylla_audit_desktop.desktop.theme import ThemeChoice
from mylla_audit_desktop.desktop.zone_dialog import ZoneDialog
from tests.desktop.reviewing import Office, opened


def settings_of(window: QWidget) -> SettingsDialog:
    (entry,) = (one for one in window.findChildren(QToolButton) if one.text() == "Settings")
    entry.click()
    (dialog,) = window.findChildren(SettingsDialog)
    return dialog


def test_theme_and_zone_are_in_force_at_once(start: Callable[..., Session]) -> None:
    session = start(None)
    dialog = settings_of(session.window)
    QTest.keyClick(dialog.theme, Qt.Key.Key_H)
    assert session.theme.choice is ThemeChoice.CONTRAST
    assert session.settings.settings.theme == "contrast"
    session.window.set_zone("Asia/Tokyo")
    assert "Asia/Tokyo" in dialog.zone.text()
    assert not dialog.policy.isEnabled()
    assert "Open a log first" in dialog.policy.toolTip()
    dialog.close()
    session.theme.apply(ThemeChoice.LIGHT)


def test_a_zone_that_the_computer_misnames_is_told_until_one_is_chosen(
    start: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST")
    session = start(None)
    zone = session.window.status.zone
    assert "TZ" not in zone.toolTip()
    session.window.set_zone("")
    assert zone.text().startswith("▲ UTC")
    assert "which names no time zone" in zone.toolTip()
    assert "TZ is 'CET-1CEST', which names no time zone" in zone.accessibleName()
    dialog = ZoneDialog("", session.window)
    assert dialog.list.item(0).text() == "System (UTC: TZ is 'CET-1CEST', which names no time zone)"
    dialog.close()
    session.window.set_zone("Europe/Berlin")
    assert not zone.text().startswith("▲")
    assert "TZ" not in zone.toolTip() + zone.accessibleName()


def test_the_policy_is_found_there(
    qtbot: QtBot, start: Callable[..., Session], small: Office
) -> None:
    page = opened(qtbot, start, small)
    window = page.window()
    settings_of(window).policy.click()
    qtbot.wait_until(lambda: len(window.findChildren(PolicyDialog)) == 1)
    (policy,) = window.findChildren(PolicyDialog)
    policy.close()
