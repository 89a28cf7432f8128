"""Who may change the retention, and who may purge: as each role, over a connection of its own."""

import contextlib
from collections.abc import Callable, Iterator
from itertools import count

import psycopg
import pytest
import sqlalchemy as sa

from mylla_audit_desktop.database.access import read_access
from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.purge import preview_purge, purge
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.retention import read_retention
from mylla_audit_desktop.database.retention_change import ChangedMeanwhileError, set_retention
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.access import Role
from mylla_audit_desktop.log.entry import AuditEntry, NewEntry
from mylla_audit_desktop.log.errors import DatabaseError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.retention import RetentionChange, RetentionSetting
from tests.servers import Server

pytestmark = pytest.mark.postgresql
_numbers = count()
NOW = Instant.parse("2026-10-15T12:00:00Z")
OLD = Instant.parse("2023-10-10T12:00:00Z")
NEW = Instant.parse("2026-10-10T12:00:00Z")

Become = Callable[[str], Database]


@pytest.fixture
def owner(postgresql_url: str) -> Iterator[Database]:
    """The log as its owner's login sees it, with one old and one new entry."""
    database = open_database(postgresql_url, create=True)
    assert upgrade_schema(database) == ()
    append_entries(
        database,
        [NewEntry(when, "member", "usr_1", "Ana", "agent.update") for when in (OLD, NEW)],
        Cancellation(),
    )
    yield database
    database.close()


@pytest.fixture
def become(postgresql_server: Server, owner: Database) -> Iterator[Become]:
    """The same log as a login of the role sees it: a person's, the service's, the job's."""
    made: list[tuple[str, Database]] = []

    def become(role: str) -> Database:
        login = f"{role}_{next(_numbers)}"
        with psycopg.connect(postgresql_server.url(owner.label.name)) as connection:
            connection.execute(f'CREATE ROLE "{login}" LOGIN'.encode())
            # Without a role there is no way in; here the walls behind that are tried.
            connection.execute(
                f'GRANT CONNECT ON DATABASE "{owner.label.name}" TO "{login}"'.encode()
            )
            if role in {"writer", "retention"}:
                connection.execute(f'GRANT mylla_audit_{role} TO "{login}"'.encode())
        if role in {"admin", "super-admin", "member"}:
            write_member(owner, login, Role(role), f"usr_{role}", role.title(), Cancellation())
        url = f"postgresql://{login}@127.0.0.1:{postgresql_server.port}/{owner.label.name}"
        database = open_database(url, reads_entries=False)
        made.append((login, database))
        return database

    yield become
    for login, database in made:
        database.close()
        with psycopg.connect(postgresql_server.url(owner.label.name)) as connection:
            connection.execute(f'DROP OWNED BY "{login}"; DROP ROLE "{login}"'.encode())


def change(days: int, based_on: int = 0, reference: str = "Policy 4.2") -> RetentionChange:
    return RetentionChange(days, days, reference, based_on)


def set_as(database: Database, wanted: RetentionChange) -> RetentionSetting:
    return set_retention(database, read_access(database, Cancellation()), wanted, Cancellation())


def entries_in(database: Database) -> list[AuditEntry]:
    return list(LogReader(database).iterate_entries(LogQuery(), None, Cancellation()))


def test_a_super_admin_changes_the_retention_under_their_own_name(
    owner: Database, become: Become
) -> None:
    person = become("super-admin")
    access = read_access(person, Cancellation())
    assert access.no_retention_change == ""
    setting = set_as(person, change(730))
    assert (setting.number, setting.days, setting.documented_in) == (1, 730, "Policy 4.2")
    assert (setting.login, setting.actor_id) == (person.login, "usr_super-admin")
    recorded = entries_in(owner)[0]
    assert (recorded.action, recorded.actor_id) == (
        "settings.change_retention",
        "usr_super-admin",
    )
    assert recorded.before == '{"retention_days":1095}'
    assert recorded.after == (
        '{"retention_days":730,"documented_days":730,"documented_in":"Policy 4.2"}'
    )
    assert recorded.ip_address == "127.0.0.1"
    state = read_retention(person, Cancellation())
    assert state.setting == setting
    # Nothing changes, so nothing is recorded.
    assert set_as(person, change(730, 1)) == setting
    assert set_as(person, change(800, 1, "Policy 5")).number == 2
    recorded = entries_in(owner)[0]
    assert recorded.before == (
        '{"retention_days":730,"documented_days":730,"documented_in":"Policy 4.2"}'
    )


def test_of_two_changes_at_once_the_later_one_is_told(become: Become) -> None:
    first, second = become("super-admin"), become("super-admin")
    set_as(first, change(730))
    with pytest.raises(ChangedMeanwhileError):
        set_as(second, change(365))
    assert read_retention(second, Cancellation()).setting.days == 730


@pytest.mark.parametrize("role", ["admin", "member", "writer", "retention", "nobody"])
def test_nobody_else_changes_it(owner: Database, become: Become, role: str) -> None:
    someone = become(role)
    assert read_access(someone, Cancellation()).no_retention_change != ""
    with pytest.raises(DatabaseError, match="only a Super Admin changes the retention"):
        set_retention(someone, read_access(owner, Cancellation()), change(30), Cancellation())
    for statement in (
        "INSERT INTO audit.retention_settings VALUES (1, 1, 1, 'x', now(), 'x', 'x', 'x')",
        "UPDATE audit.retention_runs SET deleted = 0",
        "DELETE FROM audit.retention_runs",
        "TRUNCATE audit.retention_settings",
        "DELETE FROM audit.entries",
        "DROP TABLE audit.entries_2023_10",
    ):
        with pytest.raises(DatabaseError), someone.writing(Cancellation()) as connection:
            connection.exec_driver_sql(statement)
    assert read_retention(owner, Cancellation()).setting.number == 0
    assert len(entries_in(owner)) == 2


def test_the_owner_is_no_team_member_and_changes_nothing(owner: Database) -> None:
    with pytest.raises(DatabaseError, match="only a Super Admin"):
        set_as(owner, change(30))


def test_the_job_purges_and_can_do_nothing_else(owner: Database, become: Become) -> None:
    job = become("retention")
    preview = preview_purge(job, None, Cancellation(), NOW)
    assert (preview.count, preview.days) == (1, 1095)
    run = purge(job, None, Cancellation(), now=NOW)
    assert (run.deleted, run.login) == (1, job.login)
    assert [entry.occurred_at for entry in entries_in(owner)] == [NEW]
    assert read_retention(owner, Cancellation()).enforced == run
    for statement in (
        "SELECT count(*) FROM audit.entries",
        "SELECT count(*) FROM audit.retention_settings",
        "SELECT audit.retention_terms(1, now())",
        "SELECT audit.record('a.b', 't', 't', 't', NULL, NULL)",
        "SELECT audit.append_entry('system', 'system', 'system', 'a.b')",
        "SELECT audit.begin_retention(0, now())",
        "SELECT audit.begin_retention(-1, now())",
        "SELECT audit.begin_retention(36501, now())",
    ):
        with pytest.raises(DatabaseError), job.writing(Cancellation()) as connection:
            connection.exec_driver_sql(statement)
    # Nothing but the days of the job's own environment; a clock that is made up helps nobody.
    with job.writing(Cancellation()) as connection:
        [cutoff] = connection.scalars(
            sa.text("SELECT now() - cutoff FROM audit.begin_retention(1095, 'infinity')")
        )
    assert cutoff.days in {1094, 1095}


def test_the_job_takes_the_days_that_a_super_admin_set(owner: Database, become: Become) -> None:
    set_as(become("super-admin"), change(4000))
    assert purge(become("retention"), None, Cancellation(), now=NOW).deleted == 0
    assert purge(owner, None, Cancellation(), now=NOW).days == 4000


@pytest.mark.parametrize("role", ["super-admin", "admin", "member", "writer", "nobody"])
def test_nobody_but_the_job_and_the_owner_purges(
    owner: Database, become: Become, role: str
) -> None:
    someone = become(role)
    for call in (purge, preview_purge):
        with pytest.raises(DatabaseError, match="only the login of the retention job may purge"):
            call(someone, 1, Cancellation())
    for statement in (
        "SELECT audit.retention_step(1, 10, true)",
        "SELECT audit.end_retention(1, 'done')",
    ):
        with pytest.raises(DatabaseError), someone.writing(Cancellation()) as connection:
            connection.exec_driver_sql(statement)
    assert len(entries_in(owner)) == 2
    assert purge(owner, None, Cancellation(), now=NOW).deleted == 1


def test_who_may_read_the_log_sees_how_it_is_kept(become: Become) -> None:
    for role in ("admin", "super-admin"):
        assert read_retention(become(role), Cancellation()).due_now == 1
    for role in ("member", "writer", "retention", "nobody"):
        with pytest.raises(DatabaseError, match="refuses"):
            read_retention(become(role), Cancellation())


def test_no_shadow_makes_the_purge_delete_more(owner: Database, become: Become) -> None:
    """Names are found in pg_catalog alone, whatever the job puts into its own search path."""
    job = become("retention")
    with contextlib.suppress(DatabaseError), job.writing(Cancellation()) as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION pg_temp.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            " $$ SELECT 'infinity'::timestamptz $$"
        )
    with job.writing(Cancellation()) as connection:
        connection.exec_driver_sql("SET search_path = pg_temp, pg_catalog")
        connection.exec_driver_sql("SELECT * FROM audit.begin_retention(1095, NULL)")
        connection.exec_driver_sql("SELECT * FROM audit.retention_step(1, 10, true)")
    assert [entry.occurred_at for entry in entries_in(owner)] == [NEW]
