"""Builds the guide as static HTML: `build.py FOLDER`, from docs/guide, with its pictures.

What else of the repository a page links to comes along: documents as pages, files as they are.
Each page stands by itself and needs no network: one style sheet, no script.
"""

import html
import re
import shutil
import sys
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mylla_audit_desktop import __version__

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
IMAGES = ROOT / "docs" / "images"
STYLE = Path(__file__).with_name("guide.css")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Mylla Audit</title>
<link rel="stylesheet" href="guide.css">
</head>
<body>
<nav aria-label="Guide"><p><a href="index.html">Mylla Audit {version}</a></p>
<ul>
{links}
</ul></nav>
<main>
{body}
</main>
</body>
</html>
"""


def main() -> None:
    """Write every page of the guide, the pictures they show, and the style sheet."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    pages = _pages()
    pictures: set[Path] = set()
    files: set[Path] = set()
    for source, (name, title) in pages.items():
        body = _body(source, pages, pictures, files)
        links = "\n".join(
            f'<li><a href="{other}"{" aria-current=page" if other == name else ""}>'
            f"{html.escape(other_title)}</a></li>"
            for path, (other, other_title) in pages.items()
            if path.parent == GUIDE
        )
        text = _PAGE.format(title=html.escape(title), version=__version__, links=links, body=body)
        (folder / name).write_text(text, "utf-8")
    (folder / "images").mkdir(exist_ok=True)
    for picture in pictures:
        shutil.copy2(picture, folder / "images" / picture.name)
    for file in (*files, STYLE):
        shutil.copy2(file, folder / file.name)
    print(f"{len(pages)} pages and {len(pictures)} pictures: {folder / 'index.html'}")


def _pages() -> dict[Path, tuple[str, str]]:
    """Source to file name and title: the guide as its first page links it, then what it links."""
    first = GUIDE / "README.md"
    order = [first]
    for link in re.findall(r"\]\(([\w-]+\.md)", first.read_text("utf-8")):
        if GUIDE / link not in order:
            order.append(GUIDE / link)
    order += [path for path in sorted(GUIDE.glob("*.md")) if path not in order]
    for page in list(order):
        for link in re.findall(r"\]\((\.\./[\w./-]+\.md)", page.read_text("utf-8")):
            if (other := (GUIDE / link).resolve()) not in order:
                order.append(other)
    return {
        path: ("index.html" if path == first else f"{path.stem}.html", _title(path))
        for path in order
    }


def _title(path: Path) -> str:
    match = re.search(r"^# (.+)$", path.read_text("utf-8"), re.MULTILINE)
    if match is None:
        sys.exit(f"{path.relative_to(ROOT)} has no title")
    return match[1]


def _body(
    source: Path, pages: dict[Path, tuple[str, str]], pictures: set[Path], files: set[Path]
) -> str:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    text = re.sub(r"<!--.*?-->", "", source.read_text("utf-8"), flags=re.DOTALL)
    tokens = markdown.parse(text)
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[index + 1].content))
        for child in token.children or ():
            _lead(child, source, pages, pictures, files)
        if token.children:
            token.children = [one for child in token.children for one in _themed(child, pictures)]
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def _themed(token: Token, pictures: set[Path]) -> list[Token]:
    """A picture of the light theme, and the dark one in its place where the reader has it dark."""
    name = str(token.attrs.get("src", "")).removeprefix("images/")
    dark = IMAGES / name.replace("-light.", "-dark.")
    if token.type != "image" or dark.name == name or not dark.exists():
        return [token]
    pictures.add(dark)
    source = f'<source srcset="images/{dark.name}" media="(prefers-color-scheme: dark)">'
    before, after = Token("html_inline", "", 0), Token("html_inline", "", 0)
    before.content, after.content = f"<picture>{source}", "</picture>"
    return [before, token, after]


def _anchor(heading: str) -> str:
    """As the links of the documents name a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead(
    token: Token,
    source: Path,
    pages: dict[Path, tuple[str, str]],
    pictures: set[Path],
    files: set[Path],
) -> None:
    """Point links at the HTML pages, and pictures and files at their copies."""
    if token.type == "image":
        picture = (source.parent / str(token.attrs["src"])).resolve()
        pictures.add(picture)
        token.attrSet("src", f"images/{picture.name}")
    if token.type != "link_open":
        return
    href = str(token.attrs["href"])
    if href.startswith(("https://", "http://", "#", "mailto:")):
        return
    name, mark, anchor = href.partition("#")
    target = (source.parent / name).resolve()
    if target in pages:
        token.attrSet("href", f"{pages[target][0]}{mark}{anchor}")
    elif target.parent == IMAGES:
        pictures.add(target)
        token.attrSet("href", f"images/{target.name}")
    else:
        files.add(target)
        token.attrSet("href", target.name)


if __name__ == "__main__":
    main()
