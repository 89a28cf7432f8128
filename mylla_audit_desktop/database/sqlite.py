"""Opening SQLite files."""

import sqlite3
from operator import methodcaller
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from mylla_audit_desktop.database.local_time import local_seconds
from mylla_audit_desktop.database.relation import ip_sort_key, lower_text
from mylla_audit_desktop.log.errors import DatabaseError

_BUSY_SECONDS = 15


def remove_sqlite(path: Path) -> None:
    """Remove a file that nobody has open, and what undoes a write that failed in it.

    Raises OSError where the system refuses.
    """
    # In this order: a journal without its file is put away by SQLite, and a file without the
    # journal would be half written.
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)


def sqlite_engine(path: Path, *, create: bool, is_pooled: bool = True) -> sa.Engine:
    """An engine over one file, which may be new with `create`. Raises DatabaseError.

    is_pooled: connections stay open for the next piece of work.
    """
    try:
        _look_at(path, create=create)
    except OSError as error:
        # In a folder that is closed to us, or with a name that no folder takes.
        raise DatabaseError(
            f"{path} cannot be opened: {error.strerror}.", "Check that it exists and may be read."
        ) from None
    is_made = not create

    def connect() -> sqlite3.Connection:
        nonlocal is_made
        mode = "rw" if is_made else "rwc"
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            # Bytes that are no UTF-8 show as escapes instead of stopping the page.
            connection.text_factory = methodcaller("decode", "utf-8", "surrogateescape")
            # WAL can corrupt under SQLite 3.7.0 to 3.51.2, and Python brings an old one.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -4096")
            connection.create_function("mylla_ip_key", 1, ip_sort_key, deterministic=True)
            connection.create_function("mylla_lower", 1, lower_text, deterministic=True)
            connection.create_function("mylla_local", 2, local_seconds, deterministic=True)
        except BaseException:  # a file that is no database is found out here; Ctrl+C too
            connection.close()
            raise
        # Made once: what is removed later is not made anew.
        is_made = True
        return connection

    pool = sa.QueuePool if is_pooled else sa.NullPool
    engine = sa.create_engine("sqlite://", creator=connect, poolclass=pool)

    @event.listens_for(engine, "connect")
    def note_file(_connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _file_at(path)

    @event.listens_for(engine, "checkout")
    def look_for_file(
        _connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object
    ) -> None:
        # What was removed, or gave way to another, would be read and written on unseen.
        file = _file_at(path)
        if file is None or record.info["file"] != file:
            raise sa.exc.DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        is_read_only = connection.get_execution_options().get("sqlite_is_read_only", True)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if is_read_only else 'OFF'}")
        # A writer takes its lock now: a reader that turns writer half way is refused
        # without waiting.
        connection.exec_driver_sql("BEGIN" if is_read_only else "BEGIN IMMEDIATE")

    return engine


def _file_at(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _look_at(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise DatabaseError(f"{path} is a folder.", "Name the database file in it.")
    if not create and not path.exists():
        raise DatabaseError(
            f"There is no file {path}.",
            "Check the path, or create a log with: mylla-audit init --database URL",
        )
    if create and not path.parent.is_dir():
        raise DatabaseError(f"There is no folder {path.parent}.", "Create it first.")
