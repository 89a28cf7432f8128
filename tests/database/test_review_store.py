"""Decisions and policy versions: added once, by the right person, never changed."""

import pytest

from mylla_audit_desktop.database.review_faults import DecidedMeanwhileError
from mylla_audit_desktop.log.errors import AnswerIsNoError, InputError
from mylla_audit_desktop.review.decision import Verdict
from mylla_audit_desktop.review.finding import Rule
from tests.database.reviewing import QUIET, Office, decision


def test_a_decision_comes_back_as_it_was_made(office: Office) -> None:
    given = decision(1, verdict=Verdict.FOLLOW_UP, note="Called: “<b>it was me</b>”\nOK 😀")
    [stored] = office.ana.append_decisions([given], QUIET)
    assert (stored.finding_id, stored.rule, stored.entry_ids) == (
        given.finding_id,
        given.rule,
        (1,),
    )
    assert (stored.number, stored.verdict, stored.note) == (1, given.verdict, given.note)
    assert (stored.reviewer.actor_id, stored.policy_version) == ("usr_ana", 0)
    assert stored.reviewer.actor_name == "Ana Weber"
    is_postgresql = office.database.is_postgresql
    assert stored.reviewer.is_verified == is_postgresql
    assert stored.login == ("ana" if is_postgresql else "")
    assert office.ben.read_decisions(None, QUIET) == {given.finding_id: (stored,)}
    assert office.ben.read_decisions([given.finding_id, "x"], QUIET) == {
        given.finding_id: (stored,)
    }
    assert office.ben.read_decisions([], QUIET) == {}


def test_reopening_is_a_decision_too(office: Office) -> None:
    office.ana.append_decisions([decision(1)], QUIET)
    office.ben.append_decisions([decision(1, verdict=Verdict.REOPENED, seen=1)], QUIET)
    office.ana.append_decisions(
        [decision(1, verdict=Verdict.ESCALATED, note="Told the board", seen=2)], QUIET
    )
    [all_of_it] = office.ana.read_decisions(None, QUIET).values()
    assert [(one.number, one.verdict) for one in all_of_it] == [
        (1, Verdict.EXPECTED),
        (2, Verdict.REOPENED),
        (3, Verdict.ESCALATED),
    ]


def test_the_second_reviewer_is_told_who_decided_what(office: Office) -> None:
    office.ana.append_decisions([decision(1, verdict=Verdict.FOLLOW_UP, note="Asked")], QUIET)
    words = r"Ana Weber decided on .*: needs follow-up"
    with pytest.raises(DecidedMeanwhileError, match=words) as e:
        office.ben.append_decisions([decision(2), decision(1)], QUIET)
    assert e.value.decision.note == "Asked"
    assert e.value.exit_code == 1
    # All or none.
    assert list(office.ben.read_decisions(None, QUIET)) == [decision(1).finding_id]


def test_many_at_once(office: Office) -> None:
    given = [decision(2), decision(1), decision(5, 1)]
    stored = office.ana.append_decisions(given, QUIET)
    assert [one.finding_id for one in stored] == [one.finding_id for one in given]
    assert office.ana.append_decisions([], QUIET) == ()


@pytest.mark.parametrize("note", ["", " ", "\n\t ", "\u00a0\u200b", "\u2800\ufeff"])
@pytest.mark.parametrize("verdict", [Verdict.FOLLOW_UP, Verdict.ESCALATED])
def test_a_note_that_is_required_says_something(
    sqlite_office: Office, verdict: Verdict, note: str
) -> None:
    with pytest.raises(InputError, match="needs a note"):
        sqlite_office.ana.append_decisions([decision(1, verdict=verdict, note=note)], QUIET)


def test_what_is_wrong_in_itself_is_refused(office: Office) -> None:
    for given, words in [
        (decision(1, finding_id=decision(2).finding_id), "not that of its rule and entries"),
        (decision(1, rule=Rule.OFF_HOURS, finding_id=decision(1).finding_id), "not that of"),
        (decision(99), "does not hold the entries"),
        (decision(1, 1), "does not hold the entries"),
        (decision(), "not that of its rule and entries"),
        (decision(1, policy_version=7), "no policy version 7"),
        (decision(1, seen=3), "0 decisions, not 3"),
        (decision(1, note="a\0b"), "cannot be stored"),
        (decision(1, note="a\ud800b"), "cannot be stored"),
    ]:
        with pytest.raises(InputError, match=words):
            office.ana.append_decisions([given], QUIET)
    with pytest.raises(InputError, match="twice at once"):
        office.ana.append_decisions([decision(1), decision(1)], QUIET)
    assert office.ana.read_decisions(None, QUIET) == {}


def test_nobody_decides_on_themselves(office: Office) -> None:
    # Entry 3 was done by Ana; entry 4 was done to Ben; alone or among others.
    for store, entry_ids in [(office.ana, (3,)), (office.ana, (1, 3)), (office.ben, (4, 2))]:
        with pytest.raises(AnswerIsNoError, match="Ask another reviewer"):
            store.append_decisions([decision(2), decision(*entry_ids)], QUIET)
    assert office.ana.read_decisions(None, QUIET) == {}
    office.ben.append_decisions([decision(3)], QUIET)
    office.ana.append_decisions([decision(4, 2)], QUIET)


def test_policies_are_versions(office: Office) -> None:
    built_in = office.ana.read_policy(QUIET)
    assert (built_in.number, built_in.saved_by) == (0, "")
    first = office.ana.append_policy('time_zone = "Europe/Berlin"\n', 0, QUIET)
    assert (first.number, first.saved_by) == (1, "Ana Weber")
    assert first.policy.time_zone == "Europe/Berlin"
    with pytest.raises(AnswerIsNoError, match="Ana Weber saved policy version 1 meanwhile"):
        office.ben.append_policy('time_zone = "UTC"\n', 0, QUIET)
    second = office.ben.append_policy('time_zone = "UTC"\n', 1, QUIET)
    assert office.ana.read_policies(QUIET) == (built_in, first, second)
    assert office.ana.read_policy(QUIET) == second
    # The same text is the same version.
    assert office.ben.append_policy('time_zone = "UTC"\n', 2, QUIET) == second
    with pytest.raises(InputError, match="time_zon"):
        office.ben.append_policy('time_zon = "UTC"\n', 2, QUIET)
    assert len(office.ana.read_policies(QUIET)) == 3
    office.ana.append_decisions([decision(1, policy_version=2)], QUIET)


def test_two_windows_follow_each_other(office: Office) -> None:
    seen = [office.ben.read_change_mark(QUIET)]
    office.ana.append_decisions([decision(1)], QUIET)
    seen.append(office.ben.read_change_mark(QUIET))
    office.ana.append_policy('time_zone = "UTC"\n', 0, QUIET)
    seen.append(office.ben.read_change_mark(QUIET))
    assert seen == sorted(set(seen))
    assert office.ana.read_change_mark(QUIET) == seen[-1]
