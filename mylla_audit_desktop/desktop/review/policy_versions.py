"""The versions of a policy, newest first: which one is looked at, and which one is in force."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.review_store import ReviewStore
from mylla_audit_desktop.desktop.background import Background, Failed, Latest
from mylla_audit_desktop.desktop.formats import format_saved
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.review.policy import PolicyVersion

_WIDTH = 280


class PolicyVersions(ChoiceButton):
    """`newest` is the version that the next one follows."""

    def __init__(
        self, newest: PolicyVersion, store: ReviewStore, zone: ZoneInfo, background: Background
    ) -> None:
        super().__init__("Policy version", [(newest, _title(newest, zone))])
        self.newest = newest
        self._store, self._zone, self._background = store, zone, background
        self._slot = Latest()
        self.setMinimumWidth(_WIDTH)

    def read(self, failed: Failed) -> None:
        """Offer all versions as they are stored now."""
        store = self._store
        self._slot.put(
            self._background.run(
                lambda cancellation, _report: store.read_policies(cancellation),
                done=self._take,
                failed=failed,
                lane="review",
            )
        )

    def end(self) -> None:
        """What is being read is of no use any more."""
        self._slot.cancel()

    def _take(self, found: Sequence[PolicyVersion]) -> None:
        versions = list(reversed(found))
        self.newest = versions[0]
        self.offer([(one, _title(one, self._zone)) for one in versions])


def _title(version: PolicyVersion, zone: ZoneInfo) -> str:
    if not version.number:
        return "Built in"
    return f"{version.number} · {version.saved_by}, {format_saved(version.saved_at, zone)}"
