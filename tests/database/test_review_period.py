"""A period put together, signed, countersigned, and what shows after that."""

import hashlib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.review_period import read_population, read_review, sign_off
from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import NewDecision, SignOff, Verdict
from mylla_audit_desktop.review.period import Review
from tests.database.reviewing import QUIET, Office, entry

MARCH = (Instant.parse("2026-03-01T00:00:00Z"), Instant.parse("2026-04-01T00:00:00Z"))
UTC = ZoneInfo("UTC")
# Always at work, so that findings are those of the actions alone.
POLICY = "\n".join(
    ['time_zone = "UTC"', "[hours]"]
    + [f'{day} = "00:00-24:00"' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")]
)


def review(office: Office, store: ReviewStore | None = None) -> Review:
    return read_review(office.database, store or office.ana, *MARCH, UTC, QUIET)


def decide_all(office: Office, verdict: Verdict = Verdict.EXPECTED) -> None:
    """By whoever may."""
    for one in review(office).open_findings:
        finding = one.finding
        store = office.ben if "usr_ana" in {finding.actor_id, finding.target_id} else office.ana
        made = NewDecision(
            finding.finding_id,
            finding.rule,
            finding.entry_ids,
            verdict,
            "Looked into it",
            1,
            len(one.decisions),
        )
        store.append_decisions([made], QUIET)


def sign(office: Office, store: ReviewStore) -> SignOff:
    return sign_off(office.database, store, *MARCH, UTC, QUIET)


@pytest.fixture
def ready(office: Office) -> Office:
    """An office whose policy makes four findings in March, one of each entry."""
    office.ana.append_policy(POLICY, 0, QUIET)
    return office


def test_a_period_with_something_open_is_not_signed(ready: Office) -> None:
    found = review(ready)
    assert [one.finding.entry_ids for one in found.findings] == [(1,), (2,), (3,), (4,)]
    assert found.policy.number == 1
    names = [one.finding.finding_id for one in found.findings]
    with pytest.raises(AnswerIsNoError, match="4 findings of the period are open") as caught:
        sign(ready, ready.ana)
    assert all(name in caught.value.sentence for name in names)
    decide_all(ready)
    first = review(ready).findings[0]
    reopened = NewDecision(
        names[0], first.finding.rule, first.finding.entry_ids, Verdict.REOPENED, "", 1, 1
    )
    ready.ana.append_decisions([reopened], QUIET)
    with pytest.raises(AnswerIsNoError, match="1 finding of the period is open"):
        sign(ready, ready.ana)
    assert ready.ana.read_sign_offs(QUIET) == ()


def test_a_sign_off_binds_period_policy_entries_and_decisions(ready: Office) -> None:
    decide_all(ready)
    made = sign(ready, ready.ana)
    content = made.content
    assert (content.start, content.end, content.zone) == (*MARCH, "UTC")
    assert (content.policy_version, content.population) == (1, 4)
    stored = ready.ben.read_decisions(None, QUIET)
    assert [(one.finding_id, one.decision_id) for one in content.findings] == [
        (one.finding.finding_id, stored[one.finding.finding_id][-1].id)
        for one in review(ready).findings
    ]
    table = "review.sign_offs" if ready.database.is_postgresql else "review_sign_offs"
    with ready.database.reading(QUIET) as connection:
        [row] = connection.exec_driver_sql(f"SELECT findings, findings_hash FROM {table}")
    assert hashlib.sha256(row.findings.encode()).hexdigest() == row.findings_hash
    assert content.findings_hash == row.findings_hash
    assert made.reviewer.actor_id == "usr_ana"
    assert made.reviewer.is_verified == ready.database.is_postgresql
    now = review(ready, ready.ben)
    assert now.sign_offs == (made,)
    assert (now.is_signed, now.since_sign_off, now.late_entries) == (True, (), 0)
    # Another period is another matter.
    assert not read_review(ready.database, ready.ana, MARCH[0], None, UTC, QUIET).sign_offs


def test_the_second_reviewer_countersigns(ready: Office) -> None:
    ready.ana.append_policy(f"countersignature_required = true\n{POLICY}", 1, QUIET)
    decide_all(ready)
    first = sign(ready, ready.ana)
    alone = review(ready)
    assert (alone.is_signed, alone.needs_countersignature) == (False, True)
    with pytest.raises(AnswerIsNoError, match="You have signed this period"):
        sign(ready, ready.ana)
    second = sign_off(ready.database, ready.ben, *MARCH, ZoneInfo("Europe/Berlin"), QUIET)
    assert second.content.countersigns == first.id
    assert second.content.findings_text == first.content.findings_text
    both = review(ready)
    assert both.is_signed
    assert both.newest_sign_off == first
    assert both.countersignatures == (second,)
    with pytest.raises(AnswerIsNoError, match="You have signed this period"):
        sign(ready, ready.ben)


def test_what_comes_later_shows_and_is_signed_anew(ready: Office) -> None:
    decide_all(ready)
    sign(ready, ready.ana)
    late = [
        entry(50, "2026-03-20T10:00:00Z", target_id="int_9"),
        entry(51, "2026-03-20T10:00:01Z", action="agent.update"),
    ]
    append_entries(ready.database, late, QUIET)
    after = review(ready)
    assert [one.finding.entry_ids for one in after.since_sign_off] == [(50,)]
    assert after.late_entries == 2
    assert after.is_signed
    decide_all(ready)
    [decided] = review(ready).since_sign_off
    assert decided.status.value == "expected"
    # Other content: a sign-off of its own, not a countersignature.
    again = sign(ready, ready.ben)
    assert again.content.countersigns is None
    assert again.content.population == 6
    assert review(ready).newest_sign_off == again
    assert review(ready).since_sign_off == ()


def test_what_is_decided_anew_after_the_sign_off_shows(ready: Office) -> None:
    decide_all(ready)
    sign(ready, ready.ana)
    one = review(ready).findings[0].finding
    again = NewDecision(
        one.finding_id, one.rule, one.entry_ids, Verdict.ESCALATED, "Told the board", 1, 1
    )
    ready.ben.append_decisions([again], QUIET)
    assert [one.finding.entry_ids for one in review(ready).since_sign_off] == [(1,)]


def test_an_entry_that_comes_while_signing_stops_it(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_all(ready)
    from mylla_audit_desktop.database import review_period

    real = review_period.read_population

    def slow(*arguments: Any) -> object:
        append_entries(ready.database, [entry(60, "2026-03-21T10:00:00Z")], QUIET)
        return real(*arguments)

    monkeypatch.setattr(review_period, "read_population", slow)
    with pytest.raises(AnswerIsNoError, match="came or went"):
        sign(ready, ready.ana)
    assert ready.ana.read_sign_offs(QUIET) == ()


def test_a_decision_that_comes_while_signing_stops_it(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_all(ready)
    one = review(ready).findings[0].finding
    from mylla_audit_desktop.database import review_period

    real = review_period.read_population

    def slow(*arguments: Any) -> object:
        reopened = NewDecision(
            one.finding_id, one.rule, one.entry_ids, Verdict.REOPENED, "Wait", 1, 1
        )
        ready.ben.append_decisions([reopened], QUIET)
        return real(*arguments)

    monkeypatch.setattr(review_period, "read_population", slow)
    with pytest.raises(AnswerIsNoError, match=one.finding_id):
        sign(ready, ready.ana)
    assert ready.ana.read_sign_offs(QUIET) == ()


def test_who_may_not_decide_does_not_sign(postgresql_office: Office) -> None:
    with pytest.raises(DatabaseError):
        sign(postgresql_office, postgresql_office.store("mia"))


def test_an_auditor_recomputes_the_population(office: Office, tmp_path: Path) -> None:
    """As the guide says: an export for SIEM in UTC, oldest first, and its SHA-256."""
    odd = entry(70, "2026-03-31T23:59:59.999999Z", before='{"a":1.0}', target_name='"=x\n😀')
    append_entries(office.database, [odd, entry(71, "2026-04-01T00:00:00Z")], QUIET)
    population = read_population(office.database, *MARCH, QUIET)
    assert population.count == 5
    label = office.database.label
    url = (
        f"postgresql://postgres@127.0.0.1:{label.port}/{label.name}"
        if office.database.is_postgresql
        else f"sqlite:///{label.name}"
    )
    if office.database.is_postgresql:
        url = url.replace("postgres@", "ana@")
    output = tmp_path / "march.csv"
    words = ["export", "--database", url, "--output", str(output), "--for", "siem"]
    words += ["--from", "2026-03-01", "--to", "2026-03-31", "--time-zone", "UTC", "--ascending"]
    assert main(words) == 0
    assert hashlib.sha256(output.read_bytes()).hexdigest() == population.sha256
