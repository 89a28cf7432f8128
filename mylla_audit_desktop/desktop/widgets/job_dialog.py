"""A dialog that does one long thing: how far it is, stopping it, and what came of it."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLayout,
    QProgressBar,
    QWidget,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.background import Background, Report, Task, Work
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    plain_label,
    set_tone,
    show_words,
    tell,
)
from mylla_audit_desktop.log.errors import CancelledError, KnownError
from mylla_audit_desktop.log.visible import visible_text


@dataclass(frozen=True, slots=True)
class JobWords:
    """What a dialog says of its job.

    window: its title and name. heading: at its top. what: the job, as its progress and state
    are named by. action: on the button. cancelled, failed: when it was stopped, or ended by
    what nobody foresaw.
    """

    window: str
    heading: str
    what: str
    action: str
    cancelled: str
    failed: str


class JobDialog(QDialog):
    """Runs in the background what `start` hands to `run`; one at a time.

    Escape and Cancel stop what is under way; closing stops it and closes when it has ended.
    """

    def __init__(self, words: JobWords, background: Background, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(words.window)
        self.setAccessibleName(words.window)
        self._words, self._background = words, background
        self._task: Task | None = None
        self._is_closing = False
        # What cannot be changed while it is under way, beside the button.
        self.inputs: tuple[QWidget, ...] = ()
        self.progress = QProgressBar()
        self.progress.setAccessibleName(f"{words.what} progress")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.progress.hide()
        self.state = plain_label("", "muted", is_selectable=True)
        self.state.setWordWrap(True)
        self.state.setAccessibleName(f"{words.what} state")
        self.action = button(words.action, "primary")
        self.action.setDefault(True)
        self.action.clicked.connect(self.start)
        self.cancel = button("Cancel")
        self.cancel.clicked.connect(self.reject)

    def lay_out(
        self, *content: QWidget | QLayout, below: QWidget | None = None, left: QWidget | None = None
    ) -> None:
        """Put the heading and the content over progress, state and buttons.

        below: between state and buttons; left: beside the buttons.
        """
        buttons = QHBoxLayout()
        if left is not None:
            buttons.addWidget(left)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.action)
        layout = dialog_column(self, self._words.heading)
        for one in (*content, self.progress, self.state, *([below] if below else [])):
            if isinstance(one, QWidget):
                layout.addWidget(one)
            else:
                layout.addLayout(one)
        # What is left where a text got shorter; the rows stay where they are.
        layout.addStretch(1)
        layout.addLayout(buttons)

    # -- what each dialog does of its own --------------------------------------

    def start(self) -> None:
        """Begin: the button was pressed."""
        raise NotImplementedError

    def show_progress(self, value: object) -> None:
        """How far it is, as its work reported."""
        raise NotImplementedError

    def finish(self, outcome: Any) -> None:
        """It is done: what the work returned."""
        raise NotImplementedError

    def take_refusal(self, error: KnownError) -> None:
        """It could not be done."""
        self.say("error", error.sentence)

    def take_cancelled(self) -> None:
        """It was stopped."""
        self.say("muted", self._words.cancelled)

    # -- running ---------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether it is under way."""
        return self._task is not None

    def run(self, work: Work, said: str, lane: str) -> None:
        """Do this, after saying so."""
        outcomes: list[Any] = []
        sentences: list[str] = []

        def watched(cancellation: Cancellation, report: Report) -> Any:
            try:
                outcomes.append(work(cancellation, report))
            except (CancelledError, KnownError) as error:
                sentences.append(str(error))
                raise
            return outcomes[0]

        def cancelled() -> None:
            # It may have been done before it could be stopped; what is said stays true.
            self._set_task(None)
            if outcomes:
                self.finish(outcomes[0])
            elif any(sentences):
                self.say("error", *sentences)
            else:
                self.take_cancelled()
            if self._is_closing:
                super(JobDialog, self).reject()

        self._set_task(
            self._background.run(
                watched,
                done=self._finish,
                failed=self._fail,
                progress=self.show_progress,
                cancelled=cancelled,
                lane=lane,
            )
        )
        self.say("muted", said)

    def say(self, tone: str, *lines: str) -> None:
        """Say how things stand; the texts may come from anywhere."""
        tell(self.state, "\n".join(map(visible_text, lines)))
        set_tone(self.state, "tone", tone)
        self.fit()

    def say_how_far(self, text: str) -> None:
        """Show how far it is; not aloud, as it changes many times a second."""
        show_words(self.state, text)

    def fit(self) -> None:
        """Be as high as the texts are at this width, and never lower than before."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.setMinimumHeight(max(layout.totalHeightForWidth(self.width()), self.height()))

    def settle(self) -> None:
        """Nothing is left to be done but to close."""
        self.action.hide()
        self.cancel.setText("Close")
        self.cancel.setAccessibleName("Close")
        self.cancel.setFocus()

    def _finish(self, outcome: Any) -> None:
        self._set_task(None)
        self.finish(outcome)

    def _fail(self, error: Exception) -> None:
        self._set_task(None)
        if isinstance(error, KnownError):
            self.take_refusal(error)
            return
        self.say("error", self._words.failed)
        self._background.crashed.emit(error)

    def _set_task(self, task: Task | None) -> None:
        self._task = task
        is_busy = task is not None
        if is_busy:
            # What is disabled would hand its focus to whatever is next.
            self.cancel.setFocus()
        self.progress.setVisible(is_busy)
        for widget in (*self.inputs, self.action):
            widget.setEnabled(not is_busy)
        if not is_busy:
            self.action.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        """As high as what it says, where Qt would guess the height of wrapped texts."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None and not event.spontaneous():
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def reject(self) -> None:
        """Stop what is under way; with nothing under way, close."""
        if self._task is None:
            super().reject()
        else:
            self._task.cancel()
            self.say("muted", "Cancelling…")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closes once what is under way has ended."""
        if self._task is None:
            super().closeEvent(event)
        else:
            self._is_closing = True
            event.ignore()
            self.reject()
