"""A policy as it stands in the fields of the editor: texts, not yet checked.

It becomes TOML, and `parse_policy` says what is wrong with it by the key that the editor
knows its fields by.
"""

import re
from dataclasses import dataclass
from typing import Any

import tomli_w

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.review.policy import WEEKDAYS, ActorPolicy, Hours, Policy

# What a reviewer types for "no holidays" where an empty field means "as for everybody".
NO_HOLIDAYS = "none"
# Start and end of a day as typed; two empty texts are a day off.
DayDraft = tuple[str, str]
WeekDraft = tuple[DayDraft, ...]
OFF: DayDraft = ("", "")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class ActorDraft:
    """What differs for one team member; an empty text, or no week, is as for everybody."""

    actor_id: str
    time_zone: str = ""
    holidays: str = ""
    week: WeekDraft | None = None


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """week: seven days, Monday first. networks: one a line."""

    time_zone: str
    holidays: str
    gap_minutes: int
    networks: str
    needs_countersignature: bool
    week: WeekDraft
    actors: tuple[ActorDraft, ...]


def draft_of(policy: Policy) -> PolicyDraft:
    """The texts of a policy."""
    return PolicyDraft(
        policy.time_zone,
        policy.holidays,
        policy.session_gap_minutes,
        "\n".join(policy.trusted_networks),
        policy.countersignature_required,
        _week_of(policy.hours),
        tuple(_actor_of(actor_id, own) for actor_id, own in policy.actors.items()),
    )


def draft_to_toml(draft: PolicyDraft) -> str:
    """The draft as TOML for `parse_policy`.

    Raises InputError where a team member has no ID or stands there twice: TOML could not
    say that.
    """
    actors: dict[str, Any] = {}
    for place, actor in enumerate(draft.actors):
        # An ID is taken letter by letter, as the log has it.
        actor_id = actor.actor_id
        if not actor_id:
            raise InputError(
                "An exception names no team member.", "Type an ID.", field=f"actors[{place}]"
            )
        if actor_id in actors:
            raise InputError(
                f"There are two exceptions for {actor_id}.",
                "Remove one.",
                field=f"actors[{place}]",
            )
        actors[actor_id] = _actor_table(actor)
    data: dict[str, Any] = {
        "time_zone": draft.time_zone.strip(),
        "holidays": draft.holidays.strip(),
        "session_gap_minutes": draft.gap_minutes,
        "trusted_networks": [line.strip() for line in draft.networks.split("\n") if line.strip()],
        "countersignature_required": draft.needs_countersignature,
        "hours": _week_table(draft.week),
        "actors": actors,
    }
    return tomli_w.dumps(data)


def _actor_table(actor: ActorDraft) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if actor.time_zone.strip():
        table["time_zone"] = actor.time_zone.strip()
    holidays = actor.holidays.strip()
    if holidays:
        table["holidays"] = "" if holidays.casefold() == NO_HOLIDAYS else holidays
    if actor.week is not None:
        table["hours"] = _week_table(actor.week)
    return table


def _week_table(week: WeekDraft) -> dict[str, str]:
    return {
        WEEKDAYS[place]: f"{start.strip()}-{end.strip()}"
        for place, (start, end) in enumerate(week)
        if start.strip() or end.strip()
    }


def _week_of(hours: Hours) -> WeekDraft:
    week = []
    for place in range(7):
        shift = hours.get(place)
        start, _, end = str(shift).partition("-") if shift else ("", "", "")
        week.append((start, end))
    return tuple(week)


def _actor_of(actor_id: str, own: ActorPolicy) -> ActorDraft:
    holidays = own.holidays
    return ActorDraft(
        actor_id,
        own.time_zone or "",
        NO_HOLIDAYS if holidays == "" else holidays or "",
        None if own.hours is None else _week_of(own.hours),
    )


_NAMES = {
    "time_zone": "Time zone",
    "holidays": "Holidays",
    "session_gap_minutes": "Session gap",
    "trusted_networks": "Trusted networks",
    **{f"hours.{key}": day for key, day in zip(WEEKDAYS, DAY_NAMES, strict=True)},
}
_ADVICE = "Write a country such as DE, or a part of one such as DE-BE"
_ACTOR_KEY = re.compile(r'actors\."?(?P<actor>.+?)"?\.(?P<key>time_zone|holidays|hours\.\w+)')


def describe_fault(error: InputError) -> str:
    """What is wrong with a draft, by the names of the fields instead of the keys of TOML."""
    key, sentence = error.field, error.sentence
    if not sentence.startswith(f"{key}: "):
        return sentence
    match = _ACTOR_KEY.fullmatch(key)
    whose, own = (f"{match['actor']}, ", match["key"]) if match else ("", key)
    name = _NAMES.get(own.partition("[")[0], own)
    if own == "holidays":
        # What stands for none is not what stands for it in TOML.
        empty = f"leave it empty for everybody's, or write {NO_HOLIDAYS}" if match else ""
        sentence = f"{error.what} {_ADVICE}; {empty or 'leave it empty for none'}."
    return f"{whose}{name.lower() if whose else name}: {sentence.removeprefix(f'{key}: ')}"
