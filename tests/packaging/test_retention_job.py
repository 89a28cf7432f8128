"""The daily job: its units as systemd reads them, its command as it is run, its guide."""

import configparser
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mylla_audit_desktop.database.append import append_entries
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_database
from mylla_audit_desktop.database.retention import read_retention
from mylla_audit_desktop.database.setup import upgrade_schema
from mylla_audit_desktop.log.entry import NewEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.retention import RunOutcome
from tests.secure_server import SecureServer

ROOT = Path(__file__).resolve().parents[2]
JOB = ROOT / "packaging" / "retention"
GUIDE = (ROOT / "docs" / "guide" / "retention.md").read_text("utf-8")
PASSWORD = "a long one"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


class UnitFile(configparser.ConfigParser):
    """Keys as they are spelt."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def unit(name: str) -> configparser.ConfigParser:
    parser = UnitFile(strict=False, interpolation=None)
    parser.read(JOB / name, "utf-8")
    return parser


def wrapper(folder: Path) -> Path:
    """The command of this checkout, as an installed program."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "mylla-audit"
    program.write_text(
        f"#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {sys.executable}"
        ' -m mylla_audit_desktop.cli.main "$@"\n',
        "utf-8",
    )
    program.chmod(0o755)
    return program


@dataclass(frozen=True)
class Job:
    """A log with one old entry, and the environment file of its job."""

    log: Database
    environment: Path


@pytest.fixture
def job(secure_server: SecureServer, tmp_path: Path) -> Iterator[Job]:
    name = "retention_job"
    secure_server.execute(f"CREATE DATABASE {name}")
    log = open_database(secure_server.admin_url(name), create=True)
    upgrade_schema(log)
    times = [Instant.parse("2020-05-05T00:00:00Z"), Instant.parse("2026-11-01T00:00:00Z")]
    append_entries(
        log,
        [NewEntry(when, "system", "system", "system", "a.b") for when in times],
        Cancellation(),
    )
    [statements] = blocks("sql")
    secure_server.execute(statements)
    password = tmp_path / "retention.pgpass"
    password.write_text(f"*:*:*:mylla_retention:{PASSWORD}\n", "utf-8")
    password.chmod(0o600)
    text = (JOB / "retention.env").read_text("utf-8")
    given = {
        "MYLLA_AUDIT_DATABASE": f'"{secure_server.url("mylla_retention", name)}"',
        "PGPASSFILE": str(password),
    }
    for key, value in given.items():
        text, count = re.subn(rf"^{key}=.*$", f"{key}={value}", text, flags=re.MULTILINE)
        assert count == 1
    environment = tmp_path / "retention.env"
    environment.write_text(text, "utf-8")
    yield Job(log, environment)
    log.close()
    secure_server.execute(f"DROP DATABASE {name}")
    secure_server.execute("DROP ROLE mylla_retention")


def assert_it_ran(job: Job) -> None:
    state = read_retention(job.log, Cancellation())
    assert state.enforced is not None
    assert (state.enforced.deleted, state.enforced.days) == (1, 1095)
    assert state.enforced.login == "mylla_retention"
    assert state.enforced.outcome is RunOutcome.DONE


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    wrapper(tmp_path / "usr" / "bin")
    names = ["mylla-audit-retention.service", "mylla-audit-retention.timer"]
    for name in names:
        (units / name).write_bytes((JOB / name).read_bytes())
    done = subprocess.run(
        # The units of the system are not under this root, and not ours to check.
        [
            *("systemd-analyze", "verify", "--man=no", "--recursive-errors=no"),
            *(f"--root={tmp_path}", *names),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_timer_is_daily_and_makes_up_for_what_it_missed() -> None:
    timer = unit("mylla-audit-retention.timer")["Timer"]
    assert timer["Persistent"] == "yes" or timer["Persistent"] == "true"
    # Well below the 26 hours after which the window warns.
    assert timer["RandomizedDelaySec"] == "20min"
    said = subprocess.run(
        ["systemd-analyze", "calendar", "--iterations=2", timer["OnCalendar"]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "02:30:00" in said.stdout


def test_the_service_is_a_user_of_its_own_with_nothing_else_to_do() -> None:
    service = unit("mylla-audit-retention.service")["Service"]
    users = (JOB / "mylla-audit-retention.conf").read_text("utf-8")
    assert f"u {service['User']} " in users
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_command_of_the_service_purges(job: Job, tmp_path: Path) -> None:
    """As systemd does it: words split, variables of the environment file put in."""
    service = unit("mylla-audit-retention.service")["Service"]
    environment: dict[str, str] = {}
    for line in job.environment.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            environment[name] = value.strip('"')
    words = [
        re.sub(r"\$\{(\w+)\}", lambda match: environment[match[1]], word)
        for word in service["ExecStart"].split()
    ]
    assert words[0] == "/usr/bin/mylla-audit"
    words[0] = str(wrapper(tmp_path / "bin"))
    home = {"HOME": str(tmp_path / "home")}
    done = subprocess.run(
        words,
        env={"PATH": os.environ["PATH"]} | home | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Deleted 1 entry older than ")
    assert_it_ran(job)


def test_the_line_of_cron_purges(job: Job, tmp_path: Path) -> None:
    lines = (JOB / "mylla-audit-retention.cron").read_text("utf-8").splitlines()
    [line] = [one for one in lines if re.match(r"[\d*]", one)]
    *when, user, command = line.split(maxsplit=6)
    assert (when, user) == (["30", "2", "*", "*", "*"], "mylla-audit-retention")
    # cron takes % for the end of the line.
    assert "%" not in command
    command = command.replace("/etc/mylla-audit/retention.env", str(job.environment))
    command = command.replace("/usr/bin/mylla-audit", str(wrapper(tmp_path / "bin")))
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert_it_ran(job)


def test_the_commands_of_the_guide(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/log.sqlite"
    database = open_database(url, create=True)
    upgrade_schema(database)
    database.close()
    root = tmp_path / "root"
    programs = tmp_path / "bin"
    wrapper(programs)
    # What would change this computer is noted down instead.
    for name in ("systemctl", "journalctl", "useradd"):
        (programs / name).write_text(f'#!/bin/sh\necho {name} "$@" >>{tmp_path}/noted\n', "utf-8")
    (programs / "systemd-sysusers").write_text(
        f"#!/bin/sh\nexec /bin/systemd-sysusers --root={root} 2>/dev/null\n", "utf-8"
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    script = "\n".join(blocks("sh"))
    assert script.count("mylla-audit retention ") == 4
    script = re.sub(r"(?<!\w)/etc/", f"{root}/etc/", script)
    script = script.replace("-o mylla-audit-retention", "").replace(" URL", f" {url}")
    done = subprocess.run(
        ["/bin/sh", "-euc", script],
        cwd=ROOT,
        env={"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "Deleted 0 entries older than " in done.stdout
    assert "mylla-audit-retention" in (root / "etc" / "passwd").read_text("utf-8")
    assert (root / "etc" / "mylla-audit" / "retention.pgpass").stat().st_mode & 0o777 == 0o600
    assert (root / "etc" / "systemd" / "system" / "mylla-audit-retention.timer").exists()
    assert (root / "etc" / "cron.d" / "mylla-audit-retention").exists()
    noted = (tmp_path / "noted").read_text("utf-8")
    assert "systemctl enable --now mylla-audit-retention.timer\n" in noted


def test_the_guide_explains_every_warning() -> None:
    from mylla_audit_desktop.log import retention

    source = Path(retention.__file__).read_text("utf-8")
    for words in (
        "No security document is named",
        "Configured are",
        "Last enforced were",
        "The daily job has never run to its end",
        "The daily job has not run to its end for",
        "The last run is",
        "The newest run",
    ):
        assert words in source
        assert f"| {words}" in GUIDE
