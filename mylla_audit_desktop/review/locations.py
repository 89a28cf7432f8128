"""The country of an address: a hint from a file that the user chose, never a proof."""

from dataclasses import dataclass
from typing import Protocol


class Locations(Protocol):
    """Which country an address is registered in."""

    @property
    def source(self) -> str:
        """Where the data comes from and of which day: "GeoLite2-Country of 2026-10-01"."""

    def country(self, address: str) -> str | None:
        """Name and code, `Japan (JP)`; None where the data does not know the address."""


@dataclass(frozen=True, slots=True)
class CountryHint:
    """A registered country that is new for an actor, and who says so."""

    country: str
    source: str

    def __str__(self) -> str:
        return (
            f"registered country {self.country}, new for this actor "
            f"(a hint from {self.source}, no proof)"
        )
