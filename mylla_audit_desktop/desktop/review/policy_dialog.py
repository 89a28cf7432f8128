"""The policy's editor: fields, exceptions, versions; saved as a new version."""

from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCompleter, QDialog, QHBoxLayout, QTabWidget, QWidget

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.background import Background, Latest, Report, Task
from mylla_audit_desktop.desktop.review.exceptions import Exceptions
from mylla_audit_desktop.desktop.review.policy_check import PolicyCheck, Preview
from mylla_audit_desktop.desktop.review.policy_draft import PolicyDraft, describe_fault, draft_of
from mylla_audit_desktop.desktop.review.policy_fields import PolicyFields
from mylla_audit_desktop.desktop.review.policy_versions import PolicyVersions
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import (
    button,
    dialog_column,
    field_label,
    permit,
    plain_label,
    tell,
)
from mylla_audit_desktop.desktop.widgets.scrolling import Scrolling, fit_screen
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.review.holiday_calendar import holiday_codes
from mylla_audit_desktop.review.policy import PolicyVersion
from mylla_audit_desktop.review.policy_file import format_policy


class PolicyDialog(QDialog):
    """`saved` carries the version that was appended."""

    saved = Signal(object)

    def __init__(
        self,
        database: Database,
        reading: Reading,
        zone: ZoneInfo,
        today: date,
        theme: Theme,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Policy")
        self.setAccessibleName("Policy")
        self._database, self._reading, self._background = database, reading, background
        self._saving: Task | None = None
        self._choices = Latest()
        policy = reading.review.policy
        self.versions = PolicyVersions(policy, reading.store, zone, background)
        self.fields = PolicyFields(theme)
        self.exceptions = Exceptions(theme)
        self.tabs = QTabWidget()
        self.message = plain_label("", "error")
        self.message.setAccessibleName("Policy error")
        self.message.setWordWrap(True)
        self.check = PolicyCheck(database, reading.review, today, background, self.draft)
        self.save = button("Save", "primary")
        self.save.setDefault(True)
        self.cancel = button("Cancel")
        self._lay_out()
        self._connect()
        self.show_draft(draft_of(policy.policy))
        self.fields.zone.setFocus()
        self.versions.read(self._tell_failure)
        self._read_choices()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(plain_label("Policy", "title"))
        head.addStretch(1)
        head.addWidget(field_label("Version", self.versions))
        head.addWidget(self.versions)
        self.tabs.setObjectName("plain")
        self.tabs.addTab(Scrolling(self.fields), "Everybody")
        self.tabs.addTab(Scrolling(self.exceptions), "Exceptions")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = dialog_column(self)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.check)
        layout.addLayout(buttons)
        self.message.hide()
        # With room for what is wrong, so that nothing moves when it is said.
        fit_screen(self, QSize(940, 590))

    def _connect(self) -> None:
        self.fields.changed.connect(self._take_change)
        self.exceptions.changed.connect(self._take_change)
        self.versions.chosen.connect(self._take_version)
        self.check.checked.connect(self._take_preview)
        self.check.failed.connect(self._take_fault)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)

    # -- what is edited --------------------------------------------------------

    def draft(self) -> PolicyDraft:
        """The fields as they stand."""
        return self.fields.draft(self.exceptions.actors())

    def show_draft(self, draft: PolicyDraft) -> None:
        """Put a policy into the fields."""
        self.fields.show_draft(draft)
        self.exceptions.show_actors(draft.actors)
        self._take_change()

    def _take_version(self, version: PolicyVersion) -> None:
        """An older version comes into the fields; saving it makes it the newest again."""
        self.show_draft(draft_of(version.policy))

    def _read_choices(self) -> None:
        """What the fields complete from: codes of holidays, and the actors of the log."""
        reader = LogReader(self._database)

        def work(cancellation: Cancellation, _report: Report) -> tuple[list[str], dict[str, str]]:
            codes = [
                code
                for country, parts in holiday_codes().items()
                for code in (country, *(f"{country}-{part}" for part in parts))
            ]
            actors = reader.read_actors(cancellation)
            return codes, {one.actor_id: one.actor_name for one in actors}

        def done(choices: tuple[list[str], dict[str, str]]) -> None:
            codes, names = choices
            for field in (self.fields.holidays, self.exceptions.holidays):
                field.setCompleter(QCompleter(codes, self))
            self.exceptions.name(names)

        self._choices.put(
            self._background.run(work, done=done, failed=self._tell_failure, lane="choices")
        )

    # -- whether it can be saved -----------------------------------------------

    def _take_change(self) -> None:
        self.check.begin()
        self._show_savable()

    def _take_preview(self, preview: Preview) -> None:
        self.fields.show_next_holidays(preview.holidays)
        self._mark("", "")

    def _take_fault(self, error: Exception) -> None:
        if isinstance(error, InputError):
            self._mark(error.field, describe_fault(error))
            self.tabs.setCurrentIndex(1 if error.field.startswith("actors") else 0)
        else:
            self._tell_failure(error)

    def _mark(self, key: str, sentence: str) -> None:
        """Mark the field of a key with what is wrong; "" for nothing."""
        self.fields.mark(key, sentence)
        self.exceptions.mark(key, sentence)
        self._say(sentence)
        self._show_savable()

    def _tell_failure(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self._say(error.sentence)
        else:
            self._background.crashed.emit(error)

    def _say(self, sentence: str) -> None:
        tell(self.message, visible_text(sentence))
        self.message.setVisible(bool(sentence))

    def _show_savable(self) -> None:
        preview = self.check.preview
        why_not = self._reading.store.why_not
        if not why_not and self._saving is not None:
            why_not = "The policy is being saved."
        if not why_not and preview is None:
            why_not = self.message.text() or "The fields are being checked."
        if not why_not and preview and preview.text == format_policy(self.versions.newest.policy):
            why_not = "Nothing is changed."
        permit(self.save, why_not)

    # -- saving ----------------------------------------------------------------

    def _save(self) -> None:
        preview, store = self.check.preview, self._reading.store
        if preview is None or self._saving is not None:
            return
        text, based_on = preview.text, self.versions.newest.number

        def failed(error: Exception) -> None:
            self._end_saving()
            self._tell_failure(error)
            # Somebody else may have saved: theirs is offered to look at.
            self.versions.read(self._tell_failure)

        self._saving = self._background.run(
            lambda cancellation, _report: store.append_policy(text, based_on, cancellation),
            done=self._finish,
            failed=failed,
            cancelled=self._end_saving,
            lane="decide",
        )
        self._show_savable()

    def _end_saving(self) -> None:
        self._saving = None
        self._show_savable()

    def _finish(self, version: PolicyVersion) -> None:
        self._saving = None
        self.saved.emit(version)
        self.accept()

    def done(self, result: int) -> None:
        """The dialog closes: what it still reads is of no use, what it saves is waited for."""
        if self._saving is not None:
            return
        self.check.end()
        self.versions.end()
        self._choices.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Likewise."""
        if self._saving is not None:
            event.ignore()
            return
        super().closeEvent(event)
