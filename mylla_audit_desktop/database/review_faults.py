"""What can stand against a decision, in words.

The writers of both databases find the same things amiss; they say so here.
"""

from mylla_audit_desktop.log.errors import AnswerIsNoError, InputError, KnownError
from mylla_audit_desktop.review.decision import Decision, Verdict

_VERDICT_WORDS = {
    Verdict.EXPECTED: "expected",
    Verdict.FOLLOW_UP: "needs follow-up",
    Verdict.ESCALATED: "escalated",
    Verdict.REOPENED: "reopened",
}


class OvertakenError(Exception):
    """Somebody else appended first; the store says who, once it has read what.

    Never seen outside of the store. is_sure: False where another attempt may succeed or
    tell more (a deadlock, a unique key that two reached at once).
    """

    def __init__(self, *, is_sure: bool) -> None:
        super().__init__()
        self.is_sure = is_sure


class DecidedMeanwhileError(AnswerIsNoError):
    """Between reading and deciding somebody decided; `decision` is the newest one."""

    def __init__(self, decision: Decision) -> None:
        who = decision.reviewer.actor_name or decision.reviewer.actor_id
        when = decision.decided_at.isoformat()[:19].replace("T", " ")
        super().__init__(
            f"{who} decided on {decision.finding_id} meanwhile:"
            f" {_VERDICT_WORDS[decision.verdict]}, at {when} UTC.",
            "Nothing was added. Look at that decision, and decide again if you must.",
        )
        self.decision = decision


def wrong_id(finding_id: str) -> KnownError:
    """The ID is not that of the rule and the entries."""
    return InputError(
        f"The finding ID {finding_id} is not that of its rule and entries.",
        "Read the findings again.",
        field="finding",
    )


def unknown_entries(finding_id: str) -> KnownError:
    """The log does not hold all of the entries."""
    return InputError(
        f"The log does not hold the entries of the finding {finding_id}.",
        "Read the findings again.",
        field="finding",
    )


def own_finding(finding_id: str) -> KnownError:
    """The reviewer is actor or target."""
    return AnswerIsNoError(
        f"You are actor or target of the finding {finding_id}, so you cannot decide on it.",
        "Ask another reviewer.",
    )


def note_missing(finding_id: str) -> KnownError:
    """The verdict needs a note."""
    return InputError(
        f"The finding {finding_id} needs a note with this verdict.",
        "Say why, and what was done.",
        field="note",
    )


def unknown_policy(version: str) -> KnownError:
    """No such policy version."""
    return InputError(
        f"There is no policy version {version}.", "Read the findings again.", field="policy"
    )


def not_as_decided(finding_ids: str) -> KnownError:
    """A sign-off binds decisions that are not the newest."""
    return AnswerIsNoError(
        f"The sign-off does not fit the decisions any more: {finding_ids}.",
        "Look at the period again, then sign it.",
    )


def other_entries() -> KnownError:
    """The period does not hold the entries that were counted."""
    return AnswerIsNoError(
        "Entries of the period came or went while it was being signed.",
        "Look at the period again, then sign it.",
    )


def other_content() -> KnownError:
    """A countersignature under something else."""
    return AnswerIsNoError(
        "The sign-off to be countersigned says something else.",
        "Look at the period again, then sign it.",
    )


def own_sign_off() -> KnownError:
    """The same reviewer twice."""
    return AnswerIsNoError(
        "You have signed this period as it stands already.",
        "Another reviewer can countersign it.",
    )
