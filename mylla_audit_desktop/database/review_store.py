"""Policy versions, decisions and sign-offs of one log: read, and only ever added to.

They are in the log's own database, or in a file of decisions (`review_file`) where the log
has no place for them or cannot be written. The rest of the program does not notice which.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from mylla_audit_desktop.database import review_faults as faults
from mylla_audit_desktop.database import review_postgresql as postgresql
from mylla_audit_desktop.database import review_rows as rows
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.review_entries import read_count, read_parties
from mylla_audit_desktop.database.review_file import DecisionFile
from mylla_audit_desktop.database.review_place import choose_reviewer, read_place
from mylla_audit_desktop.database.review_schema import review_tables
from mylla_audit_desktop.database.review_sqlite import SqliteWriter
from mylla_audit_desktop.log.access import Access, Reviewer
from mylla_audit_desktop.log.errors import AnswerIsNoError, DatabaseError, InputError, KnownError
from mylla_audit_desktop.log.storable import is_storable
from mylla_audit_desktop.log.zones import system_zone
from mylla_audit_desktop.review.decision import (
    NOTE_REQUIRED,
    Decision,
    NewDecision,
    NewSignOff,
    SignOff,
    says_something,
)
from mylla_audit_desktop.review.finding import finding_id
from mylla_audit_desktop.review.policy import Policy, PolicyVersion
from mylla_audit_desktop.review.policy_file import format_policy, parse_policy

_Result = TypeVar("_Result")
# A deadlock or a serialization failure undid everything; so often it is tried again.
_ATTEMPTS = 3


class ReviewStore:
    """Made by `open_review_store`; safe to use from several threads.

    where: in words, where decisions are kept. is_local: in a file of decisions.
    reviewer: who decides; None where nobody may. why_not: a sentence why this person
    cannot decide, "" if they can.
    """

    def __init__(
        self,
        log: Database,
        file: DecisionFile | None,
        *,
        reviewer: Reviewer | None,
        why_not: str,
    ) -> None:
        self._log = log
        self._file = file
        self.is_local = file is not None
        self.where = "the log's own database" if file is None else f"the file {file.path}"
        self.reviewer = reviewer
        self.why_not = why_not
        self._is_postgresql = file is None and log.is_postgresql
        self._tables = review_tables(is_postgresql=self._is_postgresql)

    # -- reading ---------------------------------------------------------------

    def read_policy(self, cancellation: Cancellation) -> PolicyVersion:
        """The newest policy; number 0 is the built-in one, in the system's zone."""
        return self.read_policies(cancellation)[-1]

    def read_policies(self, cancellation: Cancellation) -> tuple[PolicyVersion, ...]:
        """All versions, oldest first; the first is the built-in one."""
        table = self._tables.policies

        def read(connection: sa.Connection) -> tuple[PolicyVersion, ...]:
            found = connection.execute(sa.select(table).order_by(table.c.number))
            return tuple(self._version(row) for row in found)

        return (self._built_in, *(self._read(read, cancellation) or ()))

    def read_decisions(
        self, finding_ids: Sequence[str] | None, cancellation: Cancellation
    ) -> dict[str, tuple[Decision, ...]]:
        """By finding, in order of their number; None: on all findings.

        A finding that nobody decided on is not in it.
        """
        found = self._read(
            lambda connection: rows.read_decisions(connection, self._tables, finding_ids),
            cancellation,
        )
        return found or {}

    def read_sign_offs(self, cancellation: Cancellation) -> tuple[SignOff, ...]:
        """All sign-offs and countersignatures, in the order in which they were signed."""
        found = self._read(
            lambda connection: rows.read_sign_offs(connection, self._tables), cancellation
        )
        return found or ()

    def read_change_mark(self, cancellation: Cancellation) -> int:
        """Cheap; grows with everything that is added, by whomever."""
        found = self._read(
            lambda connection: rows.read_change_mark(connection, self._tables), cancellation
        )
        return found or 0

    # -- adding ----------------------------------------------------------------

    def append_policy(self, text: str, based_on: int, cancellation: Cancellation) -> PolicyVersion:
        """Save a policy (TOML) that was made from version `based_on`; the new version.

        A text that says letter by letter what the newest version says is that version.
        Raises InputError naming the key, AnswerIsNoError where somebody saved meanwhile.
        """
        parse_policy(text)
        _require_storable(text, "policy")
        newest = self.read_policy(cancellation)
        if newest.number == based_on and newest.text == text:
            return newest
        writer = self._writer()

        def append(connection: sa.Connection) -> int:
            if writer is None:
                postgresql.append_policy(connection, text, based_on)
            else:
                writer.append_policy(connection, text, based_on)
            return based_on + 1

        try:
            number = self._append(append, cancellation)
        except faults.OvertakenError:
            newest = self.read_policy(cancellation)
            raise AnswerIsNoError(
                f"{newest.saved_by or 'Somebody'} saved policy version {newest.number} meanwhile.",
                "Nothing was saved. Look at that version, then save yours again.",
            ) from None
        return next(one for one in self.read_policies(cancellation) if one.number == number)

    def append_decisions(
        self, decisions: Sequence[NewDecision], cancellation: Cancellation
    ) -> tuple[Decision, ...]:
        """Add decisions, all or none; as stored, in the order given.

        Raises InputError for what is wrong in itself (a note missing, entries that the log
        does not hold, an ID of other entries), AnswerIsNoError where the reviewer is actor
        or target, DecidedMeanwhileError where `seen` is not the newest, DatabaseError where
        the database takes no decision from this person.
        """
        _check_decisions(decisions)
        if not decisions:
            return ()
        writer = self._writer()
        # From another database where the decisions are in a file; ids are never used again.
        elsewhere = self._read_parties(decisions, cancellation) if self.is_local else None

        def append(connection: sa.Connection) -> dict[str, tuple[Decision, ...]]:
            names = [one.finding_id for one in decisions]
            if writer is None:
                made = postgresql.append_decisions(connection, decisions)
            else:
                parties = elsewhere
                if parties is None:
                    parties = read_parties(connection, self._log, _entry_ids(decisions))
                made = writer.append_decisions(connection, decisions, parties)
            if len(made) != len(decisions):
                raise DatabaseError("The database did not add all decisions.", "Try again.")
            return rows.read_decisions(connection, self._tables, names)

        try:
            stored = self._append(append, cancellation)
        except faults.OvertakenError:
            raise self._decided_meanwhile(decisions, cancellation) from None
        return tuple(stored[one.finding_id][one.seen] for one in decisions)

    def append_sign_off(self, sign_off: NewSignOff, cancellation: Cancellation) -> SignOff:
        """Add a sign-off or a countersignature; as stored.

        Raises AnswerIsNoError where decisions or entries changed since, where somebody
        signed the same meanwhile, where this reviewer signed it already.
        """
        _require_storable(sign_off.zone, "time zone")
        writer = self._writer()
        elsewhere = self._read_count(sign_off, cancellation) if self.is_local else None

        def append(connection: sa.Connection) -> int:
            if writer is None:
                return postgresql.append_sign_off(connection, sign_off)
            count = elsewhere
            if count is None:
                count = read_count(connection, self._log, sign_off.start, sign_off.end)
            return writer.append_sign_off(connection, sign_off, count)

        try:
            made = self._append(append, cancellation)
        except faults.OvertakenError:
            raise self._signed_meanwhile(sign_off, cancellation) from None
        return next(one for one in self.read_sign_offs(cancellation) if one.id == made)

    # -- inside ----------------------------------------------------------------

    @cached_property
    def _built_in(self) -> PolicyVersion:
        policy = Policy(time_zone=system_zone().key)
        return PolicyVersion(0, policy, format_policy(policy), "", "")

    def _version(self, row: "sa.Row[tuple[object, ...]]") -> PolicyVersion:
        try:
            policy = parse_policy(row.text)
        except InputError as error:
            # Saved by a program or a computer that knows more (zones, holidays).
            raise DatabaseError(
                f"Policy version {row.number} cannot be read here: {error.what}",
                "Save a new version.",
            ) from None
        return PolicyVersion(
            row.number,
            policy,
            row.text,
            row.reviewer_name or row.reviewer_id,
            row.saved_at.isoformat(),
        )

    def _read(
        self, read: Callable[[sa.Connection], _Result], cancellation: Cancellation
    ) -> _Result | None:
        """None where nothing was ever added to a file of decisions."""
        if self._file is None:
            with self._log.reading(cancellation) as connection:
                return read(connection)
        with self._file.reading(cancellation) as found:
            return None if found is None else read(found)

    def _writing(self, cancellation: Cancellation) -> AbstractContextManager[sa.Connection]:
        home = self._log if self._file is None else self._file
        return home.writing(cancellation)

    def _append(
        self, append: Callable[[sa.Connection], _Result], cancellation: Cancellation
    ) -> _Result:
        """One transaction, and another where it was undone because of somebody else's."""
        attempt = 1
        while True:
            try:
                with self._writing(cancellation) as connection:
                    return append(connection)
            except faults.OvertakenError as error:
                if error.is_sure or attempt == _ATTEMPTS:
                    raise
            attempt += 1

    def _writer(self) -> SqliteWriter | None:
        """None on PostgreSQL, whose functions know the reviewer. Raises DatabaseError."""
        if self.why_not or self.reviewer is None:
            raise DatabaseError(self.why_not or "Nobody is signed in who could decide.")
        return None if self._is_postgresql else SqliteWriter(self._tables, self.reviewer)

    def _read_parties(
        self, decisions: Sequence[NewDecision], cancellation: Cancellation
    ) -> dict[int, tuple[str | None, str | None]]:
        with self._log.reading(cancellation) as connection:
            return read_parties(connection, self._log, _entry_ids(decisions))

    def _read_count(self, sign_off: NewSignOff, cancellation: Cancellation) -> int:
        with self._log.reading(cancellation) as connection:
            return read_count(connection, self._log, sign_off.start, sign_off.end)

    def _decided_meanwhile(
        self, decisions: Sequence[NewDecision], cancellation: Cancellation
    ) -> KnownError:
        stored = self.read_decisions([one.finding_id for one in decisions], cancellation)
        for one in decisions:
            there = stored.get(one.finding_id, ())
            if len(there) > one.seen:
                return faults.DecidedMeanwhileError(there[-1])
            if len(there) < one.seen:
                return InputError(
                    f"The finding {one.finding_id} has {len(there)} decisions, not {one.seen}.",
                    "Read the findings again.",
                    field="finding",
                )
        return DatabaseError("Too many decide at the same moment.", "Try again.")

    def _signed_meanwhile(self, sign_off: NewSignOff, cancellation: Cancellation) -> KnownError:
        me = None if self.reviewer is None else self.reviewer.actor_id
        for one in reversed(self.read_sign_offs(cancellation)):
            is_same = replace(one.content, zone="", countersigns=None) == replace(
                sign_off, zone="", countersigns=None
            )
            if is_same and one.reviewer.actor_id == me:
                return faults.own_sign_off()
            if is_same:
                who = one.reviewer.actor_name or one.reviewer.actor_id
                return AnswerIsNoError(
                    f"{who} signed the same meanwhile.", "Sign once more to countersign it."
                )
        return DatabaseError("Too many sign at the same moment.", "Try again.")


def open_review_store(
    database: Database,
    access: Access,
    cancellation: Cancellation | None = None,
    *,
    reviewer: str | None = None,
    local_file: Path | None = None,
) -> ReviewStore:
    """The store of a log.

    reviewer: the ID of the team member who decides, where no login vouches for one.
    local_file: where decisions go if the log's database has no place for them, or cannot
    be written; made with the first decision. Raises InputError for a reviewer that cannot
    be, DatabaseError where the log is ours and too old.
    """
    asked = cancellation or Cancellation()
    place = read_place(database, asked)
    person, why_not = choose_reviewer(database, place, access, reviewer, asked)
    file = None
    if not place.is_own:
        if local_file is None:
            raise DatabaseError(
                f"{database.label} has no place for decisions.", "Name a file for them."
            )
        file = DecisionFile(local_file, database.label)
    return ReviewStore(database, file, reviewer=person, why_not=why_not)


def _check_decisions(decisions: Sequence[NewDecision]) -> None:
    names = [one.finding_id for one in decisions]
    if len(set(names)) != len(names):
        raise InputError("A finding is decided on twice at once.", "Decide once.", field="finding")
    for one in decisions:
        if not one.entry_ids or one.finding_id != finding_id(one.rule, one.entry_ids):
            raise faults.wrong_id(one.finding_id)
        if one.verdict in NOTE_REQUIRED and not says_something(one.note):
            raise faults.note_missing(one.finding_id)
        _require_storable(one.note, "note")


def _require_storable(text: str, field: str) -> None:
    if not is_storable(text):
        raise InputError(
            f"The {field} holds a character that cannot be stored.", "Remove it.", field=field
        )


def _entry_ids(decisions: Sequence[NewDecision]) -> list[int]:
    return list(dict.fromkeys(number for one in decisions for number in one.entry_ids))
