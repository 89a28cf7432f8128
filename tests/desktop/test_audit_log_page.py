"""The audit log page as its user sees it, in a real window."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, QStringListModel, Qt, QUrl
from PySide6.QtGui import QAccessible, QContextMenuEvent, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop import page_stack
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.background import Report
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.evidence.manifest import manifest_path
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.entry import EntrySummary, NewEntry
from mylla_audit_desktop.log.errors import DatabaseError, InputError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.log.query import Sort, SortColumn
from tests.desktop.conftest import HOSTILE, NOON, SECOND, make_entries

Start = Callable[..., Session]
LogUrl = Callable[[list[NewEntry]], str]
ALL_TIME = LogFilters(PeriodChoice(Preset.ALL_TIME))


def opened(qtbot: QtBot, session: Session, filters: LogFilters = ALL_TIME) -> AuditLogPage:
    page = session.window.audit_log
    page.bar.set_filters(filters)
    settled(qtbot, page)
    return page


def settled(qtbot: QtBot, page: AuditLogPage) -> None:
    def is_settled() -> bool:
        snapshot = page.model.snapshot
        return (
            snapshot is not None
            and page.model.waypoints is not None
            and snapshot.query.actions == page.filters.actions
            and snapshot.query.targets == page.filters.targets
            and (snapshot.query.start is None) == (page.filters.period.preset is Preset.ALL_TIME)
        )

    qtbot.wait_until(is_settled, timeout=20_000)


def shown_details(qtbot: QtBot, page: AuditLogPage) -> None:
    def is_shown() -> bool:
        entry, shown = page.table.current_entry(), page.details.shown_entry()
        return entry is not None and shown is not None and entry.id == shown.id

    qtbot.wait_until(is_shown, timeout=20_000)


def column(page: AuditLogPage, number: int, rows: int) -> list[str]:
    return [page.model.data(page.model.index(row, number)) for row in range(rows)]


def test_most_recent_first_with_count_and_offset(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(250))))
    assert page.summary.text() == "250 entries · all time · Europe/Berlin"
    assert page.summary.accessibleDescription() == page.summary.text()
    assert column(page, 0, 2) == ["20 Nov 2026 12:59:59 +01:00", "20 Nov 2026 12:59:58 +01:00"]
    assert column(page, 4, 1) == ["greeting, voice"]


def test_one_entry_is_one_entry(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(1))))
    assert page.summary.text().startswith("1 entry ·")


def test_typing_a_filter_narrows_the_result(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(250))))
    page.bar.action.setFocus()
    QTest.keyClicks(page.bar.action, "number.*")
    qtbot.wait_until(lambda: page.summary.text().startswith("125 entries"), timeout=20_000)
    assert set(column(page, 2, 100)) == {"number.release"}


def test_a_wrong_date_is_marked_at_its_field(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    page.bar.start.setFocus()
    page.bar.start.selectAll()
    QTest.keyClicks(page.bar.start, "2026-02-30")
    qtbot.wait_until(lambda: "no day 2026-02-30" in page.bar.message.text())
    assert "no day 2026-02-30" in page.bar.start.accessibleDescription()
    assert page.model.rowCount() == 3, "the result stays as it was"


def test_no_match_says_what_to_do(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    session = start(log_url(make_entries(3)))
    page = opened(qtbot, session, LogFilters(PeriodChoice(Preset.ALL_TIME), targets=("nobody",)))
    assert page.notice.isVisible()
    assert page.notice.sentences() == "No entries match Use fewer filters."
    page.bar.set_filters(LogFilters(targets=("nobody",)))
    qtbot.wait_until(lambda: "Choose a longer period" in page.notice.sentences(), timeout=20_000)
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: page.filters == LogFilters())


def test_an_empty_log_says_that_it_is_empty(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    url = log_url([])
    page = start(url).window.audit_log
    qtbot.wait_until(lambda: "last 30 days" in page.notice.sentences(), timeout=20_000)
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "The log is empty" in page.notice.sentences(), timeout=20_000)
    database = open_database(url)
    append_entries(database, make_entries(1), Cancellation())
    database.close()
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: page.model.rowCount() == 1, timeout=20_000)


def test_a_target_opens_on_all_that_touched_it(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    session = start(log_url(make_entries(70)), target=" agt_3\n")
    page = session.window.audit_log
    qtbot.wait_until(lambda: page.summary.text().startswith("10 entries"), timeout=20_000)
    assert set(column(page, 3, 10)) == {"Desk 3 agt_3"}


def test_a_click_on_a_header_sorts_the_whole_result(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(2500))))
    header = page.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.wait_until(
        lambda: (
            page.model.snapshot is not None
            and page.model.snapshot.query.sort.column is SortColumn.ACTOR
            and page.model.waypoints is not None
        ),
        timeout=20_000,
    )
    assert column(page, 1, 1) == ["Ana Weber"]
    QTest.keyClick(page.table, Qt.Key.Key_End)
    qtbot.wait_until(lambda: page.model.entry_at(2499) is not None, timeout=20_000)
    last = page.model.entry_at(2499)
    assert last is not None
    assert last.actor_name == "Priya Raman"


def entry_in(qtbot: QtBot, page: AuditLogPage, row: int) -> EntrySummary:
    """The entry of a row, once it is there."""
    qtbot.wait_until(lambda: page.model.entry_at(row) is not None, timeout=20_000)
    entry = page.model.entry_at(row)
    assert entry is not None
    return entry


def test_every_row_of_a_long_result_is_the_right_one(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(12_345))))
    assert page.model.rowCount() == 12_345
    for row in (12_344, 6_000, 7, 11_999, 100, 99):
        page.table.go_to(row)
        assert entry_in(qtbot, page, row).id == 12_345 - row


def test_typing_a_name_goes_to_the_next_entry_of_it(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(30))))
    page.table.go_to(0, 1)
    page.table.keyboardSearch("l")
    qtbot.wait_until(lambda: page.table.currentIndex().row() > 0, timeout=20_000)
    entry = page.table.current_entry()
    assert entry is not None
    assert entry.actor_name == "Luis Ortega"


def test_a_name_is_typed_with_its_space_and_one_that_is_not_there_is_said(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(30))))
    page.table.go_to(0, 1)
    QTest.keyClicks(page.table, "luis o")
    qtbot.wait_until(
        lambda: (one := page.table.current_entry()) is not None and one.actor_name[0] == "L",
        timeout=20_000,
    )
    assert not page.busy.isVisible()
    QTest.keyClicks(page.table, "x")
    qtbot.wait_until(lambda: page.busy.text().startswith("No actor begins with"), timeout=20_000)
    assert len(page.table.selectionModel().selectedRows()) == 1


def test_a_capital_goes_to_its_entry_and_selects_no_other(
    qtbot: QtBot, start: Start, log_url: LogUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(qtbot, start(log_url(make_entries(30))))
    page.table.go_to(0, 1)
    QTest.keyClick(page.table, Qt.Key.Key_Space)
    # Shift is still held when the entry is found.
    monkeypatch.setattr(LogReader, "read_next_match", lambda *_given: 4)
    window = page.window().windowHandle()
    QTest.keyPress(window, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyPress(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    qtbot.wait_until(lambda: page.table.currentIndex().row() == 4, timeout=20_000)
    assert len(page.table.selectionModel().selectedRows()) == 1
    QTest.keyRelease(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyRelease(window, Qt.Key.Key_Shift)


def test_new_entries_raise_a_banner_and_shift_nothing(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    url = log_url(make_entries(10))
    page = opened(qtbot, start(url))
    first = column(page, 0, 1)
    database = open_database(url)
    newer = [
        NewEntry(type(NOON)(NOON.microseconds + n * SECOND), "member", "u", "New", "agent.update")
        for n in range(12)
    ]
    append_entries(database, newer, Cancellation())
    database.close()
    page._new_entries.look()
    qtbot.wait_until(page.banner.isVisible, timeout=20_000)
    assert page.banner.text() == "12 new entries — Refresh"
    assert column(page, 0, 1) == first
    qtbot.mouseClick(page.banner, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: page.summary.text().startswith("22 entries"), timeout=20_000)
    assert not page.banner.isVisible()


def test_copy_gives_the_selected_entries_as_text(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(300))))
    page.table.setFocus()
    page.table.selectAll()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.wait_until(lambda: bool(QGuiApplication.clipboard().text()), timeout=20_000)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 301
    assert lines[1].startswith("2026-11-20T12:59:59.000000+01:00\t")


def test_more_entries_than_can_be_copied_are_not_selected_at_once(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(10_001))))
    qtbot.wait_until(lambda: page.model.is_exact, timeout=20_000)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.bar.message.text() == "More than 10,000 entries cannot be selected. Use Export CSV."
    # A screen reader asks how many rows are selected, and Qt looks at each cell of each.
    assert len(page.table.selectionModel().selectedRows()) == 1
    page.bar.show_error(InputError(""))
    QTest.keyClick(page.table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert page.bar.message.text().startswith("More than 10,000 entries cannot be selected.")
    assert page.table.selected_ranges() == [(10_000, 10_000)]
    # What is read where one has gone to takes it from nobody's eyes; what is read anew does.
    qtbot.wait_until(lambda: page.table.current_entry() is not None, timeout=20_000)
    assert page.bar.message.text()
    QTest.keyClick(page.table, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert page.table.selected_ranges() == [(9_999, 10_000)]
    page.refresh()
    qtbot.wait_until(lambda: not page.bar.message.text(), timeout=20_000)


def test_what_a_field_lacks_outlives_what_is_read(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    page.table.selection_refused.emit(InputError("Too many."))
    page.bar.action.setText("a b")
    qtbot.wait_until(lambda: "holds a space" in page.bar.message.text(), timeout=20_000)
    with qtbot.wait_signal(page.model.waypoints_known, timeout=20_000):
        page.refresh()
    assert "holds a space" in page.bar.message.text()


def test_the_diff_tells_fields_and_values(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(5))))
    page.table.go_to(0)
    shown_details(qtbot, page)
    model = page.details.table.changes
    cells = [[model.data(model.index(row, c)) for c in range(3)] for row in range(2)]
    assert cells == [["greeting", "Hello 4", "Welcome 4"], ["voice", "not set", "calm"]]
    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.data(model.index(1, 0), role) == "voice, added"
    assert page.details.accessibleName() == "Entry details"
    assert page.details.table.accessibleName() == "Changes"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(
    qtbot: QtBot, start: Start, log_url: LogUrl, text: str
) -> None:
    quoted = text.replace('"', '\\"')
    entry = NewEntry(
        NOON, "member", text, text, text, text, text, text, None, f'{{"{quoted}": "{quoted}"}}'
    )
    session = start(log_url([entry]))
    page = opened(qtbot, session)
    shown_details(qtbot, page)
    wanted = text.replace("\u202e", "\\u202e")
    assert column(page, 1, 1) == [wanted]
    assert page.details.code.text() == wanted
    assert wanted in page.details.target.text()
    changes = page.details.table.changes
    assert changes.data(changes.index(0, 2)) == wanted
    for label in session.window.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), label.text()
    menu = page.table.entry_menu(entry_in(qtbot, page, 0))
    assert any(wanted.replace("&", "&&") in action.text() for action in menu.actions())
    menu.deleteLater()


@pytest.mark.parametrize("key", ["menu", "shift F10", "mouse"])
def test_the_menu_is_of_the_entry_that_was_meant(
    qtbot: QtBot, start: Start, log_url: LogUrl, key: str
) -> None:
    page = opened(qtbot, start(log_url(make_entries(9))))
    table = page.table
    meant: list[int] = []
    make_menu = table.entry_menu

    def noted(entry: EntrySummary) -> QMenu:
        meant.append(entry.id)
        return make_menu(entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "entry_menu", noted)
        table.go_to(3)
        if key == "menu":
            # As Qt does it: where the focus is, counted from the edge of the viewport.
            where = table.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
            reason = QContextMenuEvent.Reason.Keyboard
            event = QContextMenuEvent(reason, where, table.mapToGlobal(where))
            QApplication.sendEvent(table, event)
        elif key == "mouse":
            where = table.visualRect(table.model().index(3, 1)).center()
            reason = QContextMenuEvent.Reason.Mouse
            event = QContextMenuEvent(reason, where, table.viewport().mapToGlobal(where))
            QApplication.sendEvent(table.viewport(), event)
        else:
            QTest.keyClick(table, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    # Nine entries, most recent first: the fourth row.
    assert meant == [6]
    [menu] = [one for one in table.findChildren(QMenu) if one.isVisible()]
    menu.close()


def test_the_exported_csv_is_what_is_on_the_screen(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = log_url(make_entries(40))
    page = opened(qtbot, start(url))
    database = open_database(url)
    later = NewEntry(NOON, "member", "u", "Later", "agent.update")
    append_entries(database, [later], Cancellation())
    database.close()
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: dialog.written is not None, timeout=20_000)
    assert dialog.written is not None
    path = dialog.written
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["entry_id"]) for row in rows] == list(range(40, 0, -1))
    assert verify_file(path).is_intact
    assert dialog.digest.text() == sha256(path.read_bytes()).hexdigest()
    asked = []

    def nobody(url: QUrl) -> bool:
        asked.append(url.toLocalFile())
        return False

    monkeypatch.setattr(QDesktopServices, "openUrl", nobody)
    dialog.show_folder.click()
    assert asked == [str(tmp_path)]
    assert dialog.state.text().endswith("No program was found that shows folders.")


def test_a_typed_name_takes_the_place_of_the_offered_one(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    dialog.open()
    qtbot.wait_until(dialog.file.hasFocus)
    qtbot.keyClicks(dialog.file, "~/mine.csv")
    assert dialog.file.text() == "~/mine.csv"


def test_an_existing_file_is_left_alone_until_replace_is_ticked(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    target = tmp_path / "mine.csv"
    target.write_text("precious")
    dialog.file.setText(str(target))
    dialog.show()
    assert dialog.replace.isVisible()
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "is there already" in dialog.state.text(), timeout=20_000)
    assert target.read_text() == "precious"
    # What was said is of this name only.
    dialog.file.setText(str(tmp_path / "another.csv"))
    assert not dialog.state.text()
    dialog.file.setText(str(target))
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "is there already" in dialog.state.text(), timeout=20_000)
    dialog.replace.setChecked(True)
    assert not dialog.state.text(), "to tick it was the advice"
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: dialog.written is not None, timeout=20_000)
    assert verify_file(target).is_intact


def test_a_tick_is_for_the_file_that_was_seen_and_any_name_can_be_typed(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    for name in ("mine.csv", "other.csv"):
        (tmp_path / name).write_text("precious")
    dialog.show()
    dialog.file.setText(str(tmp_path / "mine.csv"))
    dialog.replace.setChecked(True)
    dialog.file.setText(str(tmp_path / "other.csv"))
    assert dialog.replace.isVisible()
    assert not dialog.replace.isChecked()
    dialog.file.clear()
    QTest.keyClicks(dialog.file, "~nobody-of-that-name/a.csv")
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: dialog.action.isEnabled(), timeout=20_000)
    assert dialog.written is None
    assert dialog.state.text()


def test_a_name_that_no_folder_takes_is_refused_in_words(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    session = start(log_url(make_entries(3)))
    dialog = opened(qtbot, session).exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    dialog.show()
    dialog.file.setText(str(tmp_path / f"{'n' * 260}.csv"))
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "the name is too long" in dialog.state.text(), timeout=20_000)
    assert session.boundary.caught == []


def hold(gate: Event, _cancellation: Cancellation, _report: Report) -> bool:
    return gate.wait(20)


def test_escape_stops_an_export_and_closing_waits_for_its_end(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    session = start(log_url(make_entries(3)))
    dialog = opened(qtbot, session).exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    dialog.show()
    for stop in (lambda: QTest.keyClick(dialog, Qt.Key.Key_Escape), dialog.close):
        # The lane is taken, so that nothing is written before it is stopped.
        gate = Event()
        session.background.run(
            partial(hold, gate),
            done=lambda _none: None,
            lane="export",
        )
        dialog.start()
        assert dialog.focusWidget() is dialog.cancel
        stop()
        assert dialog.isVisible()
        assert dialog.is_busy
        gate.set()
        qtbot.wait_until(lambda: not dialog.is_busy, timeout=20_000)
        assert "No file was written." in dialog.state.text()
    assert not dialog.isVisible()
    assert not list(tmp_path.glob("*.csv*"))


def test_without_a_log_export_says_what_is_missing(start: Start) -> None:
    page = start(None).window.audit_log
    assert not page.bar.export.isEnabled()
    assert "Open a log first" in page.bar.export.toolTip()
    page.exporting.open()
    assert page.bar.message.text() == "There are no entries on show to export. Open a log first."


def test_a_refused_export_is_forgotten_once_there_are_entries(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = start(log_url(make_entries(3))).window.audit_log
    page.exporting.open()
    assert "no entries on show" in page.bar.message.text()
    settled(qtbot, page)
    qtbot.wait_until(lambda: not page.bar.message.text(), timeout=20_000)


def test_a_missing_file_says_so_and_can_be_tried_again(
    qtbot: QtBot, start: Start, log_url: LogUrl, tmp_path: Path
) -> None:
    session = start(f"sqlite:///{tmp_path}/log.sqlite")
    page = session.window.audit_log
    qtbot.wait_until(lambda: "There is no file" in page.notice.sentences(), timeout=20_000)
    log_url(make_entries(4))
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: page.model.snapshot is not None, timeout=20_000)


def test_another_zone_moves_times_and_days(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    session = start(log_url(make_entries(3)))
    page = opened(qtbot, session)
    session.window.set_zone("Asia/Tokyo")
    qtbot.wait_until(lambda: "Asia/Tokyo" in page.summary.text(), timeout=20_000)
    assert column(page, 0, 1) == ["20 Nov 2026 20:59:59 +09:00"]
    assert "Asia/Tokyo (UTC+09:00)" in session.window.status.zone.text()


def test_the_layout_is_remembered(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    url = log_url(make_entries(3))
    first = start(url)
    opened(qtbot, first).table.setColumnHidden(4, True)
    first.window.close()
    second = start(url)
    assert second.window.audit_log.table.isColumnHidden(4)


def test_the_days_in_the_fields_are_those_of_the_result_on_another_day_too(
    qtbot: QtBot, start: Start, log_url: LogUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = datetime(2026, 11, 20, 12, tzinfo=UTC)
    monkeypatch.setattr(page_stack, "_now", lambda: today)
    page = opened(qtbot, start(log_url(make_entries(3))), LogFilters())
    assert (page.bar.start.text(), page.bar.end.text()) == ("2026-10-21", "2026-11-20")
    for renew, first, last in (
        (page.refresh, "2026-10-22", "2026-11-21"),
        (page.bar.clear_filters, "2026-10-23", "2026-11-22"),
    ):
        today += timedelta(days=1)
        with qtbot.wait_signal(page.snapshot_taken):
            renew()
        assert (page.bar.start.text(), page.bar.end.text()) == (first, last)
        days = (f"{day:%d %b %Y}" for day in map(date.fromisoformat, (first, last)))
        assert " - ".join(days) in page.summary.text()


def test_columns_fill_the_width_when_one_is_hidden_or_shown(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    widths = [page.table.columnWidth(column) for column in range(6)]
    page.table.column_actions()[4].trigger()
    assert page.table.isColumnHidden(4)
    assert page.table.columnWidth(2) > widths[2] + 20
    page.table.column_actions()[4].trigger()
    assert [page.table.columnWidth(column) for column in range(6)] == widths


def test_the_period_keeps_its_accessible_name(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    page.bar.period.setFocus()
    QTest.keyClick(page.bar.period, Qt.Key.Key_T)
    assert page.bar.period.accessibleName() == "Date range"
    assert page.bar.period.accessibleDescription() == "Today"


@pytest.mark.parametrize(
    ("field", "pasted", "told"),
    [
        ("target", "\u200bnum_1", "Target holds an invisible or unusual character (U+200B)"),
        ("target", "num\u00a01", "Target holds an invisible or unusual character (U+00A0)"),
        (
            "target",
            "num\ufeff_1\u200e",
            "Target holds invisible or unusual characters (U+FEFF, U+200E)",
        ),
        ("actor", "usr_1\u2066", "Actor holds an invisible or unusual character (U+2066)"),
    ],
)
def test_a_pasted_character_that_nobody_sees_is_told_where_nothing_is_found(
    qtbot: QtBot, start: Start, log_url: LogUrl, field: str, pasted: str, told: str
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    edit = page.bar.target if field == "target" else page.bar.actor
    edit.setFocus()
    QApplication.clipboard().setText(pasted)
    edit.paste()
    qtbot.wait_until(lambda: told in page.notice.sentences(), timeout=20_000)
    assert "type it anew without" in page.notice.sentences()
    assert told in page.notice.accessibleDescription()


def test_an_id_with_a_character_that_nobody_sees_is_found_by_it(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    odd = NewEntry(NOON, "member", "usr_9", "Zoe", "agent.update", target_id="num\u200b_1")
    page = opened(qtbot, start(log_url([*make_entries(3), odd])))
    page.bar.target.setText("num\u200b_1")
    qtbot.wait_until(lambda: page.summary.text().startswith("1 entry"), timeout=20_000)


def test_a_half_typed_name_waits_for_its_completion(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(9))))
    qtbot.wait_until(lambda: page.bar.actor.completer() is not None, timeout=20_000)
    page.bar.actor.setFocus()
    QTest.keyClicks(page.bar.actor, "Ana")
    with qtbot.assert_not_emitted(page.bar.filters_changed, wait=700):
        pass
    assert page.model.rowCount() == 9
    QTest.keyClicks(page.bar.actor, " Weber")
    qtbot.wait_until(lambda: page.model.rowCount() == 3, timeout=20_000)


def test_completing_an_actor_finds_what_they_did_under_former_names_too(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    renamed = replace(make_entries(1)[0], actor_name="Ana Weber-Lang")
    page = opened(qtbot, start(log_url([*make_entries(9), replace(renamed, occurred_at=NOON)])))
    qtbot.wait_until(lambda: page.bar.actor.completer() is not None, timeout=20_000)
    page.bar.actor.setFocus()
    QTest.keyClicks(page.bar.actor, "lang")
    popup = page.bar.actor.completer().popup()
    assert popup is not None
    qtbot.wait_until(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    qtbot.wait_until(lambda: page.summary.text().startswith("4 entries"), timeout=20_000)
    assert set(column(page, 1, 4)) == {"Ana Weber", "Ana Weber-Lang"}
    # By the ID, as a right-click on an entry asks for them.
    assert page.bar.actor.text() == "usr_0"


def test_an_actor_that_came_later_is_offered_after_refresh(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    url = log_url(make_entries(9))
    page = opened(qtbot, start(url))

    def offered() -> list[str]:
        completer = page.bar.actor.completer()
        model = completer.model() if completer is not None else QStringListModel()
        return [model.data(model.index(row, 0)) for row in range(model.rowCount())]

    qtbot.wait_until(lambda: len(offered()) == 3, timeout=20_000)
    database = open_database(url)
    append_entries(
        database, [NewEntry(NOON, "member", "usr_9", "Zoe Late", "agent.update")], Cancellation()
    )
    database.close()
    qtbot.mouseClick(page.bar.refresh, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: "Zoe Late  usr_9" in offered(), timeout=20_000)


@pytest.mark.parametrize("way", ["escape", "leave"])
def test_a_half_typed_name_applies_once_its_completions_are_refused(
    qtbot: QtBot, start: Start, log_url: LogUrl, way: str
) -> None:
    page = opened(qtbot, start(log_url(make_entries(9))))
    qtbot.wait_until(lambda: page.bar.actor.completer() is not None, timeout=20_000)
    popup = page.bar.actor.completer().popup()
    assert popup is not None
    page.bar.actor.setFocus()
    QTest.keyClicks(page.bar.actor, "Ana")
    assert popup.isVisible()
    with qtbot.assert_not_emitted(page.bar.filters_changed, wait=700):
        pass
    if way == "escape":
        QTest.keyClick(popup, Qt.Key.Key_Escape)
    else:
        popup.hide()
        page.bar.target.setFocus()
    qtbot.wait_until(lambda: page.filters.actors == ("Ana",), timeout=20_000)
    qtbot.wait_until(page.notice.isVisible, timeout=20_000)


def test_what_is_typed_whole_is_not_offered(qtbot: QtBot, start: Start, log_url: LogUrl) -> None:
    page = opened(qtbot, start(log_url(make_entries(9))))
    qtbot.wait_until(lambda: page.bar.action.completer() is not None, timeout=20_000)
    popup = page.bar.action.completer().popup()
    assert popup is not None
    page.bar.action.setFocus()
    QTest.keyClicks(page.bar.action, "number.")
    assert popup.isVisible()
    # The list would lie over the line that says what is read.
    QTest.keyClicks(page.bar.action, "*")
    assert not popup.isVisible()


def test_the_columns_fill_a_screen_of_1280_at_150_percent(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(250))))
    window, table = page.window(), page.table
    window.resize(853, 533)
    qtbot.wait_until(lambda: window.width() == 853 and table.viewport().width() < 760)
    # A bar to scroll by would take one of the four rows.
    qtbot.wait_until(lambda: table.horizontalScrollBar().maximum() == 0)


@pytest.mark.parametrize("size", [(800, 540), (960, 540), (1280, 800), (1920, 1080)])
def test_nothing_lies_over_anything_else_at_any_size(
    qtbot: QtBot, start: Start, log_url: LogUrl, size: tuple[int, int]
) -> None:
    """The smallest are screens of 1920x1080 at 200 %, and less."""
    entries = [
        replace(one, target_id=f"exp_{number:032}") for number, one in enumerate(make_entries(250))
    ]
    page = opened(qtbot, start(log_url(entries)))
    window = page.window()
    page.table.go_to(3)
    shown_details(qtbot, page)
    window.resize(*size)
    bar, details = page.bar, page.details
    groups: tuple[tuple[QWidget, ...], ...] = (
        (bar.period, bar.start, bar.end, bar.actor, bar.action, bar.target, bar.clear,
         bar.refresh, bar.export),
        (details.title, details.code, details.when, details.actor, details.target,
         details.source, details.section, details.table, details.show_raw, details.copy),
    )  # fmt: skip

    def all_have_room() -> None:
        assert (window.width(), window.height()) == size
        for parts in groups:
            places = [QRect(one.mapTo(window, QPoint(0, 0)), one.size()) for one in parts]
            for place, one in zip(places, parts, strict=True):
                what = f"{one.accessibleName() or one} {place}"
                assert sum(place.intersects(other) for other in places) == 1, what
                assert window.rect().contains(place), what
                assert one.height() >= one.minimumSizeHint().height(), what
                if one.hasHeightForWidth():
                    assert one.height() >= one.heightForWidth(one.width()), what

    qtbot.wait_until(all_have_room)


def test_a_lower_window_still_shows_the_entry_with_the_focus(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(250))))
    page.window().resize(1280, 1000)
    table = page.table
    qtbot.wait_until(lambda: table.rowAt(table.viewport().height() - 40) > 20)
    last = table.rowAt(table.viewport().height() - 40)
    table.go_to(last)
    page.window().resize(1280, 700)

    def is_seen() -> None:
        place = table.visualRect(table.currentIndex())
        assert page.window().height() == 700
        assert table.viewport().rect().contains(place), place

    qtbot.wait_until(is_seen)
    # One that was scrolled out of sight stays where it is.
    table.scrollToBottom()
    page.window().resize(1280, 600)
    qtbot.wait_until(lambda: page.window().height() == 600)
    assert not table.viewport().rect().intersects(table.visualRect(table.currentIndex()))


def test_without_entries_the_head_of_the_table_stays(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    page = opened(qtbot, start(log_url(make_entries(20))))
    head = page.table.horizontalHeader()
    before = QRect(head.mapTo(page, QPoint(0, 0)), head.size())
    widths = [head.sectionSize(column) for column in range(head.count())]
    # What was said before took more lines.
    page.notice.say("No log", "Something that is long. " * 9, "Try again")
    page.bar.target.setText("agt_none")
    qtbot.wait_until(page.notice.isVisible)
    (shown,) = page.notice.findChildren(QHeaderView)

    def is_the_same() -> None:
        place = QRect(shown.mapTo(page, QPoint(0, 0)), shown.size())
        assert (place.top(), place.height()) == (before.top(), before.height())
        assert [shown.sectionSize(column) for column in range(5)] == pytest.approx(
            widths[:5], abs=4
        )

    qtbot.wait_until(is_the_same)
    assert page.details.shown_entry() is None
    # What is said in one line leaves no room for a second one above the button.
    (sentence,) = (one for one in page.notice.findChildren(QLabel) if "fewer" in one.text())
    gap = page.notice.action.y() - sentence.geometry().bottom()
    assert max(gap, sentence.height()) < 20


def test_a_long_error_keeps_within_a_narrow_window(
    qtbot: QtBot, start: Start, log_url: LogUrl
) -> None:
    session = start(log_url(make_entries(3)))
    page = opened(qtbot, session)
    session.window.resize(960, 540)
    page.bar.show_error(InputError(f"mylla on {'db1.example.com, ' * 20}cannot be reached."))
    message = page.bar.message
    qtbot.wait_until(lambda: message.width() > 100)
    right = message.mapTo(session.window, message.rect().topRight()).x()
    assert right <= session.window.width(), "it ends within the window, in …"
    assert "cannot be reached" in message.toolTip()
    # Where there is room, it is whole.
    session.window.resize(1280, 800)
    page.bar.show_error(
        InputError("mylla on localhost cannot be reached: the role may not log in.")
    )
    qtbot.wait_until(lambda: message.width() >= message.sizeHint().width())


def hangs(_reader: object, *given: object) -> None:
    """In the place of a read: what takes very long, until it is cancelled."""
    cancellation = given[-1]
    assert isinstance(cancellation, Cancellation)
    stopped = Event()
    with cancellation.interrupting(stopped.set):
        stopped.wait()
    cancellation.raise_if_cancelled()


def is_said(page: AuditLogPage, words: str) -> bool:
    return page.busy.text() == words


@pytest.mark.parametrize(
    ("name", "said", "rows", "summary"),
    [
        ("read_snapshot", "Reading…", 1500, "1,500 entries"),
        ("read_count", "Counting…", 100, "counting was cancelled"),
        ("read_waypoints", "Preparing to scroll…", 1500, "1,500 entries"),
    ],
)
def test_what_takes_over_a_second_says_so_and_can_be_cancelled(
    qtbot: QtBot,
    start: Start,
    log_url: LogUrl,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    said: str,
    rows: int,
    summary: str,
) -> None:
    page = opened(qtbot, start(log_url(make_entries(1500))))
    assert not page.busy.isVisible()
    with monkeypatch.context() as slow:
        slow.setattr(LogReader, name, hangs)
        page.refresh()
        qtbot.wait_until(partial(is_said, page, said), timeout=20_000)
        page.line.stop.click()
    assert not page.line.stop.isVisible()
    was_stopped_early = name == "read_snapshot"
    assert page.busy.isVisible() == was_stopped_early
    assert page.busy.text().startswith("Reading was cancelled") == was_stopped_early
    assert page.summary.text().startswith(f"{summary} · all time")
    assert page.model.rowCount() == rows
    # What can be scrolled to can be read.
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_End)
    qtbot.wait_until(lambda: page.table.current_entry() is not None, timeout=20_000)
    page.refresh()
    qtbot.wait_until(lambda: page.summary.text().startswith("1,500 entries"), timeout=20_000)
    settled(qtbot, page)
    assert not page.busy.isVisible()


def test_an_export_after_a_cancelled_filter_is_of_the_entries_on_show(
    qtbot: QtBot,
    start: Start,
    log_url: LogUrl,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    page = opened(qtbot, start(log_url(make_entries(40))))
    head = page.table.horizontalHeader()
    with monkeypatch.context() as slow:
        slow.setattr(LogReader, "read_snapshot", hangs)
        page.bar.action.setText("number.*")
        qtbot.wait_until(lambda: page.filters.actions == ("number.*",), timeout=20_000)
        page.table.sort_changed.emit(Sort(SortColumn.ACTOR, ascending=True))
        qtbot.wait_until(partial(is_said, page, "Reading…"), timeout=20_000)
        page.line.stop.click()
    assert page.summary.text().startswith("40 entries")
    assert head.sortIndicatorSection() == 0, "the entries are in the order of before"
    dialog = page.exporting.dialog(tmp_path)
    assert dialog is not None
    qtbot.add_widget(dialog)
    dialog.show()
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: dialog.written is not None, timeout=20_000)
    assert dialog.written is not None
    manifest = json.loads(manifest_path(dialog.written).read_text())
    assert manifest["filters"]["given"]["actions"] == []
    assert manifest["row_count"] == 40
    # Refresh reads what was asked for.
    page.refresh()
    qtbot.wait_until(lambda: page.summary.text().startswith("20 entries"), timeout=20_000)
    assert not page.busy.isVisible()


def test_a_long_search_and_a_long_copy_can_be_cancelled(
    qtbot: QtBot, start: Start, log_url: LogUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(qtbot, start(log_url(make_entries(1500))))
    for said, name, key, modifier in (
        ("Searching…", "read_next_match", Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier),
        ("Copying…", "read_page", Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier),
    ):
        with monkeypatch.context() as slow:
            slow.setattr(LogReader, name, hangs)
            QTest.keyClick(page.table, key, modifier)
            qtbot.wait_until(partial(is_said, page, said), timeout=20_000)
            page.line.stop.click()
        assert not page.busy.isVisible()
        assert page.summary.text().startswith("1,500 entries")
    page.copy_selection()
    qtbot.wait_until(lambda: "number.release" in QGuiApplication.clipboard().text())
    assert not page.busy.isVisible()


@pytest.mark.parametrize("has_screen_reader", [False, True])
def test_a_long_selection_is_made_and_painted_as_fast_as_a_short_one(
    qtbot: QtBot,
    start: Start,
    log_url: LogUrl,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_screen_reader: bool,
) -> None:
    page = opened(qtbot, start(log_url(make_entries(4000))))
    rows, asked = page.model.rowCount, 0

    def counted(*given: QModelIndex) -> int:
        nonlocal asked
        asked += 1
        return rows(*given)

    QAccessible.setActive(has_screen_reader)
    try:
        monkeypatch.setattr(page.model, "rowCount", counted)
        page.table.setFocus()
        for key, modifier in (
            (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
            (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier),
            (Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier),
        ):
            QTest.keyClick(page.table, key, modifier)
            page.table.grab()
    finally:
        QAccessible.setActive(False)
    assert page.table.selected_ranges() == [(1, 3999)]
    assert asked < 4000, "each selected row was asked for"


def test_details_of_another_entry_do_not_stay_while_one_is_read(
    qtbot: QtBot, start: Start, log_url: LogUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(qtbot, start(log_url(make_entries(3))))
    shown_details(qtbot, page)

    def fails(_reader: LogReader, *_given: object) -> None:
        raise DatabaseError("The server is gone.")

    for read, hint in (
        (hangs, "Reading the entry…"),
        (fails, "This entry could not be read."),
    ):
        with monkeypatch.context() as bad:
            bad.setattr(LogReader, "read_entry", read)
            QTest.keyClick(page.table, Qt.Key.Key_Down)
            qtbot.wait_until(partial(is_hinted, page, hint), timeout=20_000)
    assert page.details.shown_entry() is None
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    shown_details(qtbot, page)


def is_hinted(page: AuditLogPage, words: str) -> bool:
    return any(
        label.text() == words and label.isVisible() for label in page.details.findChildren(QLabel)
    )
