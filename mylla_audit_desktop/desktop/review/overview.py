"""How far the review is: in the head, the checklist, the side and the page's badge."""

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.desktop.formats import format_badge, format_count
from mylla_audit_desktop.desktop.review.checklist import count_by_rule
from mylla_audit_desktop.desktop.review.head import ReviewHead
from mylla_audit_desktop.desktop.review.permission import explain_sign_off, refuse_sign_off
from mylla_audit_desktop.desktop.review.side import ReviewSide
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.widgets import permit

_NOT_READ = "No period has been read yet."


class Overview(QObject):
    """badge_changed: how many are open, short and in words."""

    badge_changed = Signal(str, str)

    def __init__(self, head: ReviewHead, side: ReviewSide, parent: QObject) -> None:
        super().__init__(parent)
        self._head, self._side = head, side

    def show(self, reading: Reading | None, unknown: str = "") -> None:
        """A reading's counts, policy and signatures; None while there is none, for this reason."""
        if reading is None:
            self._side.checklist.show_counts(None, unknown)
            self._side.show_signatures(None)
            self._head.show_progress(None)
            self._head.permit_sign_off(_NOT_READ)
            permit(self._head.report, _NOT_READ)
            permit(self._side.edit_policy, _NOT_READ)
            self.badge_changed.emit("", "")
            return
        review, store = reading.review, reading.store
        counts = count_by_rule(review.findings)
        self._side.checklist.show_counts(counts)
        self._side.show_policy(review.policy)
        self._side.show_signatures(review)
        self._head.show_progress(review.findings)
        refusal = refuse_sign_off(review, store.reviewer, store.why_not)
        self._head.permit_sign_off(refusal, explain_sign_off(review))
        permit(self._side.edit_policy, "")
        permit(self._head.report, "", "What was found and decided, as a PDF or a page (Ctrl+E)")
        left = sum(count.open for count in counts.values())
        words = format_count(left, "open finding", "open findings") if left else ""
        self.badge_changed.emit(format_badge(left), words)
