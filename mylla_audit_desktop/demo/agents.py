"""The phone agents of the demo business, and what people change about them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from mylla_audit_desktop.demo.cast import SYSTEM, Actor
from mylla_audit_desktop.demo.changes import Change, as_json, between, pick, pick_other, short_code
from mylla_audit_desktop.demo.prose import Prose, telephone_number

_MOST, _FEWEST = 48, 14
_USUAL_LENGTH, _LONG_LENGTH = 3_200, 8_000  # characters of instructions that an agent grows to
_STAYS_WITH_AGENT = 0.7
_RATES = (0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.2)
_TEMPERATURES = (0, 0.1, 0.2, 0.3, 0.5, 0.7)
_HOURS = ("08:00-12:00", "08:00-17:00", "08:00-18:00", "09:00-18:00", "10:00-16:00", None)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(slots=True, eq=False)
class Agent:
    """One agent as it is now. `lines` are its instructions, `settings` all else but the name."""

    id: str
    name: str
    status: str
    settings: dict[str, object]
    lines: list[str]
    length_limit: int
    instructions_json: str | None = field(default=None, repr=False)


class Agents:
    """All agents. Each deed changes one and says what it did."""

    def __init__(self, rng: Random, prose: Prose) -> None:
        self._prose = prose
        self._created = 0
        self._last_touched: dict[str, Agent] = {}
        self.all: list[Agent] = []
        for number, (agent_id, name) in enumerate(prose.core_agents):
            # Two prompts are long from the start; they show what a long one looks like.
            length = (6_400, 1_400, 1_900, 5_200, 1_100, 1_500)[number % 6]
            limit = _LONG_LENGTH if length > 4_000 else _USUAL_LENGTH
            self.all.append(self._made_up(rng, agent_id, name, length, limit))
        self._core = frozenset(agent.id for agent in self.all)
        for _ in range(10):
            self.all.append(self._another(rng))

    def by_id(self, agent_id: str) -> Agent:
        """The agent with that ID. Raises KeyError."""
        for agent in self.all:
            if agent.id == agent_id:
                return agent
        raise KeyError(agent_id)

    def create(self, rng: Random, actor: Actor) -> Change:
        """A new agent, as a draft; where there are many already, an update instead."""
        if len(self.all) >= _MOST:
            return self.update(rng, actor)
        agent = self._another(rng)
        agent.status = "draft"
        self.all.append(agent)
        self._last_touched[actor.id] = agent
        after = {
            "name": agent.name,
            "status": agent.status,
            **agent.settings,
            "instructions": "\n".join(agent.lines),
        }
        return _on(agent, "agent.create", None, as_json(after))

    def update(self, rng: Random, actor: Actor) -> Change:
        """One or two settings of an agent, at times its name."""
        agent = self._agent_for(rng, actor)
        before: dict[str, object] = {}
        after: dict[str, object] = {}
        for _ in range(1 if rng.random() < 0.7 else 2):
            name, make = pick(rng, _SETTINGS)
            if name in after:
                continue
            before[name] = agent.settings.get(name)
            agent.settings[name] = after[name] = make(rng, self._prose, before[name])
        if agent.id not in self._core and rng.random() < 0.02:
            before["name"] = agent.name
            agent.name = after["name"] = pick_name(rng, self._prose, agent.name)
        return _on(agent, "agent.update", as_json(before), as_json(after))

    def edit_instructions(self, rng: Random, actor: Actor) -> Change:
        """A sentence is changed, added or taken out of an agent's instructions."""
        agent = self._agent_for(rng, actor)
        before = agent.instructions_json or as_json({"instructions": "\n".join(agent.lines)})
        lines = agent.lines
        sentence = self._prose.sentence(rng)
        while sentence in lines:
            sentence = self._prose.sentence(rng)
        place = between(rng, 1, len(lines) - 1)
        kind = rng.random()
        length = sum(map(len, lines))
        if kind < 0.6 and length < agent.length_limit:
            lines.insert(place, sentence)
        elif kind > 0.85 and len(lines) > 10:
            del lines[place]
        else:
            lines[place] = sentence
        agent.instructions_json = as_json({"instructions": "\n".join(lines)})
        return _on(agent, "agent.edit_instructions", before, agent.instructions_json)

    def change_status(self, rng: Random, actor: Actor) -> Change:
        """An agent goes active, paused or back to draft."""
        agent = self._agent_for(rng, actor)
        status = "active" if agent.status != "active" else pick(rng, ("paused", "paused", "draft"))
        before, agent.status = agent.status, status
        return _on(
            agent, "agent.change_status", as_json({"status": before}), as_json({"status": status})
        )

    def delete(self, rng: Random, actor: Actor) -> Change:
        """An agent goes, never one of the first; where few are left, an update instead."""
        agent = self._agent_for(rng, actor)
        if len(self.all) <= _FEWEST or agent.id in self._core:
            return self.update(rng, actor)
        self.all.remove(agent)
        before = {"name": agent.name, "status": agent.status}
        return _on(agent, "agent.delete", as_json(before), None)

    def _agent_for(self, rng: Random, actor: Actor) -> Agent:
        """Mostly the one that the actor has just worked on; any one for a job."""
        if actor is SYSTEM:
            return pick(rng, self.all)
        agent = self._last_touched.get(actor.id)
        if agent is None or rng.random() > _STAYS_WITH_AGENT or agent not in self.all:
            agent = self._last_touched[actor.id] = pick(rng, self.all)
        return agent

    def _another(self, rng: Random) -> Agent:
        self._created += 1
        agent_id = f"agt_{short_code(self._created)}"
        if agent_id in self._core:
            return self._another(rng)
        is_long = self._created % 9 == 0
        return self._made_up(
            rng,
            agent_id,
            self._prose.agent_name(rng),
            between(rng, 900, 2_400),
            _LONG_LENGTH if is_long else _USUAL_LENGTH,
        )

    def _made_up(self, rng: Random, agent_id: str, name: str, length: int, limit: int) -> Agent:
        prose = self._prose
        settings: dict[str, object] = {
            "greeting": prose.greeting(rng),
            "voice": pick(rng, prose.voices),
            "language": pick(rng, prose.languages),
            "temperature": pick(rng, _TEMPERATURES),
        }
        return Agent(agent_id, name, "active", settings, prose.instructions(rng, length), limit)


def pick_name(rng: Random, prose: Prose, current: str) -> str:
    """A name for an agent that is not its current one."""
    while True:
        name = prose.agent_name(rng)
        if name != current:
            return name


def _on(agent: Agent, action: str, before: str | None, after: str | None) -> Change:
    return Change(action, "agent", agent.id, agent.name, before, after)


_Make = Callable[[Random, Prose, object], object]


def _greeting(rng: Random, prose: Prose, current: object) -> object:
    while True:
        greeting = prose.greeting(rng)
        if greeting != current:
            return greeting


def _escalation(rng: Random, _prose: Prose, current: object) -> object:
    value: dict[str, object] = {
        "number": telephone_number(rng),
        "after_seconds": between(rng, 2, 9) * 10,
    }
    if rng.random() < 0.4:
        value["hours"] = {day: pick(rng, _HOURS[:5]) for day in _WEEKDAYS[: between(rng, 1, 5)]}
    return value if value != current else {**value, "after_seconds": 15}


def _business_hours(rng: Random, _prose: Prose, current: object) -> object:
    hours = dict(current) if isinstance(current, dict) else dict.fromkeys(_WEEKDAYS[:5], _HOURS[2])
    day = pick(rng, _WEEKDAYS)
    hours[day] = pick_other(rng, _HOURS, hours.get(day, ""))
    return hours


def _tools(rng: Random, prose: Prose, current: object) -> object:
    tools = list(current) if isinstance(current, list) else list(prose.tools[:2])
    tool = pick(rng, prose.tools)
    return [name for name in tools if name != tool] if tool in tools else [*tools, tool]


_SETTINGS: tuple[tuple[str, _Make], ...] = (
    ("greeting", _greeting),
    ("greeting", _greeting),
    ("voice", lambda rng, prose, current: pick_other(rng, prose.voices, current)),
    ("language", lambda rng, prose, current: pick_other(rng, prose.languages, current)),
    ("temperature", lambda rng, _prose, current: pick_other(rng, _TEMPERATURES, current)),
    ("speaking_rate", lambda rng, _prose, current: pick_other(rng, _RATES, current)),
    ("max_call_minutes", lambda rng, _prose, current: pick_other(rng, (5, 10, 15, 30), current)),
    ("escalation", _escalation),
    ("business_hours", _business_hours),
    ("tools", _tools),
    ("interruptible", lambda _rng, _prose, current: current is not True),
    ("transfer_number", lambda rng, _prose, current: _other_number(rng, current)),
)


def _other_number(rng: Random, current: object) -> str | None:
    """Another number, or none at all where there was one."""
    if current is not None and rng.random() < 0.25:
        return None
    while True:
        number = telephone_number(rng)
        if number != current:
            return number
