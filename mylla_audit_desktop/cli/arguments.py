"""Arguments that several commands share."""

import argparse
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.log.query import LogQuery, Sort, SortColumn, check_action_pattern
from mylla_audit_desktop.log.storable import is_storable
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.week import WeekHour
from mylla_audit_desktop.log.zones import read_system_zone, zone_named

if TYPE_CHECKING:
    from mylla_audit_desktop.database.connection import Database


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, like all errors."""

    def __init__(self, **options: Any) -> None:
        # An abbreviation that works today would break scripts with the next option.
        super().__init__(allow_abbrev=False, **options)

    # Typed as the library has it in two overloads, of which `Any` is the sum.
    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What a command does not know is said by it, not by the parser above it."""
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """A wrong call."""
        raise InputError(f"{message[:1].upper()}{message[1:]}.", f"Try: {self.prog} --help")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the filter arguments come to."""

    filters: LogFilters
    query: LogQuery
    zone: ZoneInfo


def add_database(parser: argparse.ArgumentParser) -> None:
    """`--database` or `--connection`, one of them."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--database",
        metavar="URL",
        help="sqlite:///PATH or postgresql://USER@HOST:PORT/NAME; "
        "the password comes from PGPASSWORD, PGPASSFILE or the keyring",
    )
    which.add_argument(
        "--connection", metavar="NAME", help="a connection saved in the window, with its password"
    )


def open_asked(
    arguments: argparse.Namespace, *, create: bool = False, reads_entries: bool = True
) -> "Database":
    """The database that `--database` or `--connection` names.

    reads_entries: False for a login that may do its work without reading any.
    Asks for a password on a terminal, never in a pipe. Raises InputError or DatabaseError.
    """
    # Loaded when needed: `--help` and wrong calls need no SQL.
    from mylla_audit_desktop.cli.opening import open_named

    return open_named(
        arguments.database, arguments.connection, create=create, reads_entries=reads_entries
    )


def add_period(group: argparse._ActionsContainer) -> None:
    """`--from`, `--to` and `--all-time`."""
    group.add_argument(
        "--from",
        dest="start",
        metavar="WHEN",
        help="a date (a whole day of the zone) or an ISO time with offset",
    )
    group.add_argument(
        "--to",
        dest="end",
        metavar="WHEN",
        help="a date (included) or an ISO time with offset (excluded)",
    )
    group.add_argument("--all-time", action="store_true", help="no bounds in time")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """The filters, the zone and the order."""
    group = parser.add_argument_group("filters (the last 30 days where no date is given)")
    add_period(group)
    group.add_argument(
        "--actor", action="append", default=[], metavar="X", help="an ID or a name; repeatable"
    )
    group.add_argument(
        "--action",
        action="append",
        default=[],
        metavar="GLOB",
        help="a name, or a pattern with * and ?; repeatable",
    )
    group.add_argument(
        "--target", action="append", default=[], metavar="ID", help="an ID; repeatable"
    )
    group.add_argument(
        "--hour",
        action="append",
        default=[],
        metavar="'DAY H'",
        help="an hour of the week on the clocks of the zone, such as 'mon 22'; repeatable",
    )
    group.add_argument(
        "--time-zone", metavar="IANA", help="for dates and times shown (default: the system's)"
    )
    parser.add_argument(
        "--sort",
        choices=[column.value for column in SortColumn],
        default=SortColumn.TIMESTAMP.value,
        help="the column to sort by (default: timestamp)",
    )
    parser.add_argument(
        "--ascending", action="store_true", help="oldest, or first in the alphabet, first"
    )


def read_filters(arguments: argparse.Namespace, now: datetime | None = None) -> Asked:
    """The query of the arguments. Raises InputError."""
    period, zone = read_period(arguments)
    for option in ("actor", "action", "target"):
        if any(not is_storable(value) for value in getattr(arguments, option)):
            raise InputError(f"--{option} is not UTF-8.", "Such a text cannot be in the log.")
    for option in ("actor", "target"):
        if any(not value.strip() for value in getattr(arguments, option)):
            raise InputError(f"--{option} is empty.", "Give an ID.")
    filters = LogFilters(
        period,
        tuple(arguments.actor),
        tuple(arguments.action),
        tuple(arguments.target),
        tuple(WeekHour.parse(hour) for hour in arguments.hour),
    )
    for action in arguments.action:
        check_action_pattern(action, "repeat --action for several")
    sort = Sort(SortColumn(arguments.sort), arguments.ascending)
    return Asked(filters, filters.resolve(now or datetime.now(UTC), zone, sort), zone)


def read_zone(arguments: argparse.Namespace) -> ZoneInfo:
    """The zone of `--time-zone`, else the system's; told where that is a guess.

    Raises InputError.
    """
    if arguments.time_zone is not None:
        return zone_named(arguments.time_zone)
    system = read_system_zone()
    if system.doubt:
        print(
            f"mylla-audit: {visible_text(system.doubt)}, so days and times are in "
            f"{system.zone.key}; --time-zone names another.",
            file=sys.stderr,
        )
    return system.zone


def read_period(arguments: argparse.Namespace) -> tuple[PeriodChoice, ZoneInfo]:
    """The period as given by `--from`, `--to` and `--all-time`, and the zone it is meant in.

    Raises InputError.
    """
    zone = read_zone(arguments)
    has_dates = arguments.start is not None or arguments.end is not None
    if arguments.all_time and has_dates:
        raise InputError("--all-time cannot be combined with --from or --to.", "Leave one out.")
    if arguments.all_time:
        return PeriodChoice(Preset.ALL_TIME), zone
    if not has_dates:
        return PeriodChoice(), zone
    for option, value in (("--from", arguments.start), ("--to", arguments.end)):
        if value is not None and not value.strip():
            raise InputError(f"{option} is empty.", "Give a date such as 2026-03-29.")
    return PeriodChoice(Preset.CUSTOM, arguments.start or "", arguments.end or ""), zone
