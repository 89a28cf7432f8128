"""Times as the window words them."""

from zoneinfo import ZoneInfo

import pytest

from mylla_audit_desktop.desktop.formats import format_badge, format_short_stamp, format_size
from mylla_audit_desktop.log.instant import Instant

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("2026-09-14T21:41:07Z", "14 Sep 23:41"),
        ("2026-10-25T00:30:00Z", "25 Oct 02:30 +02:00"),
        ("2026-10-25T01:30:00Z", "25 Oct 02:30 +01:00"),
        ("2026-10-25T02:00:00Z", "25 Oct 03:00"),
        ("2026-03-29T01:00:00Z", "29 Mar 03:00"),
        ("infinity", "infinity"),
    ],
)
def test_the_hour_that_comes_twice_says_which_one_it_is(when: str, shown: str) -> None:
    assert format_short_stamp(Instant.parse(when), BERLIN) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, ""), (11, "11"), (9_999, "9,999"), (987_654_321_012, "9,999+")]
)
def test_a_badge_is_never_wider_than_its_page(count: int, shown: str) -> None:
    assert format_badge(count) == shown


def test_a_nearly_full_disk_is_not_said_to_have_no_room() -> None:
    assert format_size(65_536) == "66 KB"
    assert format_size(0) == "0 bytes"
    assert format_size(72_345_000_000) == "72.3 GB"
    assert format_size(1_234_000_000_000_000) == "1,234.0 TB"
