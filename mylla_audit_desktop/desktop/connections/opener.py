"""Opening a log in the background: the demo, a URL, a saved connection, an SQLite file."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mylla_audit_desktop.connections.opening import open_connection, opening_of, opening_of_url
from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.desktop.background import PAINTED_MS, Background, Report, Task
from mylla_audit_desktop.desktop.open_log import OpenLog


class SourceKind(Enum):
    """Where a log comes from."""

    DEMO = "demo"
    URL = "url"
    SAVED = "saved"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be opened. value: the URL, the saved connection's name, or the path.

    name: what people call it. caution: what to know once it is open.
    """

    kind: SourceKind
    value: str = ""
    name: str = ""
    caution: str = field(default="", compare=False)


DEMO = Source(SourceKind.DEMO, name="Demo")


def saved(name: str) -> Source:
    """A saved connection."""
    return Source(SourceKind.SAVED, name, name)


def evidence(log: Path, name: str, caution: str = "") -> Source:
    """The log of an evidence file."""
    return Source(SourceKind.EVIDENCE, f"sqlite:///{log}", name, caution)


class Opener(QObject):
    """Opens one log at a time; opening another gives up on the one under way."""

    progressed = Signal(object)
    opened = Signal(object, object)
    failed = Signal(object, object)

    def __init__(
        self,
        background: Background,
        store: ConnectionStore,
        secrets: Secrets,
        data: Path,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._background, self._store, self._secrets = background, store, secrets
        self._data = data
        self._task: Task | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being opened."""
        return self._task is not None

    def open(self, source: Source, password: str | None = None) -> None:
        """Open it, with a password that was typed; then `opened`, or `failed` with the reason."""
        self.cancel()
        made: list[Database] = []

        def work(cancellation: Cancellation, report: Report) -> OpenLog:
            log = self._read(source, password, cancellation, report, made.append)
            cancellation.raise_if_cancelled()
            return log

        def done(log: OpenLog) -> None:
            self._task = None
            self.opened.emit(source, log)

        def failed(error: Exception) -> None:
            self._task = None
            close_all(made)
            self.failed.emit(source, error)

        self._task = self._background.run(
            work,
            done=done,
            failed=failed,
            progress=self.progressed.emit,
            cancelled=lambda: close_all(made),
            lane="connect",
            # It may load a driver.
            after_ms=PAINTED_MS,
        )

    def begin(self) -> None:
        """What is to be shown by now is painted."""
        if self._task is not None:
            self._background.begin(self._task)

    def cancel(self) -> None:
        """Give up on what is being opened."""
        if self._task is not None:
            self._task.cancel()
        self._task = None

    def _read(
        self,
        source: Source,
        password: str | None,
        cancellation: Cancellation,
        report: Report,
        made: Callable[[Database], None],
    ) -> OpenLog:
        """On a pool thread."""
        profile: ConnectionProfile | None = None
        if source.kind is SourceKind.DEMO:
            # Loaded for the demo only, as it needs much of the review room.
            from mylla_audit_desktop.desktop.demo_database import open_demo

            database = open_demo(self._data, cancellation, report)
        else:
            if source.kind is SourceKind.SAVED:
                profile = self._store.named(source.value)
                opening = opening_of(profile)
            else:
                opening = opening_of_url(source.value, self._store)
            database = open_connection(opening, self._secrets, cancellation, password=password)
        made(database)
        log = OpenLog(database, source.name, read_access(database, cancellation))
        if not source.name:
            is_file = not database.is_postgresql
            name = Path(database.label.name).name if is_file else str(database.label)
            log = replace(log, name=name)
        return log if profile is None else marked(log, profile)


def marked(log: OpenLog, profile: ConnectionProfile) -> OpenLog:
    """The log with what its connection says of it."""
    return replace(
        log,
        name=profile.name,
        colour=profile.colour,
        label=profile.label,
        decisions=profile.decisions,
    )


def close_all(databases: list[Database]) -> None:
    """Close what was opened for nothing."""
    for database in databases:
        database.close()
