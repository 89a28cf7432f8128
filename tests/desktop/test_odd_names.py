"""Names that would look the same or like nothing are told apart wherever they are shown."""

from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QStandardItemModel
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QTableView, QToolTip
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.review.facts import Fact, FactList
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import plain_tooltip
from mylla_audit_desktop.desktop.widgets.piece_table import PIECES_ROLE, PieceDelegate
from mylla_audit_desktop.desktop.widgets.text_painter import TextPainter
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.database.reviewing import entry
from tests.desktop.reviewing import MARCH

NAMES = (None, "", " ", "\u00a0", "Zoë", "Zoe\u0308", "Zoë ", "A\u0301" * 300)
SHOWN = ("", '""', "\\u0020", "\\u00a0", "Zoë", "Zoe\\u0308", "Zoë\\u0020")


@pytest.fixture
def session(
    qtbot: QtBot, log_url: Callable[[list[NewEntry]], str], start: Callable[..., Session]
) -> Session:
    entries = [
        entry(
            number,
            f"2026-03-{number:02d}T10:00:00Z",
            actor_id=f"usr_{number}",
            actor_name=name or "Olga",
            target_name=name,
            target_id=None,
        )
        for number, name in enumerate(NAMES, 1)
    ]
    session = start(log_url(entries))
    page = session.window.audit_log
    page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
    qtbot.wait_until(lambda: page.model.count == len(NAMES))
    return session


def has_details(page: AuditLogPage) -> bool:
    current, shown = page.table.current_entry(), page.details.shown_entry()
    return current is not None and shown is not None and shown.id == current.id


def test_in_the_table_and_the_details(qtbot: QtBot, session: Session) -> None:
    page = session.window.audit_log
    # Most recent first.
    rows = range(len(NAMES) - 1, -1, -1)
    targets = [page.model.data(page.model.index(row, 3)) for row in rows]
    assert targets[: len(SHOWN)] == list(SHOWN)
    for row, shown in zip(rows, SHOWN, strict=False):
        page.table.go_to(row)
        qtbot.wait_until(partial(has_details, page))
        assert page.details.target.text() == (shown or "none")


@pytest.mark.parametrize("text", ["W" * 300, "word " * 400])
def test_a_tooltip_is_no_wider_than_the_screen(qapp: QApplication, text: str) -> None:
    QToolTip.showText(QPoint(0, 0), plain_tooltip(text))
    (tip,) = (one for one in qapp.topLevelWidgets() if one.inherits("QTipLabel"))
    assert tip.width() <= tip.screen().availableGeometry().width()
    QToolTip.hideText()


@pytest.mark.parametrize("name", ["שרה כהן", "ليلى حداد"])
def test_a_sentence_begins_at_the_left_whatever_script_its_first_name_is_of(
    qtbot: QtBot, qapp: QApplication, name: str
) -> None:
    Theme(qapp, ThemeChoice.LIGHT)
    facts = FactList("Earlier about the same people")
    qtbot.add_widget(facts)
    facts.resize(600, 60)
    pictures = []
    for words in (": Sun 14:03, a day off · open", f"{name}: Sun 14:03, a day off · open"):
        facts.show_facts([Fact("29 Nov 14:03", words)])
        facts.show()
        pictures.append(facts.grab(QRect(400, 0, 200, 60)).toImage())
    # The words are short, and none of them stands at the right.
    assert pictures[0] == pictures[1]
    assert facts.text().endswith(f"{name}: Sun 14:03, a day off · open"), "said as it is"


def test_a_name_that_is_cut_ends_in_one_ellipsis(qtbot: QtBot, qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    model = QStandardItemModel(1, 1)
    name = (("Prescriptions Berlin Mitte", "text"), ("  agt_56x0", "mono faint"))
    model.setData(model.index(0, 0), name, PIECES_ROLE)
    view = QTableView()
    qtbot.add_widget(view)
    view.setModel(model)
    delegate = PieceDelegate(theme, view)
    drawn: list[str] = []

    def draw(painter: TextPainter, *given: Any) -> int:
        drawn.append(given[-1])
        return real(painter, *given)

    real = TextPainter.draw
    whole = delegate.width(name)
    with patch.object(TextPainter, "draw", draw):
        for width in range(60, whole + 1):
            drawn.clear()
            image = QImage(width, 26, QImage.Format.Format_RGB32)
            painter = QPainter(image)
            option = QStyleOptionViewItem()
            option.rect = QRect(0, 0, width, 26)
            delegate.paint(painter, option, model.index(0, 0))
            painter.end()
            if delegate.width(name[:1]) > width:
                assert drawn == [name[0][0]], width
    assert len(drawn) == len(name), "with room for all, all of it is shown"


def test_in_the_review(qtbot: QtBot, session: Session) -> None:
    page = session.window.review
    page.head.set_choice(MARCH)
    session.window.show_page(page)
    qtbot.wait_until(lambda: page.reading is not None)
    assert page.reading is not None
    titles = {page.model.data(page.model.index(row, 1)) for row in range(page.model.rowCount())}
    assert len(titles) == page.model.rowCount() - 1, "only NULL and the empty text have one title"
    assert any(title.startswith('" "') for title in titles)
    assert any("Zoe\\u0308" in title for title in titles)


def test_in_the_activity(qtbot: QtBot, session: Session) -> None:
    page = session.window.activity
    page.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
    session.window.show_page(page)
    qtbot.wait_until(lambda: page.activity is not None)
    figures = page.charts.tops["actors"].figures
    shown = {figures.index(row, 0).data() for row in range(figures.rowCount())}
    assert shown >= set(SHOWN[2:])
