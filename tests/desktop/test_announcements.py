"""What a screen reader says by itself: results, and what went wrong, wherever it is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.connections.profile import Kind
from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.widgets.page import NoLog
from mylla_audit_desktop.desktop.window import MainWindow
from tests.desktop.conftest import make_entries
from tests.desktop.reviewing import PATIENCE, Office, Start, opened

LogUrl = Callable[..., str]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was said aloud, in its order."""
    heard: list[str] = []

    def listen(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            heard.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", listen)
    return heard


def write(field: QWidget, text: str) -> None:
    """Type in the place of what is there."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def log_window(qtbot: QtBot, start: Start, url: str) -> MainWindow:
    window = start(url).window
    qtbot.wait_until(lambda: window.audit_log.model.is_exact, timeout=PATIENCE)
    return window


def test_an_empty_result_is_said_once(
    qtbot: QtBot, start: Start, log_url: LogUrl, said: list[str]
) -> None:
    window = log_window(qtbot, start, log_url(make_entries(30)))
    page = window.audit_log
    said.clear()
    page.bar.target.setText("nobody has this")
    qtbot.wait_until(lambda: bool(said), timeout=PATIENCE)
    qtbot.wait_until(lambda: not page.model.is_busy, timeout=PATIENCE)
    assert [text.partition(" · ")[0] for text in said] == [
        "0 entries",
        "No entries match. Choose a longer period or fewer filters.",
    ]
    window.show_page(window.activity)
    said.clear()
    window.activity.bar.target.setText("nobody has this")
    none = "No entries match. Choose a longer period or fewer filters."
    qtbot.wait_until(lambda: said[-1:] == [none], timeout=PATIENCE)
    assert said.count(none) == 1


def test_what_is_on_its_way_is_said_only_where_it_takes_a_while(
    qtbot: QtBot, start: Start, log_url: LogUrl, said: list[str]
) -> None:
    window = log_window(qtbot, start, log_url(make_entries(30)))
    assert not [one for one in said if "One moment" in one]
    assert [one for one in said if one.startswith("30 entries")]
    said.clear()
    window.say_no_log(NoLog("Opening the audit log", "One moment.", is_passing=True))
    assert not said
    qtbot.wait_until(lambda: bool(said), timeout=PATIENCE)
    assert said == ["Opening the audit log. One moment."]
    # A demo log that is made says ten times a second how far it is.
    window.audit_log.line.announce("Stopped")
    said.clear()
    counts: list[int] = []

    def go_on() -> None:
        counts.append(len(counts))
        window.say_no_log(NoLog("Making the demo log", f"{counts[-1]}.", is_passing=True))

    ticks = QTimer(window, interval=100)
    ticks.timeout.connect(go_on)
    ticks.start()
    qtbot.wait_until(lambda: bool(said), timeout=PATIENCE)
    counts.clear()
    # For as long again, and longer.
    qtbot.wait_until(lambda: len(counts) > 15, timeout=PATIENCE)
    ticks.stop()
    assert len(said) == 1
    assert said[0].startswith("Making the demo log. ")


def test_how_an_export_ended_is_said_and_not_every_step_of_it(
    qtbot: QtBot, start: Start, log_url: LogUrl, said: list[str], tmp_path: Path
) -> None:
    window = log_window(qtbot, start, log_url(make_entries(30)))
    dialog = window.audit_log.exporting.dialog()
    assert dialog is not None
    dialog.open()
    said.clear()
    dialog.file.setText(str(tmp_path / "none" / "evidence.csv"))
    dialog.action.click()
    qtbot.wait_until(lambda: not dialog.is_busy, timeout=PATIENCE)
    assert said[0] == "Writing…"
    assert said[1].startswith("There is no folder ")
    said.clear()
    dialog.file.setText(str(tmp_path / "evidence.csv"))
    dialog.action.click()
    qtbot.wait_until(lambda: dialog.written is not None, timeout=PATIENCE)
    assert said[0] == "Writing…"
    assert " entries written to " in said[1]
    assert len(said) == 2, said
    assert dialog.progress.value() == dialog.progress.maximum() == 30, "all of it"
    dialog.close()


def test_what_comes_of_a_connection_is_said(
    qtbot: QtBot, start: Start, log_url: LogUrl, said: list[str]
) -> None:
    url = log_url(make_entries(3))
    dialog = start(None).add_connection()
    dialog.connect_button.click()
    assert said == ["The connection names no host."]
    dialog.form.kind.set_value(Kind.SQLITE)
    dialog.form.kind.chosen.emit(Kind.SQLITE)
    dialog.form.file.line.setText(url.removeprefix("sqlite:///"))
    said.clear()
    dialog.test.click()
    qtbot.wait_until(lambda: "The connection works." in said, timeout=PATIENCE)
    assert said[0] == "Testing…"
    steps = said[1:-1]
    assert len(steps) == len(dialog.steps.steps)
    assert all(" works" in step for step in steps), steps
    dialog.reject()


def test_damaged_evidence_is_said(
    qtbot: QtBot, start: Start, said: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "evidence.csv"
    path.write_text("no,audit,log\n")
    session = start(None)
    dialog = session.open_evidence(path)
    qtbot.wait_until(lambda: dialog.state.accessibleDescription() in said, timeout=PATIENCE)
    assert "evidence.csv" in said[-1]
    dialog.reject()


def test_what_a_verdict_and_a_period_lack_is_said(
    qtbot: QtBot, start: Start, small: Office, said: list[str]
) -> None:
    page = opened(qtbot, start, small)
    said.clear()
    QTest.keyClick(page.table, Qt.Key.Key_F)
    assert len(said) == 1
    assert "“Needs follow-up” needs a note" in said[0]
    said.clear()
    write(page.head.start, "2026-02-30")
    qtbot.wait_until(lambda: bool(said), timeout=PATIENCE)
    assert "there is no day 2026-02-30" in said[0]


def test_what_is_wrong_with_a_policy_and_what_it_gives_is_said(
    qtbot: QtBot, start: Start, small: Office, said: list[str]
) -> None:
    page = opened(qtbot, start, small)
    page.dialogs.open_policy()
    (dialog,) = page.window().findChildren(PolicyDialog)
    qtbot.wait_until(lambda: any("This policy gives" in one for one in said), timeout=PATIENCE)
    said.clear()
    write(dialog.fields.zone, "Mars/Olympus")
    qtbot.wait_until(lambda: any("Mars/Olympus" in one for one in said), timeout=PATIENCE)
    dialog.reject()


def test_what_a_shorter_retention_deletes_is_said(
    qtbot: QtBot, start: Start, small: Office, said: list[str]
) -> None:
    page = opened(qtbot, start, small)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.show_page(window.retention)
    qtbot.wait_until(lambda: window.retention.state is not None, timeout=PATIENCE)
    dialog = window.retention.change_dialog()
    assert dialog is not None
    dialog.open()
    said.clear()
    dialog.days.setText("many")
    assert said == ["Write whole days from 1 to 36,500."]
    dialog.days.setText("1")
    qtbot.wait_until(
        lambda: any(one.startswith("The next run deletes") for one in said), timeout=PATIENCE
    )
    assert said[-1].endswith("to confirm.")
    dialog.reject()
