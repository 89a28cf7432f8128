"""The team of the demo business: invited, promoted, removed."""

from dataclasses import dataclass
from random import Random

from mylla_audit_desktop.demo.cast import Actor, Cast
from mylla_audit_desktop.demo.changes import Change, as_json, pick

_MOST_GUESTS = 14
_FEWEST_GUESTS = 3


@dataclass(slots=True, eq=False)
class Person:
    """Somebody on the team, as the log names them."""

    id: str
    name: str
    role: str

    @property
    def email(self) -> str:
        """A made-up address (RFC 2606)."""
        return f"{self.name.lower().replace(' ', '.')}@weber-dental.example"


class Team:
    """The cast, and guests who come and go but do nothing themselves."""

    def __init__(self, cast: Cast) -> None:
        self._guest_names = cast.guest_names
        self._last_id = 100
        self._people = {m.id: Person(m.id, m.name, m.role) for m in cast.members}
        self._guests: list[Person] = []
        for name in cast.guest_names[1:7]:
            self._guests.append(self._new_guest(name, "Member"))

    def invite_member(self, rng: Random, _actor: Actor) -> Change:
        """Somebody comes as a Member; where there are many already, somebody goes."""
        if len(self._guests) >= _MOST_GUESTS:
            return self.remove_guest(rng, _actor)
        return self.invite(self._free_name(rng), "Member")

    def remove_guest(self, rng: Random, _actor: Actor) -> Change:
        """Somebody goes; where few are left, somebody comes."""
        if len(self._guests) <= _FEWEST_GUESTS:
            return self.invite(self._free_name(rng), "Member")
        person = pick(rng, self._guests)
        self._guests.remove(person)
        return self._removed(person)

    def invite(self, name: str, role: str) -> Change:
        """That person comes with that role."""
        person = self._new_guest(name, role)
        self._guests.append(person)
        return _on(person, "team.invite", None, {"email": person.email, "role": role})

    def change_role(self, person_id: str, role: str) -> Change:
        """That person has another role from now on."""
        return self._change_role(self._people[person_id], role)

    def change_role_of_guest(self, rng: Random, role: str) -> Change:
        """Some guest who has another role gets that one."""
        others = [guest for guest in self._guests if guest.role != role]
        if not others:
            self._guests.append(self._new_guest(self._free_name(rng), "Member"))
            others = self._guests[-1:]
        return self._change_role(pick(rng, others), role)

    def remove_by_name(self, name: str) -> Change:
        """That guest goes; one whom nobody has seen coming was there before the log began."""
        known = [guest for guest in self._guests if guest.name == name]
        if not known:
            return self._removed(self._new_guest(name, "Member"))
        self._guests.remove(known[-1])
        return self._removed(known[-1])

    def _change_role(self, person: Person, role: str) -> Change:
        before, person.role = person.role, role
        return _on(person, "team.change_role", {"role": before}, {"role": role})

    def _removed(self, person: Person) -> Change:
        return _on(person, "team.remove", {"email": person.email, "role": person.role}, None)

    def _new_guest(self, name: str, role: str) -> Person:
        self._last_id += 1
        return Person(f"usr_{self._last_id}", name, role)

    def _free_name(self, rng: Random) -> str:
        """A name of nobody who is there now, while there are such."""
        taken = [guest.name for guest in self._guests]
        names = self._guest_names[1:]  # the first one belongs to a story
        return pick(rng, [name for name in names if name not in taken] or names)


def _on(
    person: Person,
    action: str,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> Change:
    return Change(action, "member", person.id, person.name, as_json(before), as_json(after))
