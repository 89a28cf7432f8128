"""Colours can be read: WCAG 2.1 contrast of every text on its ground, in every theme."""

from itertools import product

import pytest

from mylla_audit_desktop.desktop.theme import CONTRAST, DARK, LIGHT, Tokens


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
    *((name, ground) for name in ("added", "removed", "changed")
      for ground in ("panel", f"{name}_tint")),
    *product(("critical", "high", "medium", "low"), ("panel", "selection")),
    # The chosen row of the checklist, and the bars that say something.
    *product(("text", "muted"), ("tint",)),
    *product(("text",), ("changed_tint", "added_tint")),
    ("on_accent", "accent"),
    ("panel", "removed"),
    ("removed", "window"),
    ("added", "window"),
]  # fmt: skip


@pytest.mark.parametrize("tokens", [LIGHT, DARK, CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(tokens: Tokens, text: str, ground: str) -> None:
    measured = contrast(getattr(tokens, text), getattr(tokens, ground))
    assert measured >= 4.5, f"{text} on {ground}: {measured:.2f}"


@pytest.mark.parametrize("ground", ["panel", "window", "alternate", "selection"])
@pytest.mark.parametrize("text", ["text", "muted", "faint", "strong_line"])
def test_high_contrast_leaves_nothing_faint(text: str, ground: str) -> None:
    measured = contrast(getattr(CONTRAST, text), getattr(CONTRAST, ground))
    assert measured >= 6, f"{text} on {ground}: {measured:.2f}"
