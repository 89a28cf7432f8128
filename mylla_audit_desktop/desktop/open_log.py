"""The log that the window shows, as its pages get it."""

from dataclasses import dataclass

from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.log.access import Access


@dataclass(frozen=True, slots=True)
class OpenLog:
    """An open database, what people call it, and what the one signed in may do."""

    database: Database
    name: str
    access: Access
