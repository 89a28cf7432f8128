"""What a reviewer is to find: promotions, broken integrations, changes that were undone.

A story ends as it began (a role is taken back, a new integration keeps to itself), so
that it can be told again.
"""

from datetime import timedelta

from mylla_audit_desktop.demo import deeds
from mylla_audit_desktop.demo.cast import SYSTEM
from mylla_audit_desktop.demo.changes import short_code
from mylla_audit_desktop.demo.stage import (
    FRIDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Stage,
    Step,
)

_DAY = timedelta(days=1)

_PROVIDERS = ("Salesforce", "Calendly", "Zendesk", "Zapier", "Doctolib")
# The second one is Admin with other letters, the third one has a Cyrillic letter.
_ODD_ROLES = ("Billing admin", "ADMIN", "Sup\u0435r Admin", "owner (read only)")


def self_promotion(stage: Stage) -> list[Step]:
    """Late at night and from a new network, an admin takes all rights and makes use of them."""
    if stage.cycle % 2:
        return []
    turn = stage.cycle // 2
    actor = stage.cast.member(("usr_58", "usr_91", "usr_7")[turn % 3])
    night = stage.day(9, MONDAY)
    address = f"198.19.{stage.cycle % 256}.90"
    leaver = stage.cast.guest_names[turn % len(stage.cast.guest_names)]
    promotion = deeds.change_role(actor.id, "Super Admin")
    export = deeds.export(f"exp_{220 - turn}", "Audit log", min(stage.entries, 48_112))
    return [
        stage.step(actor, night, "23:41", promotion, address=address),
        stage.step(actor, night, "23:44", export, address=address),
        stage.step(actor, night, "23:52", deeds.remove(leaver), address=address),
        stage.step(
            stage.cast.member("usr_21"),
            night + _DAY,
            "09:20",
            deeds.change_role(actor.id, "Admin"),
        ),
    ]


def invitation_to_admin(stage: Stage) -> list[Step]:
    """Somebody new becomes Admin, or even Super Admin, from the first day."""
    names = stage.cast.guest_names
    name = names[(stage.cycle * 3 + 1) % len(names)]
    actor, role = ("usr_21", "Super Admin") if stage.cycle % 2 else ("usr_3", "Admin")
    day = stage.day(14, FRIDAY)
    return [stage.step(stage.cast.member(actor), day, "09:30", deeds.invite(name, role))]


def broken_hub(stage: Stage) -> list[Step]:
    """HubSpot ends, and somebody connects it again: the next day, or after two hours."""
    priya, marek = stage.cast.member("usr_12"), stage.cast.member("usr_21")
    day = stage.day(7, TUESDAY)
    before = day - 4 * _DAY
    steps = [
        stage.step(priya, before, "11:05", deeds.assign_integration("int_hub")),
        stage.step(priya, before, "11:07", deeds.assign_integration("int_hub")),
    ]
    if stage.cycle % 2:
        ana = stage.cast.member("usr_3")
        return [
            *steps,
            stage.step(marek, day, "17:30", deeds.disconnect("int_hub", "removed by user")),
            stage.step(ana, day, "19:30", deeds.reconnect("int_hub")),
        ]
    return [
        *steps,
        stage.step(SYSTEM, day, "14:03", deeds.disconnect("int_hub", "token expired")),
        stage.step(marek, day + _DAY, "09:40", deeds.reconnect("int_hub")),
    ]


def unknown_role(stage: Stage) -> list[Step]:
    """Somebody gets a role that the product does not know by that name."""
    role = _ODD_ROLES[stage.cycle % len(_ODD_ROLES)]
    day = stage.day(8, WEDNESDAY)
    luis = stage.cast.member("usr_7")
    return [stage.step(luis, day, "15:12", deeds.change_role_of_guest(role))]


def lost_integration(stage: Stage) -> list[Step]:
    """A new integration works for a week; then it ends, and every other one for good."""
    kim, luis = stage.cast.member("usr_91"), stage.cast.member("usr_7")
    integration_id = f"int_{short_code(9_000 + stage.cycle).lower()}"
    start = stage.day(16, THURSDAY)
    end = start + 5 * _DAY
    name = _PROVIDERS[stage.cycle % len(_PROVIDERS)]
    steps = [
        stage.step(kim, start, "10:20", deeds.connect(integration_id, name)),
        stage.step(kim, start, "10:24", deeds.assign_integration(integration_id)),
        stage.step(kim, start, "10:31", deeds.assign_integration(integration_id)),
        stage.step(luis, end, "16:48", deeds.disconnect(integration_id, "removed by user")),
    ]
    if stage.cycle % 2:
        marek = stage.cast.member("usr_21")
        later = end + 2 * _DAY
        steps.append(stage.step(marek, later, "13:15", deeds.reconnect(integration_id)))
    return steps


def promotion_for_a_while(stage: Stage) -> list[Step]:
    """A role rises in the open, for a leave or a project, and goes back after a week or so."""
    marek = stage.cast.member("usr_21")
    person, role, usual = (
        ("usr_34", "Admin", "Member") if stage.cycle % 2 else ("usr_91", "Super Admin", "Admin")
    )
    day = stage.day(20, THURSDAY)
    return [
        stage.step(marek, day, "10:12", deeds.change_role(person, role)),
        stage.step(marek, day + 7 * _DAY, "11:02", deeds.change_role(person, usual)),
    ]


def lost_number(stage: Stage) -> list[Step]:
    """A number that patients know is given up by mistake, and bought back the next morning."""
    if stage.cycle % 6:
        return []
    jonas, priya = stage.cast.member("usr_58"), stage.cast.member("usr_12")
    day = stage.day(5, THURSDAY)
    morning = day + _DAY
    return [
        stage.step(jonas, day, "16:42", deeds.release_number("num_19Zc")),
        stage.step(priya, morning, "08:20", deeds.purchase_again("num_19Zc")),
        stage.step(priya, morning, "08:24", deeds.assign_number("num_19Zc", "agt_7Kq2")),
    ]


def shorter_retention(stage: Stage) -> list[Step]:
    """Entries are to be kept for a year only, from a Friday evening to Monday."""
    if stage.cycle % 3:
        return []
    marek = stage.cast.member("usr_21")
    friday = stage.day(18, FRIDAY)
    monday = friday + 3 * _DAY
    return [
        stage.step(marek, friday, "17:50", deeds.change_retention(365)),
        stage.step(marek, monday, "09:15", deeds.change_retention(1095)),
    ]
