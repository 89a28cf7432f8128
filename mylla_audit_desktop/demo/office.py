"""What else the demo business keeps: integrations, settings, the plan, requests, data."""

from collections.abc import Mapping
from random import Random

from mylla_audit_desktop.demo.agents import Agents
from mylla_audit_desktop.demo.cast import Actor, Cast
from mylla_audit_desktop.demo.changes import Change, as_json, between, pick, pick_other
from mylla_audit_desktop.demo.prose import Prose

_OPEN_REQUESTS = 60
_FOLLOWING_STATUS = {
    "new": ("in_progress", "in_progress", "done"),
    "in_progress": ("waiting", "done", "done"),
    "waiting": ("in_progress", "done"),
    "done": ("new",),
}
_ADDRESSES = ("Torstraße 12, 10119 Berlin", "Torstraße 14, 10119 Berlin", "Linienstraße 3, Berlin")
_CLOSED_DAYS = ("2 Jan", "24 Dec", "27 Dec", "31 Dec", "30 Apr", "2 Oct")
_NOTICES = ("missed_call", "new_request", "agent_paused", "weekly_summary", "payment_failed")
_PLANS = (("Starter", 3, 49), ("Team", 10, 149.5), ("Business", 25, 399), ("Scale", 100, 1290))
_CARDS = ("visa", "mastercard", "sepa_debit", "amex")
_BULK_KINDS = ("call recordings", "transcripts", "contacts without calls", "voicemails")


class Integrations:
    """Connections to other services, by ID; each to the agents it was assigned to."""

    def __init__(self, agents: Agents) -> None:
        self._agents = agents
        self._names = {"int_hub": "HubSpot", "int_cal": "Google Calendar", "int_slk": "Slack"}
        self._assigned: dict[str, list[str]] = {key: [] for key in self._names}
        self._reasons: dict[str, str] = {}

    def connect(self, integration_id: str, name: str, scopes: list[str]) -> Change:
        """That integration is connected for the first time."""
        self._names[integration_id] = name
        self._assigned[integration_id] = []
        after = {"provider": name, "status": "connected", "scopes": scopes, "agent_ids": []}
        return self._on(integration_id, "integration.connect", None, after)

    def disconnect(self, integration_id: str, reason: str) -> Change:
        """That connection ends; who it was assigned to stays as it is."""
        self._reasons[integration_id] = reason
        return self._on(
            integration_id,
            "integration.disconnect",
            {"status": "connected"},
            {"status": "disconnected", "reason": reason},
        )

    def reconnect(self, integration_id: str) -> Change:
        """That connection comes back, and the reason of its end is gone."""
        before = {"status": "disconnected", "reason": self._reasons.pop(integration_id)}
        return self._on(integration_id, "integration.connect", before, {"status": "connected"})

    def assign(self, rng: Random, _actor: Actor) -> Change:
        """One of the lasting integrations to one more agent."""
        return self.assign_more(rng, pick(rng, ("int_cal", "int_slk")))

    def assign_more(self, rng: Random, integration_id: str) -> Change:
        """That integration to one more of the oldest agents; the first of four makes room."""
        before = self._assigned[integration_id]
        while (agent_id := pick(rng, self._agents.all[:8]).id) in before:
            pass
        after = self._assigned[integration_id] = [*before[-3:], agent_id]
        return self._on(
            integration_id, "integration.assign", {"agent_ids": before}, {"agent_ids": after}
        )

    def _on(
        self,
        integration_id: str,
        action: str,
        before: Mapping[str, object] | None,
        after: Mapping[str, object],
    ) -> Change:
        name = self._names[integration_id]
        return Change(action, "integration", integration_id, name, as_json(before), as_json(after))


class Business:
    """Settings and plan: one target, the business itself."""

    def __init__(self, rng: Random, cast: Cast) -> None:
        self._id, self._name = cast.business_id, cast.business_name
        self._address = _ADDRESSES[0]
        self._closed_on: list[str] = ["24 Dec"]
        self._retention_days = 1095
        self._notices = {name: {"email": True, "sms": False} for name in _NOTICES}
        self._plan = 2
        self._card = self._other_card(rng, "")

    def update(self, rng: Random, _actor: Actor) -> Change:
        """The address, or the days on which the practice stays closed."""
        if rng.random() < 0.3:
            before: object = self._address
            self._address = pick_other(rng, _ADDRESSES, before)
            return self._on("settings.update_business", "address", before, self._address)
        days, day = self._closed_on, pick(rng, _CLOSED_DAYS)
        self._closed_on = [d for d in days if d != day] if day in days else [*days, day]
        return self._on("settings.update_business", "closed_on", days, self._closed_on)

    def update_notifications(self, rng: Random, _actor: Actor) -> Change:
        """One kind of notice goes another way."""
        notice = pick(rng, _NOTICES)
        way = pick(rng, ("email", "sms", "push"))
        before = self._notices[notice]
        after = {**before, way: not before.get(way, False)}
        self._notices[notice] = after
        return self._on("settings.update_notifications", notice, before, after)

    def change_retention(self, days: int) -> Change:
        """Entries are kept so long from now on."""
        before, self._retention_days = self._retention_days, days
        return self._on("settings.change_retention", "retention_days", before, days)

    def change_plan(self, rng: Random, _actor: Actor) -> Change:
        """One plan up or down."""
        last = len(_PLANS) - 1
        is_up = self._plan < last and (self._plan == 0 or rng.random() < 0.5)
        before, after = _PLANS[self._plan], _PLANS[self._plan + (1 if is_up else -1)]
        self._plan += 1 if is_up else -1
        action = "billing.upgrade_plan" if is_up else "billing.downgrade_plan"
        fields = ("plan", "seats", "monthly_price")
        return Change(
            action,
            "business",
            self._id,
            self._name,
            as_json(dict(zip(fields, before, strict=True))),
            as_json(dict(zip(fields, after, strict=True))),
        )

    def change_payment_method(self, rng: Random, _actor: Actor) -> Change:
        """Another card or account."""
        before, self._card = self._card, self._other_card(rng, self._card["last4"])
        return self._on("billing.change_payment_method", "payment_method", before, self._card)

    def _other_card(self, rng: Random, last4: object) -> dict[str, object]:
        while (digits := f"{between(rng, 0, 9999):04d}") == last4:
            pass
        expires = f"{between(rng, 1, 12):02d}/{between(rng, 27, 33)}"
        return {"brand": pick(rng, _CARDS), "last4": digits, "expires": expires}

    def _on(self, action: str, field: str, before: object, after: object) -> Change:
        return Change(
            action,
            "business",
            self._id,
            self._name,
            as_json({field: before}),
            as_json({field: after}),
        )


class Requests:
    """What callers asked for. Callers make requests; only what admins do to them is logged."""

    def __init__(self, rng: Random, prose: Prose, cast: Cast) -> None:
        self._prose = prose
        self._colleagues = tuple(member.id for member in cast.members)
        self._last = 4_380
        self._open = [self._new(rng) for _ in range(_OPEN_REQUESTS)]

    def change_status(self, rng: Random, _actor: Actor) -> Change:
        """A request goes on; one that is done makes room for a new one."""
        place, request = self._one(rng)
        before = request["status"]
        request["status"] = after = pick(rng, _FOLLOWING_STATUS[str(before)])
        if after == "done" and rng.random() < 0.9:
            self._open[place] = self._new(rng)
        return _on_request(request, "request.change_status", "status", before, after)

    def assign(self, rng: Random, _actor: Actor) -> Change:
        """A request to another colleague."""
        _, request = self._one(rng)
        before = request["assignee_id"]
        request["assignee_id"] = after = pick_other(rng, self._colleagues, before)
        return _on_request(request, "request.assign", "assignee_id", before, after)

    def _one(self, rng: Random) -> tuple[int, dict[str, object]]:
        place = int(rng.random() * _OPEN_REQUESTS)
        return place, self._open[place]

    def _new(self, rng: Random) -> dict[str, object]:
        self._last += 1
        topic = pick(rng, self._prose.topics)
        return {"id": f"req_{self._last}", "topic": topic, "status": "new", "assignee_id": None}


def _on_request(
    request: dict[str, object], action: str, field: str, before: object, after: object
) -> Change:
    return Change(
        action,
        "request",
        str(request["id"]),
        str(request["topic"]),
        as_json({field: before}),
        as_json({field: after}),
    )


class Data:
    """What leaves, and what is deleted in bulk."""

    def __init__(self, prose: Prose) -> None:
        self._prose = prose
        # The exports before belong to stories.
        self._exports = 300
        self._deletions = 0

    def request_export(self, rng: Random, _actor: Actor) -> Change:
        """An export of anything, a small one mostly."""
        self._exports += 1
        rows = between(rng, 1, 900) * (1 if rng.random() < 0.8 else 60)
        subject = pick(rng, self._prose.subjects)
        return self.export(f"exp_{self._exports}", subject, rows, {"period": "last-30-days"})

    def export(self, export_id: str, subject: str, rows: int, filters: dict[str, object]) -> Change:
        """That export with so many rows."""
        after = as_json({"format": "csv", "rows": rows, "filters": filters})
        return Change("data.request_export", "export", export_id, subject, None, after)

    def request_bulk_delete(self, rng: Random, _actor: Actor) -> Change:
        """Old data goes."""
        self._deletions += 1
        kind = pick(rng, _BULK_KINDS)
        after = {
            "kind": kind,
            "older_than_days": pick(rng, (90, 180, 365)),
            "estimated_objects": between(rng, 3, 4_000),
        }
        target = f"del_{self._deletions}"
        return Change("data.request_bulk_delete", "deletion", target, kind, None, as_json(after))
