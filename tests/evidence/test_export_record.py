"""Every export leaves its trace in the log, and no export is part of itself."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mylla_audit_desktop.database.access import operating_system_login
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.members import write_member
from mylla_audit_desktop.database.reader import LogReader
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.evidence import export
from mylla_audit_desktop.evidence.export import export_csv
from mylla_audit_desktop.log.access import Role
from mylla_audit_desktop.log.csv_format import HEADER, Profile
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.errors import CancelledError, DatabaseError, InputError
from mylla_audit_desktop.log.query import LogQuery
from tests.clusters import control
from tests.evidence.conftest import OpenLog, a_request, names_in, new_entry, streams_that_end_early
from tests.servers import Server, running_postgresql


def records(database: Database) -> list[AuditEntry]:
    """What exports left in the log, oldest first."""
    query = LogQuery(actions=("data.request_export",))
    return list(LogReader(database).iterate_entries(query, None, Cancellation()))[::-1]


def values(entry: AuditEntry) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(entry.after or "")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "out"
    path.mkdir()
    return path


def test_an_export_is_recorded_before_and_after_and_holds_itself_never(
    open_any_log: OpenLog, folder: Path
) -> None:
    database = open_any_log(new_entry(id=number) for number in (1, 2, 3))
    request = a_request(
        folder / "log.csv", query=LogQuery(actors=("usr_1",)), filters_as_given={"actor": ["usr_1"]}
    )
    result = export_csv(database, request, Cancellation())
    assert result.row_count == 3
    begun, ended = records(database)
    login = "postgres" if database.is_postgresql else operating_system_login()
    for entry in (begun, ended):
        assert (entry.actor_type, entry.actor_id, entry.actor_name) == ("member", login, login)
        assert (entry.target_type, entry.target_id) == ("export", result.export_id)
        assert entry.target_name == "log.csv"
        assert values(entry)["login"] == login
    started = values(begun)
    assert (started["state"], started["snapshot"], started["profile"]) == ("started", 3, "siem")
    assert started["filters"]["given"] == {"actor": ["usr_1"]}
    assert started.get("verified", True) == database.is_postgresql
    done = values(ended)
    assert (done["state"], done["row_count"]) == ("completed", 3)
    assert (done["sha256"], done["bytes"]) == (result.sha256, result.bytes)
    # Everything now is the entries, the trace of the first, and not that of the second.
    second = export_csv(database, a_request(folder / "all.csv"), Cancellation())
    assert second.row_count == 5
    with (folder / "all.csv").open(newline="") as file:
        targets = {row["target_id"] for row in csv.DictReader(file)}
    assert targets == {"", result.export_id}
    # The screen's snapshot is older still.
    third = export_csv(database, a_request(folder / "old.csv", highest_id=2), Cancellation())
    assert third.row_count == 2
    assert values(records(database)[-2])["snapshot"] == 2


def test_the_record_is_committed_before_the_first_byte(
    open_any_log: OpenLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_any_log([new_entry()])
    seen: list[list[object]] = []

    def look(*_: object, **__: object) -> Iterator[bytes]:
        seen.append([values(one)["state"] for one in records(database)])
        yield HEADER.encode()

    monkeypatch.setattr(export, "stream_csv", look)
    export_csv(database, a_request(folder / "log.csv"), Cancellation())
    assert seen == [["started"]]


def test_cancelled_and_failed_exports_say_so(
    open_any_log: OpenLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_any_log([new_entry()])
    cancellation = Cancellation()
    for stream, error in streams_that_end_early(cancellation):
        monkeypatch.setattr(export, "stream_csv", stream)
        with pytest.raises(error):
            export_csv(database, a_request(folder / "log.csv"), cancellation)
    ended = [values(one) for one in records(database)][1::2]
    assert [one["state"] for one in ended] == ["failed", "cancelled"]
    assert ended[0]["reason"] == "The disk is full."
    assert names_in(folder) == []
    # A call that is wrong from the start was never an export.
    with pytest.raises(InputError):
        export_csv(database, a_request(folder / "nowhere" / "log.csv"), Cancellation())
    assert len(records(database)) == 4


def test_where_it_cannot_be_recorded_nothing_is_written(
    open_any_log: OpenLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_any_log([new_entry()])

    def refuse(*_: object) -> None:
        raise DatabaseError("The network is gone.")

    monkeypatch.setattr(export, "begin_export_record", refuse)
    with pytest.raises(DatabaseError):
        export_csv(database, a_request(folder / "log.csv"), Cancellation())
    assert names_in(folder) == []


def test_an_outcome_that_cannot_be_recorded_is_told(
    open_any_log: OpenLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_any_log([new_entry()])

    def refuse(*_: object) -> None:
        raise DatabaseError("The network is gone.")

    monkeypatch.setattr(export, "end_export_record", refuse)
    result = export_csv(database, a_request(folder / "log.csv"), Cancellation())
    assert "could not be recorded: The network is gone." in result.note
    assert [values(one)["state"] for one in records(database)] == ["started"]


def test_a_log_that_took_the_place_of_the_exported_one_is_not_written_to(
    open_log: OpenLog, folder: Path
) -> None:
    database, other = open_log([new_entry()]), open_log([new_entry()])
    path, other_path = Path(database.label.name), Path(other.label.name)
    other.close()

    def replace(_rows: int) -> None:
        if other_path.exists():
            other_path.replace(path)

    result = export_csv(database, a_request(folder / "log.csv"), Cancellation(), replace)
    assert not other_path.exists()
    assert "could not be recorded" in result.note
    assert f"{path} is no longer the log that was exported." in result.note
    assert records(database) == []


def test_a_file_that_cannot_be_written_is_exported_without_a_trace(
    open_log: OpenLog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = open_log([new_entry()])
    real = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: "log-" not in str(path) and real(path, mode)
    )
    result = export_csv(database, a_request(folder / "log.csv"), Cancellation())
    assert (result.row_count, result.export_id) == (1, "")
    assert "not recorded" in result.note
    assert records(database) == []


def test_a_file_name_of_bytes_that_are_no_text(open_any_log: OpenLog, folder: Path) -> None:
    database = open_any_log([new_entry()])
    export_csv(database, a_request(folder / "a\udcffb.csv"), Cancellation())
    assert [one.target_name for one in records(database)] == ["a\ufffdb.csv"] * 2


@pytest.mark.postgresql
def test_a_reviewers_export_is_theirs_and_nobody_elses(
    postgresql_server: Server, open_server_log: OpenLog, folder: Path
) -> None:
    owner = open_server_log([new_entry()])
    upgrade_schema(owner)
    for login, role in (("exp_ana", Role.ADMIN), ("exp_ben", Role.SUPER_ADMIN)):
        postgresql_server.execute(f"CREATE ROLE {login} LOGIN")
        write_member(owner, login, role, f"usr_{login}", f"The {login}", Cancellation())
    place = f"@127.0.0.1:{postgresql_server.port}/{owner.label.name}"
    ana = open_database(f"postgresql://exp_ana{place}")
    request = a_request(folder / "log.csv", profile=Profile.SPREADSHEET)
    result = export_csv(ana, request, Cancellation())
    ana.close()
    begun, ended = records(owner)
    assert {(one.actor_id, one.actor_name) for one in (begun, ended)} == {
        ("usr_exp_ana", "The exp_ana")
    }
    assert begun.ip_address == "127.0.0.1"
    end = 'SELECT audit.end_export(%s, \'{"state": "failed"}\')'
    with psycopg.connect(f"postgresql://exp_ben{place}") as ben:
        opened = ben.execute("SELECT export_id FROM audit.begin_export('{}')").fetchone()
        ben.commit()
        assert opened is not None
    for login, export_id in (
        ("exp_ben", result.export_id),
        ("exp_ana", result.export_id),
        ("exp_ana", opened[0]),
        ("exp_ana", "exp_made_up"),
    ):
        with (
            psycopg.connect(f"postgresql://{login}{place}") as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(end, (export_id,))
    for details in ('{"snapshot": 99999999, "state": "completed", "login": "x"}', "[]"):
        with psycopg.connect(f"postgresql://exp_ben{place}") as connection:
            connection.execute("SELECT audit.begin_export(%s)", (details,))
    [*_, last, _] = records(owner)
    assert values(last)["login"] == "exp_ben"
    assert values(last)["state"] == "started"
    assert int(str(values(last)["snapshot"])) < last.id
    with psycopg.connect(postgresql_server.url(owner.label.name), autocommit=True) as connection:
        for login in ("exp_ana", "exp_ben"):
            connection.execute(f"DROP ROLE {login}".encode())


@pytest.mark.postgresql
def test_a_server_that_only_reads_is_told(folder: Path) -> None:
    """A recovering server, as a standby is for ever; started without anything to follow."""
    with running_postgresql() as server:
        url = server.create_database("log")
        database = open_database(url, create=True)
        upgrade_schema(database)
        database.close()
        server.become_standby()
        database = open_database(url)
        with pytest.raises(DatabaseError, match="is a standby") as caught:
            export_csv(database, a_request(folder / "log.csv"), Cancellation())
        database.close()
    assert "primary" in caught.value.sentence
    assert names_in(folder) == []


@pytest.fixture
def restarted(folder: Path) -> Iterator[tuple[Server, Database]]:
    """A log on a server of its own, which a test may stop and start."""
    with running_postgresql({"synchronous_commit": "on"}) as server:
        database = open_database(server.create_database("log"), create=True)
        upgrade_schema(database)
        yield server, database
        database.close()


def stop_in_the_midst(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the first bytes are written, the server is stopped."""

    def stopped(*_: object, **__: object) -> Iterator[bytes]:
        yield HEADER.encode()
        control(server, "stop", "-m", "immediate")
        raise DatabaseError("The server was lost.", "Try again.")

    monkeypatch.setattr(export, "stream_csv", stopped)


@pytest.mark.postgresql
def test_a_server_that_comes_back_gets_the_outcome_once(
    restarted: tuple[Server, Database], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, database = restarted
    stop_in_the_midst(server, monkeypatch)
    cancellation = Cancellation()
    pauses: list[float] = []

    def start(seconds: float) -> bool:
        pauses.append(seconds)
        if len(pauses) == 2:
            control(server, "restart")
        return True

    monkeypatch.setattr(cancellation, "pause", start)
    with pytest.raises(DatabaseError) as caught:
        export_csv(database, a_request(folder / "log.csv"), cancellation)
    assert caught.value.sentence == "The server was lost. Try again."
    begun, ended = records(database)
    assert (values(begun)["state"], values(ended)["state"]) == ("started", "failed")
    assert values(ended)["reason"] == "The server was lost."
    assert len(pauses) == 2


@pytest.mark.postgresql
def test_a_server_that_stays_away_is_told_with_the_failure(
    restarted: tuple[Server, Database], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, database = restarted
    stop_in_the_midst(server, monkeypatch)
    for is_patient in (True, False):
        pauses: list[float] = []
        cancellation = Cancellation()

        def pause(seconds: float, is_patient: bool = is_patient, to: list[float] = pauses) -> bool:
            to.append(seconds)
            return is_patient

        monkeypatch.setattr(cancellation, "pause", pause)
        with pytest.raises(DatabaseError) as caught:
            export_csv(database, a_request(folder / "log.csv"), cancellation)
        assert caught.value.sentence.startswith("The server was lost. Try again. ")
        assert "That this export failed could not be recorded in the log:" in caught.value.sentence
        assert sum(pauses) < 20
        # Who cancels waits no longer.
        assert (len(pauses) > 1) == is_patient
        assert names_in(folder) == []
        control(server, "restart")
    assert [values(one)["state"] for one in records(database)] == ["started", "started"]


@pytest.mark.postgresql
def test_a_cancelled_export_whose_server_is_gone_says_what_is_missing(
    restarted: tuple[Server, Database], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, database = restarted
    cancellation = Cancellation()

    def stopped(*_: object, **__: object) -> Iterator[bytes]:
        yield HEADER.encode()
        control(server, "stop", "-m", "immediate")
        cancellation.flag()
        yield b"more"

    monkeypatch.setattr(export, "stream_csv", stopped)
    with pytest.raises(CancelledError, match="That it was cancelled could not be recorded"):
        export_csv(database, a_request(folder / "log.csv"), cancellation)
    control(server, "restart")
