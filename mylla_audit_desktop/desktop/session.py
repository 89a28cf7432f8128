"""One run of the application: its parts, and which log is on show."""

from argparse import Namespace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QMessageBox

from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.access import READABLE_BY_ALL
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import Background
from mylla_audit_desktop.desktop.boundary import ErrorBoundary
from mylla_audit_desktop.desktop.connections.keeping import KeepPassword
from mylla_audit_desktop.desktop.connections.opener import (
    DEMO,
    Opener,
    Source,
    SourceKind,
    evidence,
    saved,
)
from mylla_audit_desktop.desktop.connections.switcher import Switcher
from mylla_audit_desktop.desktop.garbage import GarbageCollector
from mylla_audit_desktop.desktop.later import load_later
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.settings import Profile, SettingsStore
from mylla_audit_desktop.desktop.theme import Theme, ThemeChoice
from mylla_audit_desktop.desktop.widgets import plain_message
from mylla_audit_desktop.desktop.widgets.page import NoLog
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.evidence.evidence_folder import put_away
from mylla_audit_desktop.log.catalog import parse_catalog
from mylla_audit_desktop.log.errors import InputError, KnownError, PasswordError
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.resources import resource_path

if TYPE_CHECKING:
    from mylla_audit_desktop.desktop.connections.dialog import ConnectionDialog
    from mylla_audit_desktop.desktop.connections.evidence_dialog import EvidenceDialog
    from mylla_audit_desktop.desktop.welcome import WelcomePage

_FILES_HAVE_NO_ROLES = f"{READABLE_BY_ALL} SQLite knows no roles."


class Session:
    """Wires the window, the connections and the log on show."""

    def __init__(
        self, application: QApplication, arguments: Namespace, secrets: Secrets | None = None
    ) -> None:
        self._arguments = arguments
        folder = arguments.profile
        self.profile = Profile.at(Path(folder)) if folder else Profile.of_user()
        self.settings = SettingsStore(self.profile)
        self.store = ConnectionStore(self.profile.connections)
        self.secrets = secrets or Secrets()
        theme = arguments.theme or self.settings.settings.theme
        self.theme = Theme(application, ThemeChoice(theme))
        self.boundary = ErrorBoundary(application)
        self.garbage = GarbageCollector(application)
        self.background = Background(application)
        self.background.crashed.connect(self.boundary.take)
        catalog = parse_catalog(resource_path("actions.toml").read_text("utf-8"))
        self.window = MainWindow(
            self.profile,
            self.settings,
            self.theme,
            self.background,
            catalog,
            vars(arguments).get("reviewer"),
        )
        self.boundary.window = self.window
        self.opener = Opener(
            self.background, self.store, self.secrets, self.profile.data, application
        )
        self._evidence = self.profile.data / "evidence"
        self.switcher = Switcher(self.store, self._evidence, self.window)
        self._keep = KeepPassword(self.background, self.secrets, self.window)
        self._log: OpenLog | None = None
        self._wanted: Source | None = None
        self._to_keep: str | None = None
        self._target: str | None = arguments.target
        self._connect(application)
        if arguments.size:
            self.window.set_size(*arguments.size)

    def _connect(self, application: QApplication) -> None:
        window = self.window
        window.closed.connect(application.quit)
        window.painted.connect(self.opener.begin)
        window.audit_log.snapshot_taken.connect(
            lambda _taken_at: load_later(window.stack.make_review, window),
            Qt.ConnectionType.SingleShotConnection,
        )
        for menu in (window.menus.connections, window.status.connections):
            self.switcher.serve(menu)
        self._serve(self.switcher)
        self.switcher.edit_requested.connect(self.edit_connection)
        self.switcher.removal_requested.connect(self.remove_evidence)
        self.opener.progressed.connect(self._tell)
        window.status.cancel_requested.connect(self._stop_opening)
        self.opener.opened.connect(self._opened)
        self.opener.failed.connect(self._failed)
        window.audit_log.notice.action.clicked.connect(self._act_on_notice)
        window.no_log_acted.connect(self._act_on_notice)
        window.audit_log.notice.other.clicked.connect(self._act_otherwise)
        window.notice.closed.connect(self._take_notice)

    def _serve(self, ways: "Switcher | WelcomePage") -> None:
        ways.chosen.connect(self.open)
        ways.add_requested.connect(self.add_connection)
        ways.evidence_requested.connect(self.choose_evidence)

    @cached_property
    def welcome(self) -> "WelcomePage":
        """What is shown before any log is open; most starts open one at once."""
        from mylla_audit_desktop.desktop.welcome import WelcomePage

        page = WelcomePage(self.store, self.theme)
        self._serve(page)
        return page

    def start(self) -> None:
        """Show the window and open the log that was asked for, or else the last one."""
        self.window.show()
        if self.settings.problem is not None:
            self.window.audit_log.bar.show_error(self.settings.problem)
        source = self._source()
        if source is None:
            self.window.show_welcome(self.welcome)
        else:
            self.open(source)

    def finish(self) -> bool:
        """End all work; whether every thread has ended."""
        has_ended = self.background.shutdown()
        if has_ended:
            self.garbage.stop()
        if has_ended and self._log is not None:
            self._log.database.close()
        return has_ended

    def _source(self) -> Source | None:
        asked = self._arguments
        if asked.demo:
            return DEMO
        if asked.database:
            return Source(SourceKind.URL, asked.database)
        name = asked.connection or self.settings.settings.last_connection
        if not name:
            return None
        try:
            self.store.named(name)
        except InputError:
            # Removed, or the file is damaged, which the welcome page says.
            return None
        return saved(name)

    # -- opening ---------------------------------------------------------------

    def open(self, source: Source, password: str | None = None) -> None:
        """Open a log in the place of the one on show, which stays until the new one is there."""
        self._wanted = source
        if self._log is None:
            self.window.show_pages()
            opening = "Opening the audit log", "One moment.", "Cancel opening"
            self.window.say_no_log(NoLog(*opening, is_passing=True))
        else:
            self.window.status.show_opening(f"Opening {source.name or 'the log'}…")
        self.opener.open(source, password)

    def _tell(self, count: object) -> None:
        from mylla_audit_desktop.desktop.demo_database import DEMO_ENTRIES

        what, so_far = "Making the demo log", f"{count:,} of {DEMO_ENTRIES:,} entries, once only."
        if self._log is None:
            self.window.say_no_log(NoLog(what, so_far, "Cancel opening", is_passing=True))
        else:
            self.window.status.show_opening(f"{what}: {so_far}")

    def _stop_opening(self) -> None:
        self.opener.cancel()
        self.window.status.show_opening("")

    def _opened(self, source: Source, log: OpenLog) -> None:
        former, self._log = self._log, log
        if self._to_keep is not None and source.kind is SourceKind.SAVED:
            self._keep.keep(source.value, self._to_keep)
        self._to_keep = None
        if former is not None:
            self.background.leave_log(then=partial(self._close, former.database))
        self.window.status.show_opening("")
        self.window.audit_log.say("Reading the audit log", "One moment.", is_passing=True)
        self.window.show_log(log, self._target)
        self._target = None
        self.switcher.mark(source)
        if source.kind is SourceKind.SAVED:
            self.settings.change(last_connection=source.value)
        self._show_notice(source, log)

    def _show_notice(self, source: Source, log: OpenLog) -> None:
        is_new = not self.settings.settings.is_told_of_files
        if source.caution:
            self.window.notice.say(source.caution)
        elif not log.database.is_postgresql and source.kind is not SourceKind.DEMO and is_new:
            self.window.notice.say(_FILES_HAVE_NO_ROLES)
        else:
            self.window.notice.hide()

    def _take_notice(self) -> None:
        if self.window.notice.text() == _FILES_HAVE_NO_ROLES:
            self.settings.change(is_told_of_files=True)

    def _close(self, database: Database) -> None:
        """Not on the UI thread: saying goodbye to a server may take a moment."""
        self.background.run(
            lambda _cancellation, _report: database.close(),
            done=lambda _none: None,
            lane="connect",
        )

    def _failed(self, source: Source, error: Exception) -> None:
        self.window.status.show_opening("")
        if isinstance(error, PasswordError):
            self._ask_password(source, error)
            return
        self._say_failure(source, error)

    def _say_failure(self, source: Source, error: Exception) -> None:
        is_known = isinstance(error, KnownError)
        sentence = "Something unexpected happened."
        if isinstance(error, KnownError):
            sentence = error.sentence
        if self._log is None:
            other = "Edit connection" if source.kind is SourceKind.SAVED else "Other ways to begin"
            failed = NoLog("The log could not be opened", sentence, "Try again", other)
            self.window.say_no_log(failed)
        elif is_known:
            what = f"{source.name or 'The log'} could not be opened."
            plain_message(self.window, what, sentence).open()
        if not is_known:
            self.boundary.take(error)

    def _act_on_notice(self) -> None:
        if self._log is not None:
            return
        if self.opener.is_busy:
            self._stop_opening()
            self.window.say_no_log(NoLog("No log is open", "Opening was cancelled.", "Try again"))
            self.welcome.refresh()
            if self._wanted is not None:
                self.welcome.offer_again(self._wanted)
            self.window.show_welcome(self.welcome)
        elif self._wanted is not None:
            self.open(self._wanted)

    def _act_otherwise(self) -> None:
        wanted = self._wanted
        if wanted is not None and wanted.kind is SourceKind.SAVED:
            self.edit_connection(wanted.value)
        else:
            self.welcome.refresh()
            self.window.show_welcome(self.welcome)

    def _ask_password(self, source: Source, error: PasswordError) -> None:
        from mylla_audit_desktop.desktop.connections.password_dialog import PasswordDialog

        may_remember = source.kind is SourceKind.SAVED
        dialog = PasswordDialog(
            source.name or "the log",
            error.what if not error.was_given else error.sentence,
            self.background,
            self.secrets,
            self.window,
            may_remember=may_remember,
        )

        def accepted() -> None:
            password = dialog.password.take()
            self._to_keep = password if dialog.is_to_be_kept else None
            self.open(source, password)

        dialog.accepted.connect(accepted)
        dialog.rejected.connect(lambda: self._say_failure(source, error))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.password.setFocus()

    # -- connections -----------------------------------------------------------

    def add_connection(self) -> "ConnectionDialog":
        """Show the dialog for a new connection."""
        return self._show_dialog(None)

    def edit_connection(self, name: str) -> "ConnectionDialog | None":
        """Show the dialog for a saved connection."""
        try:
            return self._show_dialog(self.store.named(name))
        except InputError as error:
            plain_message(self.window, error.what, error.advice).open()
            return None

    def _show_dialog(self, profile: ConnectionProfile | None) -> "ConnectionDialog":
        from mylla_audit_desktop.desktop.connections.dialog import ConnectionDialog

        dialog = ConnectionDialog(self.background, self.store, self.secrets, self.window, profile)
        dialog.connected.connect(lambda made, log: self._opened(saved(made.name), log))
        dialog.changed.connect(self._take_change)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _take_change(self) -> None:
        self.welcome.refresh()
        self.switcher.refresh()

    # -- evidence --------------------------------------------------------------

    def choose_evidence(self) -> None:
        """Ask for an evidence file and open it."""
        path, _ = QFileDialog.getOpenFileName(
            self.window,
            "Open an evidence file",
            "",
            "Evidence (*.csv *.ndjson *.jsonl);;All files (*)",
        )
        if path:
            self.open_evidence(Path(path))

    def open_evidence(self, path: Path) -> "EvidenceDialog":
        """Import a file into a log of its own, and open that."""
        from mylla_audit_desktop.desktop.connections.evidence_dialog import EvidenceDialog
        from mylla_audit_desktop.evidence.evidence_log import evidence_caution

        dialog = EvidenceDialog(path, self._evidence, self.background, self.window)

        def imported(log: Path) -> None:
            self.open(evidence(log, path.name, evidence_caution(path)))

        dialog.imported.connect(imported)
        dialog.another_requested.connect(self.choose_evidence)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        dialog.start()
        return dialog

    def remove_evidence(self, path: Path, name: str) -> None:
        """Ask once, then take a log of evidence off the list."""
        box = plain_message(
            self.window,
            f"Remove the evidence {visible_text(name)}?",
            "What was read from its file, and the decisions made on it here, are kept aside and "
            "come back when the same file is opened again. The file itself is not touched.",
        )
        for_good = QCheckBox("Delete them for good")
        box.setCheckBox(for_good)
        yes = box.addButton("Remove", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)

        def remove() -> None:
            try:
                put_away(path, for_good=for_good.isChecked())
            except InputError as error:
                plain_message(self.window, error.what, error.advice).open()
            self.switcher.refresh()

        yes.clicked.connect(remove)
        box.open()
