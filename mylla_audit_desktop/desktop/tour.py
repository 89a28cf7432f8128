"""A walk through the main job in the real window, with keys and clicks.

Each step waits until what a user would look for is there, takes a screenshot and
says what was seen; a step that does not come true ends the tour with exit code 1.
"""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog
from mylla_audit_desktop.desktop.theme import ThemeChoice
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.diff import Kind
from mylla_audit_desktop.log.errors import AnswerIsNoError, InputError, KnownError
from mylla_audit_desktop.log.period import REVIEW_PRESETS, Preset
from mylla_audit_desktop.review.decision import Verdict
from mylla_audit_desktop.review.finding import Rule

_PATIENCE_SECONDS = 120.0


def take_tour(
    window: MainWindow,
    folder: Path,
    caught: list[str],
    refused: list[KnownError],
    *,
    may_decide: bool = False,
) -> int:
    """Go through the steps; 0 if each was seen to work.

    may_decide: whether a finding may be decided and reopened, which is kept; in a demo only.
    `caught` collects unexpected errors, `refused` why the log could not be opened; one of
    them fails the tour. Raises that, or AnswerIsNoError naming the step that did not come true.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}.") from None
    tour = _Tour(window, folder, caught, refused)
    for step in (tour.open, tour.select, tour.filter, tour.sort, tour.trace, tour.export):
        step()
    tour.checklist()
    if may_decide:
        tour.decide()
    tour.activity()
    tour.dark()
    print(f"{tour.number} screenshots and the CSV are in {folder}")
    return 0


class _Tour:
    def __init__(
        self, window: MainWindow, folder: Path, caught: list[str], refused: list[KnownError]
    ) -> None:
        self._window, self._folder = window, folder
        self._caught, self._refused = caught, refused
        self._page = window.audit_log
        self.number = 0

    def open(self) -> None:
        """The last 30 days, most recent first."""
        page = self._page
        self._until("the entries of the last 30 days", lambda: page.model.waypoints is not None)
        self._expect("entries are shown", page.model.rowCount() > 0)
        self._until_details()
        self._shoot("opened")

    def select(self) -> None:
        """An entry with a changed text, by the keyboard."""
        page = self._page
        page.table.setFocus()
        for _ in range(200):
            entry = page.details.shown_entry()
            fields = page.details.table.changes.fields
            if entry is not None and any(field.is_inline for field in fields):
                break
            QTest.keyClick(page.table, Qt.Key.Key_Down)
            self._until_details()
        fields = page.details.table.changes.fields
        self._expect("a change is shown", any(f.diff.kind is not Kind.UNCHANGED for f in fields))
        self._shoot("changes")

    def filter(self) -> None:
        """Only what happened to numbers."""
        page = self._page
        before = page.model.count
        self._type(page.bar.action, "number.*")
        self._until(
            "the entries of number.*",
            lambda: (
                page.model.snapshot is not None
                and page.model.snapshot.query.actions == ("number.*",)
                and page.model.waypoints is not None
            ),
        )
        self._expect("fewer entries are shown", (page.model.count or 0) < (before or 0))
        self._hide_completions()
        self._until_details()
        self._shoot("filtered")

    def sort(self) -> None:
        """By actor, over the whole result, with a click on the header."""
        page = self._page
        header = page.table.horizontalHeader()
        at = QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self._until(
            "the entries by actor",
            lambda: (
                page.model.snapshot is not None
                and page.model.snapshot.query.sort.column.value == "actor"
                and page.model.waypoints is not None
            ),
        )
        QTest.keyClick(page.table, Qt.Key.Key_End)
        last = page.model.rowCount() - 1
        self._until("the last entry", lambda: page.model.entry_at(last) is not None)
        self._until_details()
        self._shoot("sorted")

    def trace(self) -> None:
        """Everything that touched one target."""
        page = self._page
        entry = page.table.current_entry()
        self._expect("the entry has a target", entry is not None and entry.target_id is not None)
        QTest.mouseClick(page.details.trace, Qt.MouseButton.LeftButton)
        self._until(
            "everything that touched the target",
            lambda: (
                page.model.snapshot is not None
                and bool(page.model.snapshot.query.targets)
                and page.model.waypoints is not None
            ),
        )
        self._expect("its entries are shown", page.model.rowCount() > 0)
        self._until_details()
        self._shoot("traced")

    def export(self) -> None:
        """The traced entries as a CSV that verifies."""
        csv = self._folder / "audit-log.csv"
        dialog = self._page.exporting.dialog(self._folder)
        if dialog is None:
            raise AnswerIsNoError("The tour stopped: there is nothing to export.")
        dialog.file.setText(str(csv))
        dialog.replace.setChecked(True)
        dialog.open()
        self._shoot("export", dialog)
        QTest.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
        self._until_exported(dialog)
        self._shoot("exported", dialog)
        report = verify_file(csv)
        self._expect("the CSV verifies", report.is_intact)
        self._expect("it holds all rows", report.manifest.row_count == self._page.model.count)
        dialog.close()
        dialog.deleteLater()

    def checklist(self) -> None:
        """Last quarter's review: three questions, the findings of one, what stands around it."""
        page, pages = self._window.review, self._window.pages
        item = next(
            pages.item(row) for row in range(pages.count()) if pages.item(row).text() == "Review"
        )
        at = pages.visualItemRect(item).center()
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=at)
        self._until("the review page", page.isVisible)
        page.head.period.setFocus()
        for _ in REVIEW_PRESETS:
            if page.head.choice.preset is not Preset.LAST_QUARTER:
                QTest.keyClick(page.head.period, Qt.Key.Key_L)
        self._until("the findings of last quarter", lambda: page.reading is not None)
        role = Qt.ItemDataRole.AccessibleTextRole
        rows = [page.checklist.item(row).data(role) for row in range(page.checklist.count())]
        self._expect("the checklist has three rows", len(rows) == len(Rule))
        self._expect("each row says how many are open", all(", " in row for row in rows))
        for rule in Rule:
            if page.model.rowCount() == 0:
                page.checklist.choose(rule)
        if page.model.rowCount():
            self._until("a finding", lambda: page.details.finding is not None)
            self._until("its entries", lambda: bool(page.details.known_entries()))
            self._until("what it changed", lambda: not page.details.is_reading)
        self._shoot("checklist")

    def decide(self) -> None:
        """Decide one finding by a key, and take it back, so that the next tour finds it open."""
        page = self._window.review
        self._until("an open finding", page.details.form.buttons[Verdict.EXPECTED].isEnabled)
        before = page.head.progress.text()
        decided = page.details.finding
        QTest.keyClick(page.table, Qt.Key.Key_E)
        self._until("the decision", lambda: page.head.progress.text() != before)
        self._until("the next finding", lambda: page.details.finding != decided)
        self._until("what it changed", lambda: not page.details.is_reading)
        self._shoot("decided")
        QTest.keyClick(page.table, Qt.Key.Key_U)
        self._until("the finding open again", lambda: page.head.progress.text() == before)

    def activity(self) -> None:
        """From the busiest hour to its entries."""
        page, log = self._window.activity, self._page
        self._window.show_page(page)
        self._until("the activity by hour", lambda: page.activity is not None)
        heat_map = page.charts.heat_map
        hour = heat_map.busiest
        if hour is None:
            raise AnswerIsNoError("The tour stopped: no hour has entries.")
        self._shoot("activity")
        heat_map.setCurrentIndex(heat_map.figures.index(hour.weekday, hour.hour))
        QTest.keyClick(heat_map, Qt.Key.Key_Return)
        self._until(
            "the entries of the busiest hour",
            lambda: (
                log.model.snapshot is not None
                and log.model.snapshot.query.hours == (hour,)
                and log.model.waypoints is not None
            ),
        )
        counted = page.activity.hours[hour.index] if page.activity is not None else 0
        self._expect("they are as many as its cell says", log.model.count == counted)
        self._until_details()
        self._shoot("hour")

    def dark(self) -> None:
        """The same in the other theme, without keeping it."""
        theme = self._window.theme
        choice = theme.choice
        is_dark = choice is ThemeChoice.DARK
        theme.apply(ThemeChoice.LIGHT if is_dark else ThemeChoice.DARK)
        self._shoot("light" if is_dark else "dark")
        theme.apply(choice)

    # -- waiting and looking ---------------------------------------------------

    def _until_exported(self, dialog: ExportDialog) -> None:
        self._until("the exported file", lambda: dialog.written is not None)

    def _until_details(self) -> None:
        page = self._page

        def is_shown() -> bool:
            entry, shown = page.table.current_entry(), page.details.shown_entry()
            return entry is not None and shown is not None and shown.id == entry.id

        self._until("the details of the entry", is_shown)

    def _until(self, what: str, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_there():
            if self._refused:
                raise self._refused[0]
            if time.monotonic() > deadline:
                notice = self._page.notice.sentences() if self._page.notice.isVisible() else ""
                raise AnswerIsNoError(f"The tour did not see {what}.", notice)
            QCoreApplication.processEvents()
            QTest.qWait(5)
        self._expect("no unexpected error", not self._caught)

    def _expect(self, what: str, is_so: bool) -> None:
        if not is_so:
            raise AnswerIsNoError(f"The tour did not see that {what}.")

    def _type(self, field: QWidget, text: str) -> None:
        field.setFocus()
        QTest.keyClicks(field, text)

    def _hide_completions(self) -> None:
        completer = self._page.bar.action.completer()
        popup = completer.popup()
        if popup is not None:
            popup.hide()

    def _shoot(self, name: str, widget: QWidget | None = None) -> None:
        # Two rounds: layouts first, then what they asked to be painted.
        for _ in range(2):
            QCoreApplication.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self.number += 1
        path = self._folder / f"{self.number:02d}-{name}.png"
        shown = widget or self._window
        if not shown.grab().save(str(path)):
            raise InputError(f"{path} could not be written.", "Choose another folder.")
        print(f"{path.name}: seen", flush=True)
