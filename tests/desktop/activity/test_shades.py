"""Numbers can be read on every shade, light and dark (WCAG 2.2, 1.4.3)."""

import pytest
from PySide6.QtGui import QColor

from mylla_audit_desktop.desktop.activity.shades import contrast, readable_on, shade_of
from mylla_audit_desktop.desktop.theme import CONTRAST, DARK, LIGHT, Tokens


@pytest.mark.parametrize("tokens", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_every_number_can_be_read_on_its_shade(tokens: Tokens) -> None:
    panel, accent, text = (QColor(one) for one in (tokens.panel, tokens.accent, tokens.text))
    for count in range(501):
        ground = shade_of(count, 500, panel, accent)
        assert contrast(readable_on(ground, text, panel), ground) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
def test_the_busiest_shade_stands_out_from_the_ground(tokens: Tokens) -> None:
    panel, accent = QColor(tokens.panel), QColor(tokens.accent)
    assert contrast(shade_of(500, 500, panel, accent), panel) >= 4.5
    assert contrast(QColor(tokens.text), panel) >= 4.5
    shades = [contrast(shade_of(count, 500, panel, accent), panel) for count in range(0, 501, 50)]
    assert shades == sorted(shades), "more entries are never nearer to the ground"


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("#ffffff")) == pytest.approx(4.54, abs=0.01)
