"""How the truth table is written: entries and what a review of them is to find."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.finding import Finding
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.policy_file import parse_policy

OFFICE = """
time_zone = "Europe/Berlin"
holidays = "DE-BE"
"""
HOME = "192.0.2.10"


@dataclass(frozen=True)
class Case:
    """expect: `off-hours low 1+2: words; words`, one a finding, in any order.

    start, end: the period, ISO times with offset. Where they are left out, it is all time
    for a case with times beyond 1970 to 2200, and as long as the entries are for others.
    """

    name: str
    entries: tuple[NewEntry, ...]
    expect: tuple[str, ...]
    policy: str = OFFICE
    start: str = ""
    end: str = ""
    parsed: Policy = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parsed", parse_policy(self.policy))


def at(clock: str, zone: str = "Europe/Berlin") -> str:
    """An ISO time with the offset of a zone; where the hour is repeated, the first."""
    return datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone)).isoformat()


def did(
    number: int,
    when: str,
    who: str = "usr_1",
    *,
    ip: str | None = HOME,
    action: str = "agent.update",
    target: str | None = "agt_1",
    before: str | None = None,
    after: str | None = None,
    kind: str = "member",
) -> NewEntry:
    """An entry; a time without offset is one of Berlin."""
    moment = when if when[-6:-5] in "+-Z" or "infinity" in when or "Z" in when else at(when)
    return NewEntry(
        id=number,
        occurred_at=Instant.parse(moment),
        actor_type=kind,
        actor_id=who,
        actor_name=f"Name of {who}",
        action=action,
        target_type=None,
        target_id=target,
        target_name=None if target is None else f"Name of {target}",
        before=before,
        after=after,
        ip_address=ip,
    )


def job(number: int, when: str, **values: Any) -> NewEntry:
    """An entry of the system."""
    return did(number, when, "system", ip=None, kind="system", **values)


def past(
    count: int, *, ip: str | None = HOME, who: str = "usr_1", last: str = "2026-11-20 16:00"
) -> tuple[NewEntry, ...]:
    """So many entries in working time, a minute apart, the last at `last`; ids from 1000."""
    end = datetime.fromisoformat(last)
    return tuple(
        did(1000 + index, str(end - timedelta(minutes=count - 1 - index)), who, ip=ip)
        for index in range(count)
    )


def role(
    number: int,
    before: str | None,
    after: str | None,
    *,
    who: str = "usr_1",
    target: str | None = "usr_2",
    when: str = "2026-11-23 10:00",
    kind: str = "member",
) -> NewEntry:
    """A change of role at a usual time."""
    return did(
        number,
        when,
        who,
        action="team.change_role",
        target=target,
        before=before,
        after=after,
        kind=kind,
    )


def invitation(number: int, after: str | None, *, target: str | None = "usr_2") -> NewEntry:
    """An invitation at a usual time."""
    return did(number, "2026-11-23 10:00", action="team.invite", target=target, after=after)


def hub(
    number: int,
    what: str,
    when: str,
    *,
    target: str | None = "int_1",
    who: str = "usr_1",
    before: str | None = None,
    after: str | None = None,
) -> NewEntry:
    """An entry about an integration; `what` is connect, disconnect or assign."""
    return did(
        number, when, who, action=f"integration.{what}", target=target, before=before, after=after
    )


_COMMON = (Instant.parse("1970-01-01T00:00:00Z"), Instant.parse("2200-01-01T00:00:00Z"))


def period_of(case: Case) -> tuple[Instant | None, Instant | None]:
    """The period of a case."""
    if case.start or case.end:
        start, end = (Instant.parse(text) if text else None for text in (case.start, case.end))
        return start, end
    times = [entry.occurred_at for entry in case.entries]
    if min(times) < _COMMON[0] or max(times) >= _COMMON[1]:
        return None, None
    return min(times), Instant(max(times).microseconds + 1)


# All cases lie in one log: each has ids, actors and targets of its own.
_STEP = 10_000


def placed(case: Case, place: int) -> list[NewEntry]:
    """The entries of a case as they stand in the common log."""
    return [
        replace(
            entry,
            id=(entry.id or 0) + place * _STEP,
            actor_id=entry.actor_id
            if entry.actor_id == "system"
            else f"{_prefix(place)}{entry.actor_id}",
            target_id=None if entry.target_id is None else f"{_prefix(place)}{entry.target_id}",
        )
        for entry in case.entries
    ]


def policy_of(case: Case, place: int) -> Policy:
    """The policy of a case, about the actors as they are called in the common log."""
    actors = {f"{_prefix(place)}{key}": own for key, own in case.parsed.actors.items()}
    return replace(case.parsed, actors=actors)


def of_case(findings: Iterable[Finding], place: int) -> list[Finding]:
    """The findings about the entries of a case."""
    return [one for one in findings if one.entry_ids[0] // _STEP == place]


def said(finding: Finding, place: int) -> tuple[str, str]:
    """`off-hours low 1+2`, and title and reason as they would be for the case alone."""
    numbers = "+".join(str(number - place * _STEP) for number in finding.entry_ids)
    words = f"{finding.title}\n{finding.reason}".replace(_prefix(place), "")
    return f"{finding.rule.value} {finding.severity.value} {numbers}", words


def _prefix(place: int) -> str:
    return f"c{place:03d}_"
