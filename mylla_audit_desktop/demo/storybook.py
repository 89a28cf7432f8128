"""Which stories are told, when, and how many there is room for."""

from collections.abc import Callable, Iterable
from datetime import datetime

from mylla_audit_desktop.demo import deeds, sessions, stories
from mylla_audit_desktop.demo.cast import Cast
from mylla_audit_desktop.demo.changes import pick, seeded
from mylla_audit_desktop.demo.odd import odd_changes
from mylla_audit_desktop.demo.stage import CYCLE_DAYS, Stage, Step

# The most telling ones first: a short log has room for these only.
_STORIES: tuple[Callable[[Stage], list[Step]], ...] = (
    stories.self_promotion,
    stories.broken_hub,
    stories.invitation_to_admin,
    sessions.weekend,
    stories.lost_integration,
    stories.unknown_role,
    sessions.travel,
    sessions.late_evening,
    stories.promotion_for_a_while,
    stories.lost_number,
    sessions.night,
    sessions.early_morning,
    stories.shorter_retention,
)
_CLOCKS = ("10:05", "11:40", "13:20", "14:55")


def plan_stories(
    until: datetime, days: int, entries: int, cast: Cast, seed: int, first: int, end: int
) -> list[Step]:
    """The planned steps in `[first, end)` (microseconds), in order of time.

    A story that begins too early is left out, and what lies after the end has not
    happened yet. At most two entries in five belong to stories.
    """
    room = entries * 2 // 5
    planned: list[Step] = []
    for cycle in range(-(-days // CYCLE_DAYS)):
        rng = seeded(seed, f"stories {cycle}")
        for story in _tell(Stage(cycle, until, days, entries, cast, rng)):
            if min(step.at for step in story) < first:
                continue
            steps = [step for step in story if step.at < end]
            if len(steps) <= room:
                room -= len(steps)
                planned += steps
        if room == 0:
            break
    return sorted(planned, key=lambda step: step.at)


def _tell(stage: Stage) -> Iterable[list[Step]]:
    told = [story(stage) for story in _STORIES]
    return [story for story in (*told, *sessions.holidays_of(stage), *_odd_entries(stage)) if story]


def _odd_entries(stage: Stage) -> list[list[Step]]:
    """All of them in the last telling, three in each one before."""
    changes = odd_changes(stage.cycle)
    if stage.cycle:
        changes = [changes[(stage.cycle * 3 + n) % len(changes)] for n in range(3)]
    told = []
    for number, change in enumerate(changes):
        actor = pick(stage.rng, stage.cast.members)
        if actor.work == "night":
            actor = stage.cast.member("usr_12")
        day = stage.day(2 + number, actor.days[number % len(actor.days)])
        # An IPv4 address as a dual-stack server logs it.
        address = "::ffff:203.0.113.9" if number == 5 else None
        clock = _CLOCKS[number % len(_CLOCKS)]
        told.append([stage.step(actor, day, clock, deeds.exactly(change), address=address)])
    return told
