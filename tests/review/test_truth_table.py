"""Every case of the truth table, on SQLite and PostgreSQL, among many others."""

from collections import Counter
from collections.abc import Iterator

import pytest

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.review.finding import Rule
from tests.review.cases import of_case, period_of, placed, policy_of, said
from tests.review.truth_table import CASES
from tests.servers import Server

# Cases that lie together are told apart by the rules; all in one log would only be slow.
_LOGS = 8


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def logs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Database]]:
    """The cases, an eighth of them in each log."""
    opened = []
    for number in range(_LOGS):
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('cases')}/log.sqlite"
            database = open_database(url, create=True)
            upgrade_schema(database)
        else:
            server: Server = request.getfixturevalue("postgresql_server")
            name = f"truth_table_{number}"
            database = open_database(server.create_database(name, "mylla_template"))
        opened.append(database)
        places = range(number, len(CASES), _LOGS)
        entries = [entry for place in places for entry in placed(CASES[place], place)]
        append_entries(database, entries, Cancellation())
    yield opened
    for database in opened:
        database.close()


def test_the_table_is_long_and_no_case_is_there_twice() -> None:
    assert len(CASES) >= 150
    asked = Counter((case.entries, case.policy, case.start, case.end) for case in CASES)
    assert [what for what, count in asked.items() if count > 1] == []


@pytest.mark.parametrize(
    "place", range(len(CASES)), ids=[case.name.replace(" ", "-") for case in CASES]
)
def test_case(logs: list[Database], place: int) -> None:
    case = CASES[place]
    start, end = period_of(case)
    found = read_findings(logs[place % _LOGS], policy_of(case, place), start, end, Cancellation())
    seen = [said(finding, place) for finding in of_case(found, place)]
    wanted = [line.partition(": ") for line in case.expect]
    assert sorted(head for head, _ in seen) == sorted(head for head, _, _ in wanted), seen
    for head, _, words in wanted:
        text = next(text for one, text in seen if one == head)
        for part in filter(None, words.split("; ")):
            assert part in text


@pytest.mark.parametrize("rule", Rule)
def test_one_finding_by_its_id_is_the_same_finding(logs: list[Database], rule: Rule) -> None:
    # An eighth of the cases is enough of each kind.
    place = next(n for n in range(0, len(CASES), _LOGS) if CASES[n].policy)
    policy = policy_of(CASES[place], place)
    found = read_findings(logs[0], policy, None, None, Cancellation(), rules=[rule])
    assert found
    for one in (*found[:3], *found[-3:]):
        alone = read_findings(
            logs[0], policy, None, None, Cancellation(), rules=[rule], only=one.finding_id
        )
        assert alone == (one,)
    nothing = read_findings(logs[0], policy, None, None, Cancellation(), rules=[rule], only="x")
    assert nothing == ()
