"""What SQL narrows down is what a plain look at every entry finds, whatever the period."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database import seen_entries
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.policy import WEEKDAYS
from mylla_audit_desktop.review.policy_file import parse_policy
from tests.review.plain import expected
from tests.servers import Server

MINUTE = 60_000_000
BASE = Instant.parse("2026-07-01T05:00:00Z").microseconds
POLICIES = [
    parse_policy("\n".join(lines))
    for lines in (
        [
            'time_zone = "Europe/Berlin"',
            'holidays = "DE-BE"',
            'trusted_networks = ["198.51.100.0/24"]',
            '[actors.usr_2]\ntime_zone = "America/New_York"\nholidays = "US"',
        ],
        [
            'time_zone = "Asia/Tokyo"',
            "session_gap_minutes = 20",
            '[hours]\nmon = "22:00-06:00"\ntue = "00:00-24:00"\nsat = "08:00-08:00"',
            '[actors.usr_1]\nholidays = "JP"',
        ],
        ["session_gap_minutes = 0", "[hours]"],
        ["session_gap_minutes = 1440", "[hours]", *(f'{day} = "00:00-24:00"' for day in WEEKDAYS)],
    )
]
ADDRESSES = (
    "192.0.2.1",
    "192.0.2.200",
    "192.0.3.1",
    "::ffff:192.0.2.9",
    "198.51.100.4",
    "2001:db8:1::1",
    "2001:db8:1:9::1",
    "2001:db8:2::1",
    None,
)
# Close to each other, a week apart, or as far as networks are forgotten.
STEPS = st.sampled_from((0, 1, 7, 20, 59, 60, 61, 300, 1440, 7 * 1440, 89 * 1440, 90 * 1440))
ENTRIES = st.lists(
    st.tuples(
        STEPS,
        st.sampled_from((0, 0, 1)),
        st.sampled_from(("usr_1", "usr_1", "usr_1", "usr_2", "system")),
        st.sampled_from(("member", "member", "member", "system")),
        st.sampled_from(ADDRESSES),
    ),
    min_size=25,
    max_size=70,
)
Row = tuple[int, int, str, str, str | None]
_numbers = count()


@pytest.fixture(autouse=True, params=[2, 500], scope="module")
def rows_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """However few entries come from PostgreSQL at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seen_entries, "STREAM_ROWS", request.param)
        yield


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Database]]:
    """Makes an empty log."""
    folder = tmp_path_factory.mktemp("plain")
    with ExitStack() as stack:

        def make() -> Database:
            name = f"plain_{next(_numbers)}"
            if request.param == "sqlite":
                database = open_database(f"sqlite:///{folder}/{name}", create=True)
                upgrade_schema(database)
            else:
                server: Server = request.getfixturevalue("postgresql_server")
                database = open_database(server.create_database(name, "mylla_template"))
            return stack.enter_context(closing(database))

        yield make


@settings(max_examples=15)
@given(rows=ENTRIES, data=st.data())
def test_sessions_are_those_of_the_plain_rule(
    new_log: Callable[[], Database],
    rows: list[tuple[int, int, str, str, str | None]],
    data: st.DataObject,
) -> None:
    database = new_log()
    moment = BASE
    entries = []
    for step, micro, actor, kind, address in rows:
        moment += step * MINUTE + micro
        actor_type = "system" if actor == "system" else kind
        entries.append(
            NewEntry(Instant(moment), actor_type, actor, actor, "agent.update", ip_address=address)
        )
    append_entries(database, entries, Cancellation())
    stored = list(LogReader(database).iterate_entries(LogQuery(), None, Cancellation()))
    times = st.sampled_from([entry.occurred_at for entry in entries])
    for policy in POLICIES:
        bounds = data.draw(st.tuples(times, times)) if data.draw(st.booleans()) else (None, None)
        start, end = bounds if bounds[0] is None else sorted(bounds)
        wanted = expected(stored, policy, start, end)
        # By the index, and as a view without any is read.
        for has_indexes in (True, False):
            database.has_indexes = has_indexes
            found = read_findings(
                database, policy, start, end, Cancellation(), rules=[Rule.OFF_HOURS]
            )
            assert {(one.severity.value, one.entry_ids) for one in found} == wanted
    database.close()
