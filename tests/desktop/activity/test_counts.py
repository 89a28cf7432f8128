"""Counts of any size are read whole, or shortened to what a cell has room for."""

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.activity import Top
from mylla_audit_desktop.desktop.activity.heat_map import HeatMap, coarse_count, short_count
from mylla_audit_desktop.desktop.activity.top_list import TopList
from mylla_audit_desktop.desktop.activity.working_time import Stretch
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice, text_font


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (999_999, "999k"),
        (1_000_000, "1.0M"),
        (99_999_999, "99.9M"),
        (999_999_999, "999M"),
        (1_000_000_000, "1.0bn"),
        (999_999_999_999, "999bn"),
    ],
)
def test_a_cell_never_says_more_than_there_are(count: int, shown: str) -> None:
    assert short_count(count) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1_234, "1k"),
        (99_999, "99k"),
        (1_000_000, "1M"),
        (99_999_999, "99M"),
        (4_567_890_123, "4bn"),
        (999_999_999_999, "999bn"),
    ],
)
def test_a_narrow_cell_says_less(count: int, shown: str) -> None:
    assert coarse_count(count) == shown


def test_a_count_stays_within_the_frame_of_its_cell(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    heat_map = HeatMap(theme)
    qtbot.add_widget(heat_map)
    # As on a screen of 960x540.
    heat_map.resize(44 + 24 * 33, heat_map.height())
    hours = [0] * 168
    hours[2], hours[9] = 4_567_890_123, 9_135_780_246
    heat_map.show_hours(tuple(hours), (Stretch(0, 8, 18),))
    heat_map.show()
    cell = heat_map.visualRect(heat_map.figures.index(0, 2))
    image = heat_map.viewport().grab(cell).toImage()
    middle = range(cell.height() // 2 - 5, cell.height() // 2 + 5)
    for x in (3, cell.width() - 4):
        assert {image.pixelColor(x, y).name() for y in middle} == {theme.tokens.panel}


def test_twelve_digits_have_room_beside_the_bar(qtbot: QtBot, qapp: QApplication) -> None:
    tops = TopList(Theme(qapp, ThemeChoice.LIGHT), "Top targets")
    qtbot.add_widget(tops)
    tops.show_tops((Top("agt_1", "Front desk", 999_999_999_999), Top("agt_2", "", 7)))
    needed = QFontMetrics(text_font(13)).horizontalAdvance("999,999,999,999")
    assert tops.count_width > needed
