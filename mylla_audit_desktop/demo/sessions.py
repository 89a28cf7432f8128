"""Work at unusual hours and from unusual places: a few sessions a month."""

from datetime import timedelta

from mylla_audit_desktop.demo.changes import between, pick
from mylla_audit_desktop.demo.stage import (
    MONDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    Stage,
    Step,
)

_HOLIDAY_SHARE = 0.3


def weekend(stage: Stage) -> list[Step]:
    """A Sunday afternoon at home."""
    marek = stage.cast.member("usr_21")
    count = stage.share(4_000, 3, 14)
    return stage.session(marek, stage.day(5, SUNDAY), "14:07", count, address=marek.addresses[1])


def late_evening(stage: Stage) -> list[Step]:
    """One long evening: many entries, and one thing to decide."""
    ana = stage.cast.member("usr_3")
    return stage.session(ana, stage.day(4, TUESDAY), "21:10", stage.share(700, 3, 80))


def travel(stage: Stage) -> list[Step]:
    """A usual hour, from a network that was never used before."""
    kim = stage.cast.member("usr_91")
    address = f"2001:db8:f{stage.cycle % 4096:03x}:1:5c8:11ff:fe20:91"
    count = stage.share(5_000, 2, 9)
    return stage.session(kim, stage.day(13, WEDNESDAY), "10:15", count, address=address)


def night(stage: Stage) -> list[Step]:
    """Half past two, from home."""
    luis = stage.cast.member("usr_7")
    count = stage.share(8_000, 2, 6)
    return stage.session(luis, stage.day(10, THURSDAY), "02:30", count, address=luis.addresses[1])


def early_morning(stage: Stage) -> list[Step]:
    """Before anybody else, three hours too early."""
    priya = stage.cast.member("usr_12")
    return stage.session(priya, stage.day(3, MONDAY), "05:10", stage.share(8_000, 2, 7))


def holidays_of(stage: Stage) -> list[list[Step]]:
    """On some public holidays within the 30 days of this telling, somebody works a little."""
    sessions = []
    last = stage.until.date() - timedelta(days=30 * stage.cycle)
    for back in range(min(stage.days, 30)):
        day = last - timedelta(days=back)
        for zone in stage.cast.zones:
            is_workless = day.weekday() < 5 and stage.cast.is_holiday(zone, day)
            if is_workless and (stage.cycle == 0 or stage.rng.random() < _HOLIDAY_SHARE):
                members = [m for m in stage.cast.members if m.zone == zone and m.work != "night"]
                actor = pick(stage.rng, members)
                sessions.append(stage.session(actor, day, "11:25", between(stage.rng, 2, 5)))
    return sessions
