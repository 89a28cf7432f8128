"""The policy: what counts as working time and as a known network.

The file format (TOML) is read and written here; a reviewer edits the same in the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Shift:
    """Working time of a day: start included, end excluded.

    An end at or before the start is on the next day (a night shift), and the shift
    belongs to the day on which it starts.
    """

    start: time
    end: time


# Weekday (Monday 0) to the shift; a day left out is off.
Hours = Mapping[int, Shift]


@dataclass(frozen=True, slots=True)
class ActorPolicy:
    """What differs for one team member; None is as for everybody."""

    time_zone: str | None = None
    holidays: str | None = None
    hours: Hours | None = None


def _office_hours() -> Hours:
    return {day: Shift(time(8), time(18)) for day in range(5)}


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


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy as saved. number: 0 for the built-in one, which nobody saved."""

    number: int
    policy: Policy
    text: str
    saved_by: str
    saved_at: str
