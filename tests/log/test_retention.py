"""The words of the retention: what agrees, what does not, and what is no number of days."""

from dataclasses import replace
from typing import Any

import pytest

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import (
    DaysSource,
    RetentionRun,
    RetentionSetting,
    RetentionState,
    RunOutcome,
    cutoff_at,
    parse_days,
    parse_reference,
)

NOW = Instant.parse("2026-11-24T12:00:00Z")
HOUR = 3_600_000_000
DOCUMENTED = RetentionSetting(1, 1095, 1095, "Policy 4.2", NOW, "ana", "usr_1", "Ana")


def run(hours_ago: float = 5, days: int = 1095, **values: Any) -> RetentionRun:
    started = Instant(NOW.microseconds - int(hours_ago * HOUR))
    made = RetentionRun(
        7,
        started,
        started,
        cutoff_at(started, days),
        days,
        DaysSource.ENVIRONMENT,
        12,
        0,
        RunOutcome.DONE,
        "job",
    )
    return replace(made, **values)


def state(
    setting: RetentionSetting = DOCUMENTED,
    enforced: RetentionRun | None = None,
    latest: RetentionRun | None = None,
) -> RetentionState:
    return RetentionState(
        NOW, setting, enforced, tuple(filter(None, (latest or enforced,))), None, 0, 0, 0
    )


def test_nothing_is_said_where_all_agree() -> None:
    assert state(enforced=run()).warnings == ()
    assert state(enforced=run(hours_ago=26)).warnings == ()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (state(RetentionSetting(), run()), "No security document is named"),
        (
            state(replace(DOCUMENTED, documented_days=730), run()),
            "Configured are 1095 days, but Policy 4.2 states 730 days.",
        ),
        (
            state(enforced=run(days=30)),
            "Configured are 1095 days, but the daily job enforces 30 days.",
        ),
        (
            state(enforced=run(days=30, source=DaysSource.SETTING)),
            "Last enforced were 30 days; the next run takes the 1095 days configured since.",
        ),
        (state(), "The daily job has never run to its end"),
        (state(enforced=run(hours_ago=26.1)), "has not run to its end for 26 hours"),
        (state(enforced=run(hours_ago=24 * 7)), "has not run to its end for 7 days"),
        (state(enforced=run(hours_ago=-24 * 365)), "365 days in the future"),
        (
            state(
                enforced=run(),
                latest=run(1, number=8, outcome=RunOutcome.INTERRUPTED, deleted=1),
            ),
            "The newest run was interrupted after 1 entry;",
        ),
        (
            state(enforced=run(), latest=run(1, number=8, outcome=RunOutcome.FAILED)),
            "The newest run failed",
        ),
    ],
)
def test_what_does_not_agree_is_said_once(found: RetentionState, words: str) -> None:
    [warning] = found.warnings
    assert words in warning


def test_three_values_that_all_differ_are_two_warnings() -> None:
    found = state(replace(DOCUMENTED, documented_days=730), run(days=365))
    assert len(found.warnings) == 2
    assert "730 days" in found.warnings[0]
    assert "365 days" in found.warnings[1]


def test_a_run_under_way_is_no_fault() -> None:
    latest = run(0, number=8, outcome=RunOutcome.RUNNING, finished_at=None)
    assert state(enforced=run(), latest=latest).warnings == ()


def test_the_forecast_takes_the_shorter_of_two_periods() -> None:
    assert state(enforced=run(days=30)).forecast_days == 30
    assert state(enforced=run(days=5000)).forecast_days == 1095
    assert state(enforced=run(days=30, source=DaysSource.SETTING)).forecast_days == 1095


@pytest.mark.parametrize("text", ["1", "30", "1095", "36500"])
def test_days(text: str) -> None:
    assert parse_days(text, "DAYS") == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "0",
        "-1",
        "+30",
        " 30",
        "30 ",
        "30\n",
        "030",
        "3O",
        "30.0",
        "1e3",
        "1_095",
        "1,095",
        "0x1e",
        "٣٠",
        "³",
        "36501",
        "9" * 5000,
        "30 days",
        "None",
        "\udcff",
    ],
)
def test_what_is_no_number_of_days(text: str) -> None:
    with pytest.raises(InputError, match="AUDIT_LOG_RETENTION_DAYS is") as caught:
        parse_days(text, "AUDIT_LOG_RETENTION_DAYS")
    assert len(caught.value.sentence) < 250


def test_a_document_has_a_name() -> None:
    assert parse_reference("  Policy\n 4.2 ") == "Policy 4.2"
    for text in ("", " \n", "a\0b", "a\udcff", "x" * 501):
        with pytest.raises(InputError):
            parse_reference(text)
