"""The bundle's recipe, evaluated for each system with what PyInstaller would find there."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SPEC = Path(__file__).resolve().parents[2] / "packaging" / "bundle" / "mylla_audit.spec"
# As the wheels of Qt name them, and as PyInstaller links them.
WANTED = {
    "linux": [
        ("PySide6/Qt/lib/libQt6Gui.so.6", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "BINARY"),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", "BINARY"),
        ("libQt6Gui.so.6", "SYMLINK"),
    ],
    "darwin": [
        ("PySide6/Qt/lib/QtGui.framework/Versions/A/QtGui", "BINARY"),
        ("PySide6/Qt/plugins/platforms/libqcocoa.dylib", "BINARY"),
        ("PySide6/Qt/plugins/styles/libqmacstyle.dylib", "BINARY"),
        ("QtGui", "SYMLINK"),
    ],
    "win32": [
        ("PySide6\\Qt6Gui.dll", "BINARY"),
        ("PySide6\\plugins\\platforms\\qwindows.dll", "BINARY"),
        ("PySide6\\plugins\\imageformats\\qico.dll", "BINARY"),
    ],
}
UNWANTED = {
    "linux": [
        ("PySide6/Qt/lib/libQt6Network.so.6", "BINARY"),
        ("PySide6/Qt/lib/libQt6Qml.so.6", "BINARY"),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "BINARY"),
        ("PySide6/Qt/plugins/imageformats/libqtiff.so", "BINARY"),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", "BINARY"),
        ("libQt6Network.so.6", "SYMLINK"),
    ],
    "darwin": [
        ("PySide6/Qt/lib/QtNetwork.framework/Versions/A/QtNetwork", "BINARY"),
        ("PySide6/Qt/lib/QtQml.framework/Versions/A/QtQml", "BINARY"),
        ("PySide6/Qt/lib/QtPdf.framework/Versions/A/QtPdf", "BINARY"),
        ("PySide6/Qt/plugins/imageformats/libqtiff.dylib", "BINARY"),
        ("QtNetwork", "SYMLINK"),
    ],
    "win32": [
        ("PySide6\\Qt6Network.dll", "BINARY"),
        ("PySide6\\Qt6VirtualKeyboard.dll", "BINARY"),
        ("PySide6\\plugins\\imageformats\\qtiff.dll", "BINARY"),
        ("PySide6\\plugins\\platforms\\qminimal.dll", "BINARY"),
        ("PySide6\\plugins\\tls\\qschannelbackend.dll", "BINARY"),
        ("PySide6\\opengl32sw.dll", "BINARY"),
    ],
}


LEFT_BEHIND = ["__pycache__/env.cpython-313.pyc"]


class Part:
    """What PyInstaller makes of its arguments, which it remembers."""

    def __init__(self, *parts: Any, **told: Any) -> None:
        self.parts = parts
        self.told = told
        self.pure: list[Any] = []
        self.scripts: list[Any] = []
        self.datas: list[Any] = []
        self.binaries: list[tuple[str, str, str]] = []


@pytest.fixture(params=["linux", "darwin", "win32"])
def recipe(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> dict[str, Any]:
    """The names that the recipe leaves behind, the system's among them."""
    system: str = request.param

    def analysis(*scripts: Any, **told: Any) -> Part:
        part = Part(*scripts, **told)
        # A folder of data is taken as it is; who imported from it left its copies there.
        part.datas = [(f"migrations/{name}", name, "DATA") for name in ("env.py", *LEFT_BEHIND)]
        for name, kind in WANTED[system] + UNWANTED[system]:
            found = tmp_path / Path(name).name
            found.touch()
            # A link names where it leads to in the bundle, which is not there yet.
            part.binaries.append((name, f"there/{name}" if kind == "SYMLINK" else str(found), kind))
        return part

    def get_imports(path: str) -> set[tuple[str, str | None]]:
        Path(path).read_bytes()
        return set()

    bindepend, hooks = ModuleType("bindepend"), ModuleType("hooks")
    bindepend.__dict__["get_imports"] = get_imports
    for name in ("collect_data_files", "collect_submodules", "copy_metadata"):
        hooks.__dict__[name] = lambda _package: []
    monkeypatch.setitem(sys.modules, "PyInstaller.depend.bindepend", bindepend)
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    for name in ("PyInstaller", "PyInstaller.depend", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys, "platform", system)
    names: dict[str, Any] = {"SPECPATH": str(SPEC.parent), "Analysis": analysis}
    names |= dict.fromkeys(("PYZ", "EXE", "COLLECT", "BUNDLE"), Part)
    exec(compile(SPEC.read_text("utf-8"), SPEC, "exec"), names)
    return names | {"system": system}


def test_the_parts_of_qt_that_no_window_uses_are_left_out(recipe: dict[str, Any]) -> None:
    system = recipe["system"]
    for analysis in (recipe["window"], recipe["command"]):
        assert sorted(name for name, _, _ in analysis.binaries) == sorted(
            name for name, _ in WANTED[system]
        )


def test_what_python_keeps_of_imported_data_is_left_out(recipe: dict[str, Any]) -> None:
    assert [name for name, _, _ in recipe["window"].datas] == ["migrations/env.py"]


@pytest.mark.parametrize("recipe", ["darwin"], indirect=True)
def test_a_double_click_on_the_mac_opens_the_window(recipe: dict[str, Any]) -> None:
    told = recipe["app"].told
    # PyInstaller would take the first by the alphabet: the command.
    started = told["info_plist"]["CFBundleExecutable"]
    (window,) = (one for one in recipe["programs"] if one.told["name"] == started)
    assert not window.told["console"]
