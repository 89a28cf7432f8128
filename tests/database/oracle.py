"""Filters and order in plain Python: what the databases are held against."""

import re
from ipaddress import ip_interface

from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.query import LogQuery, SortColumn
from mylla_audit_desktop.log.week import WeekHour, is_in_calendar
from mylla_audit_desktop.log.zones import zone_named


def expected(entries: list[AuditEntry], query: LogQuery) -> list[AuditEntry]:
    """The entries of a query, in its order."""
    found = [entry for entry in entries if matches(entry, query)]
    # Three stable sorts, the least important first.
    found.sort(key=lambda entry: entry.id, reverse=True)
    found.sort(key=lambda entry: entry.occurred_at, reverse=True)
    if query.sort.column is SortColumn.TIMESTAMP:
        if query.sort.ascending:
            found.sort(key=lambda entry: entry.occurred_at)
        return found
    values = [(_value(entry, query), entry) for entry in found]
    valued = [(value, entry) for value, entry in values if value is not None]
    # `reverse` keeps equal values in the order they had.
    valued.sort(key=lambda pair: pair[0], reverse=not query.sort.ascending)
    return [entry for _, entry in valued] + [entry for value, entry in values if value is None]


def matches(entry: AuditEntry, query: LogQuery) -> bool:
    return (
        (query.start is None or entry.occurred_at >= query.start)
        and (query.end is None or entry.occurred_at < query.end)
        and (not query.actors or {entry.actor_id, entry.actor_name} & set(query.actors) != set())
        and (not query.actions or any(_globs(entry.action, glob) for glob in query.actions))
        and (not query.targets or entry.target_id in query.targets)
        and (not query.hours or week_hour_of(entry, query.hours_zone) in query.hours)
    )


def week_hour_of(entry: AuditEntry, zone: str) -> WeekHour | None:
    """The hour that the clocks of a zone show; None outside the calendar."""
    moment = (
        entry.occurred_at.to_datetime(zone_named(zone))
        if is_in_calendar(entry.occurred_at)
        else None
    )
    return None if moment is None else WeekHour(moment.weekday(), moment.hour)


def _globs(text: str, pattern: str) -> bool:
    wild = {"*": ".*", "?": "."}
    expression = "".join(wild.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _value(entry: AuditEntry, query: LogQuery) -> tuple[int, ...] | bytes | None:
    if query.sort.column is SortColumn.IP_ADDRESS:
        if entry.ip_address is None:
            return None
        address = ip_interface(entry.ip_address)
        network = address.network
        # A network stands before the addresses in it.
        return (
            address.version,
            int(network.network_address),
            network.prefixlen,
            int(address.ip),
        )
    text = {
        SortColumn.ACTOR: entry.actor_name,
        SortColumn.ACTION: entry.action,
        SortColumn.TARGET: entry.target_name,
    }[query.sort.column]
    return None if text is None else text.encode()
