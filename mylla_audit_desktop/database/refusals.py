"""Why a connection to PostgreSQL was not made, in words, and what to do.

libpq gives no codes for what fails before the session begins, only its English texts.
"""

import psycopg

from mylla_audit_desktop.log.errors import DatabaseError, PasswordError

_NOTHING_SENT = "The password was not sent."
_ONLY_STANDBYS = (
    "session is read-only",
    "only a standby answers, and nothing can be recorded there",
    "Try again when the primary is back, or name it among the hosts.",
)
# What libpq says, what that means, and what to do.
_MEANINGS = (
    (
        "server does not support SSL",
        "the server offers no encryption (TLS)",
        f"{_NOTHING_SENT} Ask its administrator to switch TLS on.",
    ),
    (
        "certificate verify failed",
        "the server's certificate is not trusted: it is signed by another authority, or expired",
        f"{_NOTHING_SENT} Choose the root certificate that your administrator gives out.",
    ),
    (
        "does not match host name",
        "the server's certificate is for another host name",
        f"{_NOTHING_SENT} Use the name that the certificate names, or ask for another certificate.",
    ),
    (
        "root certificate file",
        "the root certificate cannot be read",
        "Choose the file that your administrator gives out.",
    ),
    (
        "failed: server requested",
        "the server asks for the password itself instead of a proof (SCRAM)",
        f"{_NOTHING_SENT} Ask its administrator for scram-sha-256 and set the password anew.",
    ),
    (
        "server did not complete authentication",
        "the server lets anybody in without a proof that it knows your password",
        f"{_NOTHING_SENT} Ask its administrator for scram-sha-256.",
    ),
    (
        "requires a valid client certificate",
        "the server wants a client certificate",
        "Choose the certificate and the key that your administrator gave you.",
    ),
    (
        "private key file",
        "the client key cannot be used: it is not there, or others may read it",
        "Choose another file, or take the rights of others away (chmod 600).",
    ),
    (
        "could not read certificate file",
        "the client certificate cannot be read",
        "Choose another file.",
    ),
    (
        "no pg_hba.conf entry",
        "the server takes no connection from this computer as this user to this database",
        "Ask its administrator to allow it, or check user and database.",
    ),
    (
        "not in hot standby mode",
        "none of the hosts is a standby",
        "Name a standby, or allow the primary.",
    ),
    ("could not resolve", "the host name is not known", "Check it, and the network."),
    ("failed to resolve", "the host name is not known", "Check it, and the network."),
    ("timeout expired", "it does not answer in time", "Check host, port and the network."),
    (
        "Connection refused",
        "nothing answers at that host and port",
        "Check both, and that the server runs.",
    ),
)


def describe_refusal(cause: psycopg.Error, place: str) -> DatabaseError | None:
    """The sentence for a connection that was not made; None for what is no such error.

    PasswordError where the server wants a password, or another one.
    """
    if not isinstance(cause, psycopg.OperationalError) or cause.sqlstate:
        return None
    # Of several hosts the last one's reason comes first, then all of them again.
    text = str(cause).partition("Multiple connection attempts failed")[0]
    attempt = cause.pgconn
    if attempt is not None and attempt.needs_password:
        return PasswordError(f"{place} asks for a password.", "", was_given=False)
    if attempt is not None and attempt.used_password and _is_about_user(attempt, text):
        reason = last_clause(text)
        return PasswordError(f"{place} did not let you in: {reason}.", "", was_given=True)
    if _ONLY_STANDBYS[0] in str(cause):
        # Whatever the last host said: none of them is a primary.
        text = _ONLY_STANDBYS[0]
    for said, meaning, advice in (_ONLY_STANDBYS, *_MEANINGS):
        if said in text:
            return DatabaseError(f"{place} cannot be reached: {meaning}.", advice)
    return None


def last_clause(text: str) -> str:
    """The last clause of libpq's message, which says why; the clauses before say where."""
    line = " ".join(text.split()).removesuffix(".")[:600]
    line = line.partition(" Is the server running")[0].partition(" DETAIL: ")[0]
    for mark in ("FATAL: ", "failed: ", "error: "):
        if mark in line:
            line = line.rsplit(mark, 1)[1].strip()
    return line[:300].removesuffix(".") or "no reason given"


def _is_about_user(attempt: psycopg.pq.abc.PGconn, text: str) -> bool:
    """Whether the server refuses the user, not the database, in whatever language."""
    # The second is how PgBouncer says it.
    if "password authentication failed" in text or "SASL authentication failed" in text:
        return True
    user, database = (f'"{name.decode("utf-8", "replace")}"' for name in (attempt.user, attempt.db))
    return user in text and database not in text
