"""The documents say what is so: commands, links, keys and names that exist."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

from mylla_audit_desktop import __version__
from mylla_audit_desktop.desktop.shortcuts import REVIEW_SHORTCUTS, SHORTCUTS
from mylla_audit_desktop.reference import reference

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

every_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def make_targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def anchors(document: Path) -> set[str]:
    """The headings of a document as a link names them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@every_document
def test_every_make_command_exists(path: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE))
    assert named <= make_targets()


def test_the_readme_names_the_two_commands() -> None:
    commands = re.findall(r"^make (\w+)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands == ["run", "test"]


@every_document
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        if link.startswith(("https://", "http://")):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


@every_document
def test_no_document_names_a_folder_of_one_computer(path: Path) -> None:
    # What an administrator installs has its place on every computer.
    found = re.findall(
        r"(?<![\w./:>])/(?!etc/|usr/|dev/null)[a-z]+/[^\s`]*", path.read_text("utf-8")
    )
    assert found == []


def test_every_module_that_the_architecture_names_exists() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    files = [
        str(file)
        for folder in ("mylla_audit_desktop", "tests")
        for file in ROOT.glob(f"{folder}/**/*.py")
    ]
    missing = [
        name for name in re.findall(r"[\w/]+\.py", text) if not any(f.endswith(name) for f in files)
    ]
    assert missing == []


def test_the_changelog_says_nothing_twice() -> None:
    entries = re.findall(r"^- .*$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert [one for one in entries if entries.count(one) > 1] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    for record in folder.glob("[0-9]*.md"):
        assert f"({record.name})" in index
        assert record.read_text("utf-8").startswith(f"# {record.name[:4]}: ")


@pytest.mark.parametrize(
    ("page", "shortcuts"), [("audit-log.md", SHORTCUTS), ("review.md", REVIEW_SHORTCUTS)]
)
def test_the_guide_names_every_key(page: str, shortcuts: tuple[tuple[str, str], ...]) -> None:
    text = (ROOT / "docs" / "guide" / page).read_text("utf-8")
    named = {keys.strip() for keys in re.findall(r"^\|([^|]+)\|", text, re.MULTILINE)}
    assert {keys[0].lower() + keys[1:] for keys, _ in shortcuts} <= {
        keys[0].lower() + keys[1:] for keys in named
    }


def test_the_command_reference_is_that_of_the_programs() -> None:
    assert (ROOT / "docs" / "guide" / "commands.md").read_text("utf-8") == reference()


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert importlib.metadata.version("mylla-audit-desktop") == __version__


def test_make_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) - {"setup", "setup-test"} == make_targets()


def test_the_architecture_names_every_module_of_review_and_database() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    package = ROOT / "mylla_audit_desktop"
    modules = [*package.glob("review/*.py"), *package.glob("database/*.py")]
    names = {module.name for module in modules} - {"__init__.py"}
    assert sorted(name for name in names if not re.search(rf"\b{re.escape(name)}", text)) == []


def test_every_picture_is_shown_or_is_the_other_theme_and_is_renewed() -> None:
    script = (ROOT / "packaging" / "setup" / "screenshots.sh").read_text("utf-8")
    shown = {
        Path(link).name
        for path in DOCUMENTS
        for link in LINK.findall(path.read_text("utf-8"))
        if link.endswith((".png", ".webp"))
    }
    for picture in (ROOT / "docs" / "images").iterdir():
        light = picture.name.replace("-dark", "-light").replace("-large", "")
        assert light in shown, f"{picture.name} is shown nowhere"
        # A look is made in all themes at once, and named by its view.
        name = picture.stem.removeprefix("look-").removesuffix("-large")
        name = name.removesuffix("-light").removesuffix("-dark")
        assert re.search(rf"\b{name}\b", script), f"{picture.name} is not renewed"
