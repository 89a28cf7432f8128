"""Making, trying, changing and removing one connection."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.connections.check import Outcome, Steps
from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.connections.attempt import Attempt
from mylla_audit_desktop.desktop.connections.form import ConnectionForm
from mylla_audit_desktop.desktop.connections.keeping import KeepPassword
from mylla_audit_desktop.desktop.connections.steps_view import StepsView
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.widgets import (
    DIALOG_MARGIN,
    LINK_INSET,
    button,
    plain_label,
    plain_message,
    set_tone,
    tell,
)
from mylla_audit_desktop.desktop.widgets.scrolling import fit_screen
from mylla_audit_desktop.log.errors import InputError, KnownError, PasswordError
from mylla_audit_desktop.log.visible import visible_text

_UNNAMED = "New connection"


class ConnectionDialog(QDialog):
    """`connected(profile, log)`: it is saved and open. `changed`: what is saved is another."""

    connected = Signal(object, object)
    changed = Signal()

    def __init__(
        self,
        background: Background,
        store: ConnectionStore,
        secrets: Secrets,
        parent: QWidget | None,
        profile: ConnectionProfile | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._store = background, store
        self._former = profile
        self._attempt = Attempt(background, secrets, self._kept_as, self)
        self._is_busy = False
        self._had_focus: QWidget | None = None
        self._keep = KeepPassword(background, secrets, parent)
        title = "Add a connection" if profile is None else "Edit connection"
        self.setWindowTitle(title)
        self.setAccessibleName("Connection")
        self.form = ConnectionForm(background, secrets)
        self.steps = StepsView()
        self.state = plain_label("", "muted")
        self.state.setWordWrap(True)
        self.state.setAccessibleName("Connection state")
        self.remove = button("Remove", "danger")
        self.test = button("Test connection")
        self.save = button("Save")
        self.cancel = button("Cancel")
        self.connect_button = button("Connect", "primary")
        self.connect_button.setDefault(True)
        self._is_following = False
        self._lay_out(title)
        self._connect()
        if profile is not None:
            self.form.show_profile(profile)
            self.form.password.setPlaceholderText("leave empty to use the one that is kept")
        self.steps.show_steps(())
        self._say("", "muted")
        fit_screen(self, QSize(600, 680))

    def _lay_out(self, title: str) -> None:
        inner = QWidget()
        column = self._column = QVBoxLayout(inner)
        column.setContentsMargins(DIALOG_MARGIN - LINK_INSET, 4, DIALOG_MARGIN, 8)
        column.setSpacing(12)
        self.steps.setContentsMargins(LINK_INSET, 0, 0, 0)
        column.addWidget(self.form)
        column.addWidget(self.steps)
        column.addStretch(1)
        self.area = QScrollArea(widgetResizable=True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inner)
        # Not a stop for the keyboard: its fields are.
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QHBoxLayout()
        for widget in (self.remove, self.test):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        for widget in (self.cancel, self.save, self.connect_button):
            buttons.addWidget(widget)
        foot = QVBoxLayout()
        foot.setContentsMargins(DIALOG_MARGIN, 4, DIALOG_MARGIN, 0)
        foot.setSpacing(12)
        foot.addWidget(self.state)
        foot.addLayout(buttons)
        head = plain_label(title, "title")
        head.setContentsMargins(DIALOG_MARGIN, 0, DIALOG_MARGIN, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, DIALOG_MARGIN, 0, DIALOG_MARGIN)
        layout.setSpacing(8)
        layout.addWidget(head)
        layout.addWidget(self.area, 1)
        layout.addLayout(foot)
        self.remove.setVisible(self._former is not None)

    def _connect(self) -> None:
        self.test.clicked.connect(self.start_test)
        self.connect_button.clicked.connect(self.start_connecting)
        self.save.clicked.connect(self._save_only)
        self.cancel.clicked.connect(self._stop_or_close)
        self.remove.clicked.connect(self._ask_to_remove)
        self.form.edited.connect(self._forget_result)
        self.form.more_button.toggled.connect(self._make_room)
        # Steps that were added have their place only later.
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._follow_steps())
        self.finished.connect(self._end)
        self._attempt.stepped.connect(self._show_steps)
        self._attempt.tested.connect(self._show_tested)
        self._attempt.opened.connect(self._take_log)
        self._attempt.failed.connect(self._fail)
        self._attempt.cancelled.connect(self._tell_cancelled)

    def _make_room(self) -> None:
        """What was unfolded is seen without scrolling, as far as the screen is high enough."""
        self._is_following = False
        screen = self.screen().availableGeometry()
        self._column.activate()
        missing = self._column.sizeHint().height() - self.area.viewport().height()
        frame = self.frameGeometry()
        grown = min(missing, screen.height() - frame.height())
        if grown > 0:
            self.resize(self.width(), self.height() + grown)
            below = frame.bottom() + grown - screen.bottom()
            self.move(self.x(), self.y() - max(below, 0))

    # -- what is typed ---------------------------------------------------------

    @property
    def _kept_as(self) -> str:
        return "" if self._former is None else self._former.name

    def _profile(self, unnamed: str = "") -> ConnectionProfile | None:
        """What is typed, or None after having said what is wrong."""
        try:
            return self.form.profile(unnamed)
        except InputError as error:
            self._say_error(error)
            return None

    def _forget_result(self) -> None:
        self.steps.show_steps(())
        self._say("", "muted")

    # -- trying ----------------------------------------------------------------

    def start_test(self) -> None:
        """Say step by step how far the connection comes."""
        profile = self._profile(_UNNAMED)
        if profile is None:
            return
        self.steps.show_steps(())
        self._set_busy("Testing…")
        self._attempt.test(profile, self.form.password.take())

    def _show_steps(self, steps: object) -> None:
        if isinstance(steps, tuple):
            self.steps.show_steps(steps)
            self._is_following = bool(steps)
            self._follow_steps()

    def _follow_steps(self) -> None:
        """The last step is seen, also where the screen is lower than the form."""
        if self._is_following:
            bar = self.area.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _show_tested(self, steps: Steps) -> None:
        self._set_idle()
        self._show_steps(steps)
        is_good = bool(steps) and steps[-1].subject in {"Entries", "Server"}
        is_good = is_good and steps[-1].outcome is not Outcome.BAD
        if is_good:
            self._say("The connection works.", "good")
        else:
            self._say("The connection does not work yet; see the last step.", "error")

    # -- connecting ------------------------------------------------------------

    def start_connecting(self) -> None:
        """Open the log; save the connection when it works."""
        profile = self._profile()
        if profile is None or not self._is_name_free(profile):
            return
        self._set_busy("Connecting…")
        self._attempt.open(profile, self.form.password.take())

    def _take_log(self, profile: ConnectionProfile, log: OpenLog) -> None:
        self._set_idle()
        if self._save(profile):
            self.connected.emit(profile, log)
            self.accept()
        else:
            log.database.close()

    def _save_only(self) -> None:
        profile = self._profile()
        if profile is not None and self._save(profile):
            self.accept()

    def _is_name_free(self, profile: ConnectionProfile) -> bool:
        """Whether it can be saved under its name; said where not, before anything is opened."""
        try:
            names = {one.name.casefold() for one in self._store.read()}
        except InputError as error:
            self._say_error(error)
            return False
        if profile.name.casefold() in names - {self._kept_as.casefold()}:
            self._say_error(
                InputError(
                    f"There is a connection {profile.name!r} already.",
                    "Choose another name.",
                    field="name",
                )
            )
            return False
        return True

    def _save(self, profile: ConnectionProfile) -> bool:
        try:
            self._store.save(profile, replacing=self._kept_as)
        except InputError as error:
            self._say_error(error)
            return False
        remember = self.form.remember
        if profile.kind is Kind.POSTGRESQL and remember.isChecked():
            self._keep.keep(profile.name, self.form.password.take(), former=self._kept_as)
        elif remember.isEnabled():
            self._keep.forget(self._kept_as or profile.name)
        self.changed.emit()
        return True

    # -- removing --------------------------------------------------------------

    def _ask_to_remove(self) -> None:
        box = plain_message(
            self,
            f"Remove the connection {visible_text(self._kept_as)}?",
            "Its password is taken out of the keyring. The log itself is not touched.",
        )
        yes = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        yes.clicked.connect(self._remove)
        box.open()

    def _remove(self) -> None:
        try:
            self._store.remove(self._kept_as)
        except InputError as error:
            self._say_error(error)
            return
        self._keep.forget(self._kept_as)
        self.changed.emit()
        self.reject()

    # -- states ----------------------------------------------------------------

    def _fail(self, error: Exception) -> None:
        self._set_idle()
        if isinstance(error, KnownError):
            is_missing = isinstance(error, PasswordError) and not error.was_given
            self._say(f"{error.what} Type it." if is_missing else error.sentence, "error")
            if isinstance(error, PasswordError):
                self.form.mark(InputError(error.what, error.advice, field="password"))
            return
        self._say("Something unexpected happened.", "error")
        self._background.crashed.emit(error)

    def _say_error(self, error: InputError) -> None:
        self.form.mark(error)
        self._say(error.sentence, "error")

    def _tell_cancelled(self) -> None:
        if not self._is_busy:
            # Said when the button was pressed.
            return
        self._set_idle()
        self._say("Cancelled.", "muted")

    def _set_busy(self, words: str) -> None:
        self._had_focus = self.focusWidget()
        self._say(words, "muted")
        self._set_enabled(is_enabled=False)

    def _set_idle(self) -> None:
        self._set_enabled(is_enabled=True)
        # What was disabled lost the keyboard.
        if self._had_focus is not None:
            self._had_focus.setFocus()

    def _set_enabled(self, *, is_enabled: bool) -> None:
        self._is_busy = not is_enabled
        for widget in (self.form, self.test, self.save, self.connect_button, self.remove):
            widget.setEnabled(is_enabled)

    def _stop_or_close(self) -> None:
        if self._is_busy:
            self._attempt.cancel()
            self._tell_cancelled()
        else:
            self.reject()

    def _end(self) -> None:
        self._attempt.cancel()
        self.form.remember.stop()
        self.form.password.clear()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is under way."""
        self._end()
        super().closeEvent(event)

    def _say(self, text: str, tone: str) -> None:
        shown = visible_text(text)
        tell(self.state, shown)
        self.state.setVisible(bool(shown))
        set_tone(self.state, "tone", tone)
