"""The review policy of the demo business: the hours that its people really keep."""

from datetime import time

from mylla_audit_desktop.demo.cast import Actor, load_cast
from mylla_audit_desktop.review.policy import ActorPolicy, Hours, Policy, Shift

_HOME = "Europe/Berlin"
# Where the offices are: the calendars of the cast's own zones.
_HOLIDAYS = {"Europe/Berlin": "DE-BE", "America/New_York": "US-NY", "Asia/Tokyo": "JP"}
_OFFICE = {day: Shift(time(8), time(18)) for day in range(5)}


def demo_policy() -> Policy:
    """Office hours in Berlin; whoever lives elsewhere or works at night is an exception."""
    exceptions = {member.id: _exception(member) for member in load_cast().members}
    return Policy(
        time_zone=_HOME,
        holidays=_HOLIDAYS[_HOME],
        hours=_OFFICE,
        actors={actor: differs for actor, differs in exceptions.items() if differs is not None},
    )


def _exception(member: Actor) -> ActorPolicy | None:
    hours = _hours(member)
    lives_elsewhere = member.zone != _HOME
    if not lives_elsewhere and hours is None:
        return None
    return ActorPolicy(
        time_zone=member.zone if lives_elsewhere else None,
        holidays=_HOLIDAYS.get(member.zone, "") if lives_elsewhere else None,
        hours=hours,
    )


def _hours(member: Actor) -> Hours | None:
    """The hours of one who keeps others than the office; None where the office's do."""
    start, end = member.hours
    is_of_the_office = member.days == tuple(range(5)) and 8 <= start < end <= 18
    if is_of_the_office:
        return None
    return {day: Shift(time(start), time(end % 24)) for day in member.days}
