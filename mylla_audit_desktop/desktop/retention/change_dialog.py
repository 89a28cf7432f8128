"""Changing the retention: the new days, the document that states them, and what goes."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from mylla_audit_desktop.database.retention import read_due_count
from mylla_audit_desktop.database.retention_change import set_retention
from mylla_audit_desktop.desktop.background import Background, Latest, Task
from mylla_audit_desktop.desktop.formats import format_count
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    field_form,
    permit,
    plain_label,
    set_tone,
    tell,
)
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.retention import (
    DAYS_VARIABLE,
    DaysSource,
    RetentionChange,
    RetentionSetting,
    RetentionState,
    format_days,
    parse_days,
    parse_reference,
)
from mylla_audit_desktop.log.visible import visible_text

_PAUSE_MS = 300
_LANE = "details"


class ChangeDialog(QDialog):
    """Asks for the new period; a shorter one wants the number of entries that go typed."""

    changed = Signal(object)

    def __init__(
        self,
        log: OpenLog,
        state: RetentionState,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._log, self._state, self._background = log, state, background
        # How many entries go with the days that are typed; None while that is not known.
        self._count: int | None = None
        self._slot = Latest()
        self._task: Task | None = None
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self.setWindowTitle("Change retention")
        self.setAccessibleName("Change retention")
        self.setMinimumWidth(560)
        setting = state.setting
        self.days = QLineEdit(str(setting.days))
        self.days.setAccessibleName("New retention days")
        self.reference = QLineEdit(setting.documented_in)
        self.reference.setAccessibleName("Security document")
        self.reference.setPlaceholderText("Title, version and section, such as Security policy 4.2")
        self.consequence = plain_label("")
        self.consequence.setWordWrap(True)
        self.consequence.setAccessibleName("What the next run deletes")
        self.typed = QLineEdit()
        self.typed.setAccessibleName("Number of entries that go")
        self.problem = plain_label("", "error")
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName("Problem")
        self.apply = button("Change", "primary")
        # Return in a field neither confirms what is grave nor throws away what was typed.
        self.apply.setAutoDefault(False)
        self.cancel = button("Cancel")
        self.cancel.setAutoDefault(False)
        self._lay_out()
        self.days.textChanged.connect(self._take_days)
        self.reference.textChanged.connect(self._permit)
        self.typed.textChanged.connect(self._permit)
        self.apply.clicked.connect(self.start)
        self.cancel.clicked.connect(self.reject)
        self._timer.timeout.connect(self._ask_count)
        self.days.selectAll()
        self._take_days()

    def _lay_out(self) -> None:
        about = plain_label(
            f"Now {format_days(self._state.setting.days)}. Name the security document that states "
            "the new days, so that what is promised and what is done agree. "
            "The change is recorded in the audit log.",
            "muted",
        )
        about.setWordWrap(True)
        form = self._form = field_form(
            ("New days", self.days),
            ("Stated in", self.reference),
            ("Entries that go", self.typed),
        )
        layout = dialog_column(self, "Change retention")
        layout.addWidget(about)
        layout.addLayout(form)
        layout.addWidget(self.consequence)
        enforced = self._state.enforced
        if enforced is not None and enforced.source is DaysSource.ENVIRONMENT:
            note = plain_label(
                f"The daily job takes {DAYS_VARIABLE} from its own environment "
                f"(last {enforced.days}); change it there as well.",
                "muted",
            )
            note.setWordWrap(True)
            layout.addWidget(note)
        layout.addWidget(self.problem)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.problem.hide()

    # -- what is typed ---------------------------------------------------------

    def _days(self) -> int | None:
        try:
            return parse_days(self.days.text().strip(), "New days")
        except InputError:
            return None

    def _is_shorter(self) -> bool:
        days = self._days()
        return days is not None and days < self._state.setting.days

    def _take_days(self) -> None:
        self._slot.cancel()
        self._count = None
        self.problem.hide()
        days = self._days()
        is_empty = not self.days.text().strip()
        set_tone(self.days, "isWrong", "true" if days is None and not is_empty else "false")
        self._form.setRowVisible(self.typed, False)
        self.apply.setText("Change" if days is None else f"Keep {format_days(days)}")
        self.apply.setAccessibleName(self.apply.text())
        set_tone(self.apply, "kind", "grave" if self._is_shorter() else "primary")
        if days is None:
            self._timer.stop()
            self._tell("" if is_empty else "Write whole days from 1 to 36,500.", "error")
        else:
            self._tell("Counting what the next run deletes…", "muted")
            self._timer.start()
        self._permit()

    def _ask_count(self) -> None:
        days, database = self._days(), self._log.database
        if days is None:
            return
        self._slot.put(
            self._background.run(
                lambda cancellation, _report: read_due_count(database, days, cancellation),
                done=self._take_count,
                failed=self._fail,
                lane=_LANE,
            )
        )

    def _take_count(self, count: int) -> None:
        self._count = count
        wants_number = self._is_shorter() and count > 0
        if self._is_shorter():
            text = (
                f"The next run deletes {format_count(count)} for good. Type {count:,} to confirm."
                if count
                else "The next run deletes no entry."
            )
        else:
            text = f"The next run deletes {format_count(count)}, none of them because of this."
        self._tell(text, "error" if wants_number else "muted")
        self._form.setRowVisible(self.typed, wants_number)
        self._permit()

    def _is_confirmed(self) -> bool:
        if self._count is None:
            return False
        if not self._is_shorter() or self._count == 0:
            return True
        return self.typed.text().strip().replace(",", "") == str(self._count)

    def _permit(self) -> None:
        why_not = ""
        if self._task is not None:
            why_not = "The change is being made."
        elif self._days() is None:
            why_not = "Type the new days."
        elif not self.reference.text().strip():
            why_not = "Name the document that states the days."
        elif not self._is_confirmed():
            why_not = (
                "The entries that go are being counted."
                if self._count is None
                else "Type how many entries go."
            )
        permit(self.apply, why_not)

    def _tell(self, text: str, tone: str) -> None:
        tell(self.consequence, text)
        set_tone(self.consequence, "tone", tone)

    # -- saving ----------------------------------------------------------------

    def start(self) -> None:
        """Change it."""
        days = self._days()
        if days is None or not self._is_confirmed() or self._task is not None:
            return
        try:
            reference = parse_reference(self.reference.text())
        except InputError as error:
            self._fail(error)
            return
        change = RetentionChange(days, days, reference, self._state.setting.number)
        database, access = self._log.database, self._log.access
        self.problem.hide()
        self._task = self._background.run(
            lambda cancellation, _report: set_retention(database, access, change, cancellation),
            done=self._finish,
            failed=self._fail,
            lane=_LANE,
        )
        for widget in (self.days, self.reference, self.typed):
            widget.setEnabled(False)
        self._permit()

    def _finish(self, setting: RetentionSetting) -> None:
        self._task = None
        self.changed.emit(setting)
        self.accept()

    def _fail(self, error: Exception) -> None:
        self._task = None
        for widget in (self.days, self.reference, self.typed):
            widget.setEnabled(True)
        if isinstance(error, KnownError):
            tell(self.problem, visible_text(error.sentence))
        else:
            tell(self.problem, "The retention could not be changed.")
            self._background.crashed.emit(error)
        self.problem.show()
        self._permit()

    def done(self, code: int) -> None:
        """Nothing of it goes on behind a closed dialog but a change that was begun."""
        self._timer.stop()
        self._slot.cancel()
        super().done(code)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Likewise."""
        self._timer.stop()
        self._slot.cancel()
        super().closeEvent(event)
