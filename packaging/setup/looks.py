"""Pictures of every page and dialog of the real window, in each theme and size, on the demo.

Usage: PYTHONPATH=. python packaging/setup/looks.py FOLDER [THEMES [SIZES [VIEW ...]]]
with THEMES such as `light,dark` and SIZES such as `1280x800,1920x1080`; the scale is that of
QT_SCALE_FACTOR. A picture is named by its view, theme, size (pages only) and scale. What is made
for them stands in HOME, whose paths are seen in the pictures.
"""

import json
import os
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt
from PySide6.QtGui import QAction, QFontDatabase, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget

from mylla_audit_desktop.cli.main import main as command
from mylla_audit_desktop.connections.profile import Colour, ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.activity import Activity, read_activity
from mylla_audit_desktop.desktop.audit_log.changes_model import FieldChange
from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog
from mylla_audit_desktop.desktop.audit_log.new_entries import NewEntries
from mylla_audit_desktop.desktop.connections.dialog import ConnectionDialog
from mylla_audit_desktop.desktop.connections.opener import DEMO, Source, SourceKind, saved
from mylla_audit_desktop.desktop.connections.password_dialog import PasswordDialog
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.settings_dialog import SettingsDialog
from mylla_audit_desktop.desktop.shortcuts import shortcut_dialog
from mylla_audit_desktop.desktop.theme import ThemeChoice
from mylla_audit_desktop.desktop.widgets.page import Page
from mylla_audit_desktop.desktop.widgets.scrolling import fit_screen
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.review.decision import Verdict
from mylla_audit_desktop.review.finding import Severity
from tests.memory_keyring import MemoryKeyring
from tests.secure_server import PASSWORD, SignInServer, running_sign_in_server

_PATIENCE_SECONDS = 120.0
# Twelve digits.
_MANY, _TIMES = 123_456_789_012, 4_567_890_123
_LONG = "Maximiliane-Theodora von und zu Habsburg-Lothringen-Österreich-Toskana"


class Looks:
    """One window on its way through everything that it can show."""

    def __init__(
        self,
        folder: Path,
        themes: list[ThemeChoice],
        sizes: list[tuple[int, int]],
        wanted: list[str],
        server: SignInServer,
    ) -> None:
        self._folder, self._themes, self._sizes, self._wanted = folder, themes, sizes, wanted
        self._server = server
        self._scale = os.environ.get("QT_SCALE_FACTOR", "1")
        keyring = MemoryKeyring()
        arguments = Namespace(
            profile=str(Path.home() / "profile"),
            theme=themes[0].value,
            size=sizes[0],
            demo=False,
            database=None,
            connection=None,
            target=None,
            reviewer=None,
        )
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.session = Session(application, arguments, Secrets(lambda: keyring))
        self.window = self.session.window
        self._logs: list[OpenLog] = []
        self.session.opener.opened.connect(lambda _source, log: self._logs.append(log))
        self.session.start()

    def take(self) -> None:
        """Every view, in the order in which a new user comes to it.

        Raises AssertionError where one does not come.
        """
        for number, view in enumerate(VIEWS, 1):
            shown = view(self)
            if not self._wanted or view.__name__ in self._wanted:
                self._shoot(f"{number:02d}-{view.__name__.replace('_', '-')}", shown)
            for dialog in self.window.findChildren(QDialog):
                dialog.close()
        self.window.close()
        self.session.finish()

    # -- before a log is open ----------------------------------------------------

    def first_start(self) -> QWidget:
        return self.window

    def connection(self) -> QWidget:
        return self._connection()

    def connection_tested(self) -> QWidget:
        dialog = self._connection()
        certificate = Path.home() / "company-ca.crt"
        shutil.copy(self._server.authority.file, certificate)
        dialog.form.root.line.setText(str(certificate))
        dialog.start_test()
        self._until(lambda: "works" in dialog.state.text())
        return dialog

    def connection_refused(self) -> QWidget:
        dialog = self._connection()
        dialog.start_test()
        self._until(lambda: "not work" in dialog.state.text())
        return dialog

    def connection_weak_tls(self) -> QWidget:
        dialog = self._connection()
        dialog.form.host.setText("db1.example.com, db2.example.com")
        dialog.form.port.setText("")
        QTest.keyClick(dialog.form.tls.box, Qt.Key.Key_R)
        return dialog

    def connection_more(self) -> QWidget:
        dialog = self._connection()
        dialog.form.more_button.setChecked(True)
        dialog.form.more.label.setText("Production")
        QTest.keyClick(dialog.form.more.colour, Qt.Key.Key_R)
        return dialog

    def _connection(self) -> ConnectionDialog:
        dialog = self.session.add_connection()
        form = dialog.form
        self._until(form.remember.isEnabled)
        for line, text in (
            (form.name, "Production"),
            (form.host, "localhost"),
            (form.port, str(self._server.port)),
            (form.database, "mylla"),
            (form.user, "ana"),
            (form.password, PASSWORD),
        ):
            line.setText(text)
        QTest.keyClick(form.tls.box, Qt.Key.Key_V)
        fit_screen(dialog, QSize(dialog.width(), 700))
        return dialog

    def password(self) -> QWidget:
        session = self.session
        dialog = PasswordDialog(
            "Production",
            "mylla on db1.example.com asks for a password.",
            session.background,
            session.secrets,
            session.window,
            may_remember=True,
        )
        dialog.open()
        self._until(dialog.remember.isEnabled)
        return dialog

    def evidence_damaged(self) -> QWidget:
        file = Path.home() / "evidence.csv"
        file.write_text("timestamp,actor_id\n2026-01-01,usr_1\n", "utf-8")
        dialog = self.session.open_evidence(file)
        self._until(dialog.another.isVisible)
        return dialog

    def not_opened(self) -> QWidget:
        self.session.open(Source(SourceKind.URL, "postgresql://ana@localhost:9/mylla"))
        self._until(lambda: self.window.audit_log.notice.action.text() == "Try again")
        return self.window

    def welcome_again(self) -> QWidget:
        session = self.session
        log = Path.home() / "mylla-eu.sqlite"
        assert command(["demo", "--database", f"sqlite:///{log}", "--entries", "5000"]) == 0
        session.store.save(
            ConnectionProfile(
                "Production EU",
                Kind.SQLITE,
                database=str(log),
                label="Production",
                colour=Colour.RED,
            )
        )
        session.welcome.refresh()
        self.window.show_welcome(session.welcome)
        return self.window

    # -- the audit log -----------------------------------------------------------

    def audit_log(self) -> QWidget:
        self.session.open(DEMO)
        self._until_entries()
        page = self.window.audit_log
        for _ in range(200):
            if any(map(_is_long_and_latin, page.details.table.changes.fields)):
                break
            QTest.keyClick(page.table, Qt.Key.Key_Down)
            self._until_details()
        return self.window

    def entry_menu(self) -> QWidget:
        QTest.keyClick(self.window.audit_log.table, Qt.Key.Key_F10)
        return self._menu()

    def period_menu(self) -> QWidget:
        self._menu().close()
        self.window.audit_log.bar.period.showMenu()
        return self._menu()

    def _menu(self) -> QMenu:
        self._until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def trace(self) -> QWidget:
        self._menu().close()
        page = self.window.audit_log
        page.details.trace.click()
        self._until(lambda: page.model.snapshot is not None and page.filters.targets != ())
        self._until_entries()
        return self.window

    def export(self) -> QWidget:
        return self._export()

    def exported(self) -> QWidget:
        dialog = self._export()
        dialog.action.click()
        self._until(lambda: dialog.written is not None)
        return dialog

    def _export(self) -> ExportDialog:
        dialog = self.window.audit_log.exporting.dialog()
        assert dialog is not None
        dialog.open()
        return dialog

    def no_match(self) -> QWidget:
        page = self.window.audit_log
        page.bar.set_filters(LogFilters(actors=("usr_nobody",)))
        self._until(page.notice.isVisible)
        return self.window

    def filter_error(self) -> QWidget:
        page = self.window.audit_log
        page.bar.set_filters(LogFilters())
        self._until_entries()
        page.bar.set_filters(LogFilters(PeriodChoice(Preset.CUSTOM, "2026-02-30", "")))
        self._until(lambda: bool(page.bar.message.text()))
        return self.window

    def shortcuts(self) -> QWidget:
        self.window.audit_log.bar.set_filters(LogFilters())
        dialog = shortcut_dialog(self.window)
        dialog.open()
        return dialog

    def about(self) -> QWidget:
        actions = self.window.findChildren(QAction)
        next(one for one in actions if one.text() == "About Mylla Audit").trigger()
        return self._dialog()

    def settings(self) -> QWidget:
        self.window.open_settings()
        return self._dialog()

    def time_zone(self) -> QWidget:
        self.window.choose_zone()
        return self._dialog()

    def _dialog(self) -> QDialog:
        (dialog,) = (one for one in self.window.findChildren(QDialog) if one.isVisible())
        return dialog

    # -- the other pages ---------------------------------------------------------

    def review(self) -> QWidget:
        page = self.window.review
        page.head.set_choice(PeriodChoice(Preset.LAST_QUARTER))
        self.window.show_page(page)
        self._until(lambda: page.reading is not None)
        self._until(lambda: page.details.finding is not None)
        self._until(lambda: bool(page.details.known_entries()) and not page.details.is_reading)
        return self.window

    def policy(self) -> QWidget:
        return self._policy()

    def exceptions(self) -> QWidget:
        dialog = self._policy()
        dialog.tabs.setCurrentIndex(1)
        return dialog

    def _policy(self) -> PolicyDialog:
        self.window.review.dialogs.open_policy()
        dialog = self._dialog()
        assert isinstance(dialog, PolicyDialog)
        self._until(lambda: "This policy gives" in dialog.check.effect.text())
        self._until(lambda: len(dialog.versions.menu().actions()) > 1)
        return dialog

    def report(self) -> QWidget:
        self.window.review.dialogs.open_report()
        return self._dialog()

    def activity(self) -> QWidget:
        page = self.window.activity
        self.window.show_page(page)
        self._until(lambda: page.activity is not None)
        return self.window

    def activity_table(self) -> QWidget:
        self.window.activity.table_button.setChecked(True)
        return self.window

    def activity_no_match(self) -> QWidget:
        page = self.window.activity
        page.table_button.setChecked(False)
        page.bar.set_filters(LogFilters(actors=("usr_nobody",)))
        self._until(page.notice.isVisible)
        return self.window

    def retention(self) -> QWidget:
        page = self.window.retention
        self.window.show_page(page)
        self._until(lambda: page.state is not None)
        return self.window

    def retention_change(self) -> QWidget:
        self.window.retention.open_change()
        return self._dialog()

    def sign_off(self) -> QWidget:
        """Once everything is decided."""
        page = self.window.review
        self.window.show_page(page)
        self._until(lambda: page.reading is not None)
        reading = page.reading
        assert reading is not None
        number = reading.review.policy.number
        for verdict, note, wanted in (
            (Verdict.EXPECTED, "", {Severity.MEDIUM, Severity.LOW}),
            (Verdict.FOLLOW_UP, "Asked for the ticket.", {Severity.HIGH}),
            (Verdict.ESCALATED, "The role was taken away again.", {Severity.CRITICAL}),
        ):
            ones = [one for one in page.current.findings if one.finding.severity in wanted]
            page.writer.write(reading.store, ones, verdict, note, number)
            self._until(lambda: not page.writer.is_busy)
        self._until(page.head.sign_off.isEnabled)
        page.dialogs.open_sign_off()
        return self._dialog()

    # -- other logs ----------------------------------------------------------------

    def production(self) -> QWidget:
        self._open(saved("Production EU"))
        return self.window

    def switcher(self) -> QWidget:
        menu = self.window.status.connections
        menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        return menu

    def evidence_opened_before(self) -> QWidget:
        return self._evidence("Evidence opened before")

    def evidence_to_remove(self) -> QWidget:
        return self._evidence("Remove evidence")

    def _evidence(self, title: str) -> QWidget:
        menu = self.switcher()
        assert isinstance(menu, QMenu)
        for action in menu.actions():
            if action.text() == title:
                menu.setActiveAction(action)
                QTest.keyClick(menu, Qt.Key.Key_Right)
        return self._menu()

    def odd_names(self) -> QWidget:
        """Long names, names of blanks, and twins that differ only in how they are stored."""
        self.window.status.connections.close()
        self.window.notice.button.click()
        file = Path.home() / "odd.ndjson"
        _write_odd_log(file)
        self.window.show_page(self.window.audit_log)
        self.session.open_evidence(file)
        self._until(lambda: self._logs[-1].name == "odd.ndjson")
        self._until_entries()
        return self.window

    def odd_review(self) -> QWidget:
        while popup := QApplication.activePopupWidget():
            popup.close()
        page: ReviewPage = self.window.review
        page.head.set_choice(PeriodChoice(Preset.THIS_QUARTER))
        self.window.show_page(page)
        self._until(lambda: page.reading is not None)
        self._until(lambda: page.details.finding is not None and not page.details.is_reading)
        return self.window

    def odd_activity(self) -> QWidget:
        page = self.window.activity
        page.bar.clear_filters()
        self.window.show_page(page)
        self._until(lambda: page.activity is not None and page.charts.isVisible())
        return self.window

    # -- counts of twelve digits, and none -------------------------------------------

    def many_entries(self) -> QWidget:
        page = self.window.audit_log
        self.window.show_page(page)
        self._until_entries()
        page.summary.say(page.summary.text().replace("60 entries", f"{_MANY:,} entries"))
        # The next look would find none.
        for looking in page.findChildren(NewEntries):
            looking.stop()
            looking.forget()
        page.line.show_new(_MANY)
        return self.window

    def many_activity(self) -> QWidget:
        return self._count_many()

    def many_activity_table(self) -> QWidget:
        self._count_many()
        self.window.activity.table_button.setChecked(True)
        return self.window

    def _count_many(self) -> QWidget:
        page = self.window.activity

        def read_many(*given: Any) -> Activity:
            found = read_activity(*given)
            tops = [
                tuple(replace(one, count=one.count * _TIMES) for one in top)
                for top in (found.actors, found.actions, found.targets)
            ]
            return replace(
                found,
                count=found.count * _TIMES,
                hours=tuple(one * _TIMES for one in found.hours),
                days=tuple((day, count * _TIMES) for day, count in found.days),
                actors=tops[0],
                actions=tops[1],
                targets=tops[2],
            )

        with patch("mylla_audit_desktop.desktop.activity.page.read_activity", read_many):
            self.window.show_page(page)
            page.activity = None
            page.refresh()
            self._until(lambda: page.activity is not None)
        return self.window

    def empty_log(self) -> QWidget:
        self.window.activity.table_button.setChecked(False)
        log = Path.home() / "new.sqlite"
        assert command(["init", "--database", f"sqlite:///{log}"]) == 0
        before = len(self._logs)
        page = self.window.audit_log
        self.window.show_page(page)
        self.session.open(Source(SourceKind.URL, f"sqlite:///{log}"))
        self._until(lambda: len(self._logs) > before)
        self._until(lambda: page.notice.isVisible() and page.summary.text().startswith("0 "))
        return self.window

    def empty_review(self) -> QWidget:
        page = self.window.review
        self.window.show_page(page)
        self._until(lambda: page.reading is not None)
        return self.window

    def empty_activity(self) -> QWidget:
        page = self.window.activity
        self.window.show_page(page)
        self._until(page.notice.isVisible)
        self._until(lambda: page.activity is not None and not page.activity.count)
        return self.window

    def empty_retention(self) -> QWidget:
        page = self.window.retention
        self.window.show_page(page)
        self._until(lambda: page.state is not None)
        return self.window

    # -- a server that went away -----------------------------------------------------

    def lost(self) -> QWidget:
        """The server went away under the window."""
        self._open(Source(SourceKind.URL, f"postgresql://open@localhost:{self._server.port}/mylla"))
        self._server.server.execute("ALTER ROLE open NOLOGIN")
        self._server.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'open'"
        )
        page = self.window.audit_log
        page.refresh()
        self._until(lambda: bool(page.bar.message.text()))
        return self.window

    def lost_review(self) -> QWidget:
        return self._lost(self.window.review)

    def lost_activity(self) -> QWidget:
        return self._lost(self.window.activity)

    def lost_retention(self) -> QWidget:
        return self._lost(self.window.retention)

    def _lost(self, page: Page) -> QWidget:
        self.window.show_page(page)
        # Each page says it in a place of its own.
        QTest.qWait(3_000)
        return self.window

    # -- waiting and looking -------------------------------------------------------

    def _open(self, source: Source) -> None:
        before = len(self._logs)
        self.window.show_page(self.window.audit_log)
        self.session.open(source)
        self._until(lambda: len(self._logs) > before)
        self._until_entries()

    def _until_entries(self) -> None:
        page = self.window.audit_log
        model = page.model
        self._until(lambda: model.is_exact and not model.is_busy and page.table.isVisible())
        self._until_details()

    def _until_details(self) -> None:
        page = self.window.audit_log

        def is_shown() -> bool:
            entry, shown = page.table.current_entry(), page.details.shown_entry()
            return entry is not None and shown is not None and shown.id == entry.id

        self._until(is_shown)

    def _until(self, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_there():
            assert time.monotonic() < deadline, "the window did not come so far"
            QTest.qWait(10)
        assert not self.session.boundary.caught, self.session.boundary.caught

    def _is_as_wide_as(self, width: int) -> bool:
        return self.window.width() == width

    def _shoot(self, name: str, shown: QWidget) -> None:
        for theme in self._themes:
            self.session.theme.apply(theme)
            if isinstance(shown, SettingsDialog):
                shown.theme.set_value(theme)
            for width, height in self._sizes if shown is self.window else self._sizes[:1]:
                if shown is self.window:
                    self.window.resize(width, height)
                    self._until(partial(self._is_as_wide_as, width))
                QTest.qWait(150)
                QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
                size = f"-{width}x{height}" if shown is self.window else ""
                path = self._folder / f"{name}-{theme.value}{size}-x{self._scale}.png"
                assert _picture(shown).save(str(path)), path
        print(name, flush=True)


def _is_long_and_latin(field: FieldChange) -> bool:
    """A long text for which every computer has the letters."""
    return field.is_inline and all(max(one.text) < "\u0250" for one in field.stretches)


def _picture(shown: QWidget) -> QPixmap:
    if not isinstance(shown, QMenu):
        return shown.grab()
    # With the menus that it was opened from, as they stand on the screen.
    menus = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu)]
    around = QRect()
    for menu in menus:
        if menu.isVisible():
            around = around.united(menu.geometry())
    return shown.screen().grabWindow(0, around.x(), around.y(), around.width(), around.height())


def _write_odd_log(path: Path) -> None:
    actors = [
        _LONG,
        " ",
        "",
        "Zoë Müller",
        "Zoe\u0308 Mu\u0308ller",
        "<b>Ana</b> &amp; \u202eavoN",
        "שרה כהן",
        "ليلى حداد",
    ]
    if QFontDatabase.families(QFontDatabase.WritingSystem.Japanese):
        actors.append("田中 美咲")
    targets = (f"{_LONG} (night shift, second line)", "\u00a0\u3000", "Grüße", "Gru\u0308ße", "")
    now = datetime.now(UTC)
    lines = []
    for number in range(60):
        actor, target = actors[number % len(actors)], targets[number % len(targets)]
        entry = {
            "occurred_at": (now - timedelta(hours=3 * number)).isoformat(),
            "actor_type": "member",
            "actor_id": f"usr_{'0123456789' * 6 if actor == _LONG else number % len(actors)}",
            "actor_name": actor,
            "action": "team.change_role" if number % 2 else "agent.edit_instructions",
            "target_type": "member",
            "target_id": f"usr_t{number % len(targets)}",
            "target_name": target,
            "before": {"role": "Member", "name": "Zoë", "greeting": " ", "note": _LONG * 3},
            "after": {"role": "Admin", "name": "Zoe\u0308", "greeting": "", "note": _LONG},
            "ip_address": "2001:db8:85a3:1234:5678:8a2e:370:7334",
        }
        lines.append(json.dumps(entry, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", "utf-8")


VIEWS: tuple[Callable[[Looks], QWidget], ...] = (
    Looks.first_start,
    Looks.connection,
    Looks.connection_tested,
    Looks.connection_refused,
    Looks.connection_weak_tls,
    Looks.connection_more,
    Looks.password,
    Looks.evidence_damaged,
    Looks.not_opened,
    Looks.welcome_again,
    Looks.audit_log,
    Looks.entry_menu,
    Looks.period_menu,
    Looks.trace,
    Looks.export,
    Looks.exported,
    Looks.no_match,
    Looks.filter_error,
    Looks.shortcuts,
    Looks.about,
    Looks.settings,
    Looks.time_zone,
    Looks.review,
    Looks.policy,
    Looks.exceptions,
    Looks.report,
    Looks.activity,
    Looks.activity_table,
    Looks.activity_no_match,
    Looks.retention,
    Looks.retention_change,
    Looks.sign_off,
    Looks.production,
    Looks.switcher,
    Looks.odd_names,
    Looks.evidence_opened_before,
    Looks.evidence_to_remove,
    Looks.odd_review,
    Looks.odd_activity,
    Looks.many_entries,
    Looks.many_activity,
    Looks.many_activity_table,
    Looks.empty_log,
    Looks.empty_review,
    Looks.empty_activity,
    Looks.empty_retention,
    Looks.lost,
    Looks.lost_review,
    Looks.lost_activity,
    Looks.lost_retention,
)


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    themes = sys.argv[2] if len(sys.argv) > 2 else "light,dark,contrast"
    sizes = sys.argv[3] if len(sys.argv) > 3 else "1280x800,1920x1080"
    QApplication(sys.argv[:1])
    with running_sign_in_server() as server:
        Looks(
            folder,
            [ThemeChoice(one) for one in themes.split(",")],
            [(int(one.split("x")[0]), int(one.split("x")[1])) for one in sizes.split(",")],
            [one.replace("-", "_") for one in sys.argv[4:]],
            server,
        ).take()


if __name__ == "__main__":
    main()
