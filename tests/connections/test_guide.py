"""Every command of the guide that names a saved connection, run as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from mylla_audit_desktop.__main__ import build_parser
from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.store import ConnectionStore
from tests.connections.test_secret_service import ROOT, in_a_session
from tests.secure_server import PASSWORD

PAGES = [ROOT / "docs" / "guide" / name for name in ("connections.md", "trace.md")]
# The others need the password, so it goes first.
FIRST = (
    "secret-tool store --label 'Mylla Audit' service mylla-audit username Production",
    ".venv/bin/keyring set mylla-audit Production",
)


def commands() -> list[str]:
    text = "".join(page.read_text("utf-8") for page in PAGES)
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.postgresql
def test_the_commands_of_the_pages_work(
    profile: ConnectionProfile, store: ConnectionStore, tmp_path: Path
) -> None:
    store.save(profile)
    work = tmp_path / "work"
    work.mkdir()
    (work / ".venv").symlink_to(ROOT / ".venv")
    passwords = work / "nightly.pgpass"
    passwords.write_text(f"*:*:*:ana:{PASSWORD}\n")
    passwords.chmod(0o600)
    listed = commands()
    assert set(FIRST) <= set(listed)
    listed.sort(key=lambda line: line not in FIRST)
    script = [f"cd {shlex.quote(str(work))}"]
    for line in listed:
        if line in FIRST:
            script.append(f"printf %s {shlex.quote(PASSWORD)} | {line}")
        elif "desktop" not in line:
            script.append(line)
        elif "--target" in line:
            # Says that it is understood; the other one goes through the whole job.
            build_parser().parse_args(shlex.split(line)[1:])
        else:
            script.append(f"{line} --tour tour")
    done = in_a_session(tmp_path, "sh", "-ec", "\n".join(script))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Complete and unaltered" in done.stdout
    assert (work / "nightly.csv").exists()
    assert "screenshots and the CSV are in tour" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
