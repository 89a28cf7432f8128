"""The policy as a TOML text, read and written."""

import re
import tomllib
from datetime import time
from ipaddress import ip_network
from typing import Any

import tomli_w

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.zones import zone_named
from mylla_audit_desktop.review.holiday_calendar import is_holiday_code
from mylla_audit_desktop.review.policy import (
    LONGEST_SESSION_GAP_MINUTES,
    WEEKDAYS,
    ActorPolicy,
    Hours,
    Policy,
    Shift,
)

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
