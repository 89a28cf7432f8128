"""Reading ahead on a thread of its own.

While SQLite works on the next entries of an export, Python finishes the last ones
(docs/decisions/0011-sqlite-reads-ahead.md).
"""

import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from queue import Empty, Queue
from typing import TypeVar

Item = TypeVar("Item")

# How many items wait at most for the one who takes them.
_AHEAD = 3
# How long one thread keeps Python's lock when the other wants it; by default 5 ms, in which
# SQLite could have done five times the work that it waits with.
_TURN_SECONDS = 0.0001


class _End:
    """The source has nothing more, or failed."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(source: Iterator[Item]) -> Generator[Item, None, None]:
    """The items of a source that works on a thread of its own; its error is raised here.

    However this ends (an error, `close`), the thread has ended then. An item it is in the
    middle of is waited for, so let a source be one that can be stopped.
    """
    queue: Queue[Item | _End] = Queue(_AHEAD)
    is_over = threading.Event()

    def read() -> None:
        try:
            for item in source:
                queue.put(item)
                if is_over.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - handed on whole to the one who takes
            queue.put(_End(error))
        else:
            queue.put(_End())

    sys.setswitchinterval(min(sys.getswitchinterval(), _TURN_SECONDS))
    thread = threading.Thread(target=read, name="read-ahead")
    thread.start()
    try:
        while True:
            item = queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        is_over.set()
        # Room for the item that is under way; after it the thread ends.
        with suppress(Empty):
            while True:
                queue.get_nowait()
        thread.join()
