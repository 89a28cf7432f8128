"""A small log under review, on either database, and its page in a real window."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.review_store import ReviewStore, open_review_store
from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from mylla_audit_desktop.review.decision import NewDecision, ReviewedFinding, Verdict
from tests.database.reviewing import QUIET, TEAM, entry, with_login

Start = Callable[..., Session]
MARCH = PeriodChoice(Preset.CUSTOM, "2026-03-01", "2026-03-31")
POLICY = 'time_zone = "UTC"\n'
PATIENCE = 20_000


def promotion(number: int, day: int, **values: str | None) -> NewEntry:
    """Olga makes somebody Admin on a day of March, in working hours."""
    fields: dict[str, str | None] = {
        "action": "team.change_role",
        "target_type": "member",
        "target_id": f"usr_{100 + number}",
        "target_name": f"Person {number}",
        "before": '{"role": "Member"}',
        "after": '{"role": "Admin"}',
        "ip_address": "192.0.2.7",
    }
    return entry(number, f"2026-03-{day:02d}T10:00:00Z", **(fields | values))


def usual_entries() -> list[NewEntry]:
    """Three promotions (one of them by Ana), a disconnect, and a Saturday."""
    saturday = {"action": "agent.update", "target_type": "agent", "target_id": "agt_1"}
    return [
        promotion(1, 2),
        promotion(2, 3, after='{"role": "Super Admin"}'),
        promotion(3, 4, actor_id="usr_ana", actor_name="Ana Weber"),
        entry(4, "2026-03-05T10:00:00Z"),
        *(
            entry(
                5 + n,
                f"2026-03-07T11:{n:02d}:00Z",
                before=f'{{"greeting": "Hello {n}"}}',
                after=f'{{"greeting": "Welcome {n}"}}',
                **saturday,
            )
            for n in range(3)
        ),
        entry(8, "2026-03-07T20:00:00Z", action="number.release", target_id="num_1"),
        entry(9, "2026-02-20T10:00:00Z", action="agent.update", target_id="agt_1"),
    ]


@dataclass
class Office:
    """The log, and how each of its team opens it."""

    url: str
    is_postgresql: bool

    def add(self, entries: list[NewEntry]) -> None:
        """Put entries in."""
        database = open_database(self.url)
        append_entries(database, entries, QUIET)
        database.close()

    def url_of(self, name: str) -> str:
        """The URL by which somebody opens the log."""
        return with_login(self.url, name) if self.is_postgresql else self.url

    def reviewer_of(self, name: str) -> str | None:
        """What they say who they are; on PostgreSQL the login says it."""
        return None if self.is_postgresql else TEAM[name][0]

    def store_of(self, name: str) -> tuple[Database, ReviewStore]:
        """The store as they would open it elsewhere; the database is to be closed."""
        database = open_database(self.url_of(name))
        access = read_access(database, QUIET)
        return database, open_review_store(database, access, reviewer=self.reviewer_of(name))

    def decide_as(self, name: str, one: ReviewedFinding, verdict: Verdict, note: str = "") -> None:
        """Somebody decides in another window."""
        database, store = self.store_of(name)
        finding = one.finding
        new = NewDecision(
            finding.finding_id,
            finding.rule,
            finding.entry_ids,
            verdict,
            note,
            1,
            len(one.decisions),
        )
        store.append_decisions([new], QUIET)
        database.close()

    def set_policy(self, text: str = POLICY) -> None:
        """Ben saves the next policy."""
        database, store = self.store_of("ben")
        store.append_policy(text, store.read_policy(QUIET).number, QUIET)
        database.close()


def opened(
    qtbot: QtBot, start: Start, office: Office, name: str = "ben", choice: PeriodChoice = MARCH
) -> ReviewPage:
    """The page of a new window, as somebody sees it once the period is read."""
    session = start(office.url_of(name), reviewer=office.reviewer_of(name))
    page = session.window.review
    page.head.set_choice(choice)
    session.window.show_page(page)
    qtbot.wait_until(lambda: page.reading is not None, timeout=PATIENCE)
    qtbot.wait_until(lambda: bool(page.table.selected()) or not page.model.rowCount())
    return page


def window_of(page: QWidget) -> MainWindow:
    """The window that a page is in."""
    window = page.window()
    assert isinstance(window, MainWindow)
    return window


def column(page: ReviewPage, number: int) -> list[str]:
    """The texts of one column of the findings."""
    model = page.model
    return [model.data(model.index(row, number)) for row in range(model.rowCount())]


def counts(page: ReviewPage) -> list[str]:
    """What the rows of the checklist say."""
    from PySide6.QtCore import Qt

    role = Qt.ItemDataRole.AccessibleTextRole
    return [page.checklist.item(row).data(role) for row in range(page.checklist.count())]


def decided(qtbot: QtBot, page: ReviewPage, progress: str) -> None:
    """Wait until the page tells that progress."""
    qtbot.wait_until(lambda: progress in page.head.progress.text(), timeout=PATIENCE)
