"""Days become bars without losing an entry, and working hours find their place."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.desktop.activity.bars import MOST_BARS, Unit, make_bars
from mylla_audit_desktop.desktop.activity.working_time import (
    Stretch,
    is_working,
    working_stretches,
)
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.policy import Policy, Shift

DAYS = st.dictionaries(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(1, 9), max_size=30
).map(lambda days: sorted(days.items()))
EDGES = st.none() | st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(DAYS, EDGES, EDGES)
def test_bars_follow_each_other_and_hold_every_entry(
    days: list[tuple[date, int]], first: date | None, last: date | None
) -> None:
    _unit, bars = make_bars(days, first, last)
    assert sum(bar.count for bar in bars) == sum(count for _day, count in days)
    for before, after in pairwise(bars):
        assert after.first == before.last + timedelta(days=1)
    for bar in bars:
        assert bar.count == sum(count for day, count in days if bar.first <= day <= bar.last)
    assert len(bars) <= 201


@pytest.mark.parametrize(
    ("days", "unit"),
    [(1, Unit.DAY), (MOST_BARS, Unit.DAY), (MOST_BARS + 1, Unit.WEEK), (1100, Unit.MONTH)],
)
def test_a_longer_period_has_wider_bars(days: int, unit: Unit) -> None:
    first = date(2024, 1, 3)
    found, bars = make_bars([], first, first + timedelta(days=days - 1))
    assert found is unit
    assert (bars[0].first, bars[-1].last) == (first, first + timedelta(days=days - 1))
    if unit is Unit.WEEK:
        assert all(bar.first.weekday() == 0 for bar in bars[1:])
    if unit is Unit.MONTH:
        assert all(bar.first.day == 1 for bar in bars[1:])


def test_nothing_has_no_bars() -> None:
    assert make_bars([], None, None)[1] == ()


def test_working_hours_move_with_the_clocks_of_another_zone() -> None:
    policy = Policy(time_zone="Europe/Berlin", hours={0: Shift(time(8), time(18))})
    winter, summer = date(2026, 1, 14), date(2026, 7, 15)
    assert working_stretches(policy, zone_named("Europe/Berlin"), winter) == (Stretch(0, 8, 18),)
    assert working_stretches(policy, zone_named("UTC"), winter) == (Stretch(0, 7, 17),)
    assert working_stretches(policy, zone_named("UTC"), summer) == (Stretch(0, 6, 16),)
    assert working_stretches(policy, zone_named("Asia/Tokyo"), winter) == (
        Stretch(0, 16, 24),
        Stretch(1, 0, 2),
    )


def test_a_night_shift_goes_on_past_the_end_of_the_week() -> None:
    policy = Policy(hours={6: Shift(time(22, 30), time(6))})
    found = working_stretches(policy, zone_named("UTC"), date(2026, 11, 18))
    assert found == (Stretch(0, 0, 6), Stretch(6, 22.5, 24))
    assert is_working(found, 6, 22)
    assert not is_working(found, 6, 21)
    assert not is_working(found, 0, 6)
