"""What is asked of the log, as a frozen value.

Widgets and arguments make a `LogQuery`; the reader, the exporter and the
manifest consume it. Equality tells whether anything changed.
"""

from dataclasses import dataclass, field
from enum import Enum

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.week import WeekHour


class SortColumn(Enum):
    """The columns by which the whole result can be sorted; values are the command's words.

    `ACTOR` and `TARGET` sort by name. Text sorts by code point, addresses as
    addresses (IPv4 before IPv6), and an empty value (NULL) stands last in
    either direction. Equal values fall back to time and id, most recent first.
    """

    TIMESTAMP = "timestamp"
    ACTOR = "actor"
    ACTION = "action"
    TARGET = "target"
    IP_ADDRESS = "ip_address"


@dataclass(frozen=True, slots=True)
class Sort:
    """Order of a result; most recent first by default."""

    column: SortColumn = SortColumn.TIMESTAMP
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Filters and order. Filters combine with AND, values within one with OR.

    start, end: half-open bounds `[start, end)` in UTC; None is unbounded.
    actors: IDs or names, exact.
    actions: exact names or globs; `*` and `?` are the only wildcards.
    targets: IDs, exact.
    hours: hours of the week on the clocks of `hours_zone` (IANA); times outside the years
    1900 to 2099 have none and match none.
    """

    start: Instant | None = None
    end: Instant | None = None
    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    sort: Sort = field(default_factory=Sort)
    hours: tuple[WeekHour, ...] = ()
    hours_zone: str = ""


def check_action_pattern(text: str, several: str = "") -> str:
    """An action name or glob, without spaces at either side.

    several: how one asks for several, where that is known.
    Raises InputError that says in words what is wrong with it.
    """
    pattern = text.strip()
    if not pattern:
        raise InputError("The action is empty.", "Type a name or a pattern such as number.*.")
    for character in pattern:
        if character.isspace() or not character.isprintable():
            raise InputError(
                f"The action {pattern!r} holds a space or an invisible character.",
                f"Action names have none; {several}." if several else "Action names have none.",
            )
    return pattern


def glob_to_like(pattern: str) -> str:
    r"""The pattern for SQL `LIKE … ESCAPE '\'`: `*` and `?` act, all else stands for itself."""
    escaped = pattern.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")


def is_glob(pattern: str) -> bool:
    """Whether the pattern holds a wildcard."""
    return "*" in pattern or "?" in pattern
