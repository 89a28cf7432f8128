"""The details of an entry: what is told apart, shown in part, copied."""

import json
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.audit_log.details_pane import DetailsPane, describe_entry
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import CutLabel
from mylla_audit_desktop.log.catalog import parse_catalog
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.resources import resource_path

CATALOG = parse_catalog(resource_path("actions.toml").read_text("utf-8"))
WHEN = Instant.parse("2026-11-23T21:47:03Z")


@pytest.fixture
def pane(qtbot: QtBot, qapp: QApplication) -> DetailsPane:
    made = DetailsPane(CATALOG, Theme(qapp, ThemeChoice.LIGHT), ZoneInfo("Europe/Berlin"))
    qtbot.add_widget(made)
    made.resize(396, 700)
    made.show()
    return made


def show(pane: DetailsPane, before: str | None, after: str | None) -> list[list[str]]:
    """The rows of the table for this change."""
    entry = AuditEntry(
        1, WHEN, "member", "usr_12", "Priya Raman", "agent.edit_instructions",
        "agent", "agt_7Kq2", "Front desk", before, after, None,
    )  # fmt: skip
    pane.show_details(describe_entry(entry))
    model = pane.table.changes
    return [
        [model.data(model.index(row, column)) for column in range(3)]
        for row in range(model.rowCount())
    ]


def test_who_what_when_from_where(pane: DetailsPane) -> None:
    show(pane, None, "{}")
    assert pane.title.text() == "Instructions edited"
    assert pane.code.text() == "agent.edit_instructions"
    assert pane.when.text() == "Mon 23 Nov 2026, 22:47:03 +01:00 · 21:47:03\u00a0UTC"
    assert pane.actor.text() == "Priya Raman  usr_12"
    assert pane.target.text() == "Front desk  agt_7Kq2"
    assert pane.source.text() == "not recorded"


@pytest.mark.parametrize(
    ("before", "after", "cells"),
    [
        ('{"a":""}', '{"a":" "}', ['"" (empty text)', '" "']),
        ('{"a":null}', '{"a":"null"}', ["null", '"null"']),
        ('{"a":5}', '{"a":"5"}', ["5", '"5"']),
        ("{}", '{"a":{}}', ["not set", "{}"]),
        ('{"a":true}', '{"a":1}', ["true", "1"]),
        ('{"a":9007199254740993}', '{"a":1e400}', ["9007199254740993", "1e400"]),
    ],
)
def test_values_that_look_alike_are_told_apart(
    pane: DetailsPane, before: str, after: str, cells: list[str]
) -> None:
    assert show(pane, before, after) == [["a", *cells]]


def test_unchanged_fields_come_after_the_changed_ones(pane: DetailsPane) -> None:
    before, after = '{"a":1,"b":1}', '{"a":1,"b":2}'
    assert [row[0] for row in show(pane, before, after)] == ["b"]
    pane.show_unchanged.click()
    assert [row[0] for row in show(pane, before, after)] == ["b", "a"]


def test_the_key_r_shows_the_text_as_stored(pane: DetailsPane) -> None:
    show(pane, '{"a": 1.0}', None)
    pane.table.setFocus()
    QTest.keyClick(pane.table, Qt.Key.Key_R)
    assert pane.raw.isVisible()
    assert pane.raw.toPlainText() == 'before\n{"a": 1.0}\n\nafter\nNULL'
    QTest.keyClick(pane.raw, Qt.Key.Key_R)
    assert pane.table.isVisible()


def test_the_key_u_shows_what_did_not_change(pane: DetailsPane) -> None:
    assert [row[0] for row in show(pane, '{"a": 1, "b": 2}', '{"a": 1, "b": 3}')] == ["b"]
    QTest.keyClick(pane.table, Qt.Key.Key_U)
    assert pane.table.changes.rowCount() == 2
    QTest.keyClick(pane.table, Qt.Key.Key_U)
    assert pane.table.changes.rowCount() == 1


def test_copy_gives_the_selected_value_whole(pane: DetailsPane) -> None:
    long = "word\u202e " * 3000
    show(pane, json.dumps({"a": "x"}), json.dumps({"a": long}))
    pane.table.setCurrentIndex(pane.table.changes.index(0, 2))
    QTest.keyClick(pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == long


def test_both_sides_of_a_long_text_can_be_copied(pane: DetailsPane) -> None:
    before, after = "word " * 60, "word " * 59 + "other"
    show(pane, json.dumps({"a": before}), json.dumps({"a": after}))
    pane.table.setFocus()
    # One cell shows both.
    pane.table.setCurrentIndex(pane.table.changes.index(0, 1))
    QTest.keyClick(pane.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"Before:\n{before}\n\nAfter:\n{after}"
    menu = {action.text(): action for action in pane.table.actions()}
    menu["Copy before"].trigger()
    assert QGuiApplication.clipboard().text() == before
    menu["Copy after"].trigger()
    assert QGuiApplication.clipboard().text() == after


def test_what_is_not_set_is_not_copied(pane: DetailsPane) -> None:
    show(pane, "{}", '{"a": "x", "b": null}')
    pane.table.setCurrentIndex(pane.table.changes.index(0, 0))
    menu = {action.text(): action for action in pane.table.actions()}
    assert not menu["Copy before"].isEnabled()
    assert menu["Copy after"].isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_F10, Qt.Key.Key_Menu])
def test_the_menu_of_a_change_opens_by_keyboard_at_its_first_choice(
    pane: DetailsPane, key: Qt.Key
) -> None:
    show(pane, None, '{"a": "1", "b": "2"}')
    pane.table.setCurrentIndex(pane.table.model().index(1, 0))
    if key == Qt.Key.Key_Menu:
        # As Qt does it for the menu key.
        where = pane.table.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).center()
        reason = QContextMenuEvent.Reason.Keyboard
        event = QContextMenuEvent(reason, where, pane.table.mapToGlobal(where))
        QApplication.sendEvent(pane.table, event)
    else:
        QTest.keyClick(pane.table, key)
    [menu] = [one for one in pane.table.findChildren(QMenu) if one.isVisible()]
    assert menu.activeAction().text() == "Copy after"
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text() == "2"


def test_the_raw_json_is_copied_whole_or_as_far_as_it_is_selected(pane: DetailsPane) -> None:
    show(pane, '{"a":1}', '{"a":2}')
    pane.show_raw.click()
    pane.raw.setFocus()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(pane.raw, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    whole = 'before\n{"a":1}\n\nafter\n{"a":2}'
    assert QGuiApplication.clipboard().text() == whole
    pane.raw.selectAll()
    pane.copy.click()
    assert QGuiApplication.clipboard().text() == whole
    QTest.keyClick(pane.raw, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == whole


def test_copy_without_a_selection_gives_the_whole_change(pane: DetailsPane) -> None:
    show(pane, '{"a":"x\u202e"}', '{"a":"y"}')
    pane.copy_changes()
    assert "≠ a: x\\u202e → y" in QGuiApplication.clipboard().text()


def test_a_lone_surrogate_is_copied_as_an_escape(pane: DetailsPane) -> None:
    show(pane, None, '{"a":"\\ud800"}')
    pane.table.setCurrentIndex(pane.table.changes.index(0, 2))
    pane.copy_changes()
    assert QGuiApplication.clipboard().text() == "\\ud800"


def test_very_large_values_are_shown_in_part_with_their_size(pane: DetailsPane) -> None:
    [row] = show(pane, None, json.dumps({"a": "x" * 300_000}))
    assert len(row[2]) < 6000
    assert "300,000 characters" in row[2]
    many = json.dumps({f"k{number}": number for number in range(1000)})
    assert len(show(pane, None, many)) == 60
    assert "1,000 fields" in pane.section.text()


def test_what_cannot_be_compared_says_why(pane: DetailsPane) -> None:
    [row] = show(pane, "[" * 6000 + "]" * 6000, "{}")
    assert row[0] == "(whole value)"
    spoken = pane.table.changes.data(
        pane.table.changes.index(0, 0), Qt.ItemDataRole.AccessibleTextRole
    )
    assert "nested too deeply to compare" in spoken


def test_trace_asks_for_the_target(qtbot: QtBot, pane: DetailsPane) -> None:
    show(pane, None, "{}")
    with qtbot.wait_signal(pane.trace_target) as asked:
        qtbot.mouseClick(pane.trace, Qt.MouseButton.LeftButton)
    assert asked.args == ["agt_7Kq2"]


def test_a_narrower_pane_shows_all_of_a_long_text(qtbot: QtBot, pane: DetailsPane) -> None:
    before, after = "word " * 60, "word " * 30 + "other " * 20
    show(pane, json.dumps({"a": before}), json.dumps({"a": after}))
    wanted = pane.table.rowHeight(0)
    pane.resize(600, 700)
    qtbot.wait_until(lambda: pane.table.rowHeight(0) < wanted)
    pane.resize(396, 700)
    qtbot.wait_until(lambda: pane.table.rowHeight(0) == wanted)


def test_a_long_id_stands_below_its_name_and_both_are_whole(pane: DetailsPane) -> None:
    entry = AuditEntry(
        1, WHEN, "member", "usr_12", "Priya Raman", "data.request_export",
        "export", "exp_cf369e1a1ce8466db4872d8be3008c1d", "audit-log-2026-11-30.csv",
        None, None, "2001:db8:85a3:1234:5678:8a2e:370:7334",
    )  # fmt: skip
    pane.show_details(describe_entry(entry))
    QApplication.processEvents()
    name, identity = pane.target.findChildren(CutLabel)
    for label in (name, identity, pane.source):
        assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width(), label.text()
    assert identity.y() > name.y()
    name, identity = pane.actor.findChildren(CutLabel)
    assert identity.y() < name.geometry().bottom()


def test_an_action_longer_than_the_pane_ends_in_dots(pane: DetailsPane) -> None:
    action = "agent." + "z" * 200
    entry = AuditEntry(
        1, WHEN, "member", "usr_12", "Priya Raman", action, None, None, None, None, None, None
    )
    pane.show_details(describe_entry(entry))
    QApplication.processEvents()
    for label in (pane.title, pane.code):
        assert isinstance(label, CutLabel)
        assert label.text() == action
        assert label.geometry().right() < pane.width()
        assert action in label.toolTip().replace("\u200b", "")
