"""A period under review: its findings, where they stand, and who signed it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mylla_audit_desktop.log.errors import AnswerIsNoError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import ReviewedFinding, SignedFinding, SignOff, Status
from mylla_audit_desktop.review.policy import PolicyVersion

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Population:
    """All entries of a period: how many, and the SHA-256 of their CSV.

    The CSV is that of `mylla-audit export --for siem --time-zone UTC --ascending`.
    """

    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Review:
    """A period, half-open `[start, end)` in UTC; its days are meant in `zone`.

    policy: the newest, by which the findings were found. findings: by time.
    sign_offs: of this very period, countersignatures included, in the order of signing.
    since_sign_off: the findings that the newest sign-off does not bind as they stand now:
    found later, or decided anew. late_entries: how many more entries the period holds now.
    needs_countersignature: the policy bound by the newest sign-off asks for a second one.
    """

    start: Instant | None
    end: Instant | None
    zone: ZoneInfo
    policy: PolicyVersion
    findings: tuple[ReviewedFinding, ...]
    sign_offs: tuple[SignOff, ...] = ()
    since_sign_off: tuple[ReviewedFinding, ...] = ()
    late_entries: int = 0
    needs_countersignature: bool = False

    @property
    def open_findings(self) -> tuple[ReviewedFinding, ...]:
        """Those that nobody decided on, or that were reopened."""
        return tuple(one for one in self.findings if one.status is Status.OPEN)

    @property
    def newest_sign_off(self) -> SignOff | None:
        """The last one that is no countersignature."""
        return newest_sign_off(self.sign_offs)

    @property
    def countersignatures(self) -> tuple[SignOff, ...]:
        """Those of the newest sign-off."""
        newest = self.newest_sign_off
        if newest is None:
            return ()
        return tuple(one for one in self.sign_offs if one.content.countersigns == newest.id)

    @property
    def is_signed(self) -> bool:
        """Whether the period counts as signed, by as many as the policy asks for."""
        if self.newest_sign_off is None:
            return False
        return bool(self.countersignatures) or not self.needs_countersignature

    def signed_findings(self) -> tuple[SignedFinding, ...]:
        """What a sign-off binds now. Raises AnswerIsNoError that names what is open."""
        still_open = self.open_findings
        if still_open:
            names = [one.finding.finding_id for one in still_open[:_MOST_NAMED]]
            rest = len(still_open) - len(names)
            listed = ", ".join(names) + (f" and {rest:,} more" if rest else "")
            what = (
                "1 finding of the period is"
                if len(still_open) == 1
                else f"{len(still_open):,} findings of the period are"
            )
            raise AnswerIsNoError(f"{what} open: {listed}.", "Decide on all of them first.")
        return tuple(
            SignedFinding(one.finding.finding_id, one.decisions[-1].verdict, one.decisions[-1].id)
            for one in self.findings
        )


def newest_sign_off(sign_offs: tuple[SignOff, ...]) -> SignOff | None:
    """The last one that is no countersignature."""
    return next((one for one in reversed(sign_offs) if one.content.countersigns is None), None)


def found_since(
    findings: tuple[ReviewedFinding, ...], signed: SignOff
) -> tuple[ReviewedFinding, ...]:
    """The findings that a sign-off does not bind as they stand now."""
    bound = {one.finding_id: one.decision_id for one in signed.content.findings}
    return tuple(
        one
        for one in findings
        if not one.decisions or bound.get(one.finding.finding_id) != one.decisions[-1].id
    )
