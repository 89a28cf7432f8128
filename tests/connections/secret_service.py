"""Keeps, reads, removes and is locked out, in a session with a real Secret Service.

Run by `test_secret_service.py` under `dbus-run-session`; says `done` where all went well.
"""

import sys

import pytest
import secretstorage

from mylla_audit_desktop.connections.secrets import SERVICE, SecretError, Secrets, find_keyring
from mylla_audit_desktop.database.cancellation import Cancellation

SECRET = "kanarienvogel-4711 \u00e4\u20ac"


def main() -> int:
    secrets, now = Secrets(), Cancellation()
    kind = f"{type(find_keyring()).__module__}"
    assert kind == "keyring.backends.SecretService", kind
    assert secrets.why_not(now) == ""
    assert secrets.read("Production", now) is None
    secrets.store("Production", SECRET, now)
    secrets.store("Staging", "other", now)
    assert secrets.read("Production", now) == SECRET
    secrets.store("Production", SECRET + "2", now)
    assert secrets.read("Production", now) == SECRET + "2"
    # As any other program of the user finds it.
    bus = secretstorage.dbus_init()
    collection = secretstorage.get_default_collection(bus)
    items = list(collection.search_items({"service": SERVICE, "username": "Production"}))
    assert [item.get_secret().decode() for item in items] == [SECRET + "2"]
    secrets.remove("Production", now)
    assert secrets.read("Production", now) is None
    assert secrets.read("Staging", now) == "other"
    collection.lock()
    assert collection.is_locked()
    impatient = Secrets(deadline_seconds=3)
    for act in (
        lambda: impatient.read("Staging", now),
        lambda: impatient.store("Staging", SECRET, now),
    ):
        with pytest.raises(SecretError) as caught:
            act()
        print(caught.value.sentence)
        assert SECRET not in caught.value.sentence
    print("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
