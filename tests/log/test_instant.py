"""Instants beyond Python's calendar."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mylla_audit_desktop.database.instants import from_sqlite_text, postgresql_text, sqlite_text
from mylla_audit_desktop.log.instant import Instant

# 4713 BC to the year 294276, PostgreSQL's whole range, and the infinities.
INSTANTS = st.integers(-210_866_803_200_000_000, 9_224_318_015_999_999_999 - 1_000_000_000).filter(
    lambda n: n < 2**63 - 1
).map(Instant) | st.sampled_from([Instant.LATEST, Instant.EARLIEST])


@given(INSTANTS)
def test_text_keeps_every_instant(instant: Instant) -> None:
    assert Instant.parse(instant.isoformat()) == instant
    assert Instant.parse(postgresql_text(instant)) == instant
    assert from_sqlite_text(sqlite_text(instant)) == instant


@given(INSTANTS, INSTANTS)
def test_the_text_of_sqlite_sorts_as_the_instants(one: Instant, other: Instant) -> None:
    assert (sqlite_text(one) < sqlite_text(other)) == (one < other)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))  # noqa: DTZ001 - made aware below
def test_it_is_datetime_where_that_reaches(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    instant = Instant.from_datetime(aware)
    assert instant.to_datetime() == aware
    assert instant.isoformat() == aware.isoformat(timespec="microseconds")


@pytest.mark.parametrize(
    "text",
    ["2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "2026-01-01", "now",
     "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+25:00", "", "infinity!"],
)  # fmt: skip
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        Instant.parse(text)


def test_second_60_is_the_next_minute() -> None:
    assert str(Instant.parse("2016-12-31T23:59:60Z")) == "2017-01-01T00:00:00.000000+00:00"
