"""Activity at unusual times or from unusual places.

An entry is unusual by its time (outside of the actor's working hours, on a day off, on a
public holiday) or by its network; the unusual entries of one actor that follow each other
closely are one finding, a session.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.finding import Finding, Rule, Severity, finding_id, pack_ids
from mylla_audit_desktop.review.locations import CountryHint
from mylla_audit_desktop.review.networks import is_readable, network_of
from mylla_audit_desktop.review.policy import Policy, Schedule
from mylla_audit_desktop.review.words import clock, counted, cut, day_of, hour, listed, person
from mylla_audit_desktop.review.working_time import (
    Leisure,
    OffTime,
    off_time,
    working_words,
    zone_of,
)

_MINUTE = 60_000_000  # microseconds
SYSTEM = "system"


class SeenEntry(NamedTuple):
    """What the rule looks at of an entry: who, when, from where, on what.

    A tuple, as there may be a hundred thousand: it is made in a third of the time.
    """

    id: int
    occurred_at: Instant
    actor_type: str
    actor_id: str
    actor_name: str
    target_id: str | None
    target_name: str | None
    ip_address: str | None

    @property
    def is_by_system(self) -> bool:
        """Whether a job acted and nobody of the team."""
        return SYSTEM in (self.actor_type, self.actor_id)

    @property
    def key(self) -> tuple[int, int]:
        """Its place in time; the id decides within a microsecond."""
        # Numbers are compared sooner than instants, and these are many.
        return self.occurred_at.microseconds, self.id


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an entry came from, held against the 90 days before it."""

    is_new_network: bool = False
    country: CountryHint | None = None


USUAL_ORIGIN = Origin()


class UnusualEntry(NamedTuple):
    """An entry with what is unusual about it: its time, its origin, or both."""

    entry: SeenEntry
    off_time: OffTime | None
    origin: Origin


def judge_entry(
    entry: SeenEntry, schedule: Schedule, origin: Origin = USUAL_ORIGIN
) -> UnusualEntry | None:
    """What is unusual about an entry of a member; None where nothing is, and for `system`.

    A country alone makes nothing unusual: it is said only where the network is new.
    """
    if entry.is_by_system:
        return None
    leisure = off_time(schedule, entry.occurred_at)
    if leisure is None and not origin.is_new_network:
        return None
    return UnusualEntry(entry, leisure, origin if origin.is_new_network else USUAL_ORIGIN)


def sessions(
    unusual: Iterable[UnusualEntry], gap_minutes: int
) -> Iterator[tuple[UnusualEntry, ...]]:
    """The entries of each actor in runs with gaps up to `gap_minutes`, included.

    unusual: actor by actor, each in order of time, then id.
    """
    gap = gap_minutes * _MINUTE
    run: list[UnusualEntry] = []
    for one in unusual:
        if run and not _goes_on(run[-1].entry, one.entry, gap):
            yield tuple(run)
            run = []
        run.append(one)
    if run:
        yield tuple(run)


def _goes_on(last: SeenEntry, one: SeenEntry, gap: int) -> bool:
    return one.actor_id == last.actor_id and microseconds_between(last, one) <= gap


def microseconds_between(first: SeenEntry, second: SeenEntry) -> int:
    """How long after the first entry the second one is."""
    return second.occurred_at.microseconds - first.occurred_at.microseconds


def session_id(session: Sequence[UnusualEntry]) -> str:
    """The ID of its finding."""
    return finding_id(Rule.OFF_HOURS, [one.entry.id for one in session])


def describe_session(session: Sequence[UnusualEntry], policy: Policy) -> Finding:
    """The finding of one session, its entries in order of time.

    High where unusual times and a new network come together, medium for a new network
    at a usual time, low for the time alone.
    """
    first = session[0].entry
    schedule = policy.schedule(first.actor_id)
    is_off = any(one.off_time for one in session)
    is_new = any(one.origin.is_new_network for one in session)
    target_id, target_name = _shared_target(session)
    return Finding(
        finding_id=session_id(session),
        rule=Rule.OFF_HOURS,
        severity=_severity(is_off=is_off, is_new=is_new),
        title=_title(session, schedule),
        reason=" ".join(_sentences(session, schedule)),
        actor_id=first.actor_id,
        actor_name=first.actor_name,
        target_id=target_id,
        target_name=target_name,
        occurred_at=first.occurred_at,
        packed_ids=pack_ids(one.entry.id for one in session),
    )


def _severity(*, is_off: bool, is_new: bool) -> Severity:
    if not is_new:
        return Severity.LOW
    return Severity.HIGH if is_off else Severity.MEDIUM


def _shared_target(session: Sequence[UnusualEntry]) -> tuple[str | None, str | None]:
    """The target of all entries; none where they touched several."""
    targets = {one.entry.target_id for one in session}
    first = session[0].entry
    return (first.target_id, first.target_name) if len(targets) == 1 else (None, None)


def _title(session: Sequence[UnusualEntry], schedule: Schedule) -> str:
    first = session[0].entry
    kinds = map(_kind, dict.fromkeys(one.off_time for one in session if one.off_time))
    what = ", ".join(dict.fromkeys(kinds))
    if any(one.origin.is_new_network for one in session):
        what = f"{what}, new network" if what else "new network"
    count = f", {counted(len(session), 'entry', 'entries')}" if len(session) > 1 else ""
    name = cut(first.actor_name or first.actor_id)
    return f"{name}: {clock(first.occurred_at, zone_of(schedule))}, {what}{count}"


def _kind(off: OffTime) -> str:
    return cut(off.holiday) or off.kind.value


def _sentences(session: Sequence[UnusualEntry], schedule: Schedule) -> Iterator[str]:
    zone = zone_of(schedule)
    first, last = session[0].entry, session[-1].entry
    # Said once for each kind of time and each holiday, by its first entry.
    by_kind = {one.off_time: one for one in reversed(session) if one.off_time}
    for one in sorted(by_kind.values(), key=lambda each: each.entry.key):
        yield off_time_sentence(one, schedule)
    day = day_of(first.occurred_at, zone)
    when = f"on {day}"
    if len(session) > 1:
        is_one_day = day == day_of(last.occurred_at, zone)
        if is_one_day:
            when += f", {hour(first.occurred_at, zone)} to {hour(last.occurred_at, zone)}"
        else:
            until = clock(last.occurred_at, zone)
            when = f"from {clock(first.occurred_at, zone)}, {day}, to {until}"
    who = person(first.actor_name, first.actor_id)
    yield f"{counted(len(session), 'entry', 'entries')} of {who} {when}."
    yield from _origins(session)


def off_time_sentence(one: UnusualEntry, schedule: Schedule) -> str:
    """`Sat 03:12 Europe/Berlin, working hours Mon-Fri 08:00-18:00.`"""
    when = f"{clock(one.entry.occurred_at, zone_of(schedule))} {schedule.time_zone}"
    leisure = one.off_time
    if leisure is None:
        return f"{when}."
    if leisure.kind is Leisure.HOLIDAY:
        return f"{when}, public holiday ({leisure.holiday}), {working_words(schedule)}."
    return f"{when}, {working_words(schedule)}."


def _origins(session: Sequence[UnusualEntry]) -> Iterator[str]:
    new = [one for one in session if one.origin.is_new_network]
    addresses = dict.fromkeys(one.entry.ip_address or "" for one in new)
    if not addresses:
        return
    are_many = len(addresses) > 1
    yield (
        f"From {listed([origin_words(address) for address in addresses])}: "
        f"{'networks' if are_many else 'a network'} not used by this actor "
        "in the 90 days before."
    )
    for hint in dict.fromkeys(one.origin.country for one in new):
        if hint is not None:
            text = str(hint)
            yield f"{text[0].upper()}{text[1:]}."


def origin_words(address: str) -> str:
    """An address with what it counts for: `198.51.100.90 (198.51.100.0/24)`."""
    if not is_readable(address):
        return f"{cut(address)} (which cannot be read as an address)"
    network = network_of(address)
    return address if network == address else f"{address} ({network})"
