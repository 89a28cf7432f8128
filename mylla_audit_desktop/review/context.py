"""What stands around a finding, for the one who has to decide on it."""

from dataclasses import dataclass

from mylla_audit_desktop.log.entry import EntrySummary

# Of a long finding the first entries are listed, and of a busy day the first that follow.
MOST_ENTRIES = 200
MOST_FOLLOWING = 6
# How far back an actor's usual hours are counted.
USUAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class FindingContext:
    """A finding's surroundings in the log.

    entries: those of the finding that are still in the log, in time order, the first
    `MOST_ENTRIES` of them. hours: how many entries the actor made in each hour of the
    day, 24 counts in `hours_zone`, over the `days` days before the finding. marked: the
    hours in which the finding's entries lie. following: what the same actor did in the 24
    hours after the finding's last entry, in time order; following_count counts all of it.
    """

    entries: tuple[EntrySummary, ...]
    hours: tuple[int, ...]
    hours_zone: str
    days: int
    marked: frozenset[int]
    following: tuple[EntrySummary, ...]
    following_count: int
