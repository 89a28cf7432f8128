"""From a saved connection or a URL to an open database, with the password wherever it is.

PGPASSWORD and a password file come first, where they are set; then the keyring. Whoever
calls may ask a person after that.
"""

import os
from dataclasses import dataclass, replace
from functools import partial

from mylla_audit_desktop.connections.profile import ConnectionProfile
from mylla_audit_desktop.connections.secrets import SecretError, Secrets
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database, open_profile
from mylla_audit_desktop.database.parameters import (
    DEFAULT_PORT,
    Parameters,
    PostgresqlParameters,
)
from mylla_audit_desktop.database.url import parse_url
from mylla_audit_desktop.log.errors import InputError, PasswordError

_NOWHERE = "Set PGPASSWORD or PGPASSFILE, or save the connection with its password."


@dataclass(frozen=True, slots=True)
class Opening:
    """What is to be opened. secret_names: where in the keyring its password may be.

    is_saved: a saved connection, whose password is expected in the keyring.
    """

    parameters: Parameters
    secret_names: tuple[str, ...] = ()
    is_saved: bool = False


def opening_of(profile: ConnectionProfile) -> Opening:
    """The opening of a saved connection."""
    return Opening(profile.parameters(), (profile.name,), is_saved=True)


def opening_of_url(url: str, store: ConnectionStore) -> Opening:
    """The opening of a URL; a saved connection to the same login may have its password."""
    parameters = parse_url(url)
    if not isinstance(parameters, PostgresqlParameters):
        return Opening(parameters)
    try:
        saved = store.read()
    except InputError:
        # The URL works without them.
        saved = ()
    names = tuple(profile.name for profile in saved if _is_same_login(profile, parameters))
    return Opening(parameters, (*names, url.strip()))


def open_connection(
    opening: Opening,
    secrets: Secrets,
    cancellation: Cancellation,
    *,
    password: str | None = None,
    create: bool = False,
    reads_entries: bool = True,
) -> Database:
    """Open it, with a password that somebody typed, or the one that can be found.

    Raises PasswordError where the server wants one, or another one, and what
    `open_profile` raises.
    """
    parameters = opening.parameters
    open_it = partial(open_profile, create=create, reads_entries=reads_entries)
    if not isinstance(parameters, PostgresqlParameters):
        return open_it(parameters)
    if password is not None:
        return open_it(replace(parameters, password=password))
    is_found, trouble = False, ""
    if opening.is_saved and not _is_password_set(parameters):
        password, trouble = _kept(opening, secrets, cancellation)
        is_found = True
    try:
        return open_it(replace(parameters, password=password))
    except PasswordError as error:
        if error.was_given:
            raise PasswordError(error.what, _where_from(password), was_given=True) from None
        if not is_found:
            password, trouble = _kept(opening, secrets, cancellation)
        if password is None or is_found:
            raise PasswordError(
                error.what, f"{trouble} {_NOWHERE}".strip(), was_given=False
            ) from None
    try:
        return open_it(replace(parameters, password=password))
    except PasswordError as error:
        raise PasswordError(error.what, _where_from(password), was_given=True) from None


def _is_password_set(parameters: PostgresqlParameters) -> bool:
    """Whether the environment or the user named a password or a file of them."""
    names = ("PGPASSWORD", "PGPASSFILE")
    return bool(parameters.passfile) or any(os.environ.get(name) for name in names)


def _kept(opening: Opening, secrets: Secrets, cancellation: Cancellation) -> tuple[str | None, str]:
    """The password in the keyring, and why it could not be looked up."""
    try:
        for name in opening.secret_names:
            password = secrets.read(name, cancellation)
            if password is not None:
                return password, ""
    except SecretError as error:
        return None, error.what
    return None, ""


def _where_from(password: str | None) -> str:
    if password is not None:
        return "The password came from the keyring; check it and the user."
    if os.environ.get("PGPASSWORD"):
        return "The password came from PGPASSWORD; check it and the user."
    return "Check the user and the password."


def _is_same_login(profile: ConnectionProfile, parameters: PostgresqlParameters) -> bool:
    def places(hosts: PostgresqlParameters) -> list[tuple[str, int]]:
        return [(host.name.casefold(), host.port or DEFAULT_PORT) for host in hosts.hosts]

    saved = profile.parameters()
    return (
        isinstance(saved, PostgresqlParameters)
        and places(saved) == places(parameters)
        and (saved.database, saved.user) == (parameters.database, parameters.user)
    )
