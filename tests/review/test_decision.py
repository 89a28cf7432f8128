"""Notes that say something, and what a sign-off binds word by word."""

import hashlib

import pytest

from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import (
    NewSignOff,
    SignedFinding,
    Verdict,
    says_something,
)


@pytest.mark.parametrize("note", ["x", " x ", ".", "\u200bx", "Ж", "今日", "👍", "e\u0301"])
def test_a_note_says_something(note: str) -> None:
    assert says_something(note)


@pytest.mark.parametrize(
    "note",
    ["", " ", "\t\r\n", "\u00a0", "\u200b\u200d", "\u202e", "\u2800", "\u3164", "\ufeff", "\x07"],
)
def test_blanks_say_nothing(note: str) -> None:
    assert not says_something(note)


def test_the_list_of_findings_is_hashed_as_it_is_stored() -> None:
    content = NewSignOff(
        Instant(0),
        Instant(1),
        "UTC",
        3,
        0,
        "0" * 64,
        (
            SignedFinding("role-promotion-0123456789abcdef", Verdict.EXPECTED, 4),
            SignedFinding("off-hours-0123456789abcdef", Verdict.FOLLOW_UP, 12),
        ),
    )
    text = (
        '[{"finding_id":"role-promotion-0123456789abcdef","verdict":"expected","decision_id":4},'
        '{"finding_id":"off-hours-0123456789abcdef","verdict":"follow_up","decision_id":12}]'
    )
    assert content.findings_text == text
    assert content.findings_hash == hashlib.sha256(text.encode()).hexdigest()
