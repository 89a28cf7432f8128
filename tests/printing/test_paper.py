"""Reports on paper: pages, numbers, headers, and text that can be selected."""

import re
import subprocess
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from mylla_audit_desktop.evidence.report import render_report
from mylla_audit_desktop.printing.fonts import load_fonts
from mylla_audit_desktop.printing.paper import html_to_pdf
from tests.reports import entry, finding, pdf_pages, pdf_text, report


@pytest.fixture(autouse=True)
def fonts(qapp: QApplication) -> None:
    load_fonts()


def many(count: int) -> str:
    entries = tuple(entry(number) for number in range(1, count + 1))
    return render_report(
        report(*(finding(one, note=f"Ticket {one.id}") for one in entries), entries=entries)
    )


def test_every_page_has_its_number_and_the_period(tmp_path: Path) -> None:
    data = html_to_pdf(many(40))
    count = pdf_pages(data, tmp_path)
    assert count > 5
    for page in range(1, count + 1):
        text = pdf_text(data, tmp_path, page=page)
        assert f"Page {page} of {count}" in text
        assert "Review 1 Jul 2026 to 1 Oct 2026" in text


def test_five_hundred_findings_are_all_there_and_in_order(tmp_path: Path) -> None:
    text = pdf_text(html_to_pdf(many(500)), tmp_path)
    tickets = [int(number) for number in re.findall(r"Ticket (\d+)", text)]
    assert tickets == list(range(1, 501))


def test_a_finding_stays_on_one_page(tmp_path: Path) -> None:
    data = html_to_pdf(many(30))
    for page in range(1, pdf_pages(data, tmp_path) + 1):
        text = pdf_text(data, tmp_path, page=page)
        assert text.count("Entry, time") == text.count("Ticket ")


def test_what_is_longer_than_a_page_repeats_its_header(tmp_path: Path) -> None:
    fields = ", ".join(f'"field_{number}": "{"v" * 150}"' for number in range(8))
    entries = tuple(entry(number, before=None, after=f"{{{fields}}}") for number in range(1, 13))
    one = finding(*entries, note="Ticket 1")
    data = html_to_pdf(render_report(report(one, entries=entries)))
    pages = [pdf_text(data, tmp_path, page=n) for n in range(1, pdf_pages(data, tmp_path) + 1)]
    bearing = [text for text in pages if "field_" in text]
    assert len(bearing) > 3
    assert all("Entry, time" in text for text in bearing)
    text = "".join(pages)
    # The last line of a page is once more in the next one's, out of sight.
    assert 12 * 8 <= text.count("field_") <= 12 * 8 + len(pages)
    assert all(text.count(f"field_{number} ") >= 12 for number in range(8))


def test_it_is_black_on_white_in_a_dark_window_too(tmp_path: Path) -> None:
    usual = QGuiApplication.palette()
    dark = QPalette(QColor("#14171d"))
    dark.setColor(QPalette.ColorRole.Text, QColor("#e6e9ef"))
    QGuiApplication.setPalette(dark)
    try:
        data = html_to_pdf(many(2))
    finally:
        QGuiApplication.setPalette(usual)
    file = tmp_path / "dark.pdf"
    file.write_bytes(data)
    words = ["pdftoppm", "-r", "60", "-gray", "-f", "1", "-l", "1", str(file), str(tmp_path / "p")]
    subprocess.run(words, check=True)
    _magic, _size, _most, pixels = next(tmp_path.glob("p*.pgm")).read_bytes().split(b"\n", 3)
    assert max(pixels) == 255
    assert min(pixels) < 60
    assert sum(pixels) / len(pixels) > 200, "the ground is white"


def test_severity_is_a_shape_and_a_word(tmp_path: Path) -> None:
    text = pdf_text(html_to_pdf(many(4)), tmp_path)
    for mark in ("▲▲ Critical", "▲ High", "◆ Medium", "● Low"):
        assert mark in text


def test_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("a secret of this computer")
    link = (tmp_path / "secret.txt").as_uri()
    html = (
        f"<title>t</title><!--part--><p>before<img src='{link}'>after</p>"
        f"<link rel=stylesheet href='{link}'><iframe src='{link}'></iframe>"
    )
    assert "secret of" not in pdf_text(html_to_pdf(html), tmp_path)
