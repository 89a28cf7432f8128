"""What a filter says to who finds nothing."""

import pytest

from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset


@pytest.mark.parametrize("preset", list(Preset))
def test_no_longer_period_is_advised_than_all_time(preset: Preset) -> None:
    advice = LogFilters(PeriodChoice(preset), actors=("usr_nobody",)).explain_none()
    assert ("longer period" in advice) is (preset is not Preset.ALL_TIME)
    assert "fewer filters" in advice


def test_what_nobody_sees_comes_first() -> None:
    advice = LogFilters(targets=("agt_1\u200b",)).explain_none()
    assert advice.startswith("Target holds an invisible or unusual character (U+200B)")
    assert "period" not in advice
