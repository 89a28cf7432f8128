"""What the user chose, as TOML; how the window looked, in Qt's own settings."""

import os
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import platformdirs
import tomli_w
from PySide6.QtCore import QSettings

from mylla_audit_desktop.connections.store import FILE_NAME as CONNECTIONS_FILE
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.zones import read_system_zone, system_zone, zone_named

_NAME = "mylla-audit"


@dataclass(frozen=True, slots=True)
class Settings:
    """time_zone: an IANA name, or "" for the system's. theme: system, light, dark, contrast.

    country_data: the path of an `.mmdb` file, or "".
    last_connection: the saved connection that was open last. is_told_of_files: the user
    knows that whoever can read an SQLite file can read the log.
    """

    time_zone: str = ""
    theme: str = "system"
    export_profile: str = "spreadsheet"
    country_data: str = ""
    last_connection: str = ""
    is_told_of_files: bool = False

    def zone(self) -> ZoneInfo:
        """The reviewer's zone."""
        return zone_named(self.time_zone) if self.time_zone else system_zone()

    def zone_doubt(self) -> str:
        """Why the zone is a guess; "" where it is none."""
        return "" if self.time_zone else read_system_zone().doubt


@dataclass(frozen=True, slots=True)
class Profile:
    """The folders of one user; `--profile DIR` gives a throw-away one."""

    config: Path
    data: Path

    @classmethod
    def of_user(cls) -> "Profile":
        """Where this system keeps such files."""
        return cls(
            Path(platformdirs.user_config_dir(_NAME, appauthor=False)),
            Path(platformdirs.user_data_dir(_NAME, appauthor=False)),
        )

    @classmethod
    def at(cls, folder: Path) -> "Profile":
        """Everything in one folder."""
        return cls(folder / "config", folder / "data")

    @property
    def connections(self) -> Path:
        """The file of saved connections."""
        return self.config / CONNECTIONS_FILE

    def window_state(self) -> QSettings:
        """Geometry, splitter and columns; nothing that matters when lost."""
        return QSettings(str(self.config / "window.ini"), QSettings.Format.IniFormat)


class SettingsStore:
    """Reads and writes the settings of a profile."""

    def __init__(self, profile: Profile) -> None:
        self._path = profile.config / "settings.toml"
        self.problem: InputError | None = None
        self.settings = self._read()

    def change(self, **changes: Any) -> None:
        """Put settings in force and keep them; a damaged file is left as it is."""
        self.settings = replace(self.settings, **changes)
        if self.problem is not None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}.part")
        draft.write_bytes(tomli_w.dumps(msgspec.to_builtins(self.settings)).encode())
        draft.replace(self._path)

    def _read(self) -> Settings:
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return Settings()
        except (OSError, UnicodeDecodeError):
            return self._refuse("it cannot be read")
        try:
            settings = msgspec.convert(tomllib.loads(text), Settings)
            settings.zone()
        except tomllib.TOMLDecodeError as error:
            return self._refuse(str(error))
        except (msgspec.ValidationError, InputError) as error:
            return self._refuse(str(error))
        return settings

    def _refuse(self, why: str) -> Settings:
        self.problem = InputError(
            f"The settings in {self._path} are not used: {why.rstrip('.')}.",
            "Mend or remove the file; it was left as it is.",
        )
        return Settings()
