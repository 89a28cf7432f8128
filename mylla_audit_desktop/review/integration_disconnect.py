"""Integration disconnects: did a connection break that someone must repair?"""

from collections.abc import Iterable

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.json_text import (
    JsonArray,
    JsonObject,
    JsonValue,
    parse_json,
    write_json,
)
from mylla_audit_desktop.review.finding import Finding, Rule, Severity, finding_id, pack_ids
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.words import (
    counted,
    cut,
    date_and_clock,
    duration,
    listed,
    named,
    person,
)
from mylla_audit_desktop.review.working_time import zone_of

DISCONNECT = "integration.disconnect"
CONNECT = "integration.connect"
ASSIGN = "integration.assign"

# Reconnected within a day is low; longer was felt by somebody.
_LONG_DOWN = 86_400_000_000  # microseconds
_LISTS = ("agent_ids", "agents")
_SINGLE = "agent_id"
_REASON = "reason"


def find_integration_disconnect(
    entry: AuditEntry, agents: tuple[str, ...], reconnect: AuditEntry | None, policy: Policy
) -> Finding:
    """The finding of a disconnect. High while disconnected; reconnected, it is medium from
    a day on, and low before.

    agents: the IDs from `assigned_agents`. reconnect: the entry from `first_reconnect`.
    """
    name = named(entry.target_name, entry.target_id, "An integration without a name")
    if reconnect is None:
        severity, state = Severity.HIGH, "still disconnected"
    else:
        down = reconnect.occurred_at.microseconds - entry.occurred_at.microseconds
        severity = Severity.MEDIUM if down >= _LONG_DOWN else Severity.LOW
        state = f"down for {duration(entry.occurred_at, reconnect.occurred_at)}"
    assigned = f", {counted(len(agents), 'agent')}" if agents else ""
    return Finding(
        finding_id=finding_id(Rule.INTEGRATION_DISCONNECT, (entry.id,)),
        rule=Rule.INTEGRATION_DISCONNECT,
        severity=severity,
        title=f"{name}: {state}{assigned}",
        reason=_reason(entry, agents, reconnect, state, policy),
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        target_id=entry.target_id,
        target_name=entry.target_name,
        occurred_at=entry.occurred_at,
        packed_ids=pack_ids((entry.id,)),
        reconnected_at=None if reconnect is None else reconnect.occurred_at,
        agents=agents,
    )


def first_reconnect(disconnect: AuditEntry, connects: Iterable[AuditEntry]) -> AuditEntry | None:
    """The first `integration.connect` of the same target that is later.

    Later is by time, and by id within the same microsecond. An entry without a target is
    never connected again: nobody knows what it was.
    """
    later = [
        one
        for one in connects
        if one.action == CONNECT
        and one.target_id is not None
        and one.target_id == disconnect.target_id
        and _place(one) > _place(disconnect)
    ]
    return min(later, key=_place, default=None)


def assigned_agents(disconnect: AuditEntry, history: Iterable[AuditEntry]) -> tuple[str, ...]:
    """The IDs of the agents that the integration was assigned to when it broke.

    history: entries of the same target. Each that lists `agent_ids` (or `agents`) sets
    the state, one that names `agent_id` adds or takes away that one; the values before
    the disconnect itself have the last word. In order of assignment.
    """
    earlier = (
        one
        for one in history
        if one.action in {ASSIGN, CONNECT}
        and one.target_id is not None
        and one.target_id == disconnect.target_id
        and _place(one) < _place(disconnect)
    )
    agents: list[str] = []
    for one in sorted(earlier, key=_place):
        agents = _changed(agents, _members(one.before), _members(one.after))
    before, after = _members(disconnect.before), _members(disconnect.after)
    stated = _listed_agents(before)
    if stated is None:
        stated = _listed_agents(after) or None
    if stated is not None:
        return tuple(stated)
    singles = (values.get(_SINGLE) for values in (before, after))
    agents += [one for one in singles if isinstance(one, str)]
    return tuple(dict.fromkeys(agents))


def states_all_agents(entry: AuditEntry) -> bool:
    """Whether an entry lists all agents after it, so that none before it matters."""
    return _listed_agents(_members(entry.after)) is not None


def _changed(
    agents: list[str], before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> list[str]:
    stated = _listed_agents(after)
    if stated is not None:
        return stated
    if _listed_agents(before) is not None:
        # The list was taken away.
        agents = []
    gone, new = before.get(_SINGLE), after.get(_SINGLE)
    kept = [one for one in agents if one not in {gone, new}]
    return [*kept, new] if isinstance(new, str) else kept


def _listed_agents(values: dict[str, JsonValue]) -> list[str] | None:
    for key in _LISTS:
        value = values.get(key)
        if isinstance(value, JsonArray):
            texts = (one if isinstance(one, str) else write_json(one) for one in value.elements)
            return list(dict.fromkeys(texts))
    return None


def _members(values: str | None) -> dict[str, JsonValue]:
    value = parse_json(values) if values is not None else None
    if isinstance(value, JsonObject):
        return dict(value.members)
    return {}


def _place(entry: AuditEntry) -> tuple[int, int]:
    return entry.occurred_at.microseconds, entry.id


def _reason(
    entry: AuditEntry,
    agents: tuple[str, ...],
    reconnect: AuditEntry | None,
    state: str,
    policy: Policy,
) -> str:
    name = named(entry.target_name, entry.target_id, "An integration without a name")
    zone = zone_of(policy.schedule(entry.actor_id))
    what = (
        f"{name} was disconnected by {person(entry.actor_name, entry.actor_id)} "
        f"on {date_and_clock(entry.occurred_at, zone)}"
    )
    why = _members(entry.after).get(_REASON)
    if isinstance(why, str) and why:
        what += f" ({cut(why)})"
    if reconnect is None:
        sentences = [f"{what}: {state}."]
    else:
        again = named(reconnect.actor_name, reconnect.actor_id, "nobody named")
        sentences = [f"{what}: {state}, connected again by {again}."]
    if agents:
        which = counted(len(agents), "agent")
        need = "needs" if len(agents) == 1 else "need"
        if reconnect is None:
            sentences.append(f"It was assigned to {which}, which {need} repair: {listed(agents)}.")
        else:
            sentences.append(f"It was assigned to {which}: {listed(agents)}.")
    else:
        sentences.append("No agent was assigned to it.")
    return " ".join(sentences)
