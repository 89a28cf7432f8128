"""The window with a keyring in memory."""

from collections.abc import Callable

import pytest

from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.desktop.session import Session
from tests.memory_keyring import MemoryKeyring

Begin = Callable[..., Session]


@pytest.fixture
def memory() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def begin(start: Callable[..., Session], memory: MemoryKeyring) -> Begin:
    """Start the window as the user does, without options unless some are given."""

    def begin(url: str | None = None, **options: object) -> Session:
        return start(url, secrets=Secrets(lambda: memory), **options)

    return begin
