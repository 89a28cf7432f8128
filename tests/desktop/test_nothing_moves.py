"""A text stays where it is when it is chosen, or when it has the focus."""

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QTableWidget, QTableWidgetItem, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, ThemeChoice.CONTRAST)


def text_top(widget: QWidget, place: QRect) -> int:
    """The first row, within a place and inside its frame, in which there is a letter."""
    image = widget.grab(place.adjusted(4, 3, -4, -5)).toImage()
    rows = ([image.pixelColor(x, y).name() for x in range(image.width())]
            for y in range(image.height()))  # fmt: skip
    return next(y for y, row in enumerate(rows) if len(set(row)) > 1)


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.add_widget(widget)
    with qtbot.wait_active(widget):
        widget.show()
        widget.activateWindow()


def test_the_name_of_a_tab(qtbot: QtBot) -> None:
    tabs = QTabWidget()
    tabs.setObjectName("plain")
    for name in ("Everybody", "Everybody"):
        tabs.addTab(QWidget(), name)
    shown(qtbot, tabs)
    bar = tabs.tabBar()

    def tops() -> list[int]:
        # Without the gap between two tabs.
        places = [bar.tabRect(place).adjusted(0, 0, -18, 0) for place in (0, 1)]
        return [text_top(bar, place) for place in places]

    bar.setFocus()
    qtbot.wait_until(bar.hasFocus)
    focused = tops()
    bar.clearFocus()
    plain = tops()
    tabs.setCurrentIndex(1)
    other = tops()
    assert focused == plain == other == [plain[0], plain[0]]


@pytest.mark.parametrize(("name", "height"), [("exceptions", 26), ("runs", 26), ("figures", 22)])
def test_a_cell(qtbot: QtBot, name: str, height: int) -> None:
    table = QTableWidget(1, 2)
    table.setObjectName(name)
    table.setShowGrid(False)
    table.verticalHeader().setDefaultSectionSize(height)
    for column in (0, 1):
        table.setItem(0, column, QTableWidgetItem("Luis"))
    shown(qtbot, table)
    table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.wait_until(table.hasFocus)
    table.setCurrentCell(0, 0)
    table.selectRow(0)
    places = [table.visualRect(table.model().index(0, column)) for column in (0, 1)]
    tops = [text_top(table.viewport(), place) for place in places]
    assert tops[0] == tops[1]
