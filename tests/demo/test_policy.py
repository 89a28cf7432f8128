"""The demo's review: the planted stories, and not the hours that its people keep anyway."""

from collections import Counter
from pathlib import Path

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.first_policy import append_first_policy
from mylla_audit_desktop.database.review_store import open_review_store
from mylla_audit_desktop.demo.policy import demo_policy
from mylla_audit_desktop.demo.story import DemoPlan, tell_story
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.finding import Rule, Severity
from mylla_audit_desktop.review.policy import Policy
from mylla_audit_desktop.review.policy_file import format_policy, parse_policy

UNTIL = Instant.parse("2026-10-01T00:00:00Z")
QUARTER = Instant.parse("2026-07-01T00:00:00Z")


def test_the_policy_is_one_that_can_be_read() -> None:
    assert parse_policy(format_policy(demo_policy())) == demo_policy()


def test_a_quarter_shows_every_story_and_little_else(database: Database) -> None:
    story = tell_story(DemoPlan(entries=20_000, days=120, until=UNTIL))
    append_entries(database, story, Cancellation())
    findings = read_findings(database, demo_policy(), QUARTER, UNTIL, Cancellation())
    assert set(Counter(finding.rule for finding in findings)) == set(Rule)
    assert {finding.severity for finding in findings} == set(Severity)
    assert 20 <= len(findings) <= 60
    # With everybody in one zone the stories drown.
    plain = read_findings(
        database, Policy(time_zone="Europe/Berlin"), QUARTER, UNTIL, Cancellation()
    )
    assert len(plain) > 3 * len(findings)


def test_the_policy_comes_with_the_log_once(database: Database, tmp_path: Path) -> None:
    text = format_policy(demo_policy())
    assert append_first_policy(database, text, "demo", Cancellation())
    assert not append_first_policy(database, "", "demo", Cancellation())
    access = read_access(database, Cancellation())
    store = open_review_store(database, access, local_file=tmp_path / "decisions.sqlite")
    saved = store.read_policy(Cancellation())
    assert (saved.number, saved.policy, saved.saved_by) == (1, demo_policy(), "demo")
