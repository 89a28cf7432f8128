"""The rules once more, naively: every entry in memory, held against every other."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.holiday_calendar import holiday_name
from mylla_audit_desktop.review.policy import Policy

DAY = 86_400_000_000
Address = IPv4Address | IPv6Address
Expected = set[tuple[str, tuple[int, ...]]]


def expected(
    entries: Sequence[AuditEntry], policy: Policy, start: Instant | None, end: Instant | None
) -> Expected:
    """Severity and entry ids of every off-hours finding of a period."""
    ordered = sorted(entries, key=lambda one: (one.occurred_at, one.id))
    unusual = []
    for place, entry in enumerate(ordered):
        if "system" in (entry.actor_type, entry.actor_id):
            continue
        is_off = not is_working(policy, entry)
        is_new = comes_from_new_network(ordered[:place], entry, policy)
        if is_off or is_new:
            unusual.append((entry, is_off, is_new))
    found: Expected = set()
    for actor in {entry.actor_id for entry, _, _ in unusual}:
        session: list[tuple[AuditEntry, bool, bool]] = []
        for one in [*(each for each in unusual if each[0].actor_id == actor), None]:
            if session and (
                one is None
                or one[0].occurred_at.microseconds - session[-1][0].occurred_at.microseconds
                > policy.session_gap_minutes * 60_000_000
            ):
                first = session[0][0].occurred_at
                if (start is None or first >= start) and (end is None or first < end):
                    found.add((severity(session), tuple(each[0].id for each in session)))
                session = []
            if one is not None:
                session.append(one)
    return found


def severity(session: list[tuple[AuditEntry, bool, bool]]) -> str:
    is_off = any(one[1] for one in session)
    is_new = any(one[2] for one in session)
    return {(True, False): "low", (False, True): "medium", (True, True): "high"}[is_off, is_new]


def is_working(policy: Policy, entry: AuditEntry) -> bool:
    own = policy.actors.get(entry.actor_id)
    zone = policy.time_zone
    holidays, hours = policy.holidays, policy.hours
    if own is not None:
        zone = zone if own.time_zone is None else own.time_zone
        holidays = holidays if own.holidays is None else own.holidays
        hours = hours if own.hours is None else own.hours
    moment = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC")) + timedelta(
        microseconds=entry.occurred_at.microseconds
    )
    local = moment.astimezone(ZoneInfo(zone))

    def span(day: date) -> tuple[time, time] | None:
        shift = hours.get(day.weekday())
        return None if shift is None or holiday_name(holidays, day) else (shift.start, shift.end)

    today = span(local.date())
    if today is not None:
        opens, closes = today
        if opens <= local.time() and (closes <= opens or local.time() < closes):
            return True
    yesterday = span(local.date() - timedelta(days=1))
    return yesterday is not None and yesterday[1] <= yesterday[0] and local.time() < yesterday[1]


def comes_from_new_network(before: Sequence[AuditEntry], entry: AuditEntry, policy: Policy) -> bool:
    if entry.ip_address is None:
        return False
    mine = [one for one in before if one.actor_id == entry.actor_id]
    address = plain(entry.ip_address)
    trusted = any(address in ip_network(text) for text in policy.trusted_networks)
    since = entry.occurred_at.microseconds - 90 * DAY
    return (
        len(mine) >= 20
        and not trusted
        and not any(
            one.ip_address is not None
            and one.occurred_at.microseconds >= since
            and same_network(plain(one.ip_address), address)
            for one in mine
        )
    )


def plain(text: str) -> Address:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def same_network(one: Address, other: Address) -> bool:
    if one.version != other.version:
        return False
    length = 24 if one.version == 4 else 48
    return (
        other in ip_network((int(one), length), strict=False)
        if one.version == 4
        else (int(one) >> 80 == int(other) >> 80)
    )
