"""Deeds that stories ask for by name; what is left open is decided when they are done."""

from mylla_audit_desktop.demo.changes import Change
from mylla_audit_desktop.demo.stage import Deed


def change_role(person_id: str, role: str) -> Deed:
    """That person gets that role."""
    return lambda world, _rng, _actor: world.team.change_role(person_id, role)


def change_role_of_guest(role: str) -> Deed:
    """Some guest gets that role."""
    return lambda world, rng, _actor: world.team.change_role_of_guest(rng, role)


def invite(name: str, role: str) -> Deed:
    """That person is invited straight to that role."""
    return lambda world, _rng, _actor: world.team.invite(name, role)


def remove(name: str) -> Deed:
    """That guest is removed."""
    return lambda world, _rng, _actor: world.team.remove_by_name(name)


def export(export_id: str, subject: str, rows: int) -> Deed:
    """So many rows of something, all time."""
    filters: dict[str, object] = {"period": "all-time"}
    return lambda world, _rng, _actor: world.data.export(export_id, subject, rows, filters)


def connect(integration_id: str, name: str) -> Deed:
    """A new integration."""
    scopes = ["contacts.read", "calendar.write"]
    return lambda world, _rng, _actor: world.integrations.connect(integration_id, name, scopes)


def assign_integration(integration_id: str) -> Deed:
    """That integration to one more agent."""
    return lambda world, rng, _actor: world.integrations.assign_more(rng, integration_id)


def disconnect(integration_id: str, reason: str) -> Deed:
    """That integration breaks or is taken away."""
    return lambda world, _rng, _actor: world.integrations.disconnect(integration_id, reason)


def reconnect(integration_id: str) -> Deed:
    """That integration works again."""
    return lambda world, _rng, _actor: world.integrations.reconnect(integration_id)


def change_retention(days: int) -> Deed:
    """Entries are kept that long."""
    return lambda world, _rng, _actor: world.business.change_retention(days)


def release_number(number_id: str) -> Deed:
    """That number is given up."""
    return lambda world, _rng, _actor: world.numbers.release_by_id(number_id)


def purchase_again(number_id: str) -> Deed:
    """That number is bought back."""
    return lambda world, _rng, _actor: world.numbers.purchase_again(number_id)


def assign_number(number_id: str, agent_id: str) -> Deed:
    """That number is answered by that agent."""
    return lambda world, _rng, _actor: world.numbers.assign_to(number_id, agent_id)


def exactly(change: Change) -> Deed:
    """An entry as given, about an object of its own."""
    return lambda _world, _rng, _actor: change
