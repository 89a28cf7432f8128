"""The people of the demo business: who they are, when they work and from where."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache

from mylla_audit_desktop.demo.holidays import holidays_of_year
from mylla_audit_desktop.log.entry import ActorType
from mylla_audit_desktop.resources import resource_path

DAY = 86_400_000_000  # microseconds

# How much is done in an hour of work: a slow start, lunch, and an early end.
_FIRST_HOUR, _NOON, _LAST_HOUR, _USUAL_HOUR = 6, 5, 5, 10
# Which of a member's networks is used on a day: mostly the office, at times the home.
_WHEREABOUTS = (0, 0, 1, 0, 0, 1, 0, 2, 0, 1, 0)


@dataclass(frozen=True, slots=True)
class LocalHour:
    """An hour of a zone. `was_holiday` is about the day before, for shifts past midnight."""

    weekday: int
    hour: int
    is_holiday: bool
    was_holiday: bool


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member by habit, or `system` at any hour and from no address.

    hours: start included, end excluded, local; an end before the start is the next day's.
    days: weekdays on which work starts, 0 is Monday.
    addresses: office, home, telephone.
    """

    actor_type: ActorType
    id: str
    name: str
    role: str
    zone: str
    days: tuple[int, ...]
    hours: tuple[int, int]
    pace: int
    work: str
    addresses: tuple[str, ...]
    number: int

    def weight_at(self, local: LocalHour) -> int:
        """How much of the log this member writes in that hour; 0 outside the habit."""
        start, end = self.hours
        weekday, is_off, hour = local.weekday, local.is_holiday, local.hour
        if end < start:
            if hour < end:
                weekday, is_off, hour = (weekday - 1) % 7, local.was_holiday, hour + 24
            end += 24
        if is_off or weekday not in self.days or not start <= hour < end:
            return 0
        if hour == start:
            return _FIRST_HOUR * self.pace
        if hour == end - 1:
            return _LAST_HOUR * self.pace
        return (_NOON if hour == 12 else _USUAL_HOUR) * self.pace

    def address_at(self, moment: int) -> str | None:
        """From where the actor works on the day of a moment (microseconds, UTC)."""
        if not self.addresses:
            return None
        day = moment // DAY
        return self.addresses[_WHEREABOUTS[(day * 7 + self.number * 3) % len(_WHEREABOUTS)]]


SYSTEM = Actor("system", "system", "system", "", "UTC", (), (0, 0), 0, "system", (), 0)


@dataclass(frozen=True)
class Cast:
    """Everybody, in the order of the data file, with the calendars of their zones."""

    business_id: str
    business_name: str
    members: tuple[Actor, ...]
    guest_names: tuple[str, ...]
    zones: tuple[str, ...]
    holiday_rules: dict[str, tuple[tuple[str, ...], str]]

    def member(self, actor_id: str) -> Actor:
        """The member with that ID. Raises KeyError."""
        for member in self.members:
            if member.id == actor_id:
                return member
        raise KeyError(actor_id)

    def is_holiday(self, zone: str, day: date) -> bool:
        """Whether nobody in that zone works on the day."""
        rules, observed = self.holiday_rules[zone]
        # New Year's Day on a Saturday is taken on the last day of the year before.
        years = (day.year, day.year + 1) if day.month == 12 else (day.year,)
        return any(day in _holidays(rules, observed, year) for year in years)


@cache
def _holidays(rules: tuple[str, ...], observed: str, year: int) -> frozenset[date]:
    return holidays_of_year(rules, observed, year)


@cache
def load_cast() -> Cast:
    """The cast of `resources/demo/cast.toml`."""
    data = tomllib.loads(resource_path("demo", "cast.toml").read_text(encoding="utf-8"))
    members = tuple(
        Actor(
            actor_type="member",
            id=entry["id"],
            name=entry["name"],
            role=entry["role"],
            zone=entry["zone"],
            days=tuple(entry.get("days", range(5))),
            hours=(entry["hours"][0], entry["hours"][1]),
            pace=entry["pace"],
            work=entry["work"],
            addresses=tuple(entry["addresses"]),
            number=number,
        )
        for number, entry in enumerate(data["member"])
    )
    return Cast(
        business_id=data["business"]["id"],
        business_name=data["business"]["name"],
        members=members,
        guest_names=tuple(data["guests"]["names"]),
        zones=tuple(data["holidays"]),
        holiday_rules={
            zone: (tuple(entry["days"]), entry["observed"])
            for zone, entry in data["holidays"].items()
        },
    )
