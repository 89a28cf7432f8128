"""Lines at 150 %, where a point is a pixel and a half: each as thin as the other, none broken.

At 200 %: each at the very end of its row.
"""

import json
from collections.abc import Callable
from itertools import groupby

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.audit_log.changes_table import ChangesTable
from mylla_audit_desktop.desktop.audit_log.details_pane import describe_entry
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.rail import Rail
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.theme import CONTRAST, Theme, ThemeChoice
from mylla_audit_desktop.log.entry import AuditEntry, NewEntry
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.desktop.conftest import make_entries

_SCALE = 1.5


def picture(widget: QWidget, above: int = 0, scale: float = _SCALE) -> QImage:
    """The widget at a scale, so many points below the upper edge of the picture."""
    width, height = widget.width() * scale, (widget.height() + above) * scale
    image = QImage(int(width), int(height), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(0)
    widget.render(image, QPoint(0, above))
    return image


def lines(image: QImage, x: int) -> list[int]:
    """How many pixels each line across is thick, from above, in the column of pixels x."""
    column = (image.pixelColor(x, y).name() for y in range(image.height()))
    return [len(list(run)) for name, run in groupby(column) if name == CONTRAST.line]


def entries_page(qtbot: QtBot, session: Session) -> AuditLogPage:
    """With all twelve entries on show."""
    page = session.window.audit_log
    page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
    qtbot.wait_until(lambda: page.model.rowCount() == 12, timeout=20_000)
    return page


@pytest.mark.parametrize("above", [0, 1, 2, 3])
def test_lines_between_entries_are_as_thin_wherever_they_fall(
    qtbot: QtBot,
    start: Callable[..., Session],
    log_url: Callable[[list[NewEntry]], str],
    above: int,
) -> None:
    session = start(log_url(make_entries(12)))
    page = entries_page(qtbot, session)
    session.theme.apply(ThemeChoice.CONTRAST)
    assert lines(picture(page.table.viewport(), above), 4) == [1] * 12


@pytest.mark.parametrize("width", [1280, 1283, 1440, 1920])
def test_the_line_below_the_headings_of_the_entries_has_no_gap(
    qtbot: QtBot,
    start: Callable[..., Session],
    log_url: Callable[[list[NewEntry]], str],
    width: int,
) -> None:
    session = start(log_url(make_entries(12)))
    session.window.resize(width, 800)
    page = entries_page(qtbot, session)
    qtbot.wait_until(lambda: session.window.width() == width)
    session.theme.apply(ThemeChoice.CONTRAST)
    image = picture(page.table.horizontalHeader().viewport())
    below = range(image.height() - 2, image.height())
    for y in below:
        assert len({image.pixelColor(x, y).name() for x in range(image.width() - 2)}) == 1, y


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_selected_entry_ends_with_its_line(
    qtbot: QtBot,
    start: Callable[..., Session],
    log_url: Callable[[list[NewEntry]], str],
    scale: int,
) -> None:
    session = start(log_url(make_entries(12)))
    page = entries_page(qtbot, session)
    session.theme.apply(ThemeChoice.CONTRAST)
    page.table.selectRow(1)
    image = picture(page.table.viewport(), scale=scale)
    # At the right, where no cell has the focus.
    x = image.width() - 8 * scale
    column = (image.pixelColor(x, y).name() for y in range(52 * scale))
    runs = [(name, len(list(run))) for name, run in groupby(column)]
    line = (CONTRAST.line, scale)
    rows = [(one, 25 * scale) for one in (CONTRAST.panel, CONTRAST.selection)]
    assert runs == [rows[0], line, rows[1], line]


def test_the_line_beside_the_rail_is_one_from_top_to_bottom(
    qtbot: QtBot, qapp: QApplication
) -> None:
    rail = Rail(Theme(qapp, ThemeChoice.CONTRAST))
    rail.add("Audit log", "scroll-text")
    qtbot.add_widget(rail)
    rail.resize(rail.width(), 300)
    rail.show()
    image = picture(rail)
    ends = {
        tuple(image.pixelColor(x, y).name() for x in range(image.width() - 4, image.width()))
        for y in range(image.height())
    }
    assert len(ends) == 1, ends


@pytest.fixture
def changes(qtbot: QtBot, qapp: QApplication) -> Callable[[bool], ChangesTable]:
    """A table of three changes, framed or not, with a column that ends in half a pixel."""

    def make(is_framed: bool) -> ChangesTable:
        table = ChangesTable(Theme(qapp, ThemeChoice.CONTRAST), is_framed=is_framed)
        qtbot.add_widget(table)
        table.resize(361, 300)
        table.horizontalHeader().resizeSection(0, 111)
        table.show()
        after = json.dumps({"role": "Admin", "seats": 4, "voice": "calm"})
        when = Instant.parse("2026-11-23T21:47:03Z")
        entry = AuditEntry(
            1, when, "member", "usr_12", "Priya Raman", "agent.update",
            "agent", "agt_7Kq2", "Front desk", None, after, None,
        )  # fmt: skip
        table.show_fields(describe_entry(entry).fields)
        return table

    return make


def test_a_line_below_a_change_goes_through_all_columns(
    changes: Callable[[bool], ChangesTable],
) -> None:
    table = changes(False)
    image = picture(table.viewport())
    assert lines(image, 4) == [1, 1, 1]
    below = int((table.rowViewportPosition(0) + table.rowHeight(0)) * _SCALE) - 1
    rows = [
        {image.pixelColor(x, y).name() for x in range(image.width() - 1)}
        for y in (below - 1, below, below + 1)
    ]
    assert {CONTRAST.line} in rows


def test_the_frame_around_changes_is_the_line_below_the_last(
    changes: Callable[[bool], ChangesTable],
) -> None:
    assert lines(picture(changes(True).viewport()), 4) == [1, 1]


def test_the_frame_around_changes_is_as_thick_on_every_side_with_the_focus(
    qtbot: QtBot, changes: Callable[[bool], ChangesTable]
) -> None:
    table = changes(True)
    with qtbot.wait_active(table):
        table.activateWindow()
    table.setFocus()
    qtbot.wait_until(table.hasFocus)
    image = table.grab().toImage()
    # Beside the heading, and below the last column: what has the focus in it is elsewhere.
    y, x = 16, image.width() - 40
    across = [image.pixelColor(x, y).name() == CONTRAST.accent for x in range(image.width())]
    down = [image.pixelColor(x, y).name() == CONTRAST.accent for y in range(image.height())]
    for side in (across, across[::-1], down, down[::-1]):
        assert side.index(False) == 1


def test_the_lines_of_a_menu_are_as_thin_as_each_other(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, ThemeChoice.CONTRAST)
    menu = QMenu()
    for name in ("Export CSV…", "", "Connections", "", "Settings", "", "Quit"):
        if name:
            menu.addAction(name)
        else:
            menu.addSeparator()
    qtbot.add_widget(menu)
    menu.popup(QPoint(0, 0))
    qtbot.wait_until(menu.isVisible)
    assert len(set(lines(picture(menu), 60))) == 1
