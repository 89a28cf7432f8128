"""The left column: what to watch for, the policy in words, who signed off."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from mylla_audit_desktop.desktop.formats import format_count, format_short_stamp
from mylla_audit_desktop.desktop.review.checklist import Checklist
from mylla_audit_desktop.desktop.review.words import name_of
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import button, flush_row, plain_label
from mylla_audit_desktop.log.visible import visible_lines, visible_text
from mylla_audit_desktop.review.decision import SignOff
from mylla_audit_desktop.review.period import Review
from mylla_audit_desktop.review.policy import PolicyVersion
from mylla_audit_desktop.review.policy_words import describe_policy


class ReviewSide(QFrame):
    """Shows a `Review`'s policy and signatures around the checklist."""

    def __init__(self, theme: Theme, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone
        self.setObjectName("panel")
        self.checklist = Checklist(theme)
        self.policy_title = plain_label("Policy", "section")
        self.policy = plain_label("", "muted")
        self.policy.setWordWrap(True)
        self.policy.setAccessibleName("Policy in words")
        self.edit_policy = button("Edit policy…", "link")
        self.signatures = plain_label("", "muted")
        self.signatures.setWordWrap(True)
        self.signatures.setAccessibleName("Signatures")
        content = QWidget()
        content.setObjectName("content")
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(6)
        column.addWidget(plain_label("What to watch for", "section"))
        column.addWidget(self.checklist)
        column.addSpacing(4)
        column.addWidget(self.policy_title)
        column.addWidget(self.policy)
        column.addLayout(flush_row(self.edit_policy))
        column.addSpacing(8)
        column.addWidget(plain_label("Sign-off", "section"))
        column.addWidget(self.signatures)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("plain")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def set_zone(self, zone: ZoneInfo) -> None:
        """Times are of another zone from now on; what is shown is asked for anew."""
        self._zone = zone

    def show_policy(self, version: PolicyVersion | None) -> None:
        """The policy in force; None: not read."""
        if version is None:
            self.policy_title.setText("Policy")
            self.policy.setText("")
            self.policy.setAccessibleDescription("")
            return
        number = f"version {version.number}" if version.number else "built in"
        self.policy_title.setText(f"Policy · {number}")
        self.policy.setText(visible_text(describe_policy(version.policy)))
        self.policy.setAccessibleDescription(f"{number}: {self.policy.text()}")

    def show_signatures(self, review: Review | None) -> None:
        """Who signed the period, what is missing, and what came after; None: not read."""
        lines = describe_signatures(review, self._zone) if review else []
        text = visible_lines("\n".join(lines))
        self.signatures.setText(text)
        self.signatures.setAccessibleDescription(text)


def describe_signatures(review: Review, zone: ZoneInfo) -> list[str]:
    """One line a signature, then what is missing or came after."""
    if not review.sign_offs:
        return ["Not signed off."]
    lines = [_line(one, zone) for one in review.sign_offs]
    if review.needs_countersignature and not review.countersignatures:
        lines.append("A second reviewer must countersign.")
    since = []
    if review.since_sign_off:
        since.append(format_count(len(review.since_sign_off), "finding", "findings"))
    if review.late_entries:
        since.append(format_count(review.late_entries))
    if since:
        lines.append(f"{' and '.join(since)} since sign-off.")
    return lines


def _line(one: SignOff, zone: ZoneInfo) -> str:
    verb = "Countersigned" if one.content.countersigns is not None else "Signed off"
    name = visible_text(name_of(one.reviewer))
    stamp = format_short_stamp(one.signed_at, zone, with_year=True)
    return f"{verb} by {name}, {stamp}."
