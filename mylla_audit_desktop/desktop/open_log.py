"""The log that the window shows, as its pages get it."""

from dataclasses import dataclass

from mylla_audit_desktop.connections.profile import Colour
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.log.access import Access


@dataclass(frozen=True, slots=True)
class OpenLog:
    """An open database, what people call it, and what the one signed in may do.

    colour, label: how the connection is marked, so that production is not taken for
    anything else. decisions: the file that its connection names for decisions, if any.
    """

    database: Database
    name: str
    access: Access
    colour: Colour = Colour.NONE
    label: str = ""
    decisions: str = ""
