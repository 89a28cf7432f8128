"""What the window asks of every page."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from mylla_audit_desktop.desktop.open_log import OpenLog


@dataclass(frozen=True, slots=True)
class NoLog:
    """What every page says while no log is open: why, and what to do about it.

    action: of its button, `other`: of a second one; "" for none. is_passing: one is on its way.
    """

    title: str
    sentence: str
    action: str = ""
    other: str = ""
    is_passing: bool = False


class Page(QWidget):
    """A page of the window: knows no other page, and reads through the background.

    open_entries: asks for the audit log page with these `LogFilters`.
    badge_changed: a short text beside the page's name in the list at the left, and what it
    means in words; two empty texts for none. no_log_acted: the button of `NoLog` was pressed.
    """

    open_entries = Signal(object)
    badge_changed = Signal(str, str)
    no_log_acted = Signal()

    def menu_actions(self) -> list[QAction]:
        """What the page's menu holds, if it has one; in force while the page is on show."""
        return []

    def show_log(self, log: OpenLog) -> None:
        """Show this log from now on; the one before is closed when its work has ended."""
        raise NotImplementedError

    def say_no_log(self, state: NoLog) -> None:
        """Say this in the place of a log; none is open."""
        raise NotImplementedError

    def set_zone(self, zone: ZoneInfo) -> None:
        """Days and times are of another zone from now on."""

    def take_focus(self) -> None:
        """The page was chosen: put the keyboard where its user begins."""

    def save_layout(self, state: QSettings) -> None:
        """Keep splitters and columns."""

    def restore_layout(self, state: QSettings) -> None:
        """As they were; what does not fit any more is passed over."""
