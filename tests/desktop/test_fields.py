"""Fields of the dialogs: names stand on the line of their texts, and nothing jumps."""

from itertools import product
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.connections.form import ConnectionForm
from mylla_audit_desktop.desktop.review.hours_chart import HoursChart
from mylla_audit_desktop.desktop.review.side import ReviewSide
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import (
    LINK_INSET,
    button,
    field_form,
    mark_wrong,
    plain_label,
)
from mylla_audit_desktop.desktop.widgets.period_button import PeriodButton
from mylla_audit_desktop.log.period import Preset
from tests.desktop.test_theme import contrast
from tests.memory_keyring import MemoryKeyring


def test_a_name_stands_on_the_line_of_its_field(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, ThemeChoice.LIGHT)
    line, text = QLineEdit(), QPlainTextEdit()
    words = plain_label("Several words that need more than one line in a narrow window")
    words.setWordWrap(True)
    window = QWidget()
    form = field_form(("Name", line), ("Networks", text), ("Policy", words))
    window.setLayout(form)
    window.setFixedWidth(260)
    qtbot.add_widget(window)
    window.show()
    name = form.labelForField(line).geometry()
    assert name.center().y() == line.geometry().center().y()
    # Beside what is higher, on its first line.
    assert form.labelForField(text).geometry().top() == text.y()
    assert form.labelForField(text).height() == line.height()
    # Of words that wrap, on their first line.
    first = form.labelForField(words)
    assert isinstance(first, QLabel)
    assert words.height() > first.fontMetrics().height() + first.y() - words.y()
    assert first.y() == words.y()
    assert first.alignment() & Qt.AlignmentFlag.AlignTop


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
@pytest.mark.parametrize("is_wrong", [False, True], ids=["focus", "wrong"])
@pytest.mark.parametrize("make", [QLineEdit, QPlainTextEdit])
def test_a_text_stays_where_it_is_when_its_field_gets_the_focus_or_is_wrong(
    qtbot: QtBot,
    qapp: QApplication,
    choice: ThemeChoice,
    make: type[QLineEdit | QPlainTextEdit],
    is_wrong: bool,
) -> None:
    theme = Theme(qapp, choice)
    window = QWidget()
    column = QVBoxLayout(window)
    other = button("Cancel")
    field = make("Text")
    # No caret beside the text.
    field.setReadOnly(True)
    field.setFixedWidth(200)
    column.addWidget(other)
    column.addWidget(field)
    qtbot.add_widget(window)
    with qtbot.wait_active(window):
        window.show()
        window.activateWindow()
    other.setFocus()
    qtbot.wait_until(other.hasFocus)
    before = text_place(field)
    if is_wrong:
        mark_wrong(field, "Wrong")
    else:
        field.setFocus()
        qtbot.wait_until(field.hasFocus)
    # Qt measures the frame of a field anew when the theme is changed under it.
    theme.apply(choice)
    assert text_place(field) == before


def text_place(field: QLineEdit | QPlainTextEdit) -> tuple[int, int]:
    """Where the text is: the first points of its colour from the left and from above."""
    field.ensurePolished()
    image = field.grab().toImage()
    inside = [
        (x, y)
        for x, y in product(range(4, image.width() - 4), range(4, image.height() - 4))
        if contrast(image.pixelColor(x, y).name(), image.pixelColor(5, 5).name()) > 3
    ]
    return min(x for x, _y in inside), min(y for _x, y in inside)


def test_a_letter_leads_to_its_choice_also_in_the_open_menu(
    qtbot: QtBot, qapp: QApplication
) -> None:
    Theme(qapp, ThemeChoice.LIGHT)
    period = PeriodButton()
    qtbot.add_widget(period)
    with qtbot.wait_active(period):
        period.show()
        period.activateWindow()
    menu = period.menu()
    menu.popup(period.mapToGlobal(period.rect().bottomLeft()))
    qtbot.wait_until(lambda: menu.activeAction() is not None)

    def after(letter: str) -> str:
        QTest.keyClicks(menu, letter)
        return menu.activeAction().text()

    assert after("a") == "All time"
    # Several that begin with it: one after the other, and no letter leads nowhere.
    assert [after("t"), after("t"), after("z")] == ["Today", "This quarter", "This quarter"]
    assert after("A") == "All time"
    with qtbot.assert_not_emitted(period.chosen):
        after("a")
    with qtbot.wait_signal(period.chosen):
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert period.preset is Preset.ALL_TIME


def test_the_focus_stands_whole_around_a_link_whose_text_is_flush_with_others(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    side = ReviewSide(theme, ZoneInfo("Europe/Berlin"))
    form = ConnectionForm(Background(), Secrets(MemoryKeyring))
    name = form.findChildren(QLabel)[0]
    for whole, link, above in (
        (side, side.edit_policy, side.policy_title), (form, form.more_button, name)
    ):  # fmt: skip
        qtbot.add_widget(whole)
        with qtbot.wait_active(whole):
            whole.show()
            whole.activateWindow()
        link.setFocus()
        qtbot.wait_until(link.hasFocus)
        image = whole.grab().toImage()
        around = QRect(link.mapTo(whole, QPoint(0, 0)), link.size())
        middle = around.center()
        for edge in (
            QPoint(around.left(), middle.y()), QPoint(around.right(), middle.y()),
            QPoint(middle.x(), around.top()), QPoint(middle.x(), around.bottom()),
        ):  # fmt: skip
            assert image.pixelColor(edge) == theme.color("accent"), edge
        assert link.mapTo(whole, QPoint(LINK_INSET, 0)).x() == above.mapTo(whole, QPoint(0, 0)).x()


def test_the_focus_of_a_tab_is_drawn_once(qtbot: QtBot, qapp: QApplication) -> None:
    Theme(qapp, ThemeChoice.LIGHT)
    tabs = QTabWidget()
    tabs.setObjectName("plain")
    # Letters are drawn in one way here and in another there.
    tabs.addTab(QWidget(), "\u00a0" * 12)
    qtbot.add_widget(tabs)
    with qtbot.wait_active(tabs):
        tabs.show()
        tabs.activateWindow()
    bar = tabs.tabBar()
    # As after the Tab key.
    tabs.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    bar.setFocus()
    qtbot.wait_until(bar.hasFocus)
    # Without the gap beside the tab, inside the frame.
    inside = bar.grab(bar.tabRect(0).adjusted(4, 4, -22, -4)).toImage()
    seen = {inside.pixel(x, y) for x, y in product(range(inside.width()), range(inside.height()))}
    assert len(seen) == 1, "a second frame"


def test_the_focus_of_the_usual_hours_is_as_thick_on_every_side(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    chart = HoursChart(theme)
    qtbot.add_widget(chart)
    chart.resize(300, chart.sizeHint().height())
    with qtbot.wait_active(chart):
        chart.show()
        chart.activateWindow()
    chart.setFocus()
    qtbot.wait_until(chart.hasFocus)
    image = chart.grab().toImage()
    right, bottom = image.width() - 1, image.height() - 1
    for across in (0, 1):
        for x, y in ((across, 30), (right - across, 30), (60, across), (60, bottom - across)):
            assert image.pixelColor(x, y) == theme.color("accent"), (x, y)


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit])
def test_a_wrong_field_shows_whether_it_has_the_focus(
    qtbot: QtBot,
    qapp: QApplication,
    choice: ThemeChoice,
    kind: type[QLineEdit] | type[QPlainTextEdit],
) -> None:
    Theme(qapp, choice)
    window = QWidget()
    first, second = kind(), kind()
    column = QVBoxLayout(window)
    column.addWidget(first)
    column.addWidget(second)
    qtbot.add_widget(window)
    for field in (first, second):
        mark_wrong(field, "It is wrong.")
    window.show()
    grounds = []
    with qtbot.wait_active(window):
        window.activateWindow()
    for focused in (first, second):
        focused.setFocus()
        qtbot.wait_until(focused.hasFocus)
        picture = first.grab().toImage()
        # The second pixel from the left: of the border with the focus, of the ground without.
        grounds.append(picture.pixelColor(1, first.height() // 2).name())
    assert contrast(*grounds) >= 3, grounds


def test_enter_presses_the_button_with_the_focus(qtbot: QtBot) -> None:
    page = QWidget()
    one = button("Open", "row")
    QVBoxLayout(page).addWidget(one)
    qtbot.add_widget(page)
    page.show()
    with qtbot.wait_signal(one.clicked):
        QTest.keyClick(one, Qt.Key.Key_Return)
