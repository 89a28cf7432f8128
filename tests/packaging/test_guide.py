"""The guide as static HTML: every link leads somewhere, every picture is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    script = ROOT / "packaging" / "docs" / "build.py"
    done = subprocess.run([sys.executable, script, folder], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_of_the_guide_is_there(site: Path) -> None:
    pages = {path.stem for path in (ROOT / "docs" / "guide").glob("*.md")} - {"README"}
    assert {path.stem for path in site.glob("*.html")} >= pages | {"index"}
    told = re.findall(r'<li><a href="([\w-]+)\.html"', (site / "index.html").read_text("utf-8"))
    assert set(told) == pages | {"index"}


def test_every_link_and_picture_leads_somewhere(site: Path) -> None:
    for page in site.glob("*.html"):
        text = page.read_text("utf-8")
        for link in re.findall(r'(?:href|src|srcset)="([^"]+)"', text):
            if link.startswith(("https://", "http://")):
                continue
            name, _, anchor = link.partition("#")
            assert name or anchor, f"{page.name}: a link leads nowhere"
            target = site / name if name else page
            assert target.exists(), f"{page.name}: {link}"
            if anchor:
                assert f'id="{anchor}"' in target.read_text("utf-8"), f"{page.name}: {link}"


def test_the_pages_need_no_network(site: Path) -> None:
    for page in site.glob("*.html"):
        text = page.read_text("utf-8")
        assert "<script" not in text
        assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]+\.(?:css|js|png|svg)"', text)
