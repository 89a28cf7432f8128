"""A whole review through AT-SPI alone, as a screen reader's user does it.

Run by the system's Python inside a D-Bus session with a display:
`python3 -m tests.acceptance.review_by_ear FOLDER first|second COMMAND…`. Starts COMMAND, does
the review, prints what was heard, leaves numbered screenshots in FOLDER, and ends with exit
code 1 at the first thing that is not so.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pyatspi

from tests.acceptance.screen_reader import Reader, press, role_of, running, until, walk, write


def main() -> None:
    folder, part, command = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    program = subprocess.Popen(command)
    try:
        application = until(lambda: running("mylla-audit-desktop"), "the application")
        listener = Listener(application, folder, part)
        listener.open()
        if part == "first":
            listener.decide_everything()
            listener.sign("Signed off by")
            listener.save_report(folder / "review.pdf")
        else:
            listener.sign("Countersigned by")
    finally:
        program.terminate()
        program.wait(20)


class Listener(Reader):
    """Hears the page, presses its buttons and writes its note."""

    def __init__(self, application: Any, folder: Path, part: str) -> None:
        super().__init__(application)
        self._folder, self._part, self._number = folder, part, 0

    def open(self) -> None:
        """To the page, and to last quarter."""
        self.wait_summary(lambda text: "entries ·" in text)
        assert "Review" in [item.name for item in walk(self.find("Pages"))]
        press(self._menu_item("Go", "Review"))
        self.find("Checklist")
        press(self._menu_item("Review", "Last quarter"))
        until(lambda: self.find("Review period", "push button").description == "Last quarter", "it")
        until(lambda: " open" in self.progress(), "the findings")
        print("heard:", self.progress())
        rows = until(self._checklist_rows, "the three questions")
        print("heard:", rows)
        table = self.find("Findings", "table").queryTable()
        headers = [table.getColumnHeader(column).name for column in range(table.nColumns)]
        assert headers == ["Severity", "Finding", "By", "When", "Status"], headers
        self.shoot("opened")

    def decide_everything(self) -> None:
        """The critical ones with a note, the others as expected."""
        total = self.open_count()
        assert total > 20, total
        for left in range(total - 1, -1, -1):
            details = until(lambda: self.find("Finding details").description, "the finding")
            if details.startswith("▲▲ Critical"):
                print("heard:", details)
                write(self.find("Decision note", "text"), "Asked them; see ticket 12")
                press(self.find("Escalate", "push button"))
            else:
                press(self.find("Expected", "push button"))
            self.until_open(left)
        print("heard:", self.progress())
        self.shoot("decided")

    def sign(self, words: str) -> None:
        """Sign off, or countersign."""
        button = self.find("Sign off period", "push button")
        until(lambda: button.getState().contains(pyatspi.STATE_ENABLED), "the sign-off")
        press(button)
        dialog = self.find("Sign off", "dialog")
        self.shoot("sign-off")
        press(self.find("Sign off", "push button", dialog))
        until(lambda: words in self.find("Signatures").description, words)
        print("heard:", self.find("Signatures").description)
        self.shoot("signed")

    def save_report(self, path: Path) -> None:
        """The report as a PDF."""
        press(self.find("Save report", "push button"))
        dialog = self.find("Save report", "dialog")
        write(self.find("Report file", "text", dialog), str(path))
        press(self.find("Save", "push button", dialog))
        state = self.find("Report state", "label", dialog)
        until(lambda: state.description.startswith("The report is in"), "the report")
        print("heard:", state.description)
        self.shoot("report")
        press(self.find("Close", "push button", dialog))

    def progress(self) -> str:
        """What the top of the page says."""
        return str(self.find("Review progress").description)

    def open_count(self) -> int:
        """How many findings are open."""
        return int(self.progress().rpartition(" · ")[2].split()[0].replace(",", ""))

    def until_open(self, count: int) -> None:
        """Wait until so many findings are open."""
        until(lambda: self.open_count() == count, f"{count} open")

    def _checklist_rows(self) -> list[str]:
        rows = [item.name for item in self.find("Checklist")]
        return rows if len(rows) == 3 and all("," in row for row in rows) else []

    def _menu_item(self, menu: str, name: str) -> Any:
        """An item of a menu; other menus may have one of the same name."""

        def look() -> Any:
            for item in walk(self._application):
                if item.name == menu and role_of(item) == "menu item" and item.childCount:
                    for inner in walk(item):
                        if inner.name == name and role_of(inner) == "menu item" and inner != item:
                            return inner
            return None

        return until(look, f"{menu} > {name}")

    def shoot(self, name: str) -> None:
        """What is on the screen, numbered."""
        self._number += 1
        path = self._folder / f"{self._part}-{self._number:02d}-{name}.png"
        subprocess.run(["scrot", "-o", str(path)], check=True)


if __name__ == "__main__":
    main()
