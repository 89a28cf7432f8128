"""What the pages over entries say where there are none, and what their button then does."""

from typing import Final

from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PRESET_LABELS, PeriodChoice, Preset

EVERYTHING: Final = LogFilters(PeriodChoice(Preset.ALL_TIME))
CLEAR_FILTERS: Final = "Clear filters"
SHOW_ALL_TIME: Final = "Show all time"


def no_entries(filters: LogFilters) -> tuple[str, str, str]:
    """What there is none of, the advice, and the words of the button."""
    if filters == EVERYTHING:
        return "The log is empty", "Nothing has been written to it yet.", "Look again"
    period = PRESET_LABELS[filters.period.preset]
    if filters == LogFilters(filters.period) and period.endswith(" days"):
        return f"No entries in the {period.lower()}", "Choose a longer period.", SHOW_ALL_TIME
    return "No entries match", filters.explain_none(), CLEAR_FILTERS
