"""A connection that is lost is said in words; what is on the screen stays."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.desktop.application import Session
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
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
