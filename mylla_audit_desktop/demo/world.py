"""The demo business as it stands at a moment, and what its people do all day."""

from bisect import bisect
from collections.abc import Callable
from itertools import accumulate
from random import Random

from mylla_audit_desktop.demo.agents import Agents
from mylla_audit_desktop.demo.cast import Actor, Cast
from mylla_audit_desktop.demo.changes import Change
from mylla_audit_desktop.demo.numbers import Numbers
from mylla_audit_desktop.demo.office import Business, Data, Integrations, Requests
from mylla_audit_desktop.demo.prose import Prose
from mylla_audit_desktop.demo.team import Team

_Deed = Callable[[Random, Actor], Change]


class World:
    """Everything that the log is about. Deeds change it, so that what one entry leaves
    behind is what the next one finds.

    Roles change and integrations break by stories alone, so that a log of a million
    entries holds no more of what a reviewer must decide than one of fifty thousand.
    """

    def __init__(self, rng: Random, cast: Cast, prose: Prose) -> None:
        self.agents = Agents(rng, prose)
        self.numbers = Numbers(rng, self.agents)
        self.team = Team(cast)
        self.integrations = Integrations(self.agents)
        self.business = Business(rng, cast)
        self.requests = Requests(rng, prose, cast)
        self.data = Data(prose)
        self._routines = {work: self._routine(shares) for work, shares in _SHARES.items()}

    def do_routine(self, rng: Random, actor: Actor) -> Change:
        """One ordinary deed of that actor."""
        bounds, deeds = self._routines[actor.work]
        return deeds[bisect(bounds, rng.random() * bounds[-1])](rng, actor)

    def _routine(self, shares: dict[str, int]) -> tuple[list[int], list[_Deed]]:
        deeds: dict[str, _Deed] = {
            "create agent": self.agents.create,
            "update agent": self.agents.update,
            "edit instructions": self.agents.edit_instructions,
            "change status": self.agents.change_status,
            "delete agent": self.agents.delete,
            "purchase": self.numbers.purchase,
            "import": self.numbers.import_via_sip,
            "assign number": self.numbers.assign,
            "release": self.numbers.release,
            "invite": self.team.invite_member,
            "remove": self.team.remove_guest,
            "assign integration": self.integrations.assign,
            "update business": self.business.update,
            "notifications": self.business.update_notifications,
            "change plan": self.business.change_plan,
            "payment": self.business.change_payment_method,
            "request status": self.requests.change_status,
            "assign request": self.requests.assign,
            "export": self.data.request_export,
            "bulk delete": self.data.request_bulk_delete,
        }
        return list(accumulate(shares.values())), [deeds[name] for name in shares]


# How often each kind of actor does what, in parts of the sum.
_SHARES = {
    "editor": {
        "update agent": 460,
        "edit instructions": 120,
        "change status": 180,
        "create agent": 25,
        "delete agent": 20,
        "assign number": 60,
        "assign integration": 20,
    },
    "night": {"change status": 500, "update agent": 300, "edit instructions": 40},
    "numbers": {
        "purchase": 110,
        "import": 50,
        "assign number": 240,
        "release": 80,
        "update agent": 200,
        "edit instructions": 30,
        "change status": 100,
        "assign integration": 40,
        "export": 30,
    },
    "desk": {
        "request status": 500,
        "assign request": 300,
        "update agent": 90,
        "edit instructions": 25,
        "notifications": 20,
        "export": 40,
    },
    "admin": {
        "request status": 160,
        "assign request": 120,
        "update agent": 250,
        "edit instructions": 50,
        "invite": 40,
        "remove": 30,
        "update business": 50,
        "notifications": 50,
        "change plan": 6,
        "payment": 10,
        "assign integration": 40,
        "export": 50,
        "bulk delete": 12,
        "assign number": 60,
    },
    "system": {
        "change status": 560,
        "bulk delete": 150,
        "release": 90,
        "change plan": 3,
    },
}
