"""Colours can be read: WCAG 2.1 contrast of every text on its ground, in every theme."""

from collections import Counter
from collections.abc import Callable
from itertools import product

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QFont, QTextLayout
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.theme import (
    CONTRAST,
    DARK,
    LIGHT,
    Theme,
    ThemeChoice,
    Tokens,
    mono_font,
    text_font,
)
from mylla_audit_desktop.desktop.widgets import EmptyState, button
from mylla_audit_desktop.desktop.widgets.page import NoLog
from mylla_audit_desktop.desktop.widgets.period_button import PeriodButton


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.1) of `#rrggbb`."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("panel", "window", "alternate", "selection")
PAIRS = [
    *product(("text", "muted"), GROUNDS),
    *product(("accent",), ("panel", "window", "tint")),
    *product(("placeholder",), ("panel", "window", "removed_tint")),
    *((name, ground) for name in ("added", "removed", "changed")
      for ground in ("panel", f"{name}_tint")),
    *product(("critical", "high", "medium", "low"), ("panel", "selection")),
    # The chosen row of the checklist, and the bars that say something.
    *product(("text", "muted"), ("tint",)),
    # What the bars across the window say, and the link in them.
    *product(("text",), ("changed_tint", "added_tint", "removed_tint")),
    *product(("accent",), ("changed_tint", "removed_tint")),
    # The label of a connection, in its colour.
    *product(("on_accent",), ("accent", "muted", "removed", "changed", "added")),
    ("panel", "removed"),
    ("removed", "window"),
    ("added", "window"),
]  # fmt: skip


in_every_theme = pytest.mark.parametrize(
    "tokens", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"]
)


@in_every_theme
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(tokens: Tokens, text: str, ground: str) -> None:
    measured = contrast(getattr(tokens, text), getattr(tokens, ground))
    assert measured >= 4.5, f"{text} on {ground}: {measured:.2f}"


@pytest.mark.parametrize("ground", ["panel", "window", "alternate", "selection"])
@pytest.mark.parametrize("text", ["text", "muted", "faint", "strong_line"])
def test_high_contrast_leaves_nothing_faint(text: str, ground: str) -> None:
    measured = contrast(getattr(CONTRAST, text), getattr(CONTRAST, ground))
    assert measured >= 6, f"{text} on {ground}: {measured:.2f}"


@in_every_theme
def test_how_far_a_bar_has_come_can_be_seen(tokens: Tokens) -> None:
    assert contrast(tokens.accent, tokens.track) >= 3


@in_every_theme
@pytest.mark.parametrize("ground", ["panel", "window"])
def test_what_cannot_be_pressed_can_still_be_read(tokens: Tokens, ground: str) -> None:
    # WCAG asks nothing of it; three to one is what it asks of a control.
    measured = contrast(tokens.disabled, getattr(tokens, ground))
    assert measured >= 3, f"disabled on {ground}: {measured:.2f}"


@in_every_theme
def test_what_cannot_be_pressed_and_what_nobody_typed_look_unlike_text(tokens: Tokens) -> None:
    for name in ("disabled", "placeholder"):
        assert contrast(tokens.text, getattr(tokens, name)) >= 1.8, name


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
@pytest.mark.parametrize("kind", ["", "primary", "grave", "flat", "danger", "link", "choice"])
def test_a_button_shows_that_it_cannot_be_pressed(
    qtbot: QtBot, qapp: QApplication, choice: ThemeChoice, kind: str
) -> None:
    theme = Theme(qapp, choice)
    one: QPushButton = button("Sign off", kind)
    qtbot.add_widget(one)
    one.setEnabled(False)
    one.show()
    image = one.grab().toImage()
    points = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    # At the edge of a letter, where there is next to nothing of it, the color is a guess.
    colors = Counter(point.name() for point in points if point.alpha() > 127)
    tokens = theme.tokens
    assert colors[tokens.disabled] > 5
    # Smoothing may give single points any shade.
    assert all(colors[one] < 5 for one in (tokens.accent, tokens.removed, tokens.text))


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
@pytest.mark.parametrize(
    "kind",
    ["", "primary", "grave", "flat", "danger", "link", "choice", "quiet-choice", "row", "banner"],
)
def test_a_button_shows_that_it_has_the_focus(
    qtbot: QtBot, qapp: QApplication, choice: ThemeChoice, kind: str
) -> None:
    Theme(qapp, choice)
    window = QWidget()
    column = QVBoxLayout(window)
    one, other = button("Sign off", kind), button("Cancel")
    column.addWidget(one)
    column.addWidget(other)
    qtbot.add_widget(window)
    pictures = []
    with qtbot.wait_active(window):
        window.show()
        window.activateWindow()
    for focused in (other, one):
        focused.setFocus()
        qtbot.wait_until(focused.hasFocus)
        pictures.append(window.grab(one.geometry()).toImage())
    before, after = pictures
    places = product(range(before.width()), range(before.height()))
    colors = ((before.pixelColor(*at).name(), after.pixelColor(*at).name()) for at in places)
    # Around its shorter sides and more (WCAG 2.2, 2.4.13).
    changed = sum(contrast(*pair) >= 3 for pair in colors if pair[0] != pair[1])
    assert changed > 2 * one.width(), changed


def test_the_cross_of_a_filter_has_the_colour_of_the_theme_in_force(
    qtbot: QtBot, qapp: QApplication, start: Callable[..., Session]
) -> None:
    session = start(None)
    field = session.window.audit_log.bar.actor
    field.setText("usr_7")

    def shades() -> set[str]:
        image = field.grab(QRect(field.width() - 28, 6, 22, 18)).toImage()
        places = product(range(image.width()), range(image.height()))
        return {image.pixelColor(*at).name() for at in places}

    # It comes in slowly.
    for choice, cross in (
        (ThemeChoice.CONTRAST, "#ffffff"),
        (ThemeChoice.LIGHT, "#8a93a5"),
        (ThemeChoice.CONTRAST, "#ffffff"),
    ):
        session.theme.apply(choice)
        qtbot.wait_until(lambda cross=cross: cross in shades())  # type: ignore[misc]


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
def test_the_days_beside_a_period_can_be_read(
    qtbot: QtBot, qapp: QApplication, choice: ThemeChoice
) -> None:
    theme = Theme(qapp, choice)
    period = PeriodButton()
    qtbot.add_widget(period)
    period.resize(300, period.sizeHint().height())
    period.show()
    pictures = []
    for days in ("", "24 Oct - 23 Nov"):
        period.say_days(days)
        pictures.append(period.grab().toImage())
    before, after = pictures
    places = product(range(after.width()), range(after.height()))
    colors = Counter(
        after.pixelColor(*at).name()
        for at in places
        if after.pixelColor(*at) != before.pixelColor(*at)
    )
    assert max(contrast(one, theme.tokens.panel) for one in colors) >= 4.5, colors


def test_what_a_page_says_in_place_of_its_contents_has_one_ground(
    qtbot: QtBot, start: Callable[..., Session]
) -> None:
    session = start(None)
    window = session.window
    window.show_pages()
    window.say_no_log(NoLog("Not opened", "Nothing answers."))
    for page in (window.audit_log, window.review, window.activity, window.retention):
        window.show_page(page)
        qtbot.wait_until(page.isVisible)
        (notice,) = (one for one in page.findChildren(EmptyState) if one.isVisible())
        below = notice.mapTo(window, QPoint(12, notice.height() - 12))
        color = window.grab().toImage().pixelColor(below).name()
        assert color == session.theme.tokens.panel, page


def test_the_window_keeps_its_font_whatever_the_desktop_tells(
    qapp: QApplication, start: Callable[..., Session]
) -> None:
    window = start(None).window
    # What Qt does where a desktop tells its look, as GNOME does after the start.
    for kind in ("QLabel", "QPushButton", "QMenuBar"):
        QApplication.setFont(QFont("Serif"), kind)  # type: ignore[arg-type]
    QApplication.sendEvent(qapp, QEvent(QEvent.Type.ThemeChange))
    page = window.audit_log
    for widget in (page.summary, page.bar.export, window.menuBar()):
        assert QApplication.font(widget).family() == "Inter", widget


@pytest.mark.parametrize("text", ["->", "<-", "=>", "-->", "!=", "5x3"])
@pytest.mark.parametrize("font", [text_font, mono_font])
def test_no_text_of_the_log_is_drawn_as_another(
    qapp: QApplication, font: Callable[[], QFont], text: str
) -> None:
    Theme(qapp, ThemeChoice.LIGHT)
    alone = [glyph for one in text for glyph in glyphs(one, font())]
    assert glyphs(text, font()) == alone


def glyphs(text: str, font: QFont) -> list[int]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [glyph for run in layout.glyphRuns() for glyph in run.glyphIndexes()]
