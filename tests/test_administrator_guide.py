"""The commands of the administrator's page, run in their order on a server of their own."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.secure_server import SecureServer, running_secure_postgresql

pytestmark = pytest.mark.postgresql
ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "guide" / "administrator.md").read_text("utf-8")
_BLOCK = re.compile(r"^```(sh|sql)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_VIEW = """
CREATE TABLE public.app_log (id bigint, at timestamptz, who text, what text);
INSERT INTO public.app_log VALUES (1, '2026-11-01Z', 'usr_4', 'agent.update');
CREATE SCHEMA audit;
CREATE VIEW audit.entries AS
SELECT id, at AS occurred_at, 'member' AS actor_type, who AS actor_id, who AS actor_name,
       what AS action, NULL::text AS target_type, NULL::text AS target_id,
       NULL::text AS target_name, NULL::json AS before, NULL::json AS after,
       NULL::inet AS ip_address
FROM public.app_log;
"""


def test_every_command_on_the_page_works(tmp_path: Path) -> None:
    own, _, foreign = PAGE.partition("## An existing audit table")
    with running_secure_postgresql() as server:
        server.execute("ALTER ROLE postgres PASSWORD 'super'")
        run(server, own, "audit", tmp_path)
        check_own_log(server, tmp_path)
        server.execute("CREATE DATABASE shop TEMPLATE template0")
        server.execute(_VIEW, "shop")
        run(server, foreign, "shop", tmp_path)
        url = server.url("ana", "shop")
        told = command(server, tmp_path, "list", "--database", url, "--all-time")
        assert "agent.update" in told.stdout, told.stderr
        refused = command(server, tmp_path, "init", "--database", server.url("postgres", "shop"))
        assert refused.returncode == 3
        exported = command(
            server, tmp_path, "export", "--database", url, "--output", str(tmp_path / "x.csv")
        )
        assert exported.returncode == 0
        assert "not recorded" in exported.stderr


def check_own_log(server: SecureServer, folder: Path) -> None:
    with server.connect("audit") as connection:
        rows = connection.execute(
            "SELECT login::text, actor_id, actor_name FROM audit.members ORDER BY 1"
        ).fetchall()
        assert rows == [("ana", "usr_4", "Ana Weber"), ("ben", "usr_9", "Ben Okafor")]
        entries = connection.execute("SELECT action, after::text FROM audit.entries").fetchall()
        assert entries == [("agent.update", '{"greeting": "Good morning"}')]
    again = command(server, folder, "init", "--database", server.url("postgres", "audit"))
    assert (again.returncode, again.stderr) == (0, "")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        psycopg.connect(**server.parameters("ben", "the second of two long ones", "audit"))


def run(server: SecureServer, text: str, name: str, folder: Path) -> None:
    """Every block of the text, in one shell; SQL as the superuser."""
    (folder / "root.crt").write_bytes(server.authority.file.read_bytes())
    script = ["set -eux"]
    for language, block in _BLOCK.findall(text):
        if language == "sql":
            psql = f"psql --quiet --no-psqlrc --username postgres --dbname {name}"
            script.append(f"{psql} --set ON_ERROR_STOP=1 <<'END_OF_SQL'\n{block}END_OF_SQL\n")
        else:
            script.append(block)
    blocks = "\n".join(script).replace("db.example.com", "localhost")
    done = subprocess.run(
        ["/bin/bash", "-c", blocks],
        cwd=folder,
        env=environment(server, folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def command(server: SecureServer, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["mylla-audit", *words],
        cwd=folder,
        env=environment(server, folder),
        capture_output=True,
        text=True,
        check=False,
    )


def environment(server: SecureServer, folder: Path) -> dict[str, str]:
    """Passwords in a file, the port of the test server, this checkout's command."""
    passwords = {
        "postgres": "super",
        "ana": "the first of two long ones",
        "mylla_service": "a third one",
    }
    passfile = folder / "passwords"
    passfile.write_text(
        "".join(f"localhost:{server.port}:*:{login}:{word}\n" for login, word in passwords.items())
    )
    passfile.chmod(0o600)
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    wrapper = programs / "mylla-audit"
    wrapper.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m mylla_audit_desktop.cli.main "$@"\n'
    )
    wrapper.chmod(0o755)
    return os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PGHOST": "localhost",
        "PGPORT": str(server.port),
        "PGPASSFILE": str(passfile),
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(server.authority.file),
    }
