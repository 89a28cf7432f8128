"""The telephone numbers of the demo business."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from mylla_audit_desktop.demo.agents import Agents
from mylla_audit_desktop.demo.cast import Actor
from mylla_audit_desktop.demo.changes import Change, as_json, between, pick, short_code

_MOST, _FEWEST = 90, 12
_CORE = (("num_18Tf", "+49 30 5550 0188"), ("num_19Zc", "+49 30 5550 0192"))
_PREFIXES = (("DE", "+49 30 5550"), ("US", "+1 212 555"), ("JP", "+81 3 5550"))


@dataclass(slots=True, eq=False)
class Number:
    """One number, and the agent that answers it (None: nobody)."""

    id: str
    number: str
    agent_id: str | None


class Numbers:
    """All numbers. Each deed changes one and says what it did."""

    def __init__(self, rng: Random, agents: Agents) -> None:
        self._agents = agents
        self._made = 0
        self._lost: dict[str, Number] = {}
        self.all = [Number(number_id, number, agents.all[0].id) for number_id, number in _CORE]
        self._kept = frozenset(number_id for number_id, _ in _CORE)
        for _ in range(20):
            self.all.append(self._another(rng)[0])

    def purchase(self, rng: Random, _actor: Actor) -> Change:
        """A new number; where there are many already, one is assigned instead."""
        if len(self.all) >= _MOST:
            return self.assign(rng, _actor)
        number, country = self._another(rng)
        return self._come(
            number,
            "number.purchase",
            {"country": country, "status": "active", "monthly_cost": pick(rng, (1.5, 2, 4.9))},
        )

    def import_via_sip(self, rng: Random, _actor: Actor) -> Change:
        """A number of another carrier; where there are many already, one is assigned instead."""
        if len(self.all) >= _MOST:
            return self.assign(rng, _actor)
        number, country = self._another(rng)
        host = f"sip{between(rng, 1, 4)}.carrier.example"
        sip = {
            "host": host,
            "port": pick(rng, (5060, 5061)),
            "transport": pick(rng, ("tls", "udp")),
        }
        return self._come(
            number, "number.import", {"country": country, "status": "active", "sip": sip}
        )

    def assign(self, rng: Random, _actor: Actor) -> Change:
        """A number to an agent that did not have it; the well-known ones rarely move."""
        number = pick(rng, self.all)
        if number.id in self._kept and rng.random() < 0.9:
            number = self.all[-1]
        while (agent_id := pick(rng, self._agents.all).id) == number.agent_id:
            pass
        return self._assign(number, agent_id)

    def assign_to(self, number_id: str, agent_id: str) -> Change:
        """That number to that agent."""
        return self._assign(self.by_id(number_id), agent_id)

    def release(self, rng: Random, _actor: Actor) -> Change:
        """A number is given up, never one of the first; where few are left, one is bought."""
        number = pick(rng, self.all)
        if len(self.all) <= _FEWEST or number.id in self._kept:
            return self.purchase(rng, _actor)
        self.all.remove(number)
        before: dict[str, object] = {"status": "active"}
        after: dict[str, object] = {"status": "released"}
        if number.agent_id is not None:
            before["agent_id"] = number.agent_id
            after["agent_id"] = None
        return _on(number, "number.release", before, after)

    def release_by_id(self, number_id: str) -> Change:
        """That number is given up, and answered by nobody."""
        number = self._lost[number_id] = self.by_id(number_id)
        self.all.remove(number)
        before = {"status": "active", "agent_id": number.agent_id}
        number.agent_id = None
        return _on(number, "number.release", before, {"status": "released", "agent_id": None})

    def purchase_again(self, number_id: str) -> Change:
        """That number is bought back before the carrier gives it to somebody else."""
        number = self._lost.pop(number_id)
        self.all.append(number)
        return _on(number, "number.purchase", {"status": "released"}, {"status": "active"})

    def by_id(self, number_id: str) -> Number:
        """The number with that ID. Raises KeyError."""
        for number in self.all:
            if number.id == number_id:
                return number
        raise KeyError(number_id)

    def _assign(self, number: Number, agent_id: str) -> Change:
        before, number.agent_id = number.agent_id, agent_id
        return _on(number, "number.assign", {"agent_id": before}, {"agent_id": agent_id})

    def _come(self, number: Number, action: str, details: dict[str, object]) -> Change:
        self.all.append(number)
        return _on(number, action, None, {"number": number.number, **details, "agent_id": None})

    def _another(self, rng: Random) -> tuple[Number, str]:
        self._made += 1
        country, prefix = pick(rng, _PREFIXES)
        number_id = f"num_{short_code(self._made)}"
        if number_id in self._kept:
            return self._another(rng)
        return Number(number_id, f"{prefix} {(1_000 + self._made * 7) % 10_000:04d}", None), country


def _on(
    number: Number, action: str, before: Mapping[str, object] | None, after: Mapping[str, object]
) -> Change:
    return Change(action, "number", number.id, number.number, as_json(before), as_json(after))
