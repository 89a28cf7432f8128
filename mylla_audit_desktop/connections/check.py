"""Trying a connection step by step, each told in words, with what to do where one fails."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from mylla_audit_desktop.connections.opening import Opening, open_connection
from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.secrets import Secrets
from mylla_audit_desktop.database.access import READABLE_BY_ALL, read_access
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.database.connection import Database
from mylla_audit_desktop.database.parameters import Host
from mylla_audit_desktop.database.probe import reach, read_tls
from mylla_audit_desktop.database.tls import TLS_RISKS, is_loopback
from mylla_audit_desktop.log.errors import KnownError, PasswordError


class Outcome(Enum):
    """How a step went."""

    GOOD = "good"
    # It works, and something about it is worth knowing.
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. subject: what was tried, in two or three words; advice: what to do."""

    subject: str
    outcome: Outcome
    words: str
    advice: str = ""


Steps = tuple[Step, ...]


def check_connection(
    profile: ConnectionProfile,
    opening: Opening,
    secrets: Secrets,
    cancellation: Cancellation,
    report: Callable[[object], None],
    *,
    password: str | None = None,
) -> Steps:
    """Try it; all steps up to the first that failed. `report` gets them as they come."""
    steps: list[Step] = []

    def add(step: Step) -> bool:
        cancellation.raise_if_cancelled()
        steps.append(step)
        report(tuple(steps))
        return step.outcome is not Outcome.BAD

    if profile.kind is Kind.POSTGRESQL and not all(map(add, _before_sign_in(profile))):
        return tuple(steps)
    try:
        database = open_connection(
            opening, secrets, cancellation, password=password, reads_entries=False
        )
    except PasswordError as error:
        advice = error.advice if error.was_given else "Type it."
        add(Step("Signed in", Outcome.BAD, error.what, advice))
        return tuple(steps)
    except KnownError as error:
        add(Step("Signed in", Outcome.BAD, error.what, error.advice))
        return tuple(steps)
    try:
        for step in _after_sign_in(database, cancellation):
            if not add(step):
                break
    finally:
        database.close()
    return tuple(steps)


def _before_sign_in(profile: ConnectionProfile) -> "list[Step]":
    """Whether the servers answer, and how they are secured. Stops at what fails."""
    hosts = [host for host in profile.hosts if host.name and not host.name.startswith(("/", "@"))]
    if not hosts:
        return []
    answers = [(host, reach(host)) for host in hosts]
    reached = [host for host, problem in answers if not problem]
    silent = "; ".join(f"{host} {problem}" for host, problem in answers if problem)
    if not reached:
        advice = "Check host and port, the network, and that the server runs."
        return [Step("Reached", Outcome.BAD, f"{silent}.", advice)]
    words = f"{', '.join(map(str, reached))} {'answer' if len(reached) > 1 else 'answers'}"
    first = (
        Step("Reached", Outcome.NOTE, f"{words}; {silent}.")
        if silent
        else Step("Reached", Outcome.GOOD, f"{words}.")
    )
    return [first, *(_encryption(profile, host) for host in reached)]


def _encryption(profile: ConnectionProfile, host: Host) -> Step:
    mode = profile.tls_in_force
    tls = read_tls(host, mode, profile.root_certificate)
    if tls.problem:
        if mode.is_encrypted:
            advice = "The password was not sent. Ask the server's administrator" + (
                " for the right root certificate, or for a certificate of this name."
                if "certificate" in tls.problem
                else " to switch TLS on."
            )
            return Step("Encrypted", Outcome.BAD, f"{host}: {tls.problem}.", advice)
        outcome = Outcome.GOOD if is_loopback(host.name) else Outcome.NOTE
        where = "nothing leaves this computer" if is_loopback(host.name) else TLS_RISKS[mode]
        return Step("Encrypted", outcome, f"Not encrypted: {where.rstrip('.')}.")
    if tls.valid_until is None:
        risk = "" if is_loopback(host.name) else f" {TLS_RISKS[mode]}"
        outcome = Outcome.GOOD if is_loopback(host.name) else Outcome.NOTE
        return Step("Encrypted", outcome, f"{tls.version}; the certificate is not checked.{risk}")
    return Step(
        "Encrypted",
        Outcome.GOOD,
        f"{tls.version}; the certificate of {host.name} is signed by {tls.issuer}"
        f" and valid until {tls.valid_until:%d %b %Y}.",
    )


def _after_sign_in(database: Database, cancellation: Cancellation) -> "list[Step]":
    steps: list[Step] = []
    if database.is_postgresql:
        steps.append(Step("Signed in", Outcome.GOOD, f"As {database.login}."))
        steps.append(_role(database, cancellation))
    else:
        steps.append(Step("File", Outcome.NOTE, READABLE_BY_ALL))
    try:
        database.check_entries()
    except KnownError as error:
        return [*steps, Step("Entries", Outcome.BAD, error.what, error.advice)]
    steps.append(Step("Entries", Outcome.GOOD, "They can be read."))
    if database.is_postgresql:
        state = database.state
        kind = "a standby, for reading" if state.is_standby else "the primary"
        steps.append(Step("Server", Outcome.GOOD, f"PostgreSQL {state.server_version}, {kind}."))
    return steps


def _role(database: Database, cancellation: Cancellation) -> Step:
    try:
        access = read_access(database, cancellation)
    except KnownError as error:
        return Step("Role", Outcome.NOTE, error.what, error.advice)
    if access.reviewer is None:
        words = "No team member is known by this login."
        return Step("Role", Outcome.NOTE, words, access.no_decision)
    return Step("Role", Outcome.GOOD, f"{access.title}.")


def opening_to_try(profile: ConnectionProfile, kept_as: str) -> Opening:
    """How to open a profile that may not be saved yet; `kept_as`: its name in the keyring."""
    names = (kept_as,) if kept_as else ()
    return Opening(profile.parameters(), secret_names=names, is_saved=bool(names))
