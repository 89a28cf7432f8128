"""The panes of the review: the user's own widths outlive narrow windows and a new start."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.review_splitter import ReviewSplitter

Panes = tuple[ReviewSplitter, QWidget, QWidget]
NARROW, WIDE = 860, 1400


@pytest.fixture
def make(qtbot: QtBot) -> Callable[[], Panes]:
    def make() -> Panes:
        side, details = QWidget(), QWidget()
        splitter = ReviewSplitter(side, QWidget(), details)
        qtbot.add_widget(splitter)
        splitter.resize(WIDE, 600)
        return splitter, side, details

    return make


def drag_side(splitter: ReviewSplitter, side: QWidget, width: int) -> None:
    """Pull the edge of the side until it is about so wide, or so high.

    How far from the pointer the edge stays is the style's, which other tests have set.
    """
    edge = side.mapTo(splitter, QPoint(side.width() + 1, side.height() // 2))
    if splitter.width() == NARROW:
        edge = side.mapTo(splitter, QPoint(side.width() // 2, side.height() + 1))
    handle = splitter.childAt(edge)
    assert handle is not None
    start = handle.rect().center()
    far = QPoint(width, width) - QPoint(side.width(), side.height())
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(handle, start + far)
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=start + far)


def test_own_widths_come_back_after_a_narrow_window(make: Callable[[], Panes]) -> None:
    splitter, side, details = make()
    splitter.show()
    usual = side.width(), details.width()
    drag_side(splitter, side, 300)
    own = side.width(), details.width()
    assert own[0] > usual[0]
    assert own[1] == usual[1]
    splitter.resize(NARROW, 600)
    height = side.height()
    drag_side(splitter, side, 150)
    assert side.height() != height
    splitter.resize(WIDE, 600)
    assert (side.width(), details.width()) == own


@pytest.mark.parametrize("width_at_the_end", [WIDE, NARROW])
def test_own_widths_are_kept_for_the_next_start(
    make: Callable[[], Panes], tmp_path: Path, width_at_the_end: int
) -> None:
    splitter, side, details = make()
    splitter.show()
    drag_side(splitter, side, 300)
    own = side.width(), details.width()
    splitter.resize(width_at_the_end, 600)
    path = str(tmp_path / "window.ini")
    state = QSettings(path, QSettings.Format.IniFormat)
    splitter.save_layout(state)
    state.sync()
    splitter, side, details = make()
    splitter.restore_layout(QSettings(path, QSettings.Format.IniFormat))
    splitter.show()
    assert (side.width(), details.width()) == own
