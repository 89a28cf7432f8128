"""Every message that the guide explains is one that the programs really give."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "guide" / "troubleshooting.md").read_text("utf-8")
_TABLE = re.compile(r"^\| the message says \|.*\n\|.*\n((?:\|.*\n)+)", re.MULTILINE)
# Said by Qt itself.
_FOREIGN = {"could not connect to display"}


def messages() -> list[str]:
    """The messages that the tables name, one for each way of saying it."""
    rows = [row for table in _TABLE.findall(PAGE) for row in table.splitlines()]
    return [one.strip() for row in rows for one in row.split("|")[1].split(" / ")]


def said_by_the_programs() -> list[str]:
    """Every text in the code but docstrings; of one with values in it, the parts between them."""
    return [
        text.value
        for file in (ROOT / "mylla_audit_desktop").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if not isinstance(node, ast.Expr)
        for text in ast.iter_child_nodes(node)
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]


SAID = said_by_the_programs()


def unsaid(message: str) -> list[str]:
    """The parts of a message that no text in the code has."""
    parts = [part.strip() for part in re.split(r"…|: ", message)]
    return [part for part in parts if not any(part in text for text in SAID)]


@pytest.mark.parametrize("message", messages())
def test_the_message_exists(message: str) -> None:
    assert unsaid(message) == []


def test_a_message_that_nobody_gives_is_noticed() -> None:
    assert unsaid("… has run out of coffee: try tea") == ["has run out of coffee", "try tea"]


def test_at_least_twenty_messages_are_explained() -> None:
    assert len(set(messages())) >= 20


def test_what_the_set_up_says_is_said_by_its_scripts() -> None:
    scripts = "".join(file.read_text("utf-8") for file in ROOT.glob("packaging/setup/*.sh"))
    quoted = set(re.findall(r'"([^"]+)\."\*\*', PAGE)) - _FOREIGN
    assert len(quoted) == 3
    assert [text for text in quoted if text not in scripts] == []
