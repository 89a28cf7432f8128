"""Hours of the week, as a clock on the wall shows them: Monday 00:00 to Sunday 23:00."""

import re
from dataclasses import dataclass

from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant

WEEKDAY_LABELS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS_OF_WEEK = 168
# Clocks are known well for these years; what lies outside has no hour of the week.
CALENDAR_START = Instant.parse("1900-01-01T00:00:00Z")
CALENDAR_END = Instant.parse("2100-01-01T00:00:00Z")

_WEEKDAYS = tuple(label.lower() for label in WEEKDAY_LABELS)
_FORM = re.compile(r"(?P<day>[a-z]{3})\s+(?P<hour>\d{1,2})(?::00)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class WeekHour:
    """One hour of the week. weekday: Monday 0. hour: 0 to 23, `[hour:00, hour + 1:00)`."""

    weekday: int
    hour: int

    @classmethod
    def parse(cls, text: str) -> "WeekHour":
        """Read `mon 22` or `Mon 22:00`. Raises InputError."""
        match = _FORM.fullmatch(text.strip())
        weekday = match["day"].lower() if match else ""
        if match is None or weekday not in _WEEKDAYS or int(match["hour"]) > 23:
            raise InputError(
                f"{text.strip()!r} is no hour of the week.",
                "Write a weekday and an hour such as mon 22 (from 22:00 to 23:00).",
                field="Hour",
            )
        return cls(_WEEKDAYS.index(weekday), int(match["hour"]))

    @classmethod
    def at_index(cls, index: int) -> "WeekHour":
        """The hour that is `index` hours after Monday 00:00."""
        return cls(*divmod(index, 24))

    @property
    def index(self) -> int:
        """0 for Monday 00:00, 167 for Sunday 23:00."""
        return self.weekday * 24 + self.hour

    @property
    def label(self) -> str:
        """For people: `Mon 22:00 - 23:00`."""
        return f"{WEEKDAY_LABELS[self.weekday]} {self.hour:02d}:00 - {self.hour + 1:02d}:00"

    def __str__(self) -> str:
        """As it is written in commands and manifests: `mon 22:00`."""
        return f"{_WEEKDAYS[self.weekday]} {self.hour:02d}:00"


def is_in_calendar(instant: Instant) -> bool:
    """Whether an instant has an hour of the week and a day to be counted under."""
    return CALENDAR_START <= instant < CALENDAR_END
