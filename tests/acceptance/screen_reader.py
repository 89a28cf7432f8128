"""The three users' jobs through AT-SPI alone, as a screen reader's user does them.

Run by the system's Python (pyatspi is a system package) inside a D-Bus session with a
display: `python3 -m tests.acceptance.screen_reader FOLDER COMMAND…`. Starts COMMAND, does the jobs,
prints what was heard, and ends with exit code 1 at the first thing that is not so.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyatspi
from gi.repository import GLib

_PATIENCE_SECONDS = 90
_TICK_MS = 50


def main() -> None:
    folder, command = Path(sys.argv[1]), sys.argv[2:]
    program = subprocess.Popen(command)
    try:
        application = until(lambda: running("mylla-audit-desktop"), "the application")
        reader = Reader(application)
        reader.compliance_officer()
        reader.incident_responder()
        reader.auditor(folder)
        reader.hears_when()
    finally:
        program.terminate()
        program.wait(20)


class Reader:
    """What a screen reader's user finds by name, reads and presses."""

    def __init__(self, application: Any) -> None:
        self._application = application

    def compliance_officer(self) -> None:
        """Looks at a period, and narrows it to the team's changes."""
        summary = self.wait_summary(lambda text: "entries ·" in text)
        print("heard:", summary)
        pages = self.find("Pages")
        assert "Audit log" in [item.name for item in walk(pages)], "the page list"
        assert self.find("Date range", "push button").description == "Last 30 days"
        press(self.find("All time", "menu item"))
        everything = self.wait_summary(lambda text: "all time" in text)
        print("heard:", everything)
        write(self.find("Action", "text"), "team.*")
        team = self.wait_summary(lambda text: text not in {summary, everything} and "," not in text)
        print("heard:", team)
        table = self.find("Audit log entries", "table").queryTable()
        headers = [table.getColumnHeader(column).name for column in range(table.nColumns)]
        assert headers == ["Timestamp", "Actor", "Action", "Target", "Changes", "IP address"]
        until(lambda: table.getAccessibleAt(0, 2).name.startswith("team."), "only team actions")
        assert table.nRows == int(team.split()[0])

    def incident_responder(self) -> None:
        """Reads what changed, and traces the target."""
        table = self.find("Audit log entries", "table").queryTable()
        who = table.getAccessibleAt(0, 1).name
        details = until(lambda: self.find_now("Entry details"), "the details")
        until(lambda: who.split()[0] in spoken(details), "the actor in the details")
        changes = self.find("Changes", "table").queryTable()
        headers = [changes.getColumnHeader(column).name for column in range(changes.nColumns)]
        assert headers == ["Field", "Before", "After"], headers
        row = [changes.getAccessibleAt(0, column).name for column in range(3)]
        print("heard:", row)
        assert ", " in row[0], "what happened is said in words"
        press(self.find("Clear filters", "push button"))
        self.wait_summary(lambda text: "all time" not in text)
        until(self._has_target, "an entry with a target")
        press(self.find("Trace target", "push button"))
        traced = self.wait_summary(lambda text: "all time" in text)
        print("heard:", traced)
        target = self.find("Target", "text").queryText().getText(0, -1)
        assert target, "the target stands in its field"

    def auditor(self, folder: Path) -> None:
        """Exports what is on the screen and hears the digest."""
        csv = folder / "evidence.csv"
        press(self.find("Export CSV", "push button"))
        dialog = self.find("Export", "dialog")
        write(self.find("File", "text", dialog), str(csv))
        press(self.find("Export", "push button", dialog))
        digest = self.find("SHA-256", "text", dialog)
        until(lambda: len(digest.queryText().getText(0, -1)) == 64, "the SHA-256")
        print("heard:", self.find("Export state", "label", dialog).description)
        assert csv.exists()
        press(self.find("Close", "push button", dialog))

    def hears_when(self) -> None:
        """Turns to the activity page, and hears an hour and a day of it with their counts."""
        press(self.find("Activity", "menu item"))
        hours = until(lambda: self.find_now("Activity by hour", "table"), "the heat map")
        table = hours.queryTable()
        until(lambda: (table.nRows, table.nColumns) == (7, 24), "a week of hours")
        assert [table.getRowHeader(row).name for row in (0, 6)] == ["Mon", "Sun"]
        nine = table.getAccessibleAt(0, 9).name
        print("heard:", nine)
        assert nine.startswith("Mon 09:00 - 10:00: ")
        days = self.find("Entries over time", "table").queryTable()
        print("heard:", days.getAccessibleAt(0, 0).name)
        assert days.getAccessibleAt(0, 0).name.endswith((" entries", " entry"))
        press(self.find("Show as table"))
        plain = self.find("Show as charts") and self.find("Activity by hour", "table").queryTable()
        assert (plain.nRows, plain.nColumns) == (25, 8), "the same hours, with totals"
        assert plain.getAccessibleAt(9, 0).name == nine, "and the same figures"

    def _has_target(self) -> bool:
        button = self.find_now("Trace target", "push button")
        return button is not None and button.getState().contains(pyatspi.STATE_SHOWING)

    def wait_summary(self, is_meant: Callable[[str], bool]) -> str:
        """The summary's text, once it is the one that is meant and final."""

        def heard() -> str:
            text = self.find("Result summary").description
            return text if is_meant(text) and "counting" not in text else ""

        return str(until(heard, "the summary"))

    def find(self, name: str, role: str = "", inside: Any = None) -> Any:
        """The widget of a name; waits until it is there."""
        return until(lambda: self.find_now(name, role, inside), f"{name!r}")

    def find_now(self, name: str, role: str = "", inside: Any = None) -> Any:
        for item in walk(inside or self._application):
            if item.name == name and (not role or role_of(item) == role):
                shows = item.getState().contains(pyatspi.STATE_SHOWING)
                # Labels say where they belong, and menus work while they are closed.
                if shows or role_of(item) in {"label", "menu item"}:
                    return item
        return None


def running(name: str) -> Any:
    for application in pyatspi.Registry.getDesktop(0):
        if application is not None and application.name == name and application.childCount:
            return application
    return None


def walk(item: Any, depth: int = 0) -> Iterator[Any]:
    """A widget and all inside it; tables are not entered, they have millions of cells."""
    yield item
    if depth > 25 or role_of(item) in {"table", "table cell"}:
        return
    for child in item:
        if child is not None:
            yield from walk(child, depth + 1)


def role_of(item: Any) -> str:
    """The name of its role; what was "push button" is "button" from AT-SPI 2.54 on."""
    name: str = item.getRoleName()
    return "push button" if name == "button" else name


def spoken(item: Any) -> str:
    """All names and descriptions inside a widget."""
    return " ".join(f"{one.name} {one.description}" for one in walk(item))


def press(item: Any) -> None:
    item.queryAction().doAction(0)


def write(item: Any, text: str) -> None:
    item.queryEditableText().setTextContents(text)


def until(look: Callable[[], Any], what: str) -> Any:
    """What `look` finds, once it finds anything; events are handled in between."""
    context = GLib.MainContext.default()
    deadline = GLib.get_monotonic_time() + _PATIENCE_SECONDS * 1_000_000
    while GLib.get_monotonic_time() < deadline:
        try:
            found = look()
        except (GLib.Error, LookupError, NotImplementedError):
            # The window is changing while it is read.
            found = None
        if found:
            return found
        GLib.timeout_add(_TICK_MS, lambda: False)
        context.iteration(True)
    raise SystemExit(f"not found in time: {what}")


if __name__ == "__main__":
    main()
