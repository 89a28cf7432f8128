"""Looking at a server before anything is sent to it: whether it answers, and its certificate."""

import socket
import ssl
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mylla_audit_desktop.database.parameters import DEFAULT_PORT, Host
from mylla_audit_desktop.database.tls import TlsMode, root_certificates

_TIMEOUT_SECONDS = 6.0
# https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)


@dataclass(frozen=True, slots=True)
class TlsReport:
    """What the server showed. version: `TLS 1.3`, "" where it offers none.

    issuer, valid_until: of the certificate, where it was verified. problem: why it was not.
    """

    version: str = ""
    issuer: str = ""
    valid_until: datetime | None = None
    problem: str = ""


def reach(host: Host) -> str:
    """Why nothing answers at a host, "" where something does."""
    try:
        _connect(host).close()
    except TimeoutError:
        return "does not answer in time"
    except socket.gaierror:
        return "is not known"
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return f"cannot be reached: {reason}"
    return ""


def read_tls(host: Host, mode: TlsMode, root: str) -> TlsReport:
    """The server's certificate, verified as the mode asks. Sends no name and no password."""
    try:
        context = _context(mode, root)
    except (OSError, ValueError):
        return TlsReport(problem="the root certificate cannot be read")
    try:
        with _connect(host) as plain:
            plain.sendall(_SSL_REQUEST)
            if plain.recv(1) != b"S":
                return TlsReport(problem="the server offers no encryption (TLS)")
            with context.wrap_socket(plain, server_hostname=host.name) as secured:
                return _report(secured)
    except ssl.SSLCertVerificationError as error:
        return TlsReport(problem=_problem(error, host))
    except (OSError, UnicodeError, ValueError) as error:
        return TlsReport(problem=f"no encryption was agreed on ({type(error).__name__})")


def _connect(host: Host) -> socket.socket:
    return socket.create_connection((host.name, host.port or DEFAULT_PORT), _TIMEOUT_SECONDS)


def _context(mode: TlsMode, root: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = mode is TlsMode.VERIFY_FULL
    if mode not in {TlsMode.VERIFY_FULL, TlsMode.VERIFY_CA}:
        context.verify_mode = ssl.CERT_NONE
        return context
    file = root_certificates(root)
    if file == "system":
        context.load_default_certs()
    else:
        context.load_verify_locations(file)
    return context


def _report(secured: ssl.SSLSocket) -> TlsReport:
    version = (secured.version() or "TLS").replace("v", " ")
    shown = secured.getpeercert()
    if not shown:
        return TlsReport(version)
    issuer: Any = shown.get("issuer", ())
    names = {key: value for part in issuer for key, value in part}
    signer = names.get("organizationName") or names.get("commonName") or ""
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    return TlsReport(version, str(signer), datetime.fromtimestamp(ends, UTC))


def _problem(error: ssl.SSLCertVerificationError, host: Host) -> str:
    """OpenSSL's reason in words (X509_verify_cert_error_string(3))."""
    said = error.verify_message or ""
    if "expired" in said:
        return "the server's certificate has expired"
    if "not yet valid" in said:
        return "the server's certificate is not valid yet; check this computer's clock"
    if "ostname" in said or "IP address" in said:
        return f"the server's certificate is not for {host.name}"
    if "self-signed" in said or "self signed" in said or "issuer" in said:
        return "the server's certificate is signed by an authority that is not trusted here"
    return f"the server's certificate is not trusted ({said[:120]})"
