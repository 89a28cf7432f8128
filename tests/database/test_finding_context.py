"""What stands around a finding, where its entries stand at the ends of time."""

import pytest

from mylla_audit_desktop.database.finding_context import read_context
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.review.finding import Rule
from mylla_audit_desktop.review.policy import Policy
from tests.database.filling import Log
from tests.database.reviewing import QUIET, entry


@pytest.mark.parametrize(
    "when",
    ["-infinity", "-004713-11-24T00:00:00Z", "+294276-12-31T23:59:59.999999Z", "infinity"],
)
def test_a_finding_at_the_end_of_time_has_its_entry_and_nothing_around(log: Log, when: str) -> None:
    log.fill([entry(1, when), entry(2, "2026-03-03T10:00:00Z", target_id="int_2")])
    policy = Policy(time_zone="UTC")
    found = read_findings(log.database, policy, None, None, QUIET)
    (finding,) = (
        one for one in found if one.rule is Rule.INTEGRATION_DISCONNECT and one.entry_ids == (1,)
    )
    context = read_context(log.database, policy, finding, QUIET)
    assert [one.id for one in context.entries] == [1]
    assert context.following_count == 0
