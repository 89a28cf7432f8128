"""The policy: what counts as working time and as a known network.

The file format (TOML) is read and written here; a reviewer edits the same in the window.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from ipaddress import ip_network
from itertools import groupby
from typing import Any, NamedTuple

import tomli_w

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.zones import first_moment, last_moment, zone_named
from mylla_audit_desktop.review.holiday_calendar import holiday_name, is_holiday_code

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


# -- working time ----------------------------------------------------------------

Interval = tuple[datetime, datetime]


@lru_cache(maxsize=16_384)
def shift_on(schedule: Schedule, day: date) -> tuple[Interval, ...]:
    """The working time that starts on a day of the schedule's zone: `[start, end)` in UTC.

    Empty on a day off and on a public holiday. A night shift ends on the next day,
    whatever that is. Where a change of the clocks repeats the hour, the shift starts at
    the first and ends at the last time that the clock shows so; where it skips the hour,
    at the change.
    """
    shift = schedule.shifts[day.weekday()]
    if shift is None or holiday_name(schedule.holidays, day) is not None:
        return ()
    zone = zone_named(schedule.time_zone)
    try:
        last_day = day if shift.end > shift.start else day + timedelta(days=1)
        start = first_moment(datetime.combine(day, shift.start), zone)
        end = last_moment(datetime.combine(last_day, shift.end), zone)
    except OverflowError:
        # At the ends of the calendar, where nobody works.
        return ()
    return ((start, end),) if start < end else ()


# -- words -----------------------------------------------------------------------


def describe_policy(policy: Policy) -> str:
    """One line: "Mon-Fri 08:00-18:00, Europe/Berlin, holidays DE-BE, 2 exceptions"."""
    parts = [describe_hours(policy.schedule("").shifts), policy.time_zone]
    parts.append(f"holidays {policy.holidays}" if policy.holidays else "no holidays")
    if policy.trusted_networks:
        parts.append(_counted(len(policy.trusted_networks), "trusted network"))
    if policy.actors:
        parts.append(_counted(len(policy.actors), "exception"))
    return ", ".join(parts)


def explain_policy(policy: Policy) -> tuple[str, ...]:
    """The whole policy in sentences, for a report."""
    networks = ", ".join(policy.trusted_networks)
    gap = _counted(policy.session_gap_minutes, "minute")
    sentences = [
        f"Working hours: {describe_hours(policy.schedule('').shifts)}, {policy.time_zone}.",
        f"Public holidays: {policy.holidays or 'none'}.",
        f"Entries with gaps up to {gap} are one session.",
        f"Trusted networks: {networks or 'none'}.",
    ]
    for actor_id, own in policy.actors.items():
        parts = []
        if own.hours is not None:
            parts.append(describe_hours(policy.schedule(actor_id).shifts))
        if own.time_zone is not None:
            parts.append(own.time_zone)
        if own.holidays is not None:
            parts.append(f"holidays {own.holidays}" if own.holidays else "no holidays")
        sentences.append(f"{actor_id}: {', '.join(parts) or 'as for everybody'}.")
    if policy.countersignature_required:
        sentences.append("A second reviewer must countersign.")
    return tuple(sentences)


def describe_hours(shifts: tuple[Shift | None, ...]) -> str:
    """`Mon-Thu 09:00-17:00, Fri 09:00-15:00`; one place a weekday, Monday first."""
    parts = []
    for shift, group in groupby(range(7), key=lambda day: shifts[day]):
        if shift is None:
            continue
        days = list(group)
        first, last = (WEEKDAYS[day].capitalize() for day in (days[0], days[-1]))
        parts.append(f"{first if first == last else f'{first}-{last}'} {shift}")
    return ", ".join(parts) or "no working days"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# -- the file --------------------------------------------------------------------

_TOP_KEYS = (
    "time_zone",
    "holidays",
    "session_gap_minutes",
    "trusted_networks",
    "countersignature_required",
    "hours",
    "actors",
)
_ACTOR_KEYS = ("time_zone", "holidays", "hours")
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def parse_policy(text: str) -> Policy:
    """The policy of a TOML text; what it leaves out is as in `Policy()`.

    Raises InputError that names the key (`actors.usr_9.hours.wed`), in `field` too.
    """
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        what = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "nested too deeply"
        raise InputError(f"The policy is not TOML: {what}.", "The guide has an example.") from None
    _refuse_unknown(data, _TOP_KEYS, "")
    usual = Policy()
    networks = _of_type(data, "trusted_networks", list, "", "a list of networks", [])
    hours = _of_type(data, "hours", dict, "", "a table of weekdays", None)
    actors = _of_type(data, "actors", dict, "", "a table of team members", {})
    return Policy(
        time_zone=_zone(data, "") or usual.time_zone,
        holidays=_holidays(data, "") or "",
        session_gap_minutes=_gap(data, usual.session_gap_minutes),
        trusted_networks=tuple(
            _network(value, f"trusted_networks[{place}]") for place, value in enumerate(networks)
        ),
        hours=usual.hours if hours is None else _hours(hours, "hours"),
        actors={key: _actor(value, f"actors.{_quoted(key)}") for key, value in actors.items()},
        countersignature_required=_of_type(
            data, "countersignature_required", bool, "", "true or false", False
        ),
    )


def format_policy(policy: Policy) -> str:
    """The policy as TOML; `parse_policy` gives the same policy back."""
    data: dict[str, Any] = {
        "time_zone": policy.time_zone,
        "holidays": policy.holidays,
        "session_gap_minutes": policy.session_gap_minutes,
        "trusted_networks": list(policy.trusted_networks),
    }
    if policy.countersignature_required:
        data["countersignature_required"] = True
    data["hours"] = _hours_to_toml(policy.hours)
    if policy.actors:
        data["actors"] = {key: _actor_to_toml(own) for key, own in policy.actors.items()}
    return tomli_w.dumps(data)


def _actor_to_toml(own: ActorPolicy) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if own.time_zone is not None:
        data["time_zone"] = own.time_zone
    if own.holidays is not None:
        data["holidays"] = own.holidays
    if own.hours is not None:
        data["hours"] = _hours_to_toml(own.hours)
    return data


def _hours_to_toml(hours: Hours) -> dict[str, str]:
    return {WEEKDAYS[day]: str(hours[day]) for day in sorted(hours)}


def _actor(value: object, key: str) -> ActorPolicy:
    if not isinstance(value, dict):
        raise _wrong(key, "it is not a table", f"Write [{key}] and its keys below.")
    _refuse_unknown(value, _ACTOR_KEYS, f"{key}.")
    hours = _of_type(value, "hours", dict, f"{key}.", "a table of weekdays", None)
    return ActorPolicy(
        time_zone=_zone(value, f"{key}."),
        holidays=_holidays(value, f"{key}."),
        hours=None if hours is None else _hours(hours, f"{key}.hours"),
    )


def _hours(table: dict[str, Any], key: str) -> Hours:
    _refuse_unknown(table, WEEKDAYS, f"{key}.")
    found = {}
    for day, value in table.items():
        match = _SHIFT.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise _wrong(
                f"{key}.{day}", f"{_shown(value)} is no working time", 'Write it as "08:00-18:00".'
            )
        end = time(int(match[3] or 0), int(match[4] or 0))
        found[WEEKDAYS.index(day)] = Shift(time(int(match[1]), int(match[2])), end)
    return dict(sorted(found.items()))


def _zone(table: dict[str, Any], prefix: str) -> str | None:
    name = _of_type(table, "time_zone", str, prefix, "a text", None)
    if name is None:
        return None
    try:
        zone_named(name)
    except InputError as error:
        raise _wrong(f"{prefix}time_zone", f"{_shown(name)} is not known", error.advice) from None
    if name != name.strip():
        raise _wrong(f"{prefix}time_zone", f"{_shown(name)} has spaces around it", "Take them out.")
    return str(name)


def _holidays(table: dict[str, Any], prefix: str) -> str | None:
    code: str | None = _of_type(table, "holidays", str, prefix, "a text", None)
    if code and not is_holiday_code(code):
        raise _wrong(
            f"{prefix}holidays",
            f"there are no holidays for {_shown(code)}",
            'Write a country such as "DE", a subdivision such as "DE-BE", or "" for none.',
        )
    return code


def _gap(table: dict[str, Any], usual: int) -> int:
    key = "session_gap_minutes"
    value = _of_type(table, key, int, "", "a whole number of minutes", usual)
    if isinstance(value, bool) or not 0 <= value <= LONGEST_SESSION_GAP_MINUTES:
        raise _wrong(
            key, f"{_shown(value)} is not a number from 0 to {LONGEST_SESSION_GAP_MINUTES}", ""
        )
    return int(value)


def _network(value: object, key: str) -> str:
    try:
        if not isinstance(value, str):
            raise ValueError
        ip_network(value)
    except ValueError:
        raise _wrong(
            key,
            f"{_shown(value)} is no network",
            'Write it as "10.0.0.0/8" or "2001:db8::/32", with no bits set behind the slash.',
        ) from None
    return value


def _of_type(
    table: dict[str, Any], name: str, kind: type, prefix: str, words: str, usual: Any
) -> Any:
    value = table.get(name, usual)
    if name in table and not isinstance(value, kind):
        raise _wrong(f"{prefix}{name}", f"{_shown(value)} is not {words}", "")
    return value


def _refuse_unknown(table: dict[str, Any], known: tuple[str, ...], prefix: str) -> None:
    for name in table:
        if name not in known:
            raise _wrong(
                f"{prefix}{_quoted(name)}",
                "the policy knows no such key",
                f"Known here are {', '.join(known)}.",
            )


def _quoted(key: str) -> str:
    """A key as TOML writes it, so that a name with a dot reads as one."""
    if _BARE_KEY.fullmatch(key):
        return key
    return tomli_w.dumps({key: 0}).rpartition(" = ")[0]


def _shown(value: object) -> str:
    text = repr(value) if not isinstance(value, dict | list) else "what stands there"
    return text if len(text) <= 60 else f"{text[:59]}…"


def _wrong(key: str, problem: str, advice: str) -> InputError:
    return InputError(f"{key}: {problem}.", advice, field=key)
