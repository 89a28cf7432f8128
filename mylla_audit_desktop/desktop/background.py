"""The one way work leaves the UI thread.

`Background.run` starts a function on a pool thread; its result comes back by a
queued signal and is handed on in the UI thread. Kinds of work have lanes of their
own, so that an export never delays scrolling. Only frozen values cross.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal, Slot

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import CancelledError

Report = Callable[[object], None]
Work = Callable[[Cancellation, Report], Any]
Failed = Callable[[Exception], None]

# Threads of each lane: pages are many and short, the others one at a time.
LANES = {
    "pages": 2,
    "count": 1,
    "details": 1,
    "choices": 1,
    "export": 1,
    "review": 2,
    "activity": 1,
    "connect": 4,
    "follow": 1,
    "decide": 1,
}
_REPORT_SECONDS = 0.1
# A worker in Python and a painting take turns at each call of Qt, and both take several times as
# long. By then, what is to be shown by now is painted.
PAINTED_MS = 30
_TURN_SECONDS = 0.0001


class Task:
    """One piece of work under way; the UI thread's handle on it."""

    def __init__(
        self,
        work: Work,
        done: Callable[[Any], None],
        failed: Failed | None,
        progress: Report | None,
        cancelled: Callable[[], None] | None,
        cancel_later: Callable[[Cancellation], None],
    ) -> None:
        self.work = work
        self.done = done
        self.failed = failed
        self.progress = progress
        self.cancelled = cancelled
        self.cancellation = Cancellation()
        self.is_wanted = True
        self.is_finished = False
        self.is_connecting = False
        self._cancel_later = cancel_later

    def cancel(self) -> None:
        """Stop the work; returns at once. Nothing of it is delivered but `cancelled`."""
        if self.is_finished or self.cancellation.is_cancelled:
            return
        self.is_wanted = False
        self.cancellation.flag()
        self._cancel_later(self.cancellation)


class Background(QObject):
    """Runs work on pool threads and brings its outcome to the UI thread."""

    _returned = Signal(object, str, object)
    # An exception that is no KnownError and that nobody handles.
    crashed = Signal(object)
    # A piece of work has ended, in whatever way, and its outcome was handed over.
    ended = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # The UI thread waits this long for each turn that a busy worker does not give
        # up by itself; a paint takes hundreds of turns, and the usual 5 ms would show.
        sys.setswitchinterval(_TURN_SECONDS)
        self._pools: dict[str, QThreadPool] = {}
        for lane, threads in LANES.items():
            self._pools[lane] = self._pool(threads)
        # Cancelling waits for the server and so needs a thread too.
        self._canceller = self._pool(4)
        self._tasks: set[Task] = set()
        # What begins later, and in which lane.
        self._late: dict[Task, str] = {}
        self._is_closed = False
        # What is to be done once all of some tasks have ended.
        self._waiting: list[tuple[set[Task], Callable[[], None]]] = []
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Work,
        *,
        done: Callable[[Any], None],
        failed: Failed | None = None,
        progress: Report | None = None,
        cancelled: Callable[[], None] | None = None,
        lane: str = "pages",
        after_ms: int = 0,
    ) -> Task:
        """Start `work(cancellation, report)`; the callbacks run in the UI thread.

        failed: gets any exception but a cancellation; without it the exception
        goes to `crashed`. progress: gets the newest report, ten a second at most.
        after_ms: begin so much later, for what must not hold up a painting (`PAINTED_MS`).
        """
        task = Task(work, done, failed, progress, cancelled, self._cancel_later)
        task.is_connecting = lane == "connect"
        if not self._is_closed:
            self._tasks.add(task)
            self._late[task] = lane
            if after_ms:
                QTimer.singleShot(after_ms, self, partial(self.begin, task))
            else:
                self.begin(task)
        return task

    def begin(self, task: Task) -> None:
        """Begin now what was to begin later; it may have begun already."""
        lane = self._late.pop(task, None)
        if lane is not None and not self._is_closed:
            self._pools[lane].start(partial(self._work, task))

    def leave_log(self, then: Callable[[], None]) -> None:
        """Cancel all work on the log on show; call `then` once all of it has ended.

        What is in the lane `connect` goes on: it belongs to no log, or to the next one.
        """
        ending = {task for task in self._tasks if not task.is_connecting}
        for task in ending:
            task.cancel()
        if ending:
            self._waiting.append((ending, then))
        else:
            then()

    def shutdown(self, seconds: float = 2.0) -> bool:
        """Cancel everything and deliver nothing more; whether all threads have ended."""
        self._is_closed = True
        for task in tuple(self._tasks):
            task.cancel()
        deadline = time.monotonic() + seconds
        pools = (*self._pools.values(), self._canceller)
        for pool in pools:
            pool.clear()
        return all(
            pool.waitForDone(max(int((deadline - time.monotonic()) * 1000), 1)) for pool in pools
        )

    def _pool(self, threads: int) -> QThreadPool:
        pool = QThreadPool(self)
        pool.setMaxThreadCount(threads)
        return pool

    def _cancel_later(self, cancellation: Cancellation) -> None:
        self._canceller.start(cancellation.cancel)

    def _work(self, task: Task) -> None:
        """On a pool thread."""
        last = 0.0

        def report(value: object) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _REPORT_SECONDS:
                last = now
                self._send(task, "progress", value)

        try:
            task.cancellation.raise_if_cancelled()
            outcome = task.work(task.cancellation, report)
        except CancelledError:
            self._send(task, "cancelled", None)
        except Exception as error:  # noqa: BLE001 - handed on whole to the UI thread
            self._send(task, "failed", error)
        else:
            self._send(task, "done", outcome)

    def _send(self, task: Task, kind: str, value: object) -> None:
        try:
            self._returned.emit(task, kind, value)
        except RuntimeError:
            # The application has ended while this thread was still busy.
            return

    @Slot(object, str, object)
    def _deliver(self, task: Task, kind: str, value: Any) -> None:
        """In the UI thread."""
        if kind == "progress":
            if task.is_wanted and task.progress is not None and not self._is_closed:
                task.progress(value)
            return
        task.is_finished = True
        self._tasks.discard(task)
        if self._is_closed:
            return
        self._hand_over(task, kind, value)
        self._end(task)
        self.ended.emit()

    def _hand_over(self, task: Task, kind: str, value: Any) -> None:
        if not task.is_wanted or kind == "cancelled":
            if task.cancelled is not None:
                task.cancelled()
        elif kind == "done":
            task.done(value)
        elif task.failed is not None:
            task.failed(value)
        else:
            self.crashed.emit(value)

    def _end(self, task: Task) -> None:
        """Do what waited for the last of some tasks."""
        for waiting in tuple(self._waiting):
            waiting[0].discard(task)
            if not waiting[0]:
                self._waiting.remove(waiting)
                waiting[1]()


class Latest:
    """A view's one slot: starting newer work cancels the older, whose answer is dropped."""

    def __init__(self) -> None:
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether its task is still under way."""
        return self._task is not None and not self._task.is_finished

    def put(self, task: Task) -> None:
        """Take the newest task."""
        self.cancel()
        self._task = task

    def cancel(self) -> None:
        """Stop what is under way, if anything is."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
