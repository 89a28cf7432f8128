"""The bars beside the working hours of a week."""

from itertools import groupby

import pytest
from PySide6.QtWidgets import QApplication, QGridLayout
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.week_grid import WeekGrid
from mylla_audit_desktop.desktop.theme import CONTRAST, Theme, ThemeChoice
from tests.desktop.test_lines import picture


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize(("end", "parts"), [("18:00", 2), ("17:00", 2), ("12:00", 1)])
def test_no_mark_cuts_a_sliver_off_the_working_time(
    qtbot: QtBot, qapp: QApplication, end: str, parts: int, scale: int
) -> None:
    week = WeekGrid(Theme(qapp, ThemeChoice.CONTRAST))
    qtbot.add_widget(week)
    week.resize(520, week.sizeHint().height())
    week.show_week((("08:00", end), *[("", "")] * 6))
    week.show()
    grid = week.layout()
    assert isinstance(grid, QGridLayout)
    place = grid.itemAtPosition(0, 4)
    assert place is not None
    bar = place.widget()
    assert bar is not None
    image = picture(bar, scale=scale)
    row = (image.pixelColor(x, image.height() // 2).name() for x in range(image.width()))
    # Neither the strip nor a line: working time.
    filled = [key for key, _run in groupby(row, lambda it: it not in EMPTY) if key]
    assert len(filled) == parts


EMPTY = {CONTRAST.window, CONTRAST.alternate, CONTRAST.line}
