"""A policy in words: one line, or sentences for a report."""

from itertools import groupby

from mylla_audit_desktop.review.policy import WEEKDAYS, Policy, Shift


def describe_policy(policy: Policy) -> str:
    """One line: "Mon-Fri 08:00-18:00, Europe/Berlin, holidays DE-BE, 2 exceptions"."""
    parts = [describe_hours(policy.schedule("").shifts), policy.time_zone]
    parts.append(f"holidays {policy.holidays}" if policy.holidays else "no holidays")
    if policy.trusted_networks:
        parts.append(_counted(len(policy.trusted_networks), "trusted network"))
    if policy.actors:
        parts.append(_counted(len(policy.actors), "exception"))
    return ", ".join(parts)


def explain_policy(policy: Policy) -> tuple[str, ...]:
    """The whole policy in sentences, for a report."""
    networks = ", ".join(policy.trusted_networks)
    gap = _counted(policy.session_gap_minutes, "minute")
    sentences = [
        f"Working hours: {describe_hours(policy.schedule('').shifts)}, {policy.time_zone}.",
        f"Public holidays: {policy.holidays or 'none'}.",
        f"Entries with gaps up to {gap} are one session.",
        f"Trusted networks: {networks or 'none'}.",
    ]
    for actor_id, own in policy.actors.items():
        parts = []
        if own.hours is not None:
            parts.append(describe_hours(policy.schedule(actor_id).shifts))
        if own.time_zone is not None:
            parts.append(own.time_zone)
        if own.holidays is not None:
            parts.append(f"holidays {own.holidays}" if own.holidays else "no holidays")
        sentences.append(f"{actor_id}: {', '.join(parts) or 'as for everybody'}.")
    if policy.countersignature_required:
        sentences.append("A second reviewer must countersign.")
    return tuple(sentences)


def describe_hours(shifts: tuple[Shift | str | None, ...]) -> str:
    """`Mon-Thu 09:00-17:00, Fri 09:00-15:00`; one place a weekday, Monday first.

    A text is a shift as it was typed.
    """
    parts = []
    for shift, group in groupby(range(7), key=lambda day: shifts[day]):
        if shift is None:
            continue
        days = list(group)
        first, last = (WEEKDAYS[day].capitalize() for day in (days[0], days[-1]))
        parts.append(f"{first if first == last else f'{first}-{last}'} {shift}")
    return ", ".join(parts) or "no working days"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
