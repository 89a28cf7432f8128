"""What the window needs only after its first rows: loaded while they are looked at."""

import gc
import linecache
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType

from PySide6.QtCore import QObject, QTimer

# From the bottom up: a module finds most of what it needs loaded, and takes few milliseconds.
_ROOMS = ("log", "review", "connections", "database", "evidence", "printing", "desktop")
# Alembic, which only a new database needs.
_NEVER = "mylla_audit_desktop.database.migrations"
# The first rows are painted first.
_FIRST_PAINT_MS = 300
# Between two modules the window answers.
_BREATH_MS = 5


def load_later(then: Callable[[], None], parent: QObject) -> None:
    """Load the modules of pages and dialogs, so that none opens slowly, and go on with `then`.

    In the UI thread, module by module: a worker that loads would hold Python's lock for most
    of the time, and whatever is painted meanwhile would wait for it a thousand times.
    Nothing happens any more where `parent` is gone.
    """
    names = _modules()
    timer = QTimer(parent, interval=_FIRST_PAINT_MS)

    def load_next() -> None:
        timer.setInterval(_BREATH_MS)
        name = next((one for one in names if one not in sys.modules), None)
        if name is not None:
            import_module(name)
            return
        timer.deleteLater()
        # All this stays. To look through it for garbage, again and again, would stop
        # the window for as long as three frames each time.
        gc.freeze()
        # PySide looked through the source text of all these modules, and left it there.
        linecache.clearcache()
        then()

    timer.timeout.connect(load_next)
    timer.start()


def _modules() -> Iterator[str]:
    """The names of all modules of the rooms; a package is loaded before its own are asked for."""
    # Only a diff of long texts needs it.
    yield "rapidfuzz.distance"
    for room in _ROOMS:
        yield from _modules_of(import_module(f"mylla_audit_desktop.{room}"))


def _modules_of(package: ModuleType) -> Iterator[str]:
    # What loads the rest is not needed for the first rows either.
    from pkgutil import iter_modules

    for found in iter_modules(package.__path__, f"{package.__name__}."):
        if found.name == _NEVER:
            continue
        yield found.name
        if found.ispkg:
            yield from _modules_of(import_module(found.name))
