"""The purge: exact, recorded, once at a time, and unharmed by being killed."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.drivers import postgresql_driver
from mylla_audit_desktop.database.purge import PurgeCancelledError, preview_purge, purge
from mylla_audit_desktop.database.purge_run import AnotherRunError
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.retention import NotOfferedError, read_retention, tables_of
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.retention import DaysSource, RetentionRun, RunOutcome, cutoff_at

# Behind the server's clock, so that this one counts on both databases.
NOW = Instant.parse("2026-10-15T12:00:00Z")
MICRO, SECOND, DAY = 1, 1_000_000, 86_400_000_000
# Set to 500 for the long run.
KILLS = int(os.environ.get("MYLLA_PURGE_KILLS", "6"))


def at(age_days: int, later: int = 0) -> Instant:
    """So many days before NOW, and so many microseconds after that."""
    return Instant(NOW.microseconds - age_days * DAY + later)


def add(database: Database, *times: Instant) -> None:
    entries = (NewEntry(when, "member", "usr_1", "Ana", "agent.update") for when in times)
    append_entries(database, entries, Cancellation())


def times_in(database: Database) -> list[Instant]:
    entries = LogReader(database).iterate_entries(LogQuery(), None, Cancellation())
    return sorted(entry.occurred_at for entry in entries)


def runs_in(database: Database) -> list[tuple[str, int]]:
    _, runs = tables_of(database)
    with database.reading(Cancellation()) as connection:
        rows = connection.execute(sa.select(runs.c.outcome, runs.c.deleted).order_by(runs.c.number))
        return [(row.outcome, row.deleted) for row in rows]


def enforce(database: Database, days: int | None = None, now: Instant = NOW) -> RetentionRun:
    return purge(database, days, Cancellation(), now=now)


def test_the_boundary_is_exact(database: Database) -> None:
    stays = [at(1095), at(1095, MICRO), at(1095, SECOND), at(0)]
    add(database, *stays, at(1095, -MICRO), at(1095, -SECOND), at(4000))
    run = enforce(database)
    assert times_in(database) == sorted(stays)
    assert (run.deleted, run.days, run.cutoff) == (3, 1095, at(1095))
    assert (run.source, run.outcome) == (DaysSource.SETTING, RunOutcome.DONE)


def test_the_days_of_the_job_go_before_the_configured_ones(database: Database) -> None:
    add(database, at(30), at(30, -MICRO))
    run = enforce(database, 30)
    assert times_in(database) == [at(30)]
    assert (run.days, run.source) == (30, DaysSource.ENVIRONMENT)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(1, 4000),
    offsets=st.lists(
        st.one_of(st.integers(-3, 3), st.integers(-400 * DAY, 400 * DAY)), max_size=12
    ),
)
def test_what_is_older_goes_and_nothing_else(
    database: Database, days: int, offsets: list[int]
) -> None:
    for batch in (2, 5):
        times = [at(days, offset) for offset in offsets]
        before = times_in(database)
        add(database, *times)
        present = sorted(before + times)
        preview = preview_purge(database, days, Cancellation(), NOW)
        run = purge(database, days, Cancellation(), now=NOW, batch=batch)
        kept = [when for when in present if when >= at(days)]
        assert times_in(database) == kept
        assert preview.count == run.deleted == len(present) - len(kept)


def test_odd_times_are_no_exception(database: Database) -> None:
    odd = [
        Instant.EARLIEST,
        Instant.parse("-004712-11-24T00:00:00Z"),
        Instant.parse("0001-01-01T00:00:00Z"),
        Instant.parse("1969-12-31T23:59:59.999999Z"),
    ]
    kept = [at(0), Instant.parse("9999-12-31T23:59:59Z"), Instant.LATEST]
    add(database, *odd, *kept)
    assert enforce(database).deleted == len(odd)
    assert times_in(database) == kept


def test_a_day_is_24_hours_in_every_zone(database: Database) -> None:
    """Twice a year a day of Europe/Berlin is not."""
    if database.is_postgresql:

        @sa.event.listens_for(database.engine, "begin")
        def begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("SET TIME ZONE 'Europe/Berlin'")
            connection.exec_driver_sql("SET DateStyle = 'SQL, DMY'")

    add(database, *(at(days) for days in range(1, 400)), *(at(d, -1) for d in range(1, 400)))
    for days in (399, 360, 200, 17, 1):
        assert enforce(database, days).cutoff == at(days)
        assert times_in(database)[0] == at(days)


def test_a_missed_week_is_made_up_for(database: Database) -> None:
    add(database, *(at(1095 - day, hour) for day in range(8) for hour in (0, 1)))
    assert enforce(database).deleted == 0
    later = Instant(NOW.microseconds + 7 * DAY)
    assert enforce(database, now=later).deleted == 14
    assert times_in(database) == [at(1088), at(1088, 1)]


def test_a_clock_set_back_deletes_nothing_more(database: Database) -> None:
    add(database, at(1095 + 200), at(1095 - 1), at(0))
    assert enforce(database).deleted == 1
    add(database, at(1095 + 200))
    back = enforce(database, now=Instant(NOW.microseconds - 365 * DAY))
    assert back.deleted == 0
    assert back.cutoff == at(1095 + 365)
    assert enforce(database).deleted == 1


def test_a_clock_that_runs_ahead_does_not_count_on_a_server(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    young = Instant(NOW.microseconds + DAY)
    add(database, young)
    run = purge(database, 1095, Cancellation(), now=Instant(NOW.microseconds + 4000 * DAY))
    assert run.deleted == 0
    assert times_in(database) == [young]
    database.close()


def test_every_run_is_recorded_and_a_dry_one_is_not(database: Database) -> None:
    add(database, at(2000), at(1))
    preview = preview_purge(database, None, Cancellation(), NOW)
    assert (preview.count, preview.days, preview.cutoff) == (1, 1095, at(1095))
    assert len(times_in(database)) == 2
    assert runs_in(database) == []
    first, second = enforce(database), enforce(database)
    assert (first.number, second.number) == (1, 2)
    assert first.finished_at is not None
    assert runs_in(database) == [("done", 1), ("done", 0)]
    state = read_retention(database, Cancellation(), NOW)
    assert state.enforced == state.latest == second


def partitions(database: Database) -> set[str]:
    with database.reading(Cancellation()) as connection:
        return set(
            connection.scalars(
                sa.text(
                    "SELECT inhrelid::regclass::text FROM pg_inherits"
                    " WHERE inhparent = 'audit.entries'::regclass"
                )
            )
        )


@pytest.fixture
def log(postgresql_url: str) -> Iterable[Database]:
    database = open_database(postgresql_url, create=True)
    upgrade_schema(database)
    yield database
    database.close()


def test_whole_months_are_dropped(log: Database) -> None:
    cutoff = Instant.parse("2023-10-16T12:00:00Z")
    assert cutoff_at(NOW, 1095) == cutoff
    stays = [cutoff, Instant.parse("2023-11-01T00:00:00Z")]
    # The default partition holds what no month does: here the year 1950.
    gone = ["1950-05-05T00:00:00Z", "2023-08-01T00:00:00Z", "2023-09-30T23:59:59.999999Z"]
    add(log, *stays, *(Instant.parse(text) for text in gone), Instant(cutoff.microseconds - 1))
    before = partitions(log)
    assert preview_purge(log, None, Cancellation(), NOW).months == 2
    run = enforce(log)
    assert (run.deleted, run.months) == (4, 2)
    assert before - partitions(log) == {"audit.entries_2023_08", "audit.entries_2023_09"}
    assert times_in(log) == stays
    # What comes late for a month that is gone is caught, and goes with the next run.
    add(log, Instant.parse("2023-08-02T00:00:00Z"))
    assert enforce(log).deleted == 1


def test_a_month_goes_at_the_very_moment_that_it_may(log: Database) -> None:
    add(log, Instant.parse("2023-09-30T23:59:59.999999Z"))
    end = Instant.parse("2023-10-01T00:00:00Z").microseconds + 1095 * DAY
    assert enforce(log, now=Instant(end - 1)).months == 0
    assert times_in(log) != []
    assert enforce(log, now=Instant(end)).deleted == 1


def test_a_reader_holds_up_no_purge_and_the_purge_no_reader(log: Database) -> None:
    add(log, at(1200), at(1200, 1), at(1))
    with log.reading(Cancellation()) as connection:
        connection.execute(sa.text("SELECT count(*) FROM audit.entries"))
        run = enforce(log)
        assert (run.deleted, run.months) == (2, 0)
    # The empty month goes when nobody reads.
    assert enforce(log).months == 1


def test_twice_at_once_the_second_one_says_so(log: Database) -> None:
    add(log, *(at(1200, number) for number in range(30)))
    said: list[str] = []

    def at_the_same_time(_deleted: int) -> None:
        with pytest.raises(AnotherRunError) as caught:
            purge(other, None, Cancellation(), now=NOW)
        said.append(caught.value.sentence)

    other = open_database(url_of(log))
    with log.reading(Cancellation()) as connection:
        # No month is dropped while somebody reads, so that there are several steps.
        connection.execute(sa.text("SELECT count(*) FROM audit.entries"))
        run = purge(log, None, Cancellation(), now=NOW, batch=10, progress=at_the_same_time)
    other.close()
    assert run.deleted == 30
    assert runs_in(log) == [("done", 30)]
    assert set(said) == {"Another run of the purge is under way. This one deleted nothing."}


def test_the_lock_outlives_a_server_that_ends_transactions_which_wait(log: Database) -> None:
    add(log, *[Instant.EARLIEST] * 30)
    with log.writing(Cancellation()) as connection:
        connection.exec_driver_sql(
            f"ALTER DATABASE {log.label.name} SET idle_in_transaction_session_timeout = '100ms'"
        )
    first, second = open_database(url_of(log)), open_database(url_of(log))
    said: list[str] = []

    def at_the_same_time(_deleted: int) -> None:
        with second.reading(Cancellation()) as connection:
            connection.exec_driver_sql("SELECT pg_sleep(0.3)")
        with pytest.raises(AnotherRunError) as caught:
            enforce(second)
        said.append(caught.value.what)

    run = purge(first, None, Cancellation(), now=NOW, batch=20, progress=at_the_same_time)
    assert (run.deleted, set(said)) == (30, {"Another run of the purge is under way."})
    first.close()
    second.close()


def url_of(database: Database) -> str:
    label = database.label
    return f"postgresql://postgres@{label.host}:{label.port}/{label.name}"


def test_twice_at_once_on_sqlite_the_later_one_takes_over(sqlite_url: str) -> None:
    first = open_database(sqlite_url, create=True)
    upgrade_schema(first)
    add(first, *(at(1200, number) for number in range(30)), at(1))
    second = open_database(sqlite_url)
    others: list[RetentionRun] = []

    def at_the_same_time(_deleted: int) -> None:
        others.append(enforce(second))

    with pytest.raises(AnotherRunError, match="has taken over"):
        purge(first, None, Cancellation(), now=NOW, batch=10, progress=at_the_same_time)
    assert [run.deleted for run in others] == [20]
    assert runs_in(first) == [("interrupted", 10), ("done", 20)]
    assert times_in(first) == [at(1)]
    second.close()
    first.close()


def test_two_that_start_together_delete_each_entry_once(database: Database) -> None:
    add(database, *(at(1200, number) for number in range(2000)), at(1))
    start = threading.Barrier(4)
    outcomes: list[object] = []

    def work() -> None:
        start.wait()
        try:
            outcomes.append(purge(database, None, Cancellation(), now=NOW, batch=50))
        except AnotherRunError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 4
    assert any(isinstance(one, RetentionRun) for one in outcomes)
    assert times_in(database) == [at(1)]
    assert sum(deleted for _, deleted in runs_in(database)) == 2000
    assert all(outcome != "running" for outcome, _ in runs_in(database))


def test_cancelled_it_says_how_far_it_came(database: Database) -> None:
    add(database, Instant.parse("1950-01-01T00:00:00Z"), at(1), *[Instant.EARLIEST] * 30)
    cancellation = Cancellation()
    with pytest.raises(PurgeCancelledError, match="after 10 deleted entries"):
        purge(
            database,
            None,
            cancellation,
            now=NOW,
            batch=10,
            progress=lambda _deleted: cancellation.flag(),
        )
    assert runs_in(database) == [("cancelled", 10)]
    assert enforce(database).deleted == 21
    assert times_in(database) == [at(1)]


def test_a_failure_is_recorded(log: Database) -> None:
    add(log, Instant.parse("1950-01-01T00:00:00Z"), at(1))
    with log.writing(Cancellation()) as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE EXCEPTION ''no''; END';"
            "CREATE TRIGGER refuse BEFORE DELETE ON audit.entries"
            " FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    with pytest.raises(Exception, match="no"):
        enforce(log)
    assert runs_in(log) == [("failed", 0)]
    assert len(times_in(log)) == 2


VICTIM = """
import sys
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import open_database
from mylla_audit_desktop.database.purge import purge
from mylla_audit_desktop.log.instant import Instant

database = open_database(sys.argv[1])
print("open", flush=True)
purge(database, None, Cancellation(), now=Instant.parse(sys.argv[2]), batch=200)
"""


def test_killed_half_way_the_record_is_true_and_a_rerun_finishes(database: Database) -> None:
    count = 1_500 * KILLS
    add(database, *(Instant(number) for number in range(-count, 0)), at(1), at(2))
    url = url_of(database) if database.is_postgresql else f"sqlite:///{database.label.name}"
    moments = random.Random(1)
    _, runs = tables_of(database)
    schema = "audit" if database.is_postgresql else None
    entries = sa.table("entries", sa.column("id"), schema=schema)
    # One statement sees one state, even if a step of the dead one still ends.
    together = sa.select(
        sa.select(sa.func.count()).select_from(entries).scalar_subquery()
        + sa.select(sa.func.coalesce(sa.func.sum(runs.c.deleted), 0)).scalar_subquery()
    )
    for _ in range(KILLS):
        victim = subprocess.Popen(
            [sys.executable, "-c", VICTIM, url, str(NOW)], stdout=subprocess.PIPE, text=True
        )
        assert victim.stdout is not None
        assert victim.stdout.readline() == "open\n"
        # Not waiting for anything: the moment is what varies.
        threading.Event().wait(moments.uniform(0, 0.3))
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        victim.stdout.close()
        with database.reading(Cancellation()) as connection:
            assert connection.scalar(together) == count + 2
    wait_until_alone(database)
    enforce(database)
    assert times_in(database) == [at(2), at(1)]
    outcomes = runs_in(database)
    assert sum(deleted for _, deleted in outcomes) == count
    assert outcomes[-1][0] == "done"
    assert {outcome for outcome, _ in outcomes[:-1]} <= {"interrupted", "done"}
    assert any(outcome == "interrupted" for outcome, _ in outcomes)


def wait_until_alone(database: Database) -> None:
    """The server needs a moment to notice that its client is dead."""
    if not database.is_postgresql:
        return
    with database.reading(Cancellation()) as connection:
        driver: psycopg.Connection = postgresql_driver(connection)
        driver.execute("SELECT pg_advisory_xact_lock_shared(7355608002)")


def test_a_foreign_log_is_not_purged(postgresql_url: str) -> None:
    database = open_database(postgresql_url, create=True)
    with database.writing(Cancellation()) as connection:
        connection.exec_driver_sql(
            "CREATE SCHEMA audit; CREATE TABLE events (id bigint, at timestamptz);"
            "INSERT INTO events VALUES (1, '1999-01-01Z');"
            "CREATE VIEW audit.entries AS SELECT id, at AS occurred_at FROM events"
        )
    with pytest.raises(NotOfferedError, match="belongs to another program"):
        enforce(database)
    with pytest.raises(NotOfferedError, match="belongs to another program"):
        preview_purge(database, 30, Cancellation())
    with database.reading(Cancellation()) as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM events")) == 1
    database.close()
