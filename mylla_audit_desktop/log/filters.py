"""The filters as a user gives them, and the query that they come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.period import PeriodChoice, Preset, resolve_period
from mylla_audit_desktop.log.query import LogQuery, Sort, check_action_pattern, clean_target


@dataclass(frozen=True, slots=True)
class LogFilters:
    """Period, actors, actions and targets in the user's words."""

    period: PeriodChoice = field(default_factory=PeriodChoice)
    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()

    def resolve(self, now: datetime, zone: ZoneInfo, sort: Sort | None = None) -> LogQuery:
        """The query at `now` (aware) in `zone`. Raises InputError that names the field."""
        period = resolve_period(self.period, now, zone)
        return LogQuery(
            start=period.start,
            end=period.end,
            actors=_cleaned(self.actors),
            actions=tuple(check_action_pattern(pattern) for pattern in self.actions),
            targets=_cleaned(clean_target(target) for target in self.targets),
            sort=sort or Sort(),
        )

    def as_given(self) -> dict[str, object]:
        """The words themselves, for a manifest."""
        given: dict[str, object] = {"period": self.period.preset.value}
        if self.period.preset is Preset.CUSTOM:
            given |= {"from": self.period.start, "to": self.period.end}
        return given | {
            "actors": list(self.actors),
            "actions": list(self.actions),
            "targets": list(self.targets),
        }


def _cleaned(texts: Iterable[str]) -> tuple[str, ...]:
    """Without empty ones and repetitions, in their order."""
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
