"""What the documents say is so."""

import re
import tomllib
from pathlib import Path

import pytest

from mylla_audit_desktop import __version__
from mylla_audit_desktop.cli.reference import reference

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text("utf-8")):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def test_the_commands_of_the_readme_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for word in re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text("utf-8")):
        assert word in targets, word


def test_the_command_reference_is_that_of_the_programs() -> None:
    assert (ROOT / "docs/guide/commands.md").read_text("utf-8") == reference(), "run: make docs"


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = (folder / "README.md").read_text("utf-8")
    for path in folder.glob("0*.md"):
        assert path.name in listed
