"""Menu entry, AppStream data, man pages and scripts, held against the tools that read them."""

import configparser
import gzip
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest

from mylla_audit_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"


def run(*words: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every Linux package shares, laid under a root."""
    root = tmp_path_factory.mktemp("root")
    run(PACKAGING / "linux" / "install.sh", root)
    return root


@pytest.mark.parametrize(
    "script", sorted(PACKAGING.rglob("*.sh")), ids=lambda path: str(path.relative_to(PACKAGING))
)
def test_each_script_is_a_program_of_the_shell(script: Path) -> None:
    run("sh", "-n", script)
    assert script.stat().st_mode & 0o111, "it can be run"


def test_the_menu_entry_is_valid_and_starts_the_window(laid: Path) -> None:
    path = laid / "usr/share/applications/mylla-audit-desktop.desktop"
    assert run("desktop-file-validate", path) == ""
    entry = configparser.RawConfigParser()
    entry.read(path, "utf-8")
    assert entry["Desktop Entry"]["Exec"] == "mylla-audit-desktop"
    icon = entry["Desktop Entry"]["Icon"]
    icons = laid / "usr/share/icons/hicolor"
    assert (icons / f"scalable/apps/{icon}.svg").exists()
    for size in (16, 48, 256):
        head = (icons / f"{size}x{size}/apps/{icon}.png").read_bytes()[:24]
        assert struct.unpack(">II", head[16:]) == (size, size)


def test_the_appstream_data_is_valid_and_of_this_version(laid: Path) -> None:
    path = laid / "usr/share/metainfo/com.mylla.AuditDesktop.metainfo.xml"
    told = subprocess.run(
        ["appstreamcli", "validate", "--no-net", path], capture_output=True, text=True, check=False
    )
    wrong = re.findall(r"^[EW]: (?:\S+: )+(\S+)$", told.stdout, re.MULTILINE)
    # Newer ones want a homepage. Where the source will stand in public is not decided.
    assert set(wrong) <= {"url-homepage-missing"}, told.stdout
    assert told.returncode == 0 or wrong, told.stdout + told.stderr
    release = ET.parse(path).find("releases/release")
    assert release is not None
    assert release.get("version") == __version__


@pytest.mark.parametrize("program", ["mylla-audit", "mylla-audit-desktop"])
def test_the_man_page_says_what_the_help_says(laid: Path, program: str) -> None:
    page = laid / f"usr/share/man/man1/{program}.1.gz"
    text = gzip.decompress(page.read_bytes()).decode().replace("\\-", "-")
    module = "cli.main" if program == "mylla-audit" else "__main__"
    told = run(sys.executable, "-m", f"mylla_audit_desktop.{module}", "--help")
    for option in re.findall(r"--[a-z-]+", told):
        assert option in text
    for command in re.findall(r"^    ([a-z-]+) ", told, re.MULTILINE):
        assert re.search(rf"^\.SS {command}\b", text, re.MULTILINE)


def test_the_man_page_and_the_help_say_what_each_command_does(laid: Path) -> None:
    text = gzip.decompress((laid / "usr/share/man/man1/mylla-audit.1.gz").read_bytes()).decode()
    for command, does in (
        ("verify", "Check a CSV against its manifest."),
        ("review decide", "Decide on one finding."),
    ):
        assert f".SS {command}\n{does}\n" in text
        told = run(sys.executable, "-m", "mylla_audit_desktop.cli.main", *command.split(), "--help")
        assert does in told


def test_the_locked_wheels_can_be_had_by_flatpak() -> None:
    sources = json.loads(run(sys.executable, PACKAGING / "flatpak" / "sources.py"))
    names = {source["url"].rsplit("/", 1)[1].split("-")[0] for source in sources}
    # What the program asks for on Linux, greenlet by the kind of its processor.
    assert {"pyside6_essentials", "sqlalchemy", "greenlet", "secretstorage"} <= names
    assert not names & {"pywin32_ctypes", "importlib_metadata"}
    assert all(re.fullmatch(r"[0-9a-f]{64}", source["sha256"]) for source in sources)


def test_the_wheel_needs_no_network(tmp_path: Path) -> None:
    # Nobody answers there, and nothing was fetched before.
    nowhere = "http://127.0.0.1:9"
    away = {"HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere, "UV_CACHE_DIR": str(tmp_path / "cache")}
    script = PACKAGING / "wheel" / "build.sh"
    done = subprocess.run(
        [script, tmp_path], env=os.environ | away, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == f"mylla_audit_desktop-{__version__}-py3-none-any.whl"
    assert "mylla_audit_desktop/_resources/icons/application.svg" in ZipFile(wheel).namelist()


def test_the_recipes_of_all_systems_make_their_environment_alike() -> None:
    pin = (PACKAGING / "setup" / "uv.txt").read_text("utf-8").splitlines()[-1]
    version = pin.removeprefix("uv==")
    recipes = ("setup/environment.sh", "macos/build.sh", "windows/build.ps1")
    for text in ((PACKAGING / recipe).read_text("utf-8") for recipe in recipes):
        assert "uv.txt" in text
        assert version not in text


def test_a_windows_icon_holds_every_size(tmp_path: Path) -> None:
    icon = tmp_path / "icon.ico"
    source = ROOT / "resources/icons/application.svg"
    run(sys.executable, PACKAGING / "windows" / "icon.py", source, icon)
    data = icon.read_bytes()
    reserved, kind, count = struct.unpack("<HHH", data[:6])
    assert (reserved, kind, count) == (0, 1, 7)
    for number in range(count):
        size, at = struct.unpack("<II", data[6 + 16 * number + 8 : 6 + 16 * number + 16])
        assert data[at : at + 4] == b"\x89PNG"
        assert at + size <= len(data)


def test_the_changes_of_a_version_are_those_of_the_changelog() -> None:
    changes = run(PACKAGING / "release" / "changes.sh", __version__)
    assert changes.startswith("## [")
    assert "### Added" in changes
