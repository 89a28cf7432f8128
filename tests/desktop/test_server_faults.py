"""The server fails while a reviewer is at work: the window says so, lives, and goes on."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.desktop.audit_log.page import AuditLogPage
from mylla_audit_desktop.desktop.review.page import ReviewPage
from mylla_audit_desktop.desktop.session import Session
from mylla_audit_desktop.evidence.verify import verify_file
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.clusters import control
from tests.database.conftest import set_up_team
from tests.desktop.conftest import make_entries
from tests.desktop.reviewing import MARCH, Office, Start, promotion
from tests.proxies import Proxy, proxy_to
from tests.servers import Server, running_postgresql

# For a long run: MYLLA_FAULTS=50.
ATTEMPTS = int(os.environ.get("MYLLA_FAULTS", "2"))
ENTRIES = 30_000
# Generous: a shared machine has slow moments. Ten seconds of silence are promised.
PATIENCE = 60_000
LONGEST_SILENCE = 20
# A new connection to a silent server is waited for so long; the usual ten would add up.
SIGN_IN_SECONDS = 5
LOST = ("cannot be reached", "does not answer", "was lost just while")
_names = count()

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(300 + 40 * ATTEMPTS)]


@dataclass
class Desk:
    """A reviewer's window, the proxy before its server, and what was done there."""

    qtbot: QtBot
    session: Session
    server: Server
    proxy: Proxy
    name: str
    folder: Path
    chance: random.Random
    exports: list[Path] = field(default_factory=list)
    # Whether nothing is happening to the server just now.
    is_settled: threading.Event = field(default_factory=threading.Event)

    @property
    def log(self) -> AuditLogPage:
        return self.session.window.audit_log

    @property
    def review(self) -> ReviewPage:
        return self.session.window.review

    def rest(self) -> None:
        """Until nothing is under way any more, nor about to be asked for."""
        tasks, asking = self.session.background._tasks, self.log.model._timer
        self.qtbot.wait_until(lambda: not tasks and not asking.isActive(), timeout=PATIENCE)

    def ask(self, statement: str, *values: object) -> int:
        """A count in the database, past the proxy, once the server is back."""
        assert self.is_settled.wait(LONGEST_SILENCE)
        with psycopg.connect(self.server.url(self.name)) as connection:
            row = connection.execute(statement.encode(), values).fetchone()
        assert row is not None
        return int(row[0])


# -- what the reviewer does; each gives what the window says of a failure, "" for none ----


def load(desk: Desk) -> str:
    before = desk.log.model.snapshot
    desk.log.refresh()
    desk.rest()
    said = desk.log.bar.message.text()
    assert desk.log.table.isVisible(), "what was shown stays"
    assert desk.log.model.rowCount() > 0
    if not said:
        assert desk.log.model.snapshot is not before
        assert desk.log.model.waypoints is not None
    return said


def scroll(desk: Desk) -> str:
    model = desk.log.model
    row = desk.chance.randrange(model.rowCount())
    desk.log.table.go_to(row)
    desk.rest()
    said = desk.log.bar.message.text()
    assert said or model.entry_at(row) is not None
    return said


def export(desk: Desk) -> str:
    path = desk.folder / f"export-{len(desk.exports)}.csv"
    desk.exports.append(path)
    dialog = desk.log.exporting.dialog(desk.folder)
    assert dialog is not None
    dialog.file.setText(str(path))
    dialog.open()
    dialog.action.click()
    desk.rest()
    is_written = dialog.written == path
    # Below the first line stands what could not be recorded.
    said = dialog.state.text().partition("\n")[2] if is_written else dialog.state.text()
    dialog.reject()
    assert path.exists() == is_written
    assert not is_written or verify_file(path).is_intact
    names = {f"{one.name}{end}" for one in desk.exports for end in ("", ".manifest.json")}
    assert {one.name for one in desk.folder.iterdir()} <= names, "no litter"
    of_file = "FROM audit.entries WHERE action = 'data.request_export' AND target_name = %s"
    begun = desk.ask(f"SELECT count(*) {of_file} AND before IS NULL", path.name)
    ended = desk.ask(f"SELECT count(*) {of_file} AND before IS NOT NULL", path.name)
    assert ended <= begun <= 1, "no export is recorded twice"
    assert not is_written or begun == 1, "no record, no export"
    assert begun == ended or "record" in said, "what the log lacks is said"
    return said


def read_anew(desk: Desk) -> None:
    """Of the pages that were read none is kept."""
    desk.log.refresh()
    desk.rest()


def look_first(desk: Desk) -> None:
    """What is stored, as the window asks one to."""
    desk.review.refresh()
    desk.rest()


def decide(desk: Desk) -> str:
    review = desk.review
    if review.banner.isVisible():
        return review.banner.text()
    one = review.table.current()
    assert one is not None
    QTest.keyClick(review.table, Qt.Key.Key_E)
    assert review.writer.is_busy
    desk.rest()
    said = review.banner.text() if review.banner.isVisible() else ""
    kept = desk.ask(
        "SELECT count(*) FROM review.decisions WHERE finding_id = %s", one.finding.finding_id
    )
    assert review.reading is not None
    findings = review.reading.review.findings
    is_shown = any(f.finding == one.finding and f.decisions for f in findings)
    assert kept <= 1, "nothing is decided twice"
    assert kept or not is_shown, "what is not there is not taken for decided"
    assert is_shown or said
    if kept and not is_shown:
        assert "Whether it did is not known" in said
    return said


def nothing(desk: Desk) -> None:
    """No preparation."""


# What comes before, and the action during which the server fails.
ACTIONS: dict[str, tuple[Callable[[Desk], None], Callable[[Desk], str]]] = {
    "load": (nothing, load),
    "scroll": (read_anew, scroll),
    "export": (nothing, export),
    "decide": (look_first, decide),
}


# -- what happens to the server -----------------------------------------------------------


def restart(desk: Desk) -> None:
    control(desk.server, "restart", "-m", "immediate")


def terminate(desk: Desk) -> None:
    desk.server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{desk.name}'"
    )


def silence(desk: Desk) -> None:
    desk.proxy.swallow_all()


def forget(desk: Desk) -> None:
    """What stands between forgets the connections that there are, as a firewall may."""
    desk.proxy.swallow_present()


FAULTS: dict[str, Callable[[Desk], None]] = {
    "restart": restart,
    "terminate": terminate,
    "silence": silence,
    "forget": forget,
}


# -- the desk -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server of our own: it is restarted."""
    # What was said to be stored is there after a crash.
    with running_postgresql({"synchronous_commit": "on"}) as running:
        yield running


@pytest.fixture
def desk(qtbot: QtBot, start: Start, server: Server, tmp_path: Path) -> Iterator[Desk]:
    name = f"fault_{next(_names)}"
    office = Office(server.create_database(name), is_postgresql=True)
    set_up_log(office)
    folder = tmp_path / "exports"
    folder.mkdir()
    with proxy_to(server.port) as proxy:
        url = f"postgresql://ben@127.0.0.1:{proxy.port}/{name}?connect_timeout={SIGN_IN_SECONDS}"
        session = start(url)
        made = Desk(qtbot, session, server, proxy, name, folder, random.Random(name))
        made.log.bar.set_filters(LogFilters(PeriodChoice(Preset.ALL_TIME)))
        qtbot.wait_until(lambda: made.log.model.waypoints is not None, timeout=PATIENCE)
        made.review.head.set_choice(MARCH)
        made.rest()
        made.is_settled.set()
        yield made


def set_up_log(office: Office) -> None:
    """Many entries of usual work, and more findings than there will be decisions."""
    database = open_database(office.url, create=True)
    upgrade_schema(database)
    database.close()
    set_up_team(office.url)
    office.add(make_entries(ENTRIES))
    office.add([promotion(ENTRIES + n, 2 + n % 4) for n in range(1, 4 * ATTEMPTS + 10)])
    office.set_policy()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_window_says_it_and_goes_on_when_the_server_is_back(
    desk: Desk, fault: str, action: str
) -> None:
    prepare, act = ACTIONS[action]

    def go_on() -> bool:
        prepare(desk)
        return act(desk) == ""

    if action == "decide":
        desk.session.window.show_page(desk.review)
        desk.rest()
    prepare(desk)
    before = desk.proxy.passed
    assert act(desk) == ""
    usual = desk.proxy.passed - before
    said, longest = 0, 0.0
    for _ in range(ATTEMPTS):
        prepare(desk)
        struck: list[float] = []

        def strike(struck: list[float] = struck) -> None:
            desk.is_settled.clear()
            struck.append(time.monotonic())
            FAULTS[fault](desk)
            desk.is_settled.set()

        desk.proxy.after_bytes(desk.chance.randrange(usual), strike)
        sentence = act(desk)
        desk.proxy.after_bytes(0, None)
        if sentence:
            assert any(words in sentence for words in LOST), sentence
            said += 1
            longest = max(longest, time.monotonic() - struck[0])
        assert desk.is_settled.wait(LONGEST_SILENCE)
        if fault == "silence":
            desk.proxy.forward()
        # Where the server is back, the next action connects again.
        desk.qtbot.wait_until(go_on, timeout=PATIENCE)
        desk.proxy.drop_swallowed()
    assert longest < LONGEST_SILENCE
    decisions = "FROM review.decisions"
    assert desk.ask(f"SELECT count(*) {decisions}") == desk.ask(
        f"SELECT count(DISTINCT finding_id) {decisions}"
    )
    # Seen with -s or -rP.
    print(f"{fault} {action}: {said} of {ATTEMPTS} said, after {longest:.1f} s at most")
