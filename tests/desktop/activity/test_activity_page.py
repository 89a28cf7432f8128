"""The activity page as its user sees it, in a real window."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.desktop.activity.page import ActivityPage
from mylla_audit_desktop.desktop.connections.opener import Source, SourceKind
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.theme import ThemeChoice
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.log.week import WeekHour
from tests.desktop.conftest import HOSTILE

Start = Callable[..., Session]
LogUrl = Callable[[list[NewEntry]], str]
ALL_TIME = LogFilters(PeriodChoice(Preset.ALL_TIME))
NO = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def at(when: str, actor: str = "usr_1", **values: Any) -> NewEntry:
    usual = {"actor_name": "Ana Weber", "action": "agent.update", "target_id": "agt_1"}
    kind = "system" if actor == "system" else "member"
    return NewEntry(Instant.parse(when), kind, actor, **(usual | values))


# Berlin: Monday 10 (three), Monday 22 (one), Sunday 3 both sides of a change of the clocks,
# and what no clock shows.
ENTRIES = [
    at("2026-11-16T09:00:00Z"),
    at("2026-11-16T09:59:59Z", "usr_2", actor_name="Luis Ortega"),
    at("2026-11-09T09:30:00Z", action="number.release", target_id="num_1"),
    at("2026-11-02T21:00:00Z", "system", actor_name="system", target_id=None),
    at("2026-10-25T02:00:00Z"),
    at("2026-11-01T02:30:00Z"),
    at("infinity"),
]


def shown(qtbot: QtBot, session: Session, filters: LogFilters = ALL_TIME) -> ActivityPage:
    window = session.window
    page = window.activity
    window.show_page(page)
    page.bar.set_filters(filters)
    settled(qtbot, page)
    return page


def settled(qtbot: QtBot, page: ActivityPage) -> None:
    qtbot.wait_until(
        lambda: (
            page.activity is not None
            and not page._is_stale
            and page._slot._task is not None
            and page._slot._task.is_finished
        ),
        timeout=20_000,
    )


def test_the_keyboard_goes_to_the_hours_once_they_are_counted(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    window = start(log_url(ENTRIES)).window
    page = window.activity
    page.bar.set_filters(ALL_TIME)
    with qtbot.wait_active(window):
        window.activateWindow()
    window.show_page(page)
    qtbot.wait_until(page.charts.heat_map.hasFocus, timeout=20_000)
    window.show_page(window.audit_log)
    page.table_button.click()
    window.show_page(page)
    assert page.tables.hours.hasFocus()
    # Who went on meanwhile stays there.
    page.bar.target.setFocus()
    page.refresh()
    settled(qtbot, page)
    assert page.bar.target.hasFocus()


def cell(page: ActivityPage, weekday: int, hour: int) -> QModelIndex:
    return page.charts.heat_map.figures.index(weekday, hour)


def point(view: QTableView, index: QModelIndex) -> QPoint:
    return view.visualRect(index).center()


def test_cells_and_summary_count_in_the_reviewers_zone(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    assert cell(page, 0, 10).data() == "3"
    assert cell(page, 0, 22).data() == "1"
    assert cell(page, 6, 3).data() == "2"
    assert page.summary.text().startswith("7 entries · all time · Europe/Berlin · ")
    assert page.summary.text().endswith("outside working hours · 1 entry outside the calendar")
    assert page.summary.accessibleDescription() == page.summary.text()


def test_a_click_on_a_cell_opens_the_log_on_just_its_entries(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    session = start(log_url(ENTRIES))
    page, log = shown(qtbot, session), session.window.audit_log
    view = page.charts.heat_map
    QTest.mouseClick(view.viewport(), LEFT, NO, point(view, cell(page, 0, 10)))
    qtbot.wait_until(lambda: log.summary.text().startswith("3 entries"), timeout=20_000)
    assert log.isVisible()
    assert log.bar.hours.isVisible()
    assert log.bar.hours.text().startswith("Mon 10:00 - 11:00")
    QTest.mouseClick(log.bar.hours, LEFT)
    qtbot.wait_until(lambda: log.summary.text().startswith("7 entries"), timeout=20_000)
    assert not log.bar.hours.isVisible()


def test_arrows_and_enter_open_the_same_entries(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    session = start(log_url(ENTRIES))
    page = shown(qtbot, session, LogFilters(PeriodChoice(Preset.ALL_TIME), actors=("usr_1",)))
    view = page.charts.heat_map
    view.setFocus()
    view.setCurrentIndex(cell(page, 0, 12))
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.currentIndex() == cell(page, 0, 10)
    QTest.keyClick(view, Qt.Key.Key_Return)
    log = session.window.audit_log
    qtbot.wait_until(lambda: log.summary.text().startswith("2 entries"), timeout=20_000)
    assert log.filters.hours == (WeekHour(0, 10),)
    assert log.filters.actors == ("usr_1",), "the filters of the page go along"


def test_an_empty_cell_leads_nowhere(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    session = start(log_url(ENTRIES))
    page = shown(qtbot, session)
    view = page.charts.heat_map
    QTest.mouseClick(view.viewport(), LEFT, NO, point(view, cell(page, 3, 3)))
    assert page.isVisible()


def test_a_drag_over_the_bars_sets_the_dates(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    view = page.charts.histogram
    # Eleven days up to 26 October 2026 come before the first of November.
    days = [view.figures.headerData(n, Qt.Orientation.Horizontal) for n in range(23)]
    assert (days[0], days[-1]) == ("Sun 25 Oct 2026", "Mon 16 Nov 2026")
    first, last = (
        point(view, view.figures.index(0, days.index(day)))
        for day in ("Mon 02 Nov 2026", "Mon 09 Nov 2026")
    )
    viewport = view.viewport()
    QTest.mousePress(viewport, LEFT, NO, first)
    QTest.mouseMove(viewport, (first + last) / 2)
    QTest.mouseMove(viewport, last)
    QTest.mouseRelease(viewport, LEFT, NO, last)
    qtbot.wait_until(lambda: page.summary.text().startswith("2 entries"), timeout=20_000)
    assert page.bar.start.text() == "2026-11-02"
    assert page.bar.end.text() == "2026-11-09"
    assert view.figures.columnCount() == 8


def test_shift_and_arrows_choose_days_and_enter_takes_them(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    view = page.charts.histogram
    view.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(7):
        QTest.keyClick(view, Qt.Key.Key_Left, shift)
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.wait_until(lambda: page.summary.text().startswith("3 entries"), timeout=20_000)
    assert (page.bar.start.text(), page.bar.end.text()) == ("2026-11-09", "2026-11-16")


def test_a_click_on_a_bar_only_looks(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    view = page.charts.histogram
    QTest.mouseClick(view.viewport(), LEFT, NO, point(view, view.figures.index(0, 3)))
    assert page.filters == ALL_TIME
    assert view.currentIndex().column() == 3


def test_the_most_frequent_lead_to_their_entries(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    session = start(log_url(ENTRIES))
    page, log = shown(qtbot, session), session.window.audit_log
    actors = page.charts.tops["actors"]
    assert [actors.figures.index(row, 0).data() for row in range(3)] == [
        "Ana Weber",
        "system",
        "Luis Ortega",
    ]
    QTest.mouseClick(actors.viewport(), LEFT, NO, point(actors, actors.figures.index(0, 0)))
    qtbot.wait_until(lambda: log.summary.text().startswith("5 entries"), timeout=20_000)
    assert log.filters.actors == ("usr_1",)
    session.window.show_page(page)
    actions = page.charts.tops["actions"]
    actions.setFocus()
    actions.setCurrentIndex(actions.figures.index(1, 0))
    QTest.keyClick(actions, Qt.Key.Key_Return)
    qtbot.wait_until(lambda: log.summary.text().startswith("1 entry"), timeout=20_000)
    assert log.filters.actions == ("number.release",)


def test_the_tables_say_what_the_charts_show(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    QTest.mouseClick(page.table_button, LEFT)
    assert page.tables.isVisible()
    assert page.table_button.text() == "Show as charts"
    hours = page.tables.hours.model()
    for weekday in range(7):
        for hour in range(24):
            count = cell(page, weekday, hour).data()
            assert hours.index(hour, weekday).data() == count
    assert hours.index(24, 7).data() == "6"
    time = page.tables.time.model()
    assert sum(int(time.index(row, 1).data()) for row in range(time.rowCount())) == 6
    QTest.mouseClick(page.table_button, LEFT)
    assert page.charts.isVisible()


def test_a_screen_reader_finds_charts_as_tables_with_words(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = shown(qtbot, start(log_url(ENTRIES)))
    wanted = {
        "Activity by hour": "Mon 10:00 - 11:00: 3 entries, the busiest hour",
        "Entries over time": "Mon 16 Nov 2026: 2 entries",
        "Top actors": "Ana Weber (usr_1): 5 entries",
    }
    views = (page.charts.heat_map, page.charts.histogram, page.charts.tops["actors"])
    for view in views:
        interface = QAccessible.queryAccessibleInterface(view)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name) == view.accessibleName()
        assert interface.role() == QAccessible.Role.Table
        said = [
            interface.child(number).text(QAccessible.Text.Name)
            for number in range(interface.childCount())
        ]
        assert wanted[view.accessibleName()] in [one for one in said if one]


def test_an_empty_result_tells_a_pasted_character_that_nobody_sees(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = shown(
        qtbot,
        start(log_url(ENTRIES)),
        LogFilters(PeriodChoice(Preset.ALL_TIME), targets=("num_1\u200b",)),
    )
    assert "Target holds an invisible or unusual character (U+200B)" in page.notice.sentences()


def test_an_empty_result_says_what_to_do(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(
        qtbot,
        start(log_url(ENTRIES)),
        LogFilters(PeriodChoice(Preset.CUSTOM, "1990-01-01", "1990-01-02")),
    )
    assert page.notice.isVisible()
    assert "No entries match" in page.notice.sentences()
    assert page.summary.text().startswith("0 entries")
    QTest.mouseClick(page.notice.action, LEFT)
    qtbot.wait_until(page.charts.isVisible, timeout=20_000)
    assert page.summary.text().startswith("7 entries")


def test_a_log_without_entries_says_so(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(qtbot, start(log_url([])), LogFilters(PeriodChoice(Preset.LAST_90_DAYS)))
    assert "No entries in the last 90 days" in page.notice.sentences()
    QTest.mouseClick(page.notice.action, LEFT)
    qtbot.wait_until(lambda: "The log is empty" in page.notice.sentences(), timeout=20_000)
    assert page.notice.action.text() == "Look again"


def test_only_odd_times_are_counted_and_drawn(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = shown(qtbot, start(log_url([at("infinity"), at("4713-01-02T00:00:00+00 BC")])))
    assert (
        page.summary.text()
        == "2 entries · all time · Europe/Berlin · 2 entries outside the calendar"
    )
    assert page.charts.isVisible()
    assert page.charts.histogram.figures.columnCount() == 0


def test_a_log_that_fails_says_so_and_can_be_tried_again(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    session = start(log_url(ENTRIES))
    page = session.window.activity
    qtbot.wait_until(lambda: session.window.audit_log.model.waypoints is not None, timeout=20_000)
    file = tmp_path / "log.sqlite"
    log = session._log
    assert log is not None
    log.database.close()
    content = file.read_bytes()
    file.write_bytes(b"not a database, not at all" * 400)
    session.window.show_page(page)
    qtbot.wait_until(lambda: page.notice.action.text() == "Try again", timeout=20_000)
    assert "could not be counted" in page.notice.sentences()
    log.database.close()
    file.write_bytes(content)
    QTest.mouseClick(page.notice.action, LEFT)
    qtbot.wait_until(page.charts.isVisible, timeout=20_000)


def test_the_count_of_the_log_before_does_not_stay_over_one_that_cannot_be_counted(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    session = start(log_url(ENTRIES))
    page = shown(qtbot, session)
    assert page.summary.text().startswith("7 entries")
    session.window.show_page(session.window.audit_log)
    other = tmp_path / "other.sqlite"
    shutil.copy(tmp_path / "log.sqlite", other)
    first = session._log
    session.open(Source(SourceKind.URL, f"sqlite:///{other}"))
    qtbot.wait_until(lambda: session._log is not first, timeout=20_000)
    qtbot.wait_until(lambda: session.window.audit_log.model.waypoints is not None, timeout=20_000)
    assert session._log is not None
    session._log.database.close()
    other.write_bytes(b"not a database, not at all" * 400)
    session.window.show_page(page)
    qtbot.wait_until(lambda: page.notice.action.text() == "Try again", timeout=20_000)
    assert not page.summary.text()


def test_hostile_texts_are_shown_as_they_are(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    entries = [
        at("2026-11-16T09:00:00Z", text, actor_name=text, action=text, target_id=text)
        for text in HOSTILE
    ]
    page = shown(qtbot, start(log_url(entries)))
    for top_list in page.charts.tops.values():
        said = {top_list.figures.index(row, 0).data() for row in range(len(HOSTILE))}
        assert said == {text.replace("\u202e", "\\u202e") for text in HOSTILE}
        tip = top_list.figures.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
        assert "<b>" not in tip
        assert "<img" not in tip


def test_the_last_90_days_at_first_and_after_clearing(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    now = datetime.now(UTC)
    recent = [at((now - timedelta(days=days)).isoformat()) for days in (1, 80, 100)]
    session = start(log_url(recent))
    page = session.window.activity
    session.window.show_page(page)
    settled(qtbot, page)
    assert page.bar.period.preset is Preset.LAST_90_DAYS
    assert page.summary.text().startswith("2 entries")
    page.bar.target.setText("nothing")
    QTest.keyClick(page.bar.target, Qt.Key.Key_Return)
    qtbot.wait_until(lambda: page.summary.text().startswith("0 entries"), timeout=20_000)
    QTest.mouseClick(page.bar.clear, LEFT)
    qtbot.wait_until(lambda: page.summary.text().startswith("2 entries"), timeout=20_000)


@pytest.mark.parametrize("size", [(800, 520), (1920, 1080)])
def test_every_hour_is_seen_at_any_size(
    qtbot: QtBot, start: Start, log_url: LogUrl, size: tuple[int, int]
) -> None:
    session = start(log_url(ENTRIES))
    session.window.resize(*size)
    session.window.theme.apply(ThemeChoice.DARK)
    page = shown(qtbot, session)
    view = page.charts.heat_map
    assert view.visualRect(cell(page, 0, 0)).left() == 0
    assert view.visualRect(cell(page, 6, 23)).right() == view.viewport().width() - 1
    assert view.visualRect(cell(page, 6, 23)).bottom() < view.viewport().height()
    session.window.theme.apply(ThemeChoice.LIGHT)


@pytest.mark.parametrize("size", [(800, 520), (960, 540), (1280, 800)])
def test_names_and_counts_in_the_tables_are_read_at_any_size(
    qtbot: QtBot, start: Start, log_url: LogUrl, size: tuple[int, int]
) -> None:
    session = start(log_url(ENTRIES))
    session.window.resize(*size)
    page = shown(qtbot, session)
    page.table_button.click()
    table = page.tables.tops["Actors"]
    header = table.horizontalHeader()
    name = table.fontMetrics().horizontalAdvance("Sam Whitfield")
    qtbot.wait_until(lambda: session.window.width() == size[0] and header.sectionSize(0) >= name)
    for one in (*page.tables.tops.values(), page.tables.time, page.tables.hours):
        assert one.horizontalScrollBar().maximum() == 0, one.accessibleName()


def test_another_zone_counts_anew(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    session = start(log_url(ENTRIES))
    page = shown(qtbot, session)
    session.window.set_zone("Asia/Kolkata")
    qtbot.wait_until(lambda: "Asia/Kolkata" in page.summary.text(), timeout=20_000)
    assert cell(page, 0, 14).data() == "1"
    assert cell(page, 0, 15).data() == "2"


def test_reading_a_hidden_page_waits_until_it_is_seen(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    session = start(log_url(ENTRIES))
    qtbot.wait_until(lambda: session.window.audit_log.model.waypoints is not None, timeout=20_000)
    assert session.window.activity.activity is None
    shown(qtbot, session)


def test_f5_counts_anew_and_ctrl_shift_x_clears(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    url = log_url(ENTRIES)
    session = start(url)
    page = shown(qtbot, session)
    session.window.activateWindow()
    page.charts.heat_map.setFocus()
    database = open_database(url)
    append_entries(database, [at("2026-11-16T09:30:00Z")], Cancellation())
    database.close()
    QTest.keyClick(page.charts.heat_map, Qt.Key.Key_F5)
    qtbot.wait_until(lambda: page.summary.text().startswith("8 entries"), timeout=20_000)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.charts.heat_map, Qt.Key.Key_X, both)
    qtbot.wait_until(lambda: page.filters.period.preset is Preset.LAST_90_DAYS, timeout=20_000)
