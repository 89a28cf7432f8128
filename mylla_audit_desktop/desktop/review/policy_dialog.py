"""The policy's editor: checked and previewed away from the UI thread, saved as a new version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.findings import read_findings
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.desktop.background import Background, Latest, Report, Task
from mylla_audit_desktop.desktop.formats import format_count, format_saved
from mylla_audit_desktop.desktop.review.exceptions import Exceptions
from mylla_audit_desktop.desktop.review.policy_draft import PolicyDraft, draft_of, draft_to_toml
from mylla_audit_desktop.desktop.review.source import Reading
from mylla_audit_desktop.desktop.review.week_grid import WeekGrid
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import button, plain_label, set_tone
from mylla_audit_desktop.desktop.widgets.choice_button import ChoiceButton
from mylla_audit_desktop.log.errors import InputError, KnownError
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.zones import all_zone_names
from mylla_audit_desktop.review.holiday_calendar import holiday_codes, next_holidays
from mylla_audit_desktop.review.policy import (
    LONGEST_SESSION_GAP_MINUTES,
    PolicyVersion,
    format_policy,
    parse_policy,
)

_PAUSE_MS = 400
_BUSY_MS = 1_000
_HOLIDAYS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Preview:
    """What a checked draft comes to. text: the TOML that would be saved."""

    text: str
    holidays: tuple[tuple[date, str], ...]
    findings: int


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
        self._zone, self._today = zone, today
        # The version that a new one follows.
        self._newest = reading.review.policy
        self._present = len(reading.review.findings)
        self._preview: Preview | None = None
        self._saving: Task | None = None
        self._slots = {"preview": Latest(), "versions": Latest(), "choices": Latest()}
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._busy_timer = QTimer(self, singleShot=True, interval=_BUSY_MS)
        self.versions = ChoiceButton("Policy version", [(self._newest, self._title(self._newest))])
        self.zone = QLineEdit()
        self.holidays = QLineEdit()
        self.next_holidays = plain_label("", "muted")
        self.gap = QSpinBox()
        self.gap.setRange(0, LONGEST_SESSION_GAP_MINUTES)
        self.gap.setSuffix(" minutes")
        self.gap.setObjectName("plain")
        # As in the fields above; the style sheet does not reach the field inside.
        self.gap.lineEdit().setTextMargins(8, 0, 8, 0)
        self.networks = QPlainTextEdit()
        self.networks.setTabChangesFocus(True)
        self.networks.setFont(mono_font())
        self.countersignature = QCheckBox("A second reviewer must countersign a sign-off")
        self.week = WeekGrid(theme)
        self.exceptions = Exceptions(theme)
        self.tabs = QTabWidget()
        self.message = plain_label("", "error")
        self.message.setAccessibleName("Policy error")
        self.message.setWordWrap(True)
        self.effect = plain_label("", "muted")
        self.effect.setAccessibleName("Policy preview")
        self.effect.setWordWrap(True)
        self.stop = button("Cancel preview", "link")
        self.save = button("Save", "primary")
        self.cancel = button("Cancel")
        self._lay_out()
        self._connect()
        self.show_draft(draft_of(self._newest.policy))
        self.zone.setFocus()
        self._read_versions()
        self._read_choices()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(plain_label("Policy", "title"))
        head.addStretch(1)
        head.addWidget(plain_label("Version", "muted"))
        head.addWidget(self.versions)
        self.versions.setMinimumWidth(280)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(12)
        for name, field in (
            ("Time zone", self.zone),
            ("Holidays", self.holidays),
            ("Session gap", self.gap),
            ("Trusted networks", self.networks),
        ):
            field.setAccessibleName(f"Policy {name.lower()}")
            form.addRow(plain_label(name, "muted"), field)
            if field is self.holidays:
                form.addRow("", self.next_holidays)
        self.countersignature.setAccessibleName("Countersignature required")
        form.addRow(self.countersignature)
        self.holidays.setPlaceholderText("A country such as DE, or DE-BE; empty for none")
        self.networks.setPlaceholderText("One a line, such as 10.0.0.0/8: never a new network")
        self.networks.setFixedHeight(72)
        self.next_holidays.setWordWrap(True)
        self.next_holidays.setAccessibleName("Next holidays")
        left = QVBoxLayout()
        left.addLayout(form)
        left.addStretch(1)
        right = QVBoxLayout()
        right.addWidget(plain_label("Working hours", "section"))
        right.addWidget(self.week)
        right.addStretch(1)
        everybody = QWidget()
        columns = QHBoxLayout(everybody)
        columns.setContentsMargins(0, 12, 0, 0)
        columns.setSpacing(24)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        self.tabs.setObjectName("plain")
        self.tabs.addTab(everybody, "Everybody")
        self.tabs.addTab(self.exceptions, "Exceptions")
        effect = QHBoxLayout()
        effect.addWidget(self.effect, 1)
        effect.addWidget(self.stop)
        self.stop.hide()
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.message)
        layout.addLayout(effect)
        layout.addLayout(buttons)
        self.message.hide()
        self.resize(900, 560)

    def _connect(self) -> None:
        self.zone.textEdited.connect(self._take_change)
        self.holidays.textEdited.connect(self._take_change)
        self.gap.valueChanged.connect(self._take_change)
        self.networks.textChanged.connect(self._take_change)
        self.countersignature.toggled.connect(self._take_change)
        self.week.changed.connect(self._take_change)
        self.exceptions.changed.connect(self._take_change)
        self.versions.chosen.connect(self._take_version)
        self._timer.timeout.connect(self._check)
        self._busy_timer.timeout.connect(self.stop.show)
        self.stop.clicked.connect(self._stop_preview)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        completer = QCompleter(all_zone_names(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.zone.setCompleter(completer)
        completer.activated.connect(self._take_change)
        self.exceptions.zone.setCompleter(QCompleter(all_zone_names(), self))

    # -- what is edited --------------------------------------------------------

    def draft(self) -> PolicyDraft:
        """The fields as they stand."""
        return PolicyDraft(
            self.zone.text(),
            self.holidays.text(),
            self.gap.value(),
            self.networks.toPlainText(),
            self.countersignature.isChecked(),
            self.week.week(),
            self.exceptions.actors(),
        )

    def show_draft(self, draft: PolicyDraft) -> None:
        """Put a policy into the fields."""
        self.zone.setText(draft.time_zone)
        self.holidays.setText(draft.holidays)
        self.gap.setValue(draft.gap_minutes)
        self.networks.setPlainText(draft.networks)
        self.countersignature.setChecked(draft.needs_countersignature)
        self.week.show_week(draft.week)
        self.exceptions.show_actors(draft.actors)
        self._take_change()

    def _take_version(self, version: PolicyVersion) -> None:
        """An older version comes into the fields; saving it makes it the newest again."""
        self.show_draft(draft_of(version.policy))

    def _title(self, version: PolicyVersion) -> str:
        if not version.number:
            return "Built in"
        return (
            f"{version.number} · {version.saved_by}, {format_saved(version.saved_at, self._zone)}"
        )

    def _read_versions(self) -> None:
        store = self._reading.store

        def done(found: Sequence[PolicyVersion]) -> None:
            versions = list(reversed(found))
            self._newest = versions[0]
            self.versions.offer([(one, self._title(one)) for one in versions])

        self._slots["versions"].put(
            self._background.run(
                lambda cancellation, _report: store.read_policies(cancellation),
                done=done,
                failed=self._tell_failure,
                lane="review",
            )
        )

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
            for field in (self.holidays, self.exceptions.holidays):
                field.setCompleter(QCompleter(codes, self))
            self.exceptions.name(names)

        self._slots["choices"].put(
            self._background.run(work, done=done, failed=self._tell_failure, lane="choices")
        )

    # -- checking and preview --------------------------------------------------

    def _take_change(self) -> None:
        self._preview = None
        self._slots["preview"].cancel()
        self._show_savable()
        self._timer.start()

    def _check(self) -> None:
        """Check the fields, and count what they would find."""
        try:
            text = draft_to_toml(self.draft())
        except InputError as error:
            self._mark(error)
            return
        review, database, today = self._reading.review, self._database, self._today

        # Checking loads the holidays of a country, which takes a moment: not here.
        def work(cancellation: Cancellation, _report: Report) -> Preview:
            policy = parse_policy(text)
            coming = next_holidays(policy.holidays, today, _HOLIDAYS_SHOWN)
            found = read_findings(database, policy, review.start, review.end, cancellation)
            return Preview(format_policy(policy), coming, len(found))

        self.effect.setText("Checking…")
        self._busy_timer.start()
        self._slots["preview"].put(
            self._background.run(work, done=self._show_preview, failed=self._fail, lane="review")
        )

    def _show_preview(self, preview: Preview) -> None:
        self._preview = preview
        self._end_busy()
        self._mark(None)
        self.effect.setText(
            f"This policy gives {format_count(preview.findings, 'finding', 'findings')} "
            f"in the period, the present one {self._present:,}."
        )
        self.effect.setAccessibleDescription(self.effect.text())
        coming = ", ".join(
            f"{name} ({day:%a} {day.day} {day:%b})" for day, name in preview.holidays
        )
        self.next_holidays.setText(visible_text(f"Next: {coming}" if coming else "No holidays."))
        self.next_holidays.setAccessibleDescription(self.next_holidays.text())
        self._show_savable()

    def _fail(self, error: Exception) -> None:
        self._end_busy()
        if isinstance(error, InputError):
            self._mark(error)
        else:
            self._tell_failure(error)

    def _tell_failure(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            self._background.crashed.emit(error)
            return
        self._say(error.sentence)

    def _end_busy(self) -> None:
        self._busy_timer.stop()
        self.stop.hide()
        self.effect.setText("")

    def _stop_preview(self) -> None:
        self._slots["preview"].cancel()
        self._end_busy()
        self.effect.setText("The preview was cancelled. Change something to check again.")

    def _mark(self, error: InputError | None) -> None:
        """Mark the field of an error's key, in words."""
        key = error.field if error is not None else ""
        sentence = error.sentence if error is not None else ""
        if key.startswith("trusted_networks"):
            key = "trusted_networks"
        fields = {
            "time_zone": self.zone,
            "holidays": self.holidays,
            "session_gap_minutes": self.gap,
            "trusted_networks": self.networks,
        }
        for name, field in fields.items():
            is_wrong = name == key
            set_tone(field, "isWrong", "true" if is_wrong else "false")
            field.setAccessibleDescription(visible_text(sentence) if is_wrong else "")
        self.week.mark(key.removeprefix("hours.") if key.startswith("hours.") else "", sentence)
        self.exceptions.mark(key, sentence)
        if error is not None:
            self.effect.setText("")
            self.tabs.setCurrentIndex(1 if key.startswith("actors") else 0)
        self._say(sentence)
        self._show_savable()

    def _say(self, sentence: str) -> None:
        self.message.setText(visible_text(sentence))
        self.message.setAccessibleDescription(self.message.text())
        self.message.setVisible(bool(sentence))

    # -- saving ----------------------------------------------------------------

    def _show_savable(self) -> None:
        why_not = self._reading.store.why_not
        if not why_not and self._preview is None:
            why_not = "The fields are being checked."
        if not why_not and self._preview is not None and self._preview.text == self._saved_text():
            why_not = "Nothing is changed."
        self.save.setEnabled(not why_not and self._saving is None)
        self.save.setToolTip(why_not)
        self.save.setAccessibleDescription(why_not)

    def _saved_text(self) -> str:
        return format_policy(self._newest.policy)

    def _save(self) -> None:
        preview, store = self._preview, self._reading.store
        if preview is None or self._saving is not None:
            return
        text, based_on = preview.text, self._newest.number

        def failed(error: Exception) -> None:
            self._end_saving()
            self._tell_failure(error)
            # Somebody else may have saved: theirs is offered to look at.
            self._read_versions()

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
        self._timer.stop()
        for slot in self._slots.values():
            slot.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Likewise."""
        if self._saving is not None:
            event.ignore()
            return
        super().closeEvent(event)
