"""The note and the verdicts. It knows what may be decided and why not, and no database."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.widgets import (
    button,
    explain,
    field_label,
    label_field,
    plain_label,
    set_tone,
    tell,
)
from mylla_audit_desktop.desktop.widgets.field_keys import leave_shortcuts
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.decision import NOTE_REQUIRED, Verdict

_NOTE_HEIGHT = 56
_LABELS = {
    Verdict.EXPECTED: "✓ Expected",
    Verdict.FOLLOW_UP: "↪ Needs follow-up",
    Verdict.ESCALATED: "▲ Escalate",
    Verdict.REOPENED: "↺ Reopen",
}
_NAMES = {
    Verdict.EXPECTED: "Expected",
    Verdict.FOLLOW_UP: "Needs follow-up",
    Verdict.ESCALATED: "Escalate",
    Verdict.REOPENED: "Reopen",
}
_KEYS = {
    Verdict.EXPECTED: "E",
    Verdict.FOLLOW_UP: "F",
    Verdict.ESCALATED: "X",
    Verdict.REOPENED: "R",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be decided on the selection; each text says why not, "" where it may.

    ids: of the findings that a decision would be about.
    """

    ids: tuple[str, ...]
    no_verdict: str = ""
    no_reopening: str = ""

    def refusal(self, verdict: Verdict) -> str:
        """Why this verdict cannot be given; "" where it can."""
        return self.no_reopening if verdict is Verdict.REOPENED else self.no_verdict


class _Note(QPlainTextEdit):
    """Ctrl+Enter decides, Escape goes back to the findings."""

    confirmed = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirmed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class DecisionForm(QFrame):
    """`decided` carries the permission's IDs, the verdict and the note."""

    decided = Signal(object, object, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("decision")
        self._permission = Permission((), "Select a finding.", "Select a finding.")
        self._pending: Verdict | None = None
        self._is_busy = False
        # What was typed and not yet decided, by the findings it was meant for.
        self._drafts: dict[tuple[str, ...], str] = {}
        self.note = _Note()
        leave_shortcuts(self.note)
        self.caption = field_label("Decision note", self.note, "section")
        self.note.setAccessibleName("Decision note")
        self.note.setPlaceholderText("Why, and what was done (required unless expected)")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(_NOTE_HEIGHT)
        self.message = plain_label("", "error")
        self.message.setAccessibleName("Decision message")
        self.message.setWordWrap(True)
        self.message.hide()
        self.hint = plain_label("", "muted")
        self.hint.setWordWrap(True)
        self.buttons = {verdict: button(_LABELS[verdict]) for verdict in Verdict}
        self.buttons[Verdict.ESCALATED].setProperty("kind", "grave")
        for verdict, one in self.buttons.items():
            one.setAccessibleName(_NAMES[verdict])
            one.clicked.connect(lambda _=False, verdict=verdict: self.decide(verdict))
        self.note.confirmed.connect(self._confirm)
        self.note.left.connect(self.left)
        self.note.textChanged.connect(self._take_text)
        self._lay_out()
        self.permit(self._permission)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for verdict, one in self.buttons.items():
            if verdict is not Verdict.REOPENED:
                row.addWidget(one)
        row.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.hint, 1)
        reopen = self.buttons[Verdict.REOPENED]
        reopen.setProperty("kind", "flat")
        below.addWidget(reopen, alignment=Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.caption)
        layout.addWidget(self.note)
        layout.addWidget(self.message)
        layout.addLayout(row)
        layout.addLayout(below)

    # -- what may be decided ---------------------------------------------------

    def permit(self, permission: Permission) -> None:
        """The selection is this now; what was typed for another one is kept for it."""
        before = self._permission
        self._permission = permission
        if permission.ids != before.ids:
            self._exchange_drafts(before.ids, permission.ids)
            self.say("")
            self._pending = None
        count = len(permission.ids)
        several = f" · {format_count(count, 'finding', 'findings')}" if count > 1 else ""
        label_field(self.caption, f"Decision note{several}")
        self._show_buttons()

    def _show_buttons(self) -> None:
        permission = self._permission
        for verdict, one in self.buttons.items():
            refusal = permission.refusal(verdict)
            one.setEnabled(not refusal and not self._is_busy)
            explain(one, refusal or f"{_NAMES[verdict]} ({_KEYS[verdict]})")
        self._show_hint()
        self.note.setEnabled(not (permission.no_verdict and permission.no_reopening))

    def _show_hint(self) -> None:
        permission = self._permission
        hint = "E · F · X decide and go to the next open finding. Decisions are only ever added."
        if not permission.no_reopening:
            hint = "R reopens, to decide anew. Decisions are only ever added."
        elif permission.no_verdict:
            hint = permission.no_verdict
        # What was asked for and refused is said at the note already.
        is_said = hint == permission.no_verdict and visible_text(hint) == self.message.text()
        self.hint.setText("" if is_said else visible_text(hint))

    def _exchange_drafts(self, before: tuple[str, ...], now: tuple[str, ...]) -> None:
        text = self.note.toPlainText()
        if text.strip() and before:
            self._drafts[before] = text
        else:
            self._drafts.pop(before, None)
        # Selecting more keeps what was typed for the first.
        is_more = bool(before) and set(before) < set(now)
        self.note.setPlainText(self._drafts.get(now, text if is_more else ""))

    def set_busy(self, *, is_busy: bool) -> None:
        """A decision is being written: no second one meanwhile, the note stays."""
        self._is_busy = is_busy
        self.note.setReadOnly(is_busy)
        self._show_buttons()

    def forget(self, ids: tuple[str, ...]) -> None:
        """These were decided: what was typed for them is stored with the decision."""
        self._drafts.pop(ids, None)
        if ids == self._permission.ids:
            self.note.setPlainText("")
        self._pending = None

    # -- deciding --------------------------------------------------------------

    def decide(self, verdict: Verdict) -> None:
        """Give a verdict, or say what is missing."""
        if self._is_busy or not self._permission.ids:
            return
        refusal = self._permission.refusal(verdict)
        if refusal:
            self.say(refusal)
            return
        text = self.note.toPlainText().strip()
        if verdict in NOTE_REQUIRED and not text:
            self._pending = verdict
            self.say(
                f"“{_NAMES[verdict]}” needs a note: why, and what was done. "
                "Ctrl+Enter decides, Escape goes back."
            )
            set_tone(self.note, "isWrong", "true")
            self.note.setFocus()
            return
        self.say("")
        self.decided.emit(self._permission.ids, verdict, text)

    def say(self, sentence: str) -> None:
        """A sentence at the note; an empty one takes it away."""
        tell(self.message, visible_text(sentence))
        self.message.setVisible(bool(sentence))
        self.note.setAccessibleDescription(visible_text(sentence))
        self._show_hint()
        if not sentence:
            set_tone(self.note, "isWrong", "false")

    def _confirm(self) -> None:
        if self._pending is None:
            self.say("Choose a verdict: Tab goes to the buttons.")
        else:
            self.decide(self._pending)

    def _take_text(self) -> None:
        if self.note.toPlainText().strip() and self._pending is not None:
            set_tone(self.note, "isWrong", "false")
