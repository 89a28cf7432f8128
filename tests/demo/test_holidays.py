"""Public holidays of the demo's countries, against dates from their calendars."""

from datetime import date

import pytest

from mylla_audit_desktop.demo.cast import load_cast


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2024, 3, 29)),  # Good Friday
        ("Europe/Berlin", date(2025, 4, 21)),  # Easter Monday
        ("Europe/Berlin", date(2026, 5, 14)),  # Ascension
        ("Europe/Berlin", date(2038, 4, 26)),  # the latest Easter Monday of the century
        ("America/New_York", date(2026, 11, 26)),  # Thanksgiving
        ("America/New_York", date(2026, 5, 25)),  # Memorial Day
        ("America/New_York", date(2026, 7, 3)),  # Independence Day on a Saturday
        ("America/New_York", date(2021, 12, 31)),  # the next New Year's Day on a Saturday
        ("Asia/Tokyo", date(2026, 1, 12)),  # Coming of Age Day
        ("Asia/Tokyo", date(2024, 2, 12)),  # Foundation Day on a Sunday
    ],
)
def test_nobody_works_by_habit(zone: str, day: date) -> None:
    assert load_cast().is_holiday(zone, day)


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 11, 26)),
        ("America/New_York", date(2026, 5, 1)),
        ("Asia/Tokyo", date(2026, 12, 25)),
        ("America/New_York", date(2026, 12, 31)),
    ],
)
def test_ordinary_days_are_none(zone: str, day: date) -> None:
    assert not load_cast().is_holiday(zone, day)
