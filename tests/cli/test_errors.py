"""What goes wrong is one line in words, with the exit code of the contract, and no secret."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from mylla_audit_desktop.cli.main import main
from mylla_audit_desktop.log.filters import LogFilters
from tests.cli.conftest import COMMAND, Run, entry, run_process
from tests.servers import Server

CANARY = "kanarienvogel-4711"


def is_one_line(text: str) -> bool:
    return text.startswith("mylla-audit: ") and text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["--nonsense", "list", "--database", "sqlite:///x"], "mylla-audit"),
        (["list", "--database", "sqlite:///x", "--nonsense"], "mylla-audit list"),
        (["verify", "x.csv", "y.csv"], "mylla-audit verify"),
        (["review", "list", "--database", "sqlite:///x", "--nonsense"], "mylla-audit review list"),
    ],
)
def test_what_a_command_does_not_know_leads_to_its_own_help(
    words: list[str], command: str, run: Run
) -> None:
    outcome = run(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Unrecognized arguments: " in outcome.err
    assert outcome.err.endswith(f"Try: {command} --help\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "COMMAND"),
        (["review", "list"], "--database"),
        (["list"], "--database"),
        (["init"], "--database"),
        (["export", "--database", "sqlite:///x"], "--output"),
        (["verify"], "FILE"),
        (["list", "--database", "nonsense"], "URL"),
        (["list", "--database", ""], "URL"),
        (["list", "--database", "mysql://h/d"], "SQLite"),
        (["list", "--database", "sqlite://"], "no file"),
        (["list", "--database", "postgresql://h:port/d"], "URL"),
        (["list", "--database", "postgresql://h:99999/d"], "port"),
        (["list", "--database", "postgresql://u@h/host=elsewhere"], "name"),
        (["list", "--database", "sqlite:///x", "--limit", "-1"], "--limit"),
        (["list", "--database", "sqlite:///x", "--limit", "many"], "--limit"),
        (["list", "--database", "sqlite:///x", "--limit", "9" * 13], "at most 999,999,999,999"),
        (["list", "--database", "sqlite:///x", "--sort", "changes"], "--sort"),
        (["list", "--database", "sqlite:///x", "--format", "xml"], "--format"),
        (["list", "--database", "sqlite:///x", "--asc"], "--asc"),
        (["list", "--database", "sqlite:///x", "--time-zone", "Mars/Olympus"], "Mars/Olympus"),
        (["list", "--database", "sqlite:///x", "--time-zone", ""], "''"),
        (["list", "--database", "sqlite:///x", "--from", "2026-02-30"], "2026-02-30"),
        (["list", "--database", "sqlite:///x", "--to", "yesterday"], "yesterday"),
        (["list", "--database", "sqlite:///x", "--from", "2026-03-29T08:00:00"], "offset"),
        (["list", "--database", "sqlite:///x", "--from", ""], "--from"),
        (["list", "--database", "sqlite:///x", "--all-time", "--from", "2026-03-01"], "--all-time"),
        (["list", "--database", "sqlite:///x", "--from", "2026-03-02", "--to", "2026-03-01"],
         "before"),
        (["list", "--database", "sqlite:///x", "--action", "agent. update"], "space"),
        (["list", "--database", "sqlite:///x", "--action", "agent.update, number.release"],
         "repeat --action for several."),
        (["list", "--database", "sqlite:///x", "--action", ""], "empty"),
        (["list", "--database", "sqlite:///x", "--target", " \n"], "--target"),
        (["list", "--database", "sqlite:///x", "--actor", ""], "--actor"),
        (["list", "--database", "sqlite:///x", "--actor", "\udcff"], "--actor"),
        (["demo", "--database", "sqlite:///x", "--entries", "0"], "--entries"),
        (["demo", "--database", "sqlite:///x", "--until", "soon"], "--until"),
        (["demo", "--database", "sqlite:///x", "--until", "infinity"], "--until"),
        (["demo", "--database", "sqlite:///x", "--days", "99999999999"], "--days"),
        (["import", "missing.csv", "--database", "sqlite:///x"], "missing.csv"),
        (["verify", "missing.csv"], "missing.csv"),
        (["list", "--database", "sqlite:///~no-such-user/x"], "~no-such-user"),
        (["list", "--database", "postgresql://h/d?sslrootcert=~no-such-user/x"], "~no-such-user"),
        (["list", "--database", "postgresql://h/d?sslcert=~no-such-user/x"], "~no-such-user"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_one_line_and_exit_code_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert is_one_line(outcome.err), outcome.err
    assert told in outcome.err
    assert list(tmp_path.iterdir()) == [], "a wrong call leaves nothing behind"


@pytest.mark.parametrize(
    "words",
    [
        ["export", "--output", "~no-such-user/x.csv"],
        ["review", "report", "--from", "2026-03-01", "--to", "2026-03-02",
         "--output", "~no-such-user/x.html"],
        ["review", "list", "--decisions", "~no-such-user/x.sqlite"],
    ],
)  # fmt: skip
def test_a_home_folder_that_nobody_has_is_a_wrong_call(
    run: Run, sqlite_log: str, words: list[str]
) -> None:
    outcome = run(*words, "--database", sqlite_log)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "mylla-audit: There is no home folder for ~no-such-user. Write the whole path.\n"
    )


def test_a_database_that_is_not_there_or_not_one_is_exit_code_3(run: Run, tmp_path: Path) -> None:
    foreign = tmp_path / "notes.txt"
    foreign.write_text("these are only notes, and quite a lot of them\n" * 99, "utf-8")
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    for url, told in [
        (f"sqlite:///{tmp_path}/missing.sqlite", "There is no file"),
        (f"sqlite:///{tmp_path}/{'n' * 260}.sqlite", "cannot be opened: File name too long."),
        (f"sqlite:///{tmp_path}", "is a folder"),
        (f"sqlite:///{foreign}", "is not an SQLite database"),
        (f"sqlite:///{empty}", "init"),
        ("postgresql://u@127.0.0.1:1/d", "cannot be reached"),
        ("postgresql://u@no-such-host.invalid/d", "cannot be reached"),
    ]:
        outcome = run("list", "--database", url)
        assert (outcome.code, outcome.out) == (3, ""), url
        assert is_one_line(outcome.err), outcome.err
        assert told in outcome.err
    assert foreign.read_text("utf-8").startswith("these are only notes")


@pytest.mark.postgresql
def test_a_database_that_the_server_does_not_have_is_named(postgresql_url: str, run: Run) -> None:
    outcome = run("list", "--database", f"{postgresql_url}_not")
    assert outcome.code == 3
    assert is_one_line(outcome.err), outcome.err
    assert "does not exist. Check the name of the database." in outcome.err


@pytest.mark.postgresql
def test_a_login_that_is_not_let_in_is_exit_code_3(
    postgresql_url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", CANARY)
    stranger = postgresql_url.replace("://", "://nobody-here@", 1)
    if "@" in postgresql_url:
        stranger = f"postgresql://nobody-here@{postgresql_url.split('@', 1)[1]}"
    outcome = run("list", "--database", stranger)
    assert outcome.code == 3
    assert is_one_line(outcome.err), outcome.err
    assert CANARY not in outcome.err
    # Neither the network nor the server is to blame.
    assert "did not let you in" in outcome.err
    assert "Check the user" in outcome.err


@pytest.mark.postgresql
def test_who_does_not_own_a_log_is_told_who_sets_it_up(
    postgresql_server: Server, postgresql_url: str, run: Run, sqlite_log: str, tmp_path: Path
) -> None:
    postgresql_server.execute("CREATE ROLE no_owner LOGIN")
    own = postgresql_url.replace("postgres@", "no_owner@")
    evidence = tmp_path / "evidence.csv"
    words = ("export", "--database", sqlite_log, "--all-time", "--output", str(evidence))
    assert run(*words).code == 0
    try:
        new = run("init", "--database", own)
        assert run("init", "--database", postgresql_url).code == 0
        who = ("--actor-id", "usr_9", "--actor-name", "Ben", "--role", "super-admin")
        assert run("grant", "no_owner", *who, "--database", postgresql_url).code == 0
        refused = [run("init", "--database", own), run("demo", "--database", own),
                   run("import", str(evidence), "--database", own)]  # fmt: skip
    finally:
        with psycopg.connect(postgresql_url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY no_owner")
            connection.execute("DROP ROLE no_owner")
    for outcome in (new, *refused):
        assert (outcome.code, outcome.out) == (3, "")
        assert is_one_line(outcome.err), outcome.err
        assert "does not let the login no_owner set up the log or add to it" in outcome.err
        assert "Sign in as the owner" in outcome.err


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--database", f"postgresql://ada:{CANARY}@127.0.0.1:1/d"],
        ["list", "--database", f"postgresql://ada:{CANARY}@no-such-host.invalid/d"],
        ["list", "--database", f"postgresql://ada@127.0.0.1:1/d?password={CANARY}"],
        ["list", "--database", f"postgresql://ada@127.0.0.1:1/d?passfile={CANARY}"],
        ["list", "--database", f"postgresql://ada:{CANARY}@[::1/d"],
        ["list", "--database", f"postgresql://ada:{CANARY}@h:port/d"],
        ["list", "--database", f"postgresql:/ada:{CANARY}@h/d"],
        ["list", "--database", f"mysql://ada:{CANARY}@h/d"],
        ["list", "--database", f"host=h password={CANARY}"],
        ["init", "--database", f"postgresql://ada:p@ss:/{CANARY}@127.0.0.1:1/d"],
        [f"postgresql://ada:{CANARY}@h/d"],
        ["list", f"postgresql://ada:{CANARY}@h/d", "--database", "sqlite:///x"],
        ["list", "--databse", f"postgresql://ada:{CANARY}@h/d", "--database", "sqlite:///x"],
        ["list", "--format", f"postgresql://ada:two words {CANARY}@h/d"],
        ["list", "--limit", f"postgresql://ada:{CANARY}\n@h/d"],
        ["import", f"postgresql://ada:{CANARY}@h/d", "--database", "sqlite:///x.sqlite"],
        ["verify", f"postgresql://ada:{CANARY}@h/d"],
    ],
)
@pytest.mark.parametrize("debug", [[], ["--debug"]])
def test_a_password_is_never_repeated(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], debug: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run(*words, *debug)
    assert outcome.code in {2, 3}
    assert CANARY not in outcome.out + outcome.err
    assert debug or is_one_line(outcome.err), outcome.err


def break_something(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_words: object) -> None:
        raise error

    monkeypatch.setattr(LogFilters, "resolve", fail)


def test_a_bug_is_one_line_and_a_traceback_only_with_debug(
    run: Run, sqlite_log: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", CANARY)
    break_something(monkeypatch, TypeError(f"\x1b[31m {CANARY} postgresql://u:pw@h/d"))
    plain = run("list", "--database", sqlite_log)
    assert plain.code == 3
    assert is_one_line(plain.err)
    assert "(TypeError)" in plain.err
    assert "--debug" in plain.err
    detailed = run("list", "--database", sqlite_log, "--debug")
    assert detailed.code == 3
    assert "Traceback" in detailed.err
    assert "break_something" not in plain.err
    for outcome in (plain, detailed):
        assert CANARY not in outcome.err
        assert ":pw@" not in outcome.err
        assert "\x1b" not in outcome.err


def test_a_full_disk_under_standard_output_is_told(sqlite_log: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "list", "--database", sqlite_log, "--all-time"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert is_one_line(done.stderr), done.stderr
    assert "No space left" in done.stderr


def test_version_and_help_answer_without_a_database(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--version"], ["--help"], ["list", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
    out = capsys.readouterr().out
    assert "mylla-audit 0." in out
    for word in ("--from", "--to", "--all-time", "--actor", "--action", "--target", "--time-zone"):
        assert word in out


def test_help_comes_without_loading_the_database_libraries() -> None:
    outcome = run_process("--help", PYTHONPROFILEIMPORTTIME="1")
    assert outcome.code == 0
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in outcome.err.splitlines()
    }
    assert "argparse" in loaded
    assert not loaded & {"sqlalchemy", "psycopg", "alembic", "PySide6"}


def test_a_bad_line_imports_nothing(
    empty_url: str, run: Run, write_ndjson: Callable[..., Path]
) -> None:
    path = write_ndjson(
        entry(1, "2026-03-01T10:00:00Z"),
        entry(2, "2026-03-01T10:00:00Z"),
        entry(3, "2026-03-99T10:00:00Z"),
    )
    outcome = run("import", str(path), "--database", empty_url)
    assert (outcome.code, outcome.out) == (2, "")
    assert is_one_line(outcome.err)
    assert "line 3" in outcome.err
    assert run("init", "--database", empty_url).code == 0
    assert run("list", "--database", empty_url, "--all-time", "--format", "ndjson").out == ""


def test_an_id_that_is_there_already_imports_nothing(
    empty_url: str, run: Run, write_ndjson: Callable[..., Path]
) -> None:
    first = write_ndjson(entry(2, "2026-03-01T10:00:00Z"))
    assert run("import", str(first), "--database", empty_url).code == 0
    second = write_ndjson(entry(1, "2026-03-01T10:00:00Z"), entry(2, "2026-03-01T10:00:00Z"))
    outcome = run("import", str(second), "--database", empty_url)
    assert outcome.code == 2
    assert "line 2" in outcome.err
    common = ("list", "--database", empty_url, "--all-time", "--format", "ndjson")
    assert run(*common).ids == [2]


def test_an_id_given_twice_imports_nothing(
    empty_url: str, run: Run, write_ndjson: Callable[..., Path]
) -> None:
    path = write_ndjson(*(entry(number, "2026-03-01T10:00:00Z") for number in (5, 6, 7, 6, 5)))
    outcome = run("import", str(path), "--database", empty_url)
    assert outcome.code == 2
    assert "line 4" in outcome.err
    assert run("list", "--database", empty_url, "--all-time", "--format", "ndjson").out == ""


def test_the_environment_is_left_as_it_was(run: Run, sqlite_log: str) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    environment = dict(os.environ)
    run("list", "--database", sqlite_log)
    after = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert after == before
    assert dict(os.environ) == environment
