"""The country data that a reviewer chooses: named beside a new network, kept, taken away."""

from pathlib import Path

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.review.finding import Rule
from tests.database.reviewing import entry
from tests.desktop.reviewing import PATIENCE, Office, Start, opened, promotion
from tests.review.mmdb import mmdb_bytes

BUILT = 1_790_000_000


def country_file(folder: Path) -> Path:
    path = folder / "countries.mmdb"
    far = {"country": {"iso_code": "JP", "names": {"en": "Japan"}}}
    home = {"country": {"iso_code": "DE", "names": {"en": "Germany"}}}
    networks: dict[str, object] = {f"{first}.0.0.0/8": home for first in (10, 192)}
    path.write_bytes(mmdb_bytes(networks | {"198.0.0.0/8": far, "203.0.0.0/8": far}, BUILT))
    return path


def usual_days() -> list[NewEntry]:
    """Enough of one member's work from home to tell what is new."""
    days = (f"2026-02-{day:02d}T10:{minute:02d}:00Z" for day in (10, 11) for minute in range(12))
    return [
        entry(50 + n, when, actor_id="usr_far", ip_address="192.0.2.7")
        for n, when in enumerate(days)
    ]


def reasons(page: ReviewPage) -> str:
    assert page.reading is not None
    return " ".join(
        one.finding.reason
        for one in page.reading.review.findings
        if one.finding.rule is Rule.OFF_HOURS
    )


def read_again(qtbot: QtBot, page: ReviewPage, path: str) -> None:
    before = page.reading
    page.use_country_data(path)
    qtbot.wait_until(lambda: page.reading is not before, timeout=PATIENCE)


def test_a_chosen_file_names_countries_until_it_is_taken_away(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    small.add([*usual_days(), promotion(90, 20, actor_id="usr_far", ip_address="198.51.100.90")])
    page = opened(qtbot, start, small)
    assert "a network not used" in reasons(page)
    assert "Registered country" not in reasons(page)
    read_again(qtbot, page, str(country_file(tmp_path)))
    assert "Registered country" in reasons(page)
    read_again(qtbot, page, "")
    assert "Registered country" not in reasons(page)


def test_a_file_that_is_none_is_said_and_can_be_done_without(
    qtbot: QtBot, start: Start, small: Office, tmp_path: Path
) -> None:
    page = opened(qtbot, start, small)
    wrong = tmp_path / "notes.mmdb"
    wrong.write_text("not country data")
    page.use_country_data(str(wrong))
    qtbot.wait_until(lambda: "is no .mmdb file" in said(page), timeout=PATIENCE)
    read_again(qtbot, page, "")


def said(page: ReviewPage) -> str:
    """All that the page tells just now."""
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())
