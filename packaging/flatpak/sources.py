"""Prints the locked wheels as Flatpak sources, for the Python of its runtime, on x86_64."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
PYTHON = (3, 13)  # that of the runtime which the manifest names
THERE = {
    "python_full_version": f"{PYTHON[0]}.{PYTHON[1]}.0",
    "python_version": f"{PYTHON[0]}.{PYTHON[1]}",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
}
PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in range(39, 4, -1)] + ["manylinux2014_x86_64"]


def main() -> None:
    """Write the JSON that the manifest includes."""
    tags: list[Tag] = [
        *cpython_tags(python_version=PYTHON, platforms=PLATFORMS),
        *compatible_tags(python_version=PYTHON, interpreter=f"cp3{PYTHON[1]}", platforms=PLATFORMS),
    ]
    order = {tag: rank for rank, tag in enumerate(tags)}
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    packages = {(one["name"], one["version"]): one for one in lock["package"] if "version" in one}
    sources = []
    for name, version in _needed():
        fitting = [
            (rank, wheel)
            for wheel in packages[name, version].get("wheels", ())
            if (rank := _rank(wheel["url"].rsplit("/", 1)[1], order)) is not None
        ]
        if not fitting:
            sys.exit(f"{name} {version} has no wheel for Python {PYTHON[0]}.{PYTHON[1]} on x86_64")
        _, best = min(fitting, key=lambda pair: pair[0])
        sources.append(
            {"type": "file", "url": best["url"], "sha256": best["hash"].removeprefix("sha256:")}
        )
    print(json.dumps(sources, indent=2))


def _needed() -> list[tuple[str, str]]:
    """Names and versions that the program needs on Linux."""
    export = subprocess.run(
        [
            ROOT / ".cache/uv/bin/uv", "export", "--quiet", "--frozen", "--no-default-groups",
            "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header",
        ],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    needed = []
    for line in export.stdout.splitlines():
        requirement, _, marker = line.partition(" ; ")
        if marker and not Marker(marker).evaluate(THERE):
            continue
        name, _, version = requirement.strip().partition("==")
        needed.append((name, version))
    return needed


def _rank(filename: str, order: dict[Tag, int]) -> int | None:
    _, _, _, tags = parse_wheel_filename(filename)
    return min((order[tag] for tag in tags if tag in order), default=None)


if __name__ == "__main__":
    main()
