"""Saved connections come back as they were; what is damaged is named and left alone."""

import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mylla_audit_desktop.connections.profile import Colour, ConnectionProfile, Kind, Preference
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.parameters import Host, parse_hosts
from mylla_audit_desktop.database.tls import TlsMode
from mylla_audit_desktop.log.errors import InputError

CANARY = "kanarienvogel-4711"
FULL = ConnectionProfile(
    name="Production EU & “more”",
    hosts=(Host("db1.example.com", 5432), Host("2001:db8::1", 5433), Host("db3.example.com")),
    preference=Preference.PREFER_STANDBY,
    database="mylla",
    user="ana",
    tls=TlsMode.VERIFY_CA,
    root_certificate="root.crt",
    client_certificate="ana.crt",
    client_key="ana.key",
    passfile="pass",
    colour=Colour.RED,
    label="Production",
    decisions="decisions.sqlite",
)
PLAIN = ConnectionProfile(name="files", kind=Kind.SQLITE, database="log.sqlite")


@pytest.fixture
def store(tmp_path: Path) -> ConnectionStore:
    return ConnectionStore(tmp_path / "config" / "connections.toml")


def test_what_is_saved_comes_back(store: ConnectionStore) -> None:
    assert store.read() == ()
    store.save(FULL)
    store.save(PLAIN)
    assert store.read() == (PLAIN, FULL)
    assert store.named("files") == PLAIN
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert list(store.path.parent.iterdir()) == [store.path]


def test_a_connection_is_replaced_renamed_and_removed(store: ConnectionStore) -> None:
    store.save(PLAIN)
    store.save(replace(PLAIN, name="other"), replacing="files")
    assert [one.name for one in store.read()] == ["other"]
    with pytest.raises(InputError, match="already"):
        store.save(replace(PLAIN, name="OTHER"))
    store.remove("other")
    store.remove("never there")
    assert store.read() == ()


def test_an_unknown_name_says_which_there_are(store: ConnectionStore) -> None:
    with pytest.raises(InputError, match=r"no connection 'x'\. Add one"):
        store.named("x")
    store.save(PLAIN)
    with pytest.raises(InputError, match="There are: files"):
        store.named("x")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[connections.a]\nkind = ", "end of document"),
        ("[connections.a]\nkind = 'x'\ny z\n", "line 3"),
        ("[connections.a", "no TOML"),
        (f"other = '{CANARY}'", "'other' is not known"),
        (f"[connections.a]\ndatabase = 'd'\nhots = ['{CANARY}']", "'hots' is not known"),
        (f"[connections.a]\ndatabase = 'd'\npassword = '{CANARY}'", "password"),
        (f"[connections.a]\ndatabase = 'd'\ntls = '{CANARY}'", "tls is none of verify-full"),
        (f"[connections.a]\ndatabase = 'd'\nhosts = '{CANARY}'", "hosts is no list"),
        (f"[connections.a]\ndatabase = 'd'\nhosts = ['x:{CANARY}']", "port"),
        (f"[connections.a]\ndatabase = 'd'\nhosts = ['postgresql://a:{CANARY}@h']", "host"),
        (f"[connections.a]\ndatabase = 'd password={CANARY}'", "database name"),
        (f"[connections.a]\ndatabase = 'postgresql://u:{CANARY}@h/d'", "database name"),
        (f"[connections.a]\ndatabase = 'd'\nclient_key = '{CANARY}'", "certificate"),
        ("[connections.a]\nuser = 'ana'", "no database"),
        ("[connections.a]\ndatabase = 3", "database is no text"),
        ("connections = 3", "no table"),
        ("[connections]\na = 3", "no table"),
        ("[connections.' a']\ndatabase = 'd'", "name"),
        ('[connections."a\\u202eb"]\ndatabase = "d"', "u202e"),
    ],
)
def test_a_damaged_file_is_named_and_left_as_it_is(
    store: ConnectionStore, text: str, told: str
) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text, "utf-8")
    for act in (store.read, lambda: store.save(PLAIN), lambda: store.remove("a")):
        with pytest.raises(InputError) as caught:
            act()
        assert str(store.path) in caught.value.sentence
        assert told in caught.value.sentence
        assert CANARY not in caught.value.sentence
    assert store.path.read_text("utf-8") == text


def test_bytes_that_are_no_text_are_named(store: ConnectionStore) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        store.read()


@pytest.mark.parametrize("name", ["", " ", "a ", " a", "a\nb", "a\u202eb", "x" * 65])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="name"):
        ConnectionProfile(name=name, database="d")


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("db.example.com", (Host("db.example.com", 5432),)),
        ("a, b:5433", (Host("a", 5432), Host("b", 5433))),
        ("[::1]:5433 ::1", (Host("::1", 5433), Host("::1", 5432))),
        ("/run/postgresql", (Host("/run/postgresql", 5432),)),
        ("", ()),
    ],
)
def test_hosts_are_read_and_written_alike(text: str, hosts: tuple[Host, ...]) -> None:
    assert parse_hosts(text, 5432) == hosts
    assert parse_hosts(",".join(map(str, hosts))) == hosts


@pytest.mark.parametrize("text", ["a:b", "a:0", "a:65536", "postgresql://x", "a=b", "[::1]x", ":1"])
def test_hosts_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_hosts(text)


def test_two_programs_that_save_at_once_lose_nothing(store: ConnectionStore) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from mylla_audit_desktop.connections.store import ConnectionStore;"
        "from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind;"
        "[ConnectionStore(Path(sys.argv[1])).save("
        "ConnectionProfile(f'{sys.argv[2]}{n}', Kind.SQLITE, database='x')) for n in range(30)]"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(store.path), name])
        for name in ("a", "b", "c")
    ]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(store.read()) == 90
