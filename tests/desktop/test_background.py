"""Work off the UI thread: answers arrive there, cancelled ones never do."""

import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.desktop.background import Background, Latest, Report
from mylla_audit_desktop.desktop.garbage import GarbageCollector
from mylla_audit_desktop.log.errors import DatabaseError


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background()
    yield made
    assert made.shutdown()


def test_the_answer_arrives_in_the_ui_thread(qtbot: QtBot, background: Background) -> None:
    seen: list[tuple[int, bool]] = []
    background.run(
        lambda _c, _r: threading.get_ident(),
        done=lambda worker: seen.append((worker, threading.get_ident() != worker)),
    )
    qtbot.wait_until(lambda: bool(seen))
    assert seen[0][1], "the work ran in the UI thread"


def test_an_error_is_handed_on(qtbot: QtBot, background: Background) -> None:
    seen: list[Exception] = []

    def work(_cancellation: Cancellation, _report: Report) -> None:
        raise DatabaseError("It is gone.")

    background.run(work, done=lambda _: pytest.fail("no answer was due"), failed=seen.append)
    qtbot.wait_until(lambda: bool(seen))
    assert str(seen[0]) == "It is gone."


def test_an_error_nobody_takes_reaches_the_boundary(qtbot: QtBot, background: Background) -> None:
    def work(_cancellation: Cancellation, _report: Report) -> None:
        raise ZeroDivisionError

    with qtbot.wait_signal(background.crashed) as caught:
        background.run(work, done=lambda _: None)
    assert isinstance(caught.args[0], ZeroDivisionError)


def test_a_cancelled_answer_is_never_delivered(qtbot: QtBot, background: Background) -> None:
    begun, go_on = threading.Event(), threading.Event()
    seen: list[str] = []

    def work(_cancellation: Cancellation, _report: Report) -> str:
        begun.set()
        go_on.wait(10)
        return "late"

    task = background.run(work, done=seen.append, cancelled=lambda: seen.append("cancelled"))
    assert begun.wait(10)
    task.cancel()
    go_on.set()
    qtbot.wait_until(lambda: bool(seen))
    assert seen == ["cancelled"]


def test_newer_work_replaces_the_older(qtbot: QtBot, background: Background) -> None:
    go_on, slot = threading.Event(), Latest()
    seen: list[str] = []

    def work(_cancellation: Cancellation, _report: Report) -> str:
        go_on.wait(10)
        return "old"

    slot.put(background.run(work, done=seen.append))
    slot.put(background.run(lambda _c, _r: "new", done=seen.append))
    go_on.set()
    qtbot.wait_until(lambda: bool(seen))
    assert seen == ["new"]


def test_an_export_does_not_hold_up_pages(qtbot: QtBot, background: Background) -> None:
    go_on, seen = threading.Event(), []
    background.run(
        lambda _c, _r: go_on.wait(10), done=lambda _: seen.append("export"), lane="export"
    )
    background.run(lambda _c, _r: "page", done=seen.append)
    qtbot.wait_until(lambda: seen == ["page"])
    go_on.set()
    qtbot.wait_until(lambda: seen == ["page", "export"])


def test_progress_is_told(qtbot: QtBot, background: Background) -> None:
    told: list[object] = []
    ended: list[object] = []

    def work(_cancellation: Cancellation, report: Report) -> None:
        for number in range(1000):
            report(number)

    background.run(work, done=ended.append, progress=told.append)
    qtbot.wait_until(lambda: bool(ended))
    assert told
    assert len(told) < 100, "reports are thinned out"


def test_shutdown_does_not_wait_for_what_hangs(qtbot: QtBot) -> None:
    background, begun, go_on = Background(), threading.Event(), threading.Event()

    def work(_cancellation: Cancellation, _report: Report) -> None:
        begun.set()
        go_on.wait(30)

    background.run(work, done=lambda _: pytest.fail("nothing is delivered any more"))
    assert begun.wait(10)
    assert not background.shutdown(0.1)
    go_on.set()
    assert background.shutdown(5)


class _Circle(QObject):
    """Garbage that only a collection finds."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_no_worker_destroys_what_belongs_to_the_window(
    qtbot: QtBot, background: Background
) -> None:
    collector = GarbageCollector(background)
    ended_in: list[int] = []
    watched, done = [], list[object]()
    for _ in range(20):
        circle = _Circle()
        watched.append(weakref.ref(circle, lambda _: ended_in.append(threading.get_ident())))
        del circle
        answers = len(done)
        background.run(lambda _c, _r: [[] for _ in range(50_000)], done=done.append)
        qtbot.wait_until(lambda: len(done) > answers)  # noqa: B023 - of this round
    qtbot.wait_until(lambda: bool(ended_in))
    collector.stop()
    assert set(ended_in) == {threading.get_ident()}


def test_what_was_to_begin_later_begins_when_told_and_once(
    qtbot: QtBot, background: Background
) -> None:
    begun: list[str] = []
    task = background.run(lambda _c, _r: begun.append("once"), done=lambda _: None, after_ms=50)
    background.begin(task)
    with qtbot.wait_signal(background.ended):
        background.begin(task)
    with qtbot.wait_signal(background.ended):
        background.run(lambda _c, _r: begun.append("after"), done=lambda _: None, after_ms=60)
    assert begun == ["once", "after"]
