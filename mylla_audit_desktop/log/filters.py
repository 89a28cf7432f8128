"""The filters as a user gives them, and the query that they come to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.period import PeriodChoice, Preset, resolve_period
from mylla_audit_desktop.log.query import LogQuery, Sort, check_action_pattern
from mylla_audit_desktop.log.visible import hidden_characters
from mylla_audit_desktop.log.week import WeekHour


@dataclass(frozen=True, slots=True)
class LogFilters:
    """Period, actors, actions, targets and hours of the week in the user's words."""

    period: PeriodChoice = field(default_factory=PeriodChoice)
    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    hours: tuple[WeekHour, ...] = ()

    def resolve(self, now: datetime, zone: ZoneInfo, sort: Sort | None = None) -> LogQuery:
        """The query at `now` (aware) in `zone`. Raises InputError that names the field."""
        period = resolve_period(self.period, now, zone)
        return LogQuery(
            start=period.start,
            end=period.end,
            actors=_cleaned(self.actors),
            actions=tuple(check_action_pattern(pattern) for pattern in self.actions),
            targets=_cleaned(self.targets),
            sort=sort or Sort(),
            hours=tuple(sorted(set(self.hours))),
            hours_zone=zone.key if self.hours else "",
        )

    def explain_none(self) -> str:
        """What to do where no entry matches."""
        is_all_time = self.period.preset is Preset.ALL_TIME
        advice = "Use fewer" if is_all_time else "Choose a longer period or fewer"
        return self._explain_hidden() or f"{advice} filters."

    def _explain_hidden(self) -> str:
        """Which fields hold a character that nobody sees; "" for none.

        It is not taken out: the log may hold an ID with it.
        """
        fields = {"Actor": self.actors, "Action": self.actions, "Target": self.targets}
        sentences = []
        for name, texts in fields.items():
            codes = hidden_characters("".join(_cleaned(texts)))
            if codes:
                what = "an invisible or unusual character"
                if len(codes) > 1:
                    what = "invisible or unusual characters"
                sentences.append(
                    f"{name} holds {what} ({', '.join(codes)}): type it anew without,"
                    " unless the log has it so."
                )
        return " ".join(sentences)

    def as_given(self) -> dict[str, object]:
        """The words themselves, for a manifest."""
        given: dict[str, object] = {"period": self.period.preset.value}
        if self.period.preset is Preset.CUSTOM:
            given |= {"from": self.period.start, "to": self.period.end}
        given |= {
            "actors": list(self.actors),
            "actions": list(self.actions),
            "targets": list(self.targets),
        }
        # Only where asked for: a manifest says no more than was said.
        return given | ({"hours": [str(hour) for hour in self.hours]} if self.hours else {})


def _cleaned(texts: Iterable[str]) -> tuple[str, ...]:
    """Without spaces at either side, empty ones and repetitions, in their order."""
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
