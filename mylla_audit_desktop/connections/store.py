"""Saved connections, in one TOML file of the user's configuration folder.

    [connections.Production]
    kind = "postgresql"
    hosts = ["db.example.com:5432"]
    database = "mylla"
    user = "ana"

Passwords are not in it: they are in the keyring (`secrets.py`). What cannot be read
is named, without its values, and the file is left as it is.
"""

import os
import re
import secrets
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any

import platformdirs
import tomli_w

from mylla_audit_desktop.connections.profile import Colour, ConnectionProfile, Kind, Preference
from mylla_audit_desktop.database.parameters import parse_hosts
from mylla_audit_desktop.database.tls import TlsMode
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.visible import visible_text

if sys.platform != "win32":
    import fcntl

FILE_NAME = "connections.toml"
_CHOICES: dict[str, type[Enum]] = {
    "kind": Kind,
    "preference": Preference,
    "tls": TlsMode,
    "colour": Colour,
}
_KEYS = (
    "kind",
    "hosts",
    "preference",
    "database",
    "user",
    "tls",
    "root_certificate",
    "client_certificate",
    "client_key",
    "passfile",
    "colour",
    "label",
    "decisions",
)


class ConnectionStore:
    """Reads and writes the file; it is read anew each time, for other windows write it too."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of_user(cls) -> "ConnectionStore":
        """Where this system keeps a user's configuration."""
        return cls(Path(platformdirs.user_config_dir("mylla-audit", appauthor=False)) / FILE_NAME)

    def read(self) -> tuple[ConnectionProfile, ...]:
        """All connections, by name. Raises InputError naming file and key where it is damaged."""
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return ()
        except UnicodeDecodeError:
            raise self._damaged("it is not UTF-8") from None
        except OSError as error:
            raise self._damaged(f"it cannot be read ({error.strerror})") from None
        try:
            parsed = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            # The rest of the message may repeat what stands there.
            place = re.search(r" \(at [a-z0-9, ]+\)$", str(error))
            raise self._damaged(f"it is no TOML{place[0] if place else ''}") from None
        unknown = sorted(set(parsed) - {"connections"})
        if unknown:
            raise self._damaged(f"the key {visible_text(unknown[0])[:60]!r} is not known")
        tables = parsed.get("connections", {})
        if not isinstance(tables, dict):
            raise self._damaged("connections is no table")
        profiles = [self._profile(name, table) for name, table in tables.items()]
        return tuple(sorted(profiles, key=lambda profile: profile.name.casefold()))

    def named(self, name: str) -> ConnectionProfile:
        """The connection of this name. Raises InputError."""
        profiles = self.read()
        for profile in profiles:
            if profile.name == name:
                return profile
        known = ", ".join(profile.name for profile in profiles)
        raise InputError(
            f"There is no connection {visible_text(name)[:80]!r}.",
            f"There are: {known}." if known else "Add one in the window first.",
            field="connection",
        )

    def save(self, profile: ConnectionProfile, *, replacing: str = "") -> None:
        """Add a connection, or put it in the place of `replacing`.

        Raises InputError where the name is taken by another one, or nothing can be written.
        """
        with self._alone():
            others = [one for one in self.read() if one.name != replacing]
            if any(one.name.casefold() == profile.name.casefold() for one in others):
                raise InputError(
                    f"There is a connection {profile.name!r} already.",
                    "Choose another name.",
                    field="name",
                )
            self._write([*others, profile])

    def remove(self, name: str) -> None:
        """Forget a connection, if it is there. Raises InputError."""
        with self._alone():
            self._write([one for one in self.read() if one.name != name])

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two windows that save at once wait for each other, so that neither undoes the other."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritten(error) from None
        if sys.platform == "win32":  # where folders cannot be opened
            yield
            return
        try:
            descriptor = os.open(self.path.parent, os.O_RDONLY)
        except OSError as error:
            raise self._unwritten(error) from None
        try:
            # Some network file systems have no locks; what this guards is rare.
            with suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _unwritten(self, error: OSError) -> InputError:
        return InputError(
            f"{self.path} was not written: {error.strerror}.",
            "What stood there before is still there.",
        )

    def _profile(self, name: str, table: object) -> ConnectionProfile:
        where = f"connection {visible_text(name)[:60]!r}"
        if not isinstance(table, dict):
            raise self._damaged(f"{where} is no table")
        values: dict[str, Any] = {}
        for key, value in table.items():
            try:
                values[key] = _value(key, value)
            except ValueError as error:
                raise self._damaged(f"{where}: {error}") from None
        try:
            return ConnectionProfile(name, **values)
        except InputError as error:
            raise self._damaged(f"{where}: {error.what.rstrip('.')}") from None

    def _damaged(self, why: str) -> InputError:
        return InputError(
            f"The connections in {self.path} are not used: {why}.",
            "Mend or remove the file; it was left as it is.",
            field="connection",
        )

    def _write(self, profiles: list[ConnectionProfile]) -> None:
        """In one step, and readable by the user alone."""
        tables = {one.name: _table(one) for one in profiles}
        text = tomli_w.dumps({"connections": tables})
        draft = self.path.with_name(f".{FILE_NAME}.{secrets.token_hex(6)}.part")
        try:
            try:
                descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(text.encode())
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self.path)
            finally:
                with suppress(OSError):
                    draft.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritten(error) from None


def _value(key: str, value: object) -> object:
    """A value of the file as the profile holds it. ValueError says what is wrong, not its value."""
    if "password" in key.casefold() or key.casefold() in {"secret", "pass", "pwd"}:
        raise ValueError("it holds a password, which belongs in the keyring; take it out")
    if key not in _KEYS:
        raise ValueError(f"the key {visible_text(key)[:60]!r} is not known")
    if key == "hosts":
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError("hosts is no list of texts")
        try:
            return tuple(host for one in value for host in parse_hosts(one))
        except InputError as error:
            raise ValueError(error.what.rstrip(".").lower()) from None
    if not isinstance(value, str):
        raise ValueError(f"{key} is no text")
    if key in _CHOICES:
        try:
            return _CHOICES[key](value)
        except ValueError:
            known = ", ".join(str(one.value) for one in _CHOICES[key] if one.value)
            raise ValueError(f"{key} is none of {known}") from None
    return value


def _table(profile: ConnectionProfile) -> dict[str, object]:
    """A profile as the file holds it: what is not chosen is left out."""
    table: dict[str, object] = {}
    for key in _KEYS:
        value = getattr(profile, key)
        if key == "hosts":
            value = [str(host) for host in value]
        elif isinstance(value, Enum):
            value = value.value
        if value:
            table[key] = value
    return table
