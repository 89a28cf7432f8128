"""A whole review by keyboard alone, in a real window: nothing is clicked, nothing is called.

Usage: python -m tests.acceptance.keyboard_review FOLDER URL REVIEWER first|second

Keys go to the window as the window system's own do; the widgets are only looked at.
Leaves numbered screenshots in FOLDER; the first reviewer leaves review.pdf there too.
"""

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.review.report_dialog import ReportDialog
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.review.finding import Severity
from tests.waiting import NotSeenError, settle, wait_until

_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def main() -> None:
    folder, url, reviewer, part = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    application = QApplication([])
    arguments = Namespace(
        profile=str(folder / f"profile-{part}"),
        theme="light",
        size=(1280, 800),
        demo=False,
        database=url,
        connection=None,
        target=None,
        reviewer=reviewer,
    )
    session = Session(application, arguments)
    session.start()
    reader = _Keyboard(session, folder, part)
    reader.open()
    if part == "first":
        reader.decide_everything()
        reader.sign("Signed off by")
        reader.save_report(folder / "review.pdf")
    else:
        reader.sign("Countersigned by")
    reader.quit()
    assert session.finish()
    assert session.boundary.caught == []


class _Keyboard:
    """Ten fingers, and eyes on the page."""

    def __init__(self, session: Session, folder: Path, part: str) -> None:
        self._session, self._folder, self._part = session, folder, part
        self._page: ReviewPage = session.window.review
        self._number = 0

    def open(self) -> None:
        """To the page, and to last quarter."""
        window = self._session.window
        self.until("the window", window.isActiveWindow)
        self.until("the entries", lambda: window.audit_log.model.rowCount() > 0)
        self.press(Qt.Key.Key_2, _ALT)
        self.until("a period", lambda: self._page.reading is not None)
        self.press(Qt.Key.Key_P, _CTRL)
        while self._page.head.period.accessibleDescription() != "Last quarter":
            self.press(Qt.Key.Key_L)
        self.until("last quarter", lambda: self._page.reading is not None)
        self.until("its findings", lambda: bool(self._page.table.selected()))
        self.press(Qt.Key.Key_T, _CTRL)
        self.shoot("opened")

    def decide_everything(self) -> None:
        """The gravest with a note, the others as expected."""
        total = self.open_count()
        assert total > 20
        for left in range(total - 1, -1, -1):
            page = self._page
            self.until("the findings in focus", page.table.hasFocus)
            current = page.table.current()
            assert current is not None
            severity = current.finding.severity
            if severity in {Severity.CRITICAL, Severity.HIGH}:
                key = Qt.Key.Key_X if severity is Severity.CRITICAL else Qt.Key.Key_F
                self.press(key)
                self.until("the note", page.details.form.note.hasFocus)
                self.type("Asked them; see ticket 12")
                if left == total - 1:
                    self.shoot("note")
                self.press(Qt.Key.Key_Return, _CTRL)
            else:
                self.press(Qt.Key.Key_E)
            self.until_open(left)
            if left == total // 2:
                self.shoot("half")
        self.shoot("decided")

    def sign(self, words: str) -> None:
        """Sign off, or countersign."""
        page = self._page
        self.until("the sign-off", page.head.sign_off.isEnabled)
        self.press(Qt.Key.Key_S, _CTRL | _SHIFT)
        self.until_dialog()
        self.shoot("sign-off", self._dialog())
        self.press(Qt.Key.Key_Return)
        self.until(words, lambda: words in page.side.signatures.text())
        self.shoot("signed")

    def save_report(self, path: Path) -> None:
        """The report as a PDF."""
        self.until("no dialog", lambda: self._dialog() is None)
        self.press(Qt.Key.Key_E, _CTRL)
        self.until_dialog()
        self.press(Qt.Key.Key_A, _CTRL)
        self.type(str(path))
        self.press(Qt.Key.Key_Return)
        dialog = self._dialog()
        assert isinstance(dialog, ReportDialog)
        self.until("the report", lambda: dialog.written is not None)
        assert path.exists()
        self.shoot("report", self._dialog())
        self.press(Qt.Key.Key_Return)
        self.until("no dialog", lambda: self._dialog() is None)

    def quit(self) -> None:
        """Close the window."""
        self.until("no dialog", lambda: self._dialog() is None)
        self.press(Qt.Key.Key_Q, _CTRL)
        self.until("the end", lambda: not self._session.window.isVisible())

    # -- fingers and eyes ------------------------------------------------------

    def open_count(self) -> int:
        """What the top of the page says is open."""
        text = self._page.head.progress.text()
        return int(text.rpartition(" · ")[2].split()[0].replace(",", "")) if text else -1

    def until_open(self, count: int) -> None:
        """Wait until so many findings are open."""
        self.until(f"{count} open", lambda: self.open_count() == count)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier | None = None) -> None:
        """A key, wherever the keyboard is."""
        QTest.keyClick(self._focused(), key, modifiers or Qt.KeyboardModifier.NoModifier)
        settle()

    def type(self, text: str) -> None:
        """A text, key by key."""
        for character in text:
            # The stubs know keys alone, and characters only for widgets.
            QTest.keyClick(self._focused(), character)  # type: ignore[call-overload]
        settle()

    def _focused(self) -> QWindow:
        self.until("a window with the keyboard", lambda: QGuiApplication.focusWindow() is not None)
        window = QGuiApplication.focusWindow()
        assert window is not None
        return window

    def _dialog(self) -> QWidget | None:
        return QApplication.activeModalWidget()

    def until_dialog(self) -> None:
        """Wait until a dialog has the keyboard."""

        def has_keyboard() -> bool:
            dialog = self._dialog()
            return dialog is not None and QGuiApplication.focusWindow() is dialog.windowHandle()

        self.until("a dialog with the keyboard", has_keyboard)

    def until(self, what: str, is_there: Callable[[], bool]) -> None:
        """Wait until it is seen."""
        try:
            wait_until(what, is_there)
        except NotSeenError as error:
            self.shoot("stopped")
            raise SystemExit(str(error)) from None

    def shoot(self, name: str, widget: QWidget | None = None) -> None:
        """What is on the screen, numbered."""
        settle()
        self._number += 1
        path = self._folder / f"{self._part}-{self._number:02d}-{name}.png"
        assert (widget or self._session.window).grab().save(str(path))


if __name__ == "__main__":
    main()
