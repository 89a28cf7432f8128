"""Time zones by their IANA names."""

import zoneinfo
from zoneinfo import ZoneInfo

import tzlocal

from mylla_audit_desktop.log.errors import InputError


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name such as `Europe/Berlin`. Raises InputError."""
    try:
        return ZoneInfo(name.strip())
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(
            f"The time zone {name!r} is not known.",
            "Use an IANA name such as Europe/Berlin or UTC.",
            field="time zone",
        ) from None


def system_zone() -> ZoneInfo:
    """The zone of this computer; UTC where it does not say."""
    try:
        return ZoneInfo(tzlocal.get_localzone_name() or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def all_zone_names() -> list[str]:
    """Every IANA name of this computer's data, sorted."""
    return sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})
