"""The policy: what counts as working time and as a known network."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import NamedTuple

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_SESSION_GAP_MINUTES = 1440


class Shift(NamedTuple):
    """Working time of a day: start included, end excluded, in whole minutes.

    An end at or before the start is on the next day (a night shift), and the shift
    belongs to the day on which it starts.
    """

    start: time
    end: time

    def __str__(self) -> str:
        end = self.end.strftime("%H:%M") if self.end != time(0) else "24:00"
        return f"{self.start:%H:%M}-{end}"


# Weekday (Monday 0) to the shift; a day left out is off.
Hours = Mapping[int, Shift]


@dataclass(frozen=True, slots=True)
class ActorPolicy:
    """What differs for one team member; None is as for everybody.

    hours: the whole week; a day left out is off, whatever everybody else does then.
    """

    time_zone: str | None = None
    holidays: str | None = None
    hours: Hours | None = None


def _office_hours() -> Hours:
    return {day: Shift(time(8), time(18)) for day in range(5)}


class Schedule(NamedTuple):
    """When one team member works. shifts: one place a weekday, Monday first, None is off.

    A tuple, because it is looked up by for every entry at an unusual time.
    """

    time_zone: str
    holidays: str
    shifts: tuple[Shift | None, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """time_zone: IANA. holidays: `DE`, `DE-BE` or "". trusted_networks: CIDR texts.

    countersignature_required: a period counts as signed only when a second reviewer
    has countersigned.
    """

    time_zone: str = "UTC"
    holidays: str = ""
    session_gap_minutes: int = 60
    trusted_networks: tuple[str, ...] = ()
    hours: Hours = field(default_factory=_office_hours)
    actors: Mapping[str, ActorPolicy] = field(default_factory=dict)
    countersignature_required: bool = False

    def schedule(self, actor_id: str) -> Schedule:
        """When that actor works: the policy, with what differs for them."""
        own = self.actors.get(actor_id, ActorPolicy())
        hours = self.hours if own.hours is None else own.hours
        return Schedule(
            own.time_zone or self.time_zone,
            self.holidays if own.holidays is None else own.holidays,
            tuple(hours.get(day) for day in range(7)),
        )


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as saved. number: 0 for the built-in one, which nobody saved."""

    number: int
    policy: Policy
    text: str
    saved_by: str
    saved_at: str
