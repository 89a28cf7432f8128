"""Does the guide's tutorial as a newcomer would, with keys and clicks in the real window.

Run inside a display, in a folder that is HOME too: `python -m tests.acceptance.tutorial PAGE`.
Every step of the page has a function here; what the page says in bold must be on the screen
during the step, and its commands are run as they stand. Ends with exit code 1 at the first
thing that is not so.
"""

import re
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableView,
    QWidget,
)

from mylla_audit_desktop.desktop.audit_log.export_dialog import ExportDialog
from mylla_audit_desktop.desktop.review.report_dialog import ReportDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.review.decision import Verdict
from tests.waiting import NotSeenError, settle, wait_until

_STEP = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One step of the page: its number and title, what is bold in it, its commands."""

    number: int
    title: str
    names: tuple[str, ...]
    commands: tuple[str, ...]


def read_steps(text: str) -> tuple[Step, ...]:
    """The steps of a tutorial."""
    parts = _STEP.split(re.sub(r"^## \D.*\Z", "", text, flags=re.MULTILINE | re.DOTALL))[1:]
    return tuple(
        Step(
            int(number),
            title,
            tuple(" ".join(name.split()) for name in re.findall(r"\*\*(.+?)\*\*", body, re.DOTALL)),
            tuple(_SHELL.findall(body)),
        )
        for number, title, body in zip(*[iter(parts)] * 3, strict=True)
    )


def unseen(step: Step, seen: set[str]) -> list[str]:
    """What the step says in bold and nobody saw."""
    # Some labels go on with what differs, such as "Usual hours of" with a name.
    return [
        name for name in step.names if not any(f"{text} ".startswith(f"{name} ") for text in seen)
    ]


class Newcomer:
    """Ten fingers, and eyes that remember what was on the screen during a step."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.window = session.window
        self.log, self.review = self.window.audit_log, self.window.review
        self.activity = self.window.activity
        self.seen: set[str] = set()

    def look(self) -> None:
        """Remember every name on the screen."""
        for top in QApplication.topLevelWidgets():
            if top.isVisible():
                self.seen.update({top.windowTitle()} - {""})
                for widget in top.findChildren(QWidget):
                    if not widget.visibleRegion().isEmpty():
                        self.seen.update(_names(widget))

    def until(self, what: str, is_there: Callable[[], bool]) -> None:
        """Wait until it is seen."""
        try:
            wait_until(what, is_there)
        except NotSeenError as error:
            self.window.grab().save("stopped.png")
            raise SystemExit(str(error)) from None
        self.look()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A click, once it can be seen and is not grey."""
        self.until(repr(widget), lambda: widget.isVisible() and widget.isEnabled())
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())
        settle()
        self.look()

    def click_row(self, view: QAbstractItemView, row: int, column: int = 0) -> None:
        """A click on a cell."""
        index = view.model().index(row, column, QModelIndex())
        view.scrollTo(index)
        self.click(view.viewport(), view.visualRect(index).center())

    def type(self, field: QWidget, text: str) -> None:
        """Click into a field and type, in the place of what is there."""
        self.click(field, QPoint(30, field.height() // 2))
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)
        self.look()

    def press(self, widget: QWidget, key: Qt.Key) -> None:
        """A key."""
        QTest.keyClick(widget, key)
        settle()
        self.look()

    def go_to(self, name: str) -> None:
        """Click a page in the list at the left."""
        pages = self.window.pages
        [item] = pages.findItems(name, Qt.MatchFlag.MatchExactly)
        self.click(pages.viewport(), pages.visualItemRect(item).center())

    def until_counted(self, what: str) -> None:
        """Wait until a result is there to its end, with an entry's details."""
        page = self.log

        def is_there() -> bool:
            entry, shown = page.table.current_entry(), page.details.shown_entry()
            is_shown = entry is not None and shown is not None and shown.id == entry.id
            return page.model.waypoints is not None and is_shown

        self.until(what, is_there)

    def open_findings(self) -> int:
        """What the top of the review page says."""
        match = re.search(r"([\d,]+) open", self.review.head.progress.text())
        return int(match[1].replace(",", "")) if match else -1

    def until_open(self, count: int) -> None:
        """Wait until so many findings are open."""
        self.until(f"{count} open", lambda: self.open_findings() == count)


def _names(widget: QWidget) -> Iterator[str]:
    yield widget.accessibleName()
    if isinstance(widget, QAbstractButton | QLabel | QLineEdit):
        yield widget.text().replace("&", "").strip()
    if isinstance(widget, QListWidget):
        yield from (widget.item(row).text() for row in range(widget.count()))
    if isinstance(widget, QHeaderView):
        model, orientation = widget.model(), widget.orientation()
        if isinstance(widget.parent(), QTableView):
            for place in range(min(widget.count(), 50)):
                yield str(model.headerData(place, orientation) or "")


# -- the steps -----------------------------------------------------------------

STEPS: dict[str, Callable[[Newcomer], None]] = {}


def step(title: str) -> Callable[[Callable[[Newcomer], None]], Callable[[Newcomer], None]]:
    """Binds a function to the step of this title."""

    def bind(function: Callable[[Newcomer], None]) -> Callable[[Newcomer], None]:
        STEPS[title] = function
        return function

    return bind


@step("Open the demo")
def open_the_demo(me: Newcomer) -> None:
    me.until_counted("the entries of the last 30 days")
    assert me.log.bar.period.accessibleDescription() == "Last 30 days"
    assert "entries" in me.log.summary.text()


@step("Show what happened to phone numbers")
def filter_numbers(me: Newcomer) -> None:
    before = me.log.model.count
    me.type(me.log.bar.action, "number.*")
    me.press(me.log.bar.action, Qt.Key.Key_Return)

    def is_filtered() -> bool:
        snapshot = me.log.model.snapshot
        return snapshot is not None and snapshot.query.actions == ("number.*",)

    me.until("the filter", is_filtered)
    me.until_counted("the entries of number.*")
    assert 0 < (me.log.model.count or 0) < (before or 0)


@step("Read a change")
def read_a_change(me: Newcomer) -> None:
    page = me.log
    for row in range(page.model.rowCount()):
        me.click_row(page.table, row, 2)
        me.until_counted("the entry")
        if page.details.table.changes.fields and page.details.trace.isVisible():
            break
    me.click(page.details.show_raw)
    assert page.details.raw.isVisible()
    me.click(page.details.show_raw)
    assert page.details.table.isVisible()


@step("Trace one number")
def trace(me: Newcomer) -> None:
    entry = me.log.table.current_entry()
    assert entry is not None
    me.click(me.log.details.trace)
    me.until_counted("everything that touched the number")
    assert me.log.bar.target.text() == entry.target_id
    assert me.log.bar.period.accessibleDescription() == "All time"


@step("Export it as evidence")
def export(me: Newcomer) -> None:
    me.click(me.log.bar.export)
    dialog = me.window.findChildren(ExportDialog)[-1]
    me.until("the dialog", dialog.isVisible)
    me.type(dialog.file, "~/evidence.csv")
    me.click(dialog.action)
    me.until("the SHA-256", lambda: len(dialog.digest.text()) == 64)
    me.click(dialog.cancel)
    me.until("the dialog closed", lambda: QApplication.activeModalWidget() is None)


@step("Have somebody verify it")
def verify(_me: Newcomer) -> None:
    """Its commands say it all."""


@step("See when people work")
def see_activity(me: Newcomer) -> None:
    me.go_to("Activity")
    me.until("the heat map", lambda: me.activity.activity is not None)
    heat_map = me.activity.charts.heat_map
    hour = heat_map.busiest_off
    assert hour is not None
    me.click_row(heat_map, hour.weekday, hour.hour)
    me.until("the audit log", me.log.isVisible)
    me.until_counted("the entries of the hour")
    assert me.log.bar.hours.isVisible()
    me.click(me.log.bar.clear)
    me.until_counted("all entries of the period")
    me.go_to("Activity")
    me.until("the page", me.activity.isVisible)


@step("Open the review")
def open_the_review(me: Newcomer) -> None:
    me.go_to("Review")
    me.until("the findings", lambda: me.review.reading is not None)
    assert me.open_findings() > 0
    for row in (2, 1, 0):
        me.click_row(me.review.checklist, row)
        me.until("findings of the row", lambda: bool(me.review.table.selected()))
    me.until("the hours", lambda: "days before" in me.review.details.hours_title.text())


@step("Decide")
def decide(me: Newcomer) -> None:
    page, form = me.review, me.review.details.form
    left = me.open_findings()
    me.click_row(page.table, 0, 2)
    me.press(page.table, Qt.Key.Key_E)
    me.until_open(left - 1)
    current = page.table.current()
    assert current is not None
    wanted = current.finding.finding_id
    follow_up = form.buttons[Verdict.FOLLOW_UP]
    me.click(follow_up)
    assert form.message.isVisible(), "a reason is wanted"
    me.type(form.note, "Asked Ana to take it back, ticket 4711")
    me.click(follow_up)
    me.until_open(left - 2)
    for verdict, after in ((Verdict.REOPENED, left - 1), (Verdict.EXPECTED, left - 2)):
        row = page.model.row_of(wanted)
        assert row is not None
        me.click_row(page.table, row, 2)
        me.until("the finding", form.buttons[verdict].isEnabled)
        me.click(form.buttons[verdict])
        me.until_open(after)
    for open_now in range(left - 3, -1, -1):
        me.until("an open finding", form.buttons[Verdict.EXPECTED].isEnabled)
        me.press(page.table, Qt.Key.Key_E)
        me.until_open(open_now)


@step("Sign the period off")
def sign_off(me: Newcomer) -> None:
    me.until("the button", me.review.head.sign_off.isEnabled)
    me.click(me.review.head.sign_off)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    [sign] = [one for one in dialog.findChildren(QAbstractButton) if one.text() == "Sign off"]
    me.click(sign)
    me.until("the signature", lambda: "Signed off by" in me.review.side.signatures.text())


@step("Hand in the report")
def report(me: Newcomer) -> None:
    me.click(me.review.head.report)
    dialog = me.window.findChildren(ReportDialog)[-1]
    me.until("the dialog", dialog.isVisible)
    me.type(dialog.file, "~/review.pdf")
    me.click(dialog.action)
    me.until("the report", lambda: dialog.written is not None)
    me.click(dialog.cancel)
    me.until("the dialog closed", lambda: QApplication.activeModalWidget() is None)
    assert Path("~/review.pdf").expanduser().read_bytes().startswith(b"%PDF-")


def main() -> None:
    """Do every step of the page."""
    steps = read_steps(Path(sys.argv[1]).read_text("utf-8"))
    titles = [one.title for one in steps]
    if titles != list(STEPS) or [one.number for one in steps] != list(range(1, len(steps) + 1)):
        raise SystemExit(f"the page has the steps {titles}, and there are {list(STEPS)}")
    application = QApplication([])
    arguments = Namespace(
        profile=None,
        theme="light",
        size=(1280, 800),
        demo=True,
        database=None,
        connection=None,
        target=None,
    )
    session = Session(application, arguments)
    session.start()
    me = Newcomer(session)
    for one in steps:
        me.seen.clear()
        me.look()
        STEPS[one.title](me)
        me.window.grab().save(f"step-{one.number:02d}.png")
        missing = unseen(one, me.seen)
        if missing:
            raise SystemExit(f"step {one.number} names what is not on the screen: {missing}")
        for command in one.commands:
            # The first one opened this window.
            if command != "make run\n":
                done = subprocess.run(["sh", "-ec", command], text=True, check=False)
                if done.returncode:
                    raise SystemExit(f"step {one.number}: {command} failed")
        print(f"done: {one.number}. {one.title}", flush=True)
    session.window.close()
    assert session.finish()
    assert session.boundary.caught == []


if __name__ == "__main__":
    main()
