"""Passwords of saved connections, in the keyring of the operating system.

They lie under the service `mylla-audit` and the connection's name. Only keyrings that
keep secrets encrypted are used: the Secret Service, KWallet, macOS's Keychain and
Windows' Credential Locker. A keyring may ask the user something, or hang, so every
call has a deadline and can be cancelled, and none belongs on the UI thread.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NoReturn, TypeVar

from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import KnownError

if TYPE_CHECKING:  # keyring looks through all installed packages: loaded when needed
    from keyring.backend import KeyringBackend

_Answer = TypeVar("_Answer")
SERVICE = "mylla-audit"
# Long enough to type the keyring's own password.
DEADLINE_SECONDS = 60.0
# What Windows takes, so that a connection works the same everywhere.
LONGEST_SECRET = 1_280
_LOOK_SECONDS = 0.05
_ALLOWED = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
_CHAINER = "keyring.backends.chainer.ChainerBackend"
_NONE = frozenset({"keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"})
_ASK = "The password is asked for each time."


class SecretError(KnownError):
    """The keyring cannot be used: says why, and what to do."""

    exit_code = 3


class Secrets:
    """Stores, reads and removes passwords. Methods raise SecretError or CancelledError."""

    def __init__(
        self,
        find: "Callable[[], KeyringBackend] | None" = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        self._find = find or find_keyring
        self._deadline_seconds = deadline_seconds

    def why_not(self, cancellation: Cancellation) -> str:
        """Why no password can be kept on this computer; "" where one can."""
        try:
            self._call(lambda _keyring: None, cancellation)
        except SecretError as error:
            return error.sentence
        return ""

    def read(self, name: str, cancellation: Cancellation) -> str | None:
        """The password kept under a name, if there is one."""
        return self._call(lambda keyring: keyring.get_password(SERVICE, name), cancellation)

    def store(self, name: str, secret: str, cancellation: Cancellation) -> None:
        """Keep a password, and make sure that it was kept."""
        if len(secret) > LONGEST_SECRET:
            raise SecretError(
                f"The password has more than {LONGEST_SECRET:,} characters, "
                "which not every keyring takes.",
                _ASK,
            )

        def put(keyring: "KeyringBackend") -> bool:
            keyring.set_password(SERVICE, name, secret)
            return keyring.get_password(SERVICE, name) == secret

        if not self._call(put, cancellation):
            raise SecretError("The keyring accepted the password but did not keep it.", _ASK)

    def remove(self, name: str, cancellation: Cancellation) -> None:
        """Forget the password kept under a name, if there is one."""

        def take(keyring: "KeyringBackend") -> None:
            if keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)

        self._call(take, cancellation)

    def _call(
        self, work: "Callable[[KeyringBackend], _Answer]", cancellation: Cancellation
    ) -> "_Answer":
        """Do it on a thread of its own, which is left behind where the keyring hangs."""
        answers: SimpleQueue[Callable[[], _Answer]] = SimpleQueue()

        def run() -> None:
            try:
                answer = work(self._find())
            except Exception as error:  # noqa: BLE001 - a keyring raises what it likes
                known = _describe(error)
                answers.put(lambda: _raise(known))
            else:
                answers.put(lambda: answer)

        cancellation.raise_if_cancelled()
        threading.Thread(target=run, name="keyring", daemon=True).start()
        deadline = time.monotonic() + self._deadline_seconds
        while True:
            try:
                return answers.get(timeout=_LOOK_SECONDS)()
            except Empty:
                cancellation.raise_if_cancelled()
                if time.monotonic() > deadline:
                    raise SecretError(
                        "The keyring does not answer.",
                        f"Unlock it, or see whether it asks something. {_ASK}",
                    ) from None


def find_keyring() -> "KeyringBackend":
    """The keyring of this computer, where it is one that keeps secrets. Raises SecretError."""
    import keyring
    from keyring.backend import KeyringBackend

    found = keyring.get_keyring()
    name = _name_of(found)
    # A chain writes into its first member, whatever that is: take an allowed one itself.
    for member in getattr(found, "backends", ()) if name == _CHAINER else (found,):
        if isinstance(member, KeyringBackend) and _name_of(member) in _ALLOWED:
            return member
    if name in _NONE or name == _CHAINER:
        raise SecretError("This computer has no keyring that this program can reach.", _ASK)
    raise SecretError(
        f"The keyring that is set up ({name.removeprefix('keyring.backends.')}) "
        "does not keep secrets encrypted.",
        _ASK,
    )


def _raise(error: SecretError) -> NoReturn:
    raise error


def _name_of(keyring: object) -> str:
    return f"{type(keyring).__module__}.{type(keyring).__qualname__}"


def _describe(error: object) -> SecretError:
    """What a keyring raised, in words; its text could hold anything, so it is not repeated."""
    if isinstance(error, SecretError):
        return error
    kind = type(error).__name__
    if "Locked" in kind or "Dismissed" in kind:
        return SecretError("The keyring is locked.", f"Unlock it and try again. {_ASK}")
    if kind in {"NoKeyringError", "InitError"} or "NotAvailable" in kind:
        return SecretError("The keyring of this computer cannot be reached.", _ASK)
    if kind in {"PasswordSetError", "PasswordDeleteError"}:
        return SecretError("The keyring refused.", _ASK)
    return SecretError(f"The keyring failed ({kind}).", _ASK)
