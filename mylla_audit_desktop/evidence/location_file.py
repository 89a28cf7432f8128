"""Countries of addresses from an `.mmdb` file that the user chose; none is shipped.

The format is MaxMind DB 2.0; country and city data of any publisher has `country` or
`registered_country` in its records.
"""

from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_interface
from pathlib import Path
from types import TracebackType
from typing import Self

from mylla_audit_desktop.evidence.plain_file import open_plain_file
from mylla_audit_desktop.log.errors import InputError

_MOST_REMEMBERED = 65_536


class LocationFile:
    """An open `.mmdb` file, read into memory; to be closed, or used as a context.

    Raises InputError where the file is none, or holds no countries.
    """

    def __init__(self, path: Path) -> None:
        # Loaded here: only those who chose such a file need it.
        import maxminddb

        try:
            with open_plain_file(path) as file:
                self._reader = maxminddb.open_database(file, maxminddb.MODE_FD)
        except (maxminddb.InvalidDatabaseError, ValueError, OSError):
            raise InputError(
                f"{path} is no .mmdb file.", "Choose a country or city file in that format."
            ) from None
        about = self._reader.metadata()
        built = datetime.fromtimestamp(about.build_epoch, UTC)
        self.source = f"{about.database_type} of {built:%Y-%m-%d}"
        self.country = lru_cache(maxsize=_MOST_REMEMBERED)(self._country)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back the memory."""
        self._reader.close()

    def _country(self, address: str) -> str | None:
        """`Japan (JP)`; None where the address is none or not in the data."""
        import maxminddb

        try:
            record = self._reader.get(ip_interface(address).ip)
        except (ValueError, maxminddb.InvalidDatabaseError):
            # No address, or an IPv6 one in data of IPv4.
            return None
        if not isinstance(record, dict):
            return None
        for key in ("registered_country", "country"):
            found = record.get(key)
            code = found.get("iso_code") if isinstance(found, dict) else found
            if isinstance(code, str) and code:
                names = found.get("names") if isinstance(found, dict) else None
                name = names.get("en") if isinstance(names, dict) else None
                return f"{name} ({code})" if isinstance(name, str) else code
        return None
