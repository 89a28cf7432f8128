"""A connection that is lost is said in words; what is on the screen stays."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.audit_log import export_dialog
from mylla_audit_desktop.desktop.background import Report
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.log.errors import CancelledError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.desktop.reviewing import Office, Start
from tests.proxies import proxy_to
from tests.servers import Server, running_postgresql


def terminate_backends(server: Server) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def test_a_lost_server_is_said_and_the_result_stays(
    qtbot: QtBot, start: Callable[..., Session]
) -> None:
    with running_postgresql() as server:
        url = server.create_database("lost")
        assert main(["demo", "--database", url, "--entries", "3000"]) == 0
        page = start(url).window.audit_log
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        qtbot.wait_until(lambda: page.model.count == 3000, timeout=30_000)
        qtbot.wait_until(lambda: page.model.waypoints is not None, timeout=30_000)
        # The server drops every connection: the next question opens a new one.
        terminate_backends(server)
        before = page.model.snapshot
        page.refresh()
        qtbot.wait_until(lambda: page.model.snapshot is not before, timeout=30_000)
        qtbot.wait_until(lambda: page.model.waypoints is not None, timeout=30_000)
        assert page.bar.message.text() == ""
    # The server is gone.
    page.refresh()
    qtbot.wait_until(lambda: "cannot be reached" in page.bar.message.text(), timeout=30_000)
    assert page.model.rowCount() == 3000
    assert page.table.isVisible()
    # What is not at hand is asked for once, not by every painting.
    failures: list[Exception] = []
    page.model.failed.connect(failures.append)
    page.table.go_to(1_500)
    for number in range(1, 4):
        page.table.viewport().repaint()
        qtbot.wait_until(lambda: bool(failures), timeout=30_000)
        page.model.index(1_500 + number, 0).data()
        page.table.viewport().repaint()
        QCoreApplication.processEvents()
    assert len(failures) <= 2


def test_a_silent_server_is_said_and_found_again(
    qtbot: QtBot, start: Callable[..., Session], postgresql_server: Server
) -> None:
    url = postgresql_server.create_database("silent")
    assert main(["demo", "--database", url, "--entries", "3000"]) == 0
    with proxy_to(postgresql_server.port) as proxy:
        session = start(f"postgresql://postgres@127.0.0.1:{proxy.port}/silent")
        page = session.window.audit_log
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        qtbot.wait_until(lambda: page.model.count == 3000, timeout=30_000)
        qtbot.wait_until(lambda: page.model.waypoints is not None, timeout=30_000)
        # Everything is taken and acknowledged, nothing is passed on.
        proxy.swallow_all()
        status = session.window.status
        there = (status.dot.text(), status.dot.property("tone"), status.connection.text())
        begun = time.monotonic()
        page.refresh()
        qtbot.wait_until(lambda: "does not answer" in page.bar.message.text(), timeout=60_000)
        # Ten seconds are promised; a busy machine gets some more.
        assert time.monotonic() - begun < 20
        assert page.model.rowCount() == 3000
        assert page.table.isVisible()
        # The status bar says so in a shape, a colour and words.
        qtbot.wait_until(lambda: status.connection.text().endswith("cannot be reached"))
        assert (status.dot.text(), status.dot.property("tone")) == ("✗", "error")
        assert "cannot be reached" in status.connection.accessibleDescription()
        proxy.forward()
        before = page.model.snapshot

        def is_back() -> bool:
            if page.model.snapshot is before and not page.busy.isVisible():
                page.refresh()
            return page.model.snapshot is not before

        qtbot.wait_until(is_back, timeout=60_000)
        qtbot.wait_until(lambda: page.model.waypoints is not None, timeout=30_000)
        assert there == (
            status.dot.text(),
            status.dot.property("tone"),
            status.connection.text(),
        )


def test_a_look_for_news_that_takes_long_is_not_begun_anew(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    """On a slow server each would cancel the one before, and none would ever be answered."""
    session = start(small.url)
    window, tasks = session.window, session.background._tasks
    is_over = threading.Event()

    def wait(_cancellation: Cancellation, _report: Report) -> None:
        is_over.wait()

    for page, look, lane in (
        (window.review, window.review.follow, "follow"),
        (window.audit_log, window.audit_log._new_entries.look, "choices"),
    ):
        window.show_page(page)
        qtbot.wait_until(lambda: not tasks, timeout=30_000)
        session.background.run(wait, done=lambda _: None, lane=lane)
        for _ in range(3):
            look()
        assert len(tasks) == 2, "one look waits behind what is slow"
        is_over.set()
        qtbot.wait_until(lambda: not tasks, timeout=30_000)
        is_over.clear()


def test_a_cancelled_export_that_could_not_be_recorded_is_said(
    qtbot: QtBot, start: Start, small: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun = threading.Event()
    words = "Cancelled. No file was written. That it was cancelled could not be recorded."

    def export(_database: object, _request: object, cancellation: Cancellation, _: object) -> None:
        begun.set()
        while cancellation.pause(1):
            pass
        raise CancelledError(words)

    monkeypatch.setattr(export_dialog, "export_csv", export)
    page = start(small.url).window.audit_log
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=30_000)
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    dialog.open()
    dialog.action.click()
    qtbot.wait_until(begun.is_set, timeout=30_000)
    dialog.cancel.click()
    qtbot.wait_until(lambda: not dialog.is_busy, timeout=30_000)
    assert dialog.state.text() == words
    assert dialog.state.property("tone") == "error"
    dialog.reject()
