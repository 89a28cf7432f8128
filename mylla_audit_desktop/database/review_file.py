"""A file of decisions beside a log that has no place for them, or cannot be written.

SQLite, with the tables of `review_schema`. It is made with the first decision, so that
looking at a review leaves nothing behind. It belongs to one log: the same finding ID
could mean other entries in another.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath

import sqlalchemy as sa

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, DatabaseLabel
from mylla_audit_desktop.database.review_faults import OvertakenError
from mylla_audit_desktop.database.review_guards import create_review_tables
from mylla_audit_desktop.database.review_schema import review_tables
from mylla_audit_desktop.database.sqlite import sqlite_engine
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.sync_folder import sync_folder
from mylla_audit_desktop.user_path import user_path

# "MyRv", so that `file` and other programs can tell it.
_APPLICATION_ID = 0x4D795276
_VERSION = 1


class DecisionFile:
    """One such file; every transaction opens and closes it, so nothing must be closed."""

    def __init__(self, path: Path, log: DatabaseLabel) -> None:
        self.path = user_path(path).absolute()
        self._log = log
        self._is_checked = False

    @contextmanager
    def reading(self, cancellation: Cancellation) -> Iterator[sa.Connection | None]:
        """A read-only transaction; None where nothing was ever decided. DatabaseError."""
        if not self.path.exists() or not self.path.stat().st_size:
            cancellation.raise_if_cancelled()
            yield None
            return
        with self._database(self.path).reading(cancellation) as connection:
            yield connection if self._check(connection) else None

    @contextmanager
    def writing(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """A transaction that holds the write lock; makes the file where it is not there.

        Raises OvertakenError where somebody else made the file meanwhile.
        """
        if not self.path.exists():
            with self._writing_anew(cancellation) as connection:
                yield connection
            return
        with self._database(self.path).writing(cancellation) as connection:
            if not self._check(connection):
                self._make(connection)
            yield connection

    @contextmanager
    def _writing_anew(self, cancellation: Cancellation) -> Iterator[sa.Connection]:
        """Under another name until it is committed: what fails leaves no file behind."""
        draft = self.path.with_name(f".{self.path.name[:40]}.{secrets.token_hex(6)}.part")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(
                f"The folder {self.path.parent} cannot be made: {error.strerror}.",
                "Name another file for the decisions.",
            ) from None
        try:
            with self._database(draft, create=True).writing(cancellation) as connection:
                self._make(connection)
                yield connection
            self._give_name(draft)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _give_name(self, draft: Path) -> None:
        try:
            try:
                os.link(draft, self.path)
            except FileExistsError:
                raise OvertakenError(is_sure=False) from None
            except OSError:
                # A file system without hard links: the look and the move are two steps there.
                if self.path.exists():
                    raise OvertakenError(is_sure=False) from None
                draft.rename(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise DatabaseError(
                f"{self.path} was not written: {error.strerror}.",
                "Name another file for the decisions.",
            ) from None

    def _database(self, path: Path, *, create: bool = False) -> Database:
        engine = sqlite_engine(path, create=create, is_pooled=False)
        return Database(engine, DatabaseLabel("sqlite", "", None, str(self.path)))

    def _make(self, connection: sa.Connection) -> None:
        create_review_tables(connection, has_entries=False)
        connection.exec_driver_sql("CREATE TABLE review_log (dialect TEXT, name TEXT)")
        connection.exec_driver_sql(
            "INSERT INTO review_log VALUES (?, ?)", (self._log.dialect, self._log.name)
        )
        connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {_VERSION}")

    def _check(self, connection: sa.Connection) -> bool:
        """Whether the file holds our tables; False where it holds nothing at all.

        Raises DatabaseError for a damaged or foreign file, or one of another log.
        """
        if not self._is_checked:
            # A file of decisions is small; a damage is better known before it is added to.
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if verdict != "ok":
                raise DatabaseError(
                    f"{self.path} is damaged and was left as it is.", "Restore it from a copy."
                )
        names = set(connection.scalars(sa.text("SELECT name FROM sqlite_master")))
        if not names:
            return False
        tables = review_tables(is_postgresql=False).metadata.tables
        if not names >= {*tables, "review_log"}:
            raise DatabaseError(
                f"{self.path} holds something else than decisions, and was left as it is.",
                "Name another file for the decisions.",
            )
        version = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if version != _VERSION:
            raise DatabaseError(
                f"{self.path} was made by another version of this program.", "Use that version."
            )
        self._check_log(connection)
        self._is_checked = True
        return True

    def _check_log(self, connection: sa.Connection) -> None:
        row = connection.execute(sa.text("SELECT dialect, name FROM review_log")).first()
        # The host may have another name tomorrow, and a file may lie in another folder.
        if (
            row is None
            or row.dialect != self._log.dialect
            or (PurePath(row.name).name != PurePath(self._log.name).name)
        ):
            other = "another log" if row is None else f"the log {row.name}"
            raise DatabaseError(
                f"{self.path} holds the decisions on {other}, not on {self._log.name}.",
                "Name another file for the decisions.",
            )
