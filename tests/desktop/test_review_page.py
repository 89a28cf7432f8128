"""The review page as its user sees it, in a real window, over both databases."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHeaderView, QLabel, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog
from mylla_audit_desktop.desktop.review.finding_model import BY, SEVERITY, STATUS, TITLE, WHEN
from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.review.report_dialog import ReportDialog
from mylla_audit_desktop.desktop.review.sign_off_dialog import SignOffDialog
from mylla_audit_desktop.desktop.theme import LIGHT
from mylla_audit_desktop.desktop.widgets.piece_table import PIECES_ROLE
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.review.decision import Status, Verdict
from mylla_audit_desktop.review.finding import Rule, Severity
from tests.desktop.conftest import HOSTILE
from tests.desktop.reviewing import (
    PATIENCE,
    Office,
    Start,
    column,
    counts,
    decided,
    opened,
    promotion,
    usual_entries,
    window_of,
)


def go_to_saturday(page: ReviewPage) -> None:
    """Select the session of three entries."""
    page.checklist.choose(Rule.OFF_HOURS)
    for row in range(page.model.rowCount()):
        one = page.model.finding_at(row)
        if one is not None and len(one.finding.entry_ids) == 3:
            page.table.go_to(row)


def chosen(page: ReviewPage) -> Rule | None:
    return page.checklist.rule


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


# -- what is found -------------------------------------------------------------


def test_the_checklist_counts_and_the_findings_are_those_of_its_row(
    qtbot: QtBot, start: Start, office: Office
) -> None:
    page = opened(qtbot, start, office)
    assert page.checklist.accessibleName() == "Checklist"
    assert counts(page) == [
        "Role promotions, 3 open",
        "Integration disconnects, 1 open",
        "Off-hours activity, 2 open",
    ]
    assert page.head.progress.text() == "6 findings · 0 decided · 6 open"
    assert column(page, SEVERITY) == ["▲ High", "◆ Medium", "◆ Medium"]
    page.checklist.choose(Rule.INTEGRATION_DISCONNECT)
    assert page.model.rowCount() == 1
    assert "Calendar" in column(page, TITLE)[0]
    item = window_of(page).pages.item(1)
    assert item.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "6 open findings"


def test_counts_of_twelve_digits_leave_the_head_as_narrow_as_it_was(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    """They are cut with … and whole in the tooltip, instead of covering the buttons."""
    page = opened(qtbot, start, small)
    progress = page.head.progress
    assert progress.text() in progress.toolTip()
    before = page.head.minimumSizeHint().width()
    progress.setText("987,654,321,012 findings · 123,456,789,012 decided · 864,197,532,000 open")
    assert page.head.minimumSizeHint().width() == before


def test_a_finding_tells_reason_change_and_hours(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    details = page.details
    qtbot.wait_until(lambda: details.changes.isVisible(), timeout=PATIENCE)
    finding = details.finding
    assert finding is not None
    assert details.kind.text() == "▲ High · Role promotion"
    assert "Person 2" in details.title.text()
    assert "Role rose from Member to Super Admin" in details.reason.text()
    assert details.reason.text() in details.accessibleDescription()
    changes = details.changes.changes
    assert [changes.data(changes.index(0, c)) for c in range(3)] == [
        "role",
        "Member",
        "Super Admin",
    ]
    assert details.hours.accessibleDescription().startswith("This finding: 10:00.")
    go_to_saturday(page)
    qtbot.wait_until(lambda: details.entries.count() == 3, timeout=PATIENCE)
    details.entries.setCurrentRow(2)
    qtbot.wait_until(
        lambda: changes.rowCount() == 1 and changes.data(changes.index(0, 2)) == "Welcome 2",
        timeout=PATIENCE,
    )
    assert "number.release" in details.following.text()
    assert "Person 2" in details.earlier.text()


def test_long_names_leave_the_panes_as_wide_as_they_are(
    qtbot: QtBot, start: Start, sqlite_log: Office
) -> None:
    name = "Dr. Maximiliana-Alexandrina von und zu Hohenzollern-Sigmaringen the Younger"
    who = {"actor_name": name, "actor_id": f"usr_{'x' * 70}", "target_name": name[::-1]}
    sqlite_log.add([promotion(n, n + 1, target_id=f"usr_{'y' * 70}", **who) for n in range(2)])
    page = opened(qtbot, start, sqlite_log)
    details = page.details
    qtbot.wait_until(lambda: not details.is_reading, timeout=PATIENCE)
    right = details.hours.mapTo(details, details.hours.rect().topRight()).x()
    assert right < details.width(), "the chart is cut"
    assert name in details.hours_title.toolTip()
    assert "usr_" + "x" * 70 in details.accessibleDescription()
    assert page.table.columnWidth(TITLE) > page.table.columnWidth(BY)


def test_where_all_of_a_finding_is_seen_nothing_looks_as_if_it_could_be_scrolled(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    details = page.details
    qtbot.wait_until(lambda: not details.is_reading, timeout=PATIENCE)
    bar = details._scroll.verticalScrollBar()

    def shades() -> int:
        image = bar.grab().toImage()
        middle = image.width() // 2
        return len({image.pixel(middle, y) for y in range(image.height())})

    for height, seen in ((560, 2), (1600, 1)):
        page.window().resize(1280, height)
        qtbot.wait_until(lambda seen=seen: min(shades(), 2) == seen)  # type: ignore[misc]


def test_a_title_does_not_say_again_who_it_was(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    page.checklist.choose(Rule.OFF_HOURS)
    index = page.model.index(0, TITLE)
    assert page.model.data(index).startswith("Olga: Sat ")
    [(painted, _look)] = page.model.data(index, PIECES_ROLE)
    assert painted.startswith("Sat ")
    assert "outside working hours" not in painted, "longer than there is room"
    assert "Olga: Sat " in page.model.data(index, Qt.ItemDataRole.ToolTipRole)


def test_the_gravest_titles_are_whole_in_a_usual_window(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    kim = {"actor_id": "usr_9", "actor_name": "Kim Sato"}
    small.add([promotion(29, 9, **kim, target_id="usr_9", after='{"role": "Super Admin"}')])
    page = opened(qtbot, start, small)
    page.window().resize(1280, 800)
    index = page.model.index(0, TITLE)
    assert page.model.data(index) == "Kim Sato promoted themselves to Super Admin"
    pieces = page.model.data(index, PIECES_ROLE)
    assert "themselves Super Admin" in pieces[0][0]
    qtbot.wait_until(lambda: page.table.delegate.width(pieces) <= page.table.columnWidth(TITLE))


@pytest.mark.parametrize("size", [(800, 520), (853, 533), (960, 540)])
def test_in_a_narrow_window_nothing_is_cut(
    qtbot: QtBot, start: Start, small: Office, size: tuple[int, int]
) -> None:
    """The smallest, and the whole of a screen of 1280x800 at 150 % and of 1920x1080 at 200 %."""
    page = opened(qtbot, start, small)
    window, table = page.window(), page.table
    window.resize(*size)

    def all_is_seen() -> None:
        assert (window.width(), window.height()) == size
        parts = (page.checklist, page.filters, table, *page.details.form.buttons.values())
        for one in parts:
            right = one.mapTo(window, one.rect().topRight()).x()
            assert right < window.width(), f"{one.accessibleName()} ends at {right}"
        assert table.viewport().height() > 4 * table.rowHeight(0)
        titles = table.columnWidth(SEVERITY) + table.columnWidth(TITLE)
        assert titles <= table.viewport().width()

    qtbot.wait_until(all_is_seen, timeout=PATIENCE)

    def is_last_seen() -> bool:
        table.horizontalScrollBar().setValue(table.horizontalScrollBar().maximum())
        left = table.columnViewportPosition(STATUS)
        return left >= 0 and left + table.columnWidth(STATUS) <= table.viewport().width()

    qtbot.wait_until(is_last_seen, timeout=PATIENCE)
    choices = (page.filters.status, page.filters.severity, page.filters.actor)
    for one, following in pairwise(choices):
        assert one.geometry().right() < following.x(), (
            "the arrow of one touches the next one's word"
        )
    assert choices[-1].geometry().right() < page.filters.width()
    window.resize(1280, 800)
    qtbot.wait_until(lambda: not table.horizontalScrollBar().isVisible(), timeout=PATIENCE)
    assert table.horizontalHeader().length() == table.viewport().width()
    assert page.checklist.mapTo(page, QPoint()).y() < table.mapTo(page, QPoint()).y() + 60


def test_in_the_smallest_window_the_period_and_a_long_reading_are_whole(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    page.window().resize(800, 520)
    head, row = page.head, page.filters
    qtbot.wait_until(lambda: page.window().width() == 800, timeout=PATIENCE)
    qtbot.wait_until(lambda: head.days.width() >= head.days.sizeHint().width(), timeout=PATIENCE)
    row.show_busy(is_busy=True)
    QCoreApplication.processEvents()
    parts = [row.status, row.severity, row.actor, row.busy, row.stop]
    shown = [one for one in parts if one.isVisible()]
    assert row.stop in shown
    for one, following in pairwise(shown):
        assert one.geometry().right() < following.x(), "one covers the next"
    assert row.stop.geometry().right() < row.width()
    row.show_busy(is_busy=False)
    assert row.actor.isVisible()


def test_in_a_narrow_window_a_notice_is_whole(
    qtbot: QtBot, start: Start, sqlite_log: Office
) -> None:
    page = opened(qtbot, start, sqlite_log)
    page.window().resize(853, 533)
    qtbot.wait_until(page.notice.isVisible, timeout=PATIENCE)

    def is_whole() -> bool:
        labels = [one for one in page.notice.findChildren(QLabel) if one.isVisible()]
        places = [one.geometry() for one in labels]
        return bool(places) and all(page.notice.rect().contains(place) for place in places)

    qtbot.wait_until(is_whole, timeout=PATIENCE)


def test_findings_are_filtered_and_sorted(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    header = page.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(WHEN) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert column(page, WHEN) == ["04 Mar 11:00", "03 Mar 11:00", "02 Mar 11:00"]
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert column(page, WHEN) == ["02 Mar 11:00", "03 Mar 11:00", "04 Mar 11:00"]
    page.filters.severity.set_value(Severity.MEDIUM)
    page.filters.changed.emit()
    assert page.model.rowCount() == 2
    page.filters.actor.set_value("usr_ana")
    page.filters.changed.emit()
    assert column(page, 2) == ["Ana Weber"]
    page.filters.status.set_value(Status.ESCALATED)
    page.filters.changed.emit()
    assert "No finding matches" in page.notice.sentences()
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    assert page.model.rowCount() == 3


def test_an_empty_period_says_so_and_can_be_signed(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    choice = PeriodChoice(Preset.CUSTOM, "2026-04-01", "2026-04-30")
    page = opened(qtbot, start, small, choice=choice)
    assert "No findings in this period" in page.notice.sentences()
    assert page.head.sign_off.isEnabled()
    assert counts(page) == [
        "Role promotions, 0 open, none",
        "Integration disconnects, 0 open, none",
        "Off-hours activity, 0 open, none",
    ]


def test_a_wrong_day_is_marked_at_its_field(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    page.head.start.setFocus()
    page.head.start.selectAll()
    QTest.keyClicks(page.head.start, "2026-02-30")
    qtbot.wait_until(lambda: "no day 2026-02-30" in page.head.message.text())
    assert "no day 2026-02-30" in page.head.start.accessibleDescription()
    assert page.model.rowCount() == 3, "the findings stay"


def test_the_entries_open_on_the_audit_log_page(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    go_to_saturday(page)
    qtbot.wait_until(lambda: page.details.entries.count() == 3, timeout=PATIENCE)
    qtbot.mouseClick(page.details.open, Qt.MouseButton.LeftButton)
    log = window_of(page).audit_log
    assert log.isVisible()
    qtbot.wait_until(lambda: log.summary.text().startswith("3 entries"), timeout=PATIENCE)


# -- deciding ------------------------------------------------------------------


def test_one_key_decides_and_goes_on_until_the_period_can_be_signed(
    qtbot: QtBot, start: Start, office: Office
) -> None:
    page = opened(qtbot, start, office)
    assert not page.head.sign_off.isEnabled()
    assert "6 findings are still open" in page.head.sign_off.accessibleDescription()
    for left in range(5, -1, -1):
        assert page.table.hasFocus()
        press(page.table, Qt.Key.Key_E)
        decided(qtbot, page, f"{6 - left} decided · {left} open")
    assert page.head.sign_off.isEnabled()
    page.head.sign_off.click()
    dialog = page.findChild(SignOffDialog)
    assert dialog is not None
    dialog.action.click()
    qtbot.wait_until(lambda: "Signed off by" in page.side.signatures.text(), timeout=PATIENCE)
    name = "Ben Okafor," if office.is_postgresql else "usr_ben (not verified),"
    assert name in page.side.signatures.text()
    qtbot.wait_until(lambda: not page.head.sign_off.isEnabled(), timeout=PATIENCE)
    assert "another reviewer" in page.head.sign_off.accessibleDescription()
    database, store = office.store_of("ben")
    from mylla_audit_desktop.database.cancellation import Cancellation

    signed = store.read_sign_offs(Cancellation())
    database.close()
    assert [one.content.population for one in signed] == [8]


@pytest.mark.parametrize("leads_away", ["another period", "another log"])
def test_what_was_said_of_a_period_does_not_stay_over_another(
    qtbot: QtBot, start: Start, small: Office, leads_away: str
) -> None:
    page = opened(
        qtbot, start, small, choice=PeriodChoice(Preset.CUSTOM, "2026-04-01", "2026-04-30")
    )
    page.head.sign_off.click()
    dialog = page.findChild(SignOffDialog)
    assert dialog is not None
    dialog.action.click()
    qtbot.wait_until(page.banner.isVisible, timeout=PATIENCE)
    assert "The period is signed off" in page.banner.text()
    # On the ground of what is well, not of what is to be looked at.
    assert page.banner.grab().toImage().pixelColor(4, 4).name() == LIGHT.added_tint
    if leads_away == "another period":
        page.head.start.selectAll()
        qtbot.keyClicks(page.head.start, "2026-03-01")
    else:
        assert page.current.log is not None
        page.show_log(page.current.log)
    qtbot.wait_until(page.banner.isHidden, timeout=PATIENCE)


def test_a_verdict_that_needs_a_note_asks_for_it_at_the_field(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    form = page.details.form
    press(page.table, Qt.Key.Key_F)
    assert "needs a note" in form.message.text()
    assert "needs a note" in form.note.accessibleDescription()
    assert form.note.hasFocus()
    QTest.keyClicks(form.note, "Asked Olga")
    QTest.keyClick(form.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    decided(qtbot, page, "1 decided")
    assert column(page, STATUS)[0] == "↪ follow-up"
    assert page.table.hasFocus()
    assert form.note.toPlainText() == ""
    page.table.go_to(0)
    qtbot.wait_until(lambda: "Asked Olga" in page.details.decisions.text())
    assert "policy 1" in page.details.decisions.text()


def test_many_alike_are_decided_at_once_and_taken_back(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    page.table.selectAll()
    qtbot.wait_until(lambda: "3 findings" in page.details.form.caption.text())
    page.details.form.note.setPlainText("All as planned")
    qtbot.mouseClick(page.details.form.buttons[Verdict.EXPECTED], Qt.MouseButton.LeftButton)
    decided(qtbot, page, "3 decided")
    assert chosen(page) is Rule.INTEGRATION_DISCONNECT, "the next open one is there"
    press(page.table, Qt.Key.Key_U)
    decided(qtbot, page, "0 decided")
    assert chosen(page) is Rule.ROLE_PROMOTION
    assert len(page.table.selected()) == 3
    qtbot.wait_until(lambda: "reopened" in page.details.decisions.text())


def test_a_quick_pull_of_the_mouse_selects_all_that_it_went_over(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    table, viewport = page.table, page.table.viewport()
    at = [table.visualRect(table.model().index(row, TITLE)).center() for row in range(3)]
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(viewport, left, none, at[0])
    # No point in between: so it comes where the hand is quick.
    QTest.mouseMove(viewport, at[2])
    QTest.mouseRelease(viewport, left, none, at[2])
    assert len(table.selected()) == 3
    # And back: only what is between where it began and where it ended.
    QTest.mousePress(viewport, left, none, at[2])
    QTest.mouseMove(viewport, at[0])
    QTest.mouseMove(viewport, at[1])
    QTest.mouseRelease(viewport, left, none, at[1])
    assert len(table.selected()) == 2


def test_a_decided_finding_is_reopened_to_decide_anew(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    buttons = page.details.form.buttons
    assert not buttons[Verdict.REOPENED].isEnabled()
    press(page.table, Qt.Key.Key_E)
    decided(qtbot, page, "1 decided")
    page.table.go_to(0)
    qtbot.wait_until(lambda: buttons[Verdict.REOPENED].isEnabled())
    assert not buttons[Verdict.EXPECTED].isEnabled()
    assert "Reopen to decide anew" in buttons[Verdict.EXPECTED].accessibleDescription()
    press(page.table, Qt.Key.Key_R)
    decided(qtbot, page, "0 decided")
    assert buttons[Verdict.EXPECTED].isEnabled()


def test_nobody_decides_on_a_finding_of_their_own(
    qtbot: QtBot, start: Start, office: Office
) -> None:
    page = opened(qtbot, start, office, name="ana")
    row = column(page, 2).index("Ana Weber")
    page.table.go_to(row)
    buttons = page.details.form.buttons
    qtbot.wait_until(lambda: not buttons[Verdict.EXPECTED].isEnabled())
    assert "ask another reviewer" in buttons[Verdict.ESCALATED].accessibleDescription()
    press(page.table, Qt.Key.Key_E)
    assert "ask another reviewer" in page.details.form.message.text()
    assert "0 decided" in page.head.progress.text()


@pytest.mark.postgresql
def test_who_is_no_team_member_reads_and_is_told_why_they_cannot_decide(
    qtbot: QtBot, start: Start, postgresql_log: Office
) -> None:
    postgresql_log.add(usual_entries())
    session = start(postgresql_log.url)
    page = session.window.review
    page.head.set_choice(PeriodChoice(Preset.CUSTOM, "2026-03-01", "2026-03-31"))
    session.window.show_page(page)
    qtbot.wait_until(lambda: bool(page.table.selected()), timeout=PATIENCE)
    button = page.details.form.buttons[Verdict.EXPECTED]
    assert not button.isEnabled()
    assert button.accessibleDescription()
    assert page.head.sign_off.accessibleDescription()


# -- two reviewers -------------------------------------------------------------


def test_the_second_is_told_who_decided_and_keeps_the_note(
    qtbot: QtBot, start: Start, office: Office
) -> None:
    page = opened(qtbot, start, office)
    page.follow_timer.stop()
    one = page.table.current()
    assert one is not None
    form = page.details.form
    form.note.setPlainText("Asked Olga, she planned it")
    office.decide_as("ana", one, Verdict.ESCALATED, "Never planned")
    form.buttons[Verdict.EXPECTED].click()
    qtbot.wait_until(page.banner.isVisible, timeout=PATIENCE)
    said = page.banner.text()
    name = "Ana Weber" if office.is_postgresql else "Ana Weber (not verified)"
    assert said.startswith(f"{name} decided “")
    assert "before you" in said
    assert "escalated" in said
    assert form.note.toPlainText() == "Asked Olga, she planned it"
    qtbot.wait_until(lambda: "▲ escalated" in column(page, STATUS), timeout=PATIENCE)
    assert "Never planned" in page.details.decisions.text()
    assert form.note.toPlainText() == "Asked Olga, she planned it"


def test_what_another_decides_shows_by_itself(qtbot: QtBot, start: Start, office: Office) -> None:
    page = opened(qtbot, start, office)
    page.follow_timer.setInterval(50)
    page.details.form.note.setPlainText("Half a sent")
    last = page.model.finding_at(2)
    assert last is not None
    office.decide_as("ana" if last.finding.actor_id != "usr_ana" else "ben", last, Verdict.EXPECTED)
    decided(qtbot, page, "1 decided · 5 open")
    assert page.details.form.note.toPlainText() == "Half a sent"
    assert page.table.currentIndex().row() == 0, "nothing moves"


def test_a_new_policy_of_somebody_else_is_told(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    page.follow_timer.setInterval(5)
    small.set_policy('time_zone = "UTC"\n[hours]\nsat = "08:00-23:00"\n')
    qtbot.wait_until(lambda: "version 2" in page.side.policy_title.text(), timeout=PATIENCE)
    assert "saved policy version 2" in page.banner.text()


# -- the rest ------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(
    qtbot: QtBot, start: Start, sqlite_log: Office, text: str
) -> None:
    sqlite_log.add(
        [promotion(1, 2, actor_id=text, actor_name=text, target_id=f"{text}2", target_name=text)]
    )
    page = opened(qtbot, start, sqlite_log)
    wanted = text.replace("\u202e", "\\u202e")
    assert column(page, 2) == [wanted]
    assert wanted in page.details.title.text()
    assert wanted in page.details.reason.text()
    qtbot.wait_until(lambda: page.details.changes.isVisible(), timeout=PATIENCE)
    for label in page.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText or not label.text(), label.text()


def test_a_failure_says_so_and_can_be_tried_again(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    log = tmp_path / "review.sqlite"
    log.rename(tmp_path / "away.sqlite")
    log.write_bytes(b"no database" * 500)
    assert page.current.log is not None
    page.current.log.database.close()
    page.head.set_choice(PeriodChoice(Preset.CUSTOM, "2026-03-02", "2026-03-31"))
    qtbot.wait_until(
        lambda: "could not be read" in page.notice.sentences() and page.notice.isVisible(),
        timeout=PATIENCE,
    )
    assert "reading" not in " ".join(counts(page))
    assert page.side.signatures.text() == ""
    (tmp_path / "away.sqlite").rename(log)
    qtbot.mouseClick(page.notice.action, Qt.MouseButton.LeftButton)
    qtbot.wait_until(lambda: page.model.rowCount() == 3, timeout=PATIENCE)


def test_the_policy_of_the_log_before_does_not_stay_over_another(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    assert page.side.policy.text()
    other = page.current.log
    assert other is not None
    log = tmp_path / "review.sqlite"
    log.unlink()
    log.write_bytes(b"no database" * 500)
    other.database.close()
    page.show_log(other)
    qtbot.wait_until(
        lambda: "could not be read" in page.notice.sentences() and page.notice.isVisible(),
        timeout=PATIENCE,
    )
    assert page.side.policy_title.text() == "Policy"
    assert page.side.policy.text() == page.side.policy.accessibleDescription() == ""


def test_details_that_could_not_be_read_are_read_with_the_next_refresh(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    page.follow_timer.stop()
    details = page.details
    qtbot.wait_until(lambda: details.changes.isVisible(), timeout=PATIENCE)
    log = tmp_path / "review.sqlite"
    log.rename(tmp_path / "away.sqlite")
    log.write_bytes(b"no database" * 500)
    assert page.current.log is not None
    page.current.log.database.close()
    page.table.go_to(1)
    qtbot.wait_until(lambda: details.no_changes.text() == "Could not be read.", timeout=PATIENCE)
    assert details.following.text() == "could not be read"
    assert page.banner.isVisible()
    (tmp_path / "away.sqlite").rename(log)
    page.refresh()
    qtbot.wait_until(lambda: details.changes.isVisible(), timeout=PATIENCE)


def test_a_key_means_what_the_page_on_show_means(qtbot: QtBot, start: Start, small: Office) -> None:
    page = opened(qtbot, start, small)
    window = window_of(page)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    report = page.findChild(ReportDialog)
    assert report is not None
    assert not window.findChildren(ExportDialog)
    report.cancel.click()
    QTest.keyClick(page.table, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.wait_until(window.audit_log.isVisible)
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    qtbot.wait_until(page.isVisible)
    assert page.table.hasFocus()


def test_a_reading_that_is_overtaken_by_a_decision_undoes_nothing(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    seen: list[str] = []
    page.review_shown.connect(lambda: seen.append(page.head.progress.text()))
    page.refresh()
    press(page.table, Qt.Key.Key_E)
    decided(qtbot, page, "1 decided")
    with qtbot.wait_signal(page.reader.taken, timeout=PATIENCE):
        pass
    assert "0 decided" not in "".join(seen[1:])
    assert "1 decided" in page.head.progress.text()


def test_a_cancelled_decision_shows_what_is_stored(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    page.details.form.note.setPlainText("Half way")
    press(page.table, Qt.Key.Key_E)
    page.writer.cancel()
    qtbot.wait_until(lambda: "cancelled" in page.banner.text(), timeout=PATIENCE)
    assert not page.writer.is_busy
    press(page.table, Qt.Key.Key_E)
    decided(qtbot, page, "1 decided")


def test_what_was_said_of_a_cancelled_reading_is_over_with_the_next(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    page.refresh()
    page.findings.stop_wanted.emit()
    assert page.banner.text() == "Reading was cancelled; the findings are those read before."
    page.refresh()
    qtbot.wait_until(lambda: not page.banner.isVisible(), timeout=PATIENCE)
    # What was done stays said, until it is closed.
    page.banner.say("Saved.")
    with qtbot.wait_signal(page.review_shown, timeout=PATIENCE):
        page.refresh()
    assert page.banner.isVisible()


def until_written(qtbot: QtBot, dialog: ReportDialog) -> None:
    qtbot.wait_until(lambda: dialog.written is not None, timeout=PATIENCE)


def test_the_report_is_saved_from_the_page(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    for name, begins in (("review.html", b"<!DOCTYPE html>"), ("review.pdf", b"%PDF-")):
        page.head.report.click()
        dialog = page.findChildren(ReportDialog)[-1]
        assert "6 findings · 6 still open" in dialog.findChildren(QLabel)[1].text()
        dialog.file.setText(str(tmp_path / name))
        dialog.action.click()
        until_written(qtbot, dialog)
        assert (tmp_path / name).read_bytes().startswith(begins)
        assert str(tmp_path / name) in dialog.state.text()
        dialog.cancel.click()


def test_a_report_never_replaces_a_file_unasked(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    page.head.report.click()
    dialog = page.findChildren(ReportDialog)[-1]
    there = tmp_path / "mine.pdf"
    there.write_text("precious")
    dialog.file.setText(str(there))
    assert dialog.replace.isVisible()
    dialog.action.click()
    qtbot.wait_until(lambda: "is there already" in dialog.state.text(), timeout=PATIENCE)
    assert there.read_text() == "precious"
    dialog.file.setText(str(tmp_path / "report.txt"))
    dialog.action.click()
    qtbot.wait_until(lambda: "neither .pdf nor .html" in dialog.state.text(), timeout=PATIENCE)
    dialog.cancel.click()


def test_the_diff_comes_to_rest_at_every_width(
    qtbot: QtBot, start: Start, sqlite_log: Office
) -> None:
    values = {"role": "Admin", "format": "csv", "filters": {"period": "last-30-days"}, "rows": 499}
    sqlite_log.add(
        [promotion(n, n + 1, before=None, after=json.dumps(dict([*values.items()][:n])))
         for n in range(1, 5)]
    )  # fmt: skip
    page = opened(qtbot, start, sqlite_log)
    header = page.details.changes.horizontalHeader()
    for row in range(page.model.rowCount()):
        page.table.go_to(row)
        qtbot.wait_until(lambda: not page.details.is_reading, timeout=PATIENCE)
        for width in range(392, 440, 5):
            page.splitter.share(228, width)
            assert comes_to_rest(header), width


def comes_to_rest(header: QHeaderView) -> bool:
    """Whether some turns of the event loop pass in which nothing is resized."""
    resized: list[int] = []

    def note(column: int, _before: int, _after: int) -> None:
        resized.append(column)

    header.sectionResized.connect(note)
    quiet = turns = 0
    while quiet < 10 and turns < 200:
        resized.clear()
        QCoreApplication.processEvents()
        quiet = 0 if resized else quiet + 1
        turns += 1
    header.sectionResized.disconnect(note)
    return quiet == 10


def test_a_value_of_a_finding_is_copied_by_its_menu_and_by_ctrl_c(
    qtbot: QtBot, start: Start, small: Office
) -> None:
    page = opened(qtbot, start, small)
    table = page.details.changes
    qtbot.wait_until(lambda: table.isVisible() and table.changes.rowCount() > 0, timeout=PATIENCE)
    before, after = (table.changes.value(0, side) for side in (1, 2))
    table.setFocus()
    table.setCurrentIndex(table.changes.index(0, 1))
    QGuiApplication.clipboard().clear()
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == before
    menu = {action.text(): action for action in table.actions()}
    menu["Copy after"].trigger()
    assert QGuiApplication.clipboard().text() == after
