"""How a connection is secured: the modes, what holds where nobody chose, and their words."""

import ipaddress
import os
import sys
from contextlib import suppress
from enum import Enum
from pathlib import Path

from mylla_audit_desktop.user_path import user_path


class TlsMode(Enum):
    """libpq's words for `sslmode`, the strongest first."""

    VERIFY_FULL = "verify-full"
    VERIFY_CA = "verify-ca"
    REQUIRE = "require"
    PREFER = "prefer"
    DISABLE = "disable"

    @property
    def is_encrypted(self) -> bool:
        """Whether nothing is ever sent in the open."""
        return self not in {TlsMode.PREFER, TlsMode.DISABLE}


# What each mode leaves open, for the one who chooses it.
TLS_RISKS = {
    TlsMode.VERIFY_FULL: "",
    TlsMode.VERIFY_CA: "Another server with a certificate of the same authority could answer.",
    TlsMode.REQUIRE: "The server is not checked: somebody in between could read everything.",
    TlsMode.PREFER: "Somebody in between can switch encryption off and read everything.",
    TlsMode.DISABLE: "Everything is sent in the open, where others on the network can read it.",
}

# Where systems keep the authorities they trust. psycopg's own OpenSSL looks elsewhere.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def is_loopback(host: str) -> bool:
    """Whether a host is this computer: a socket, localhost, 127.0.0.0/8 or ::1."""
    name = host.strip().rstrip(".").casefold()
    if not name or name.startswith(("/", "@")):
        return True
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def default_tls(hosts: tuple[str, ...]) -> TlsMode:
    """The mode where nobody chose one: everything is verified but on this computer."""
    return TlsMode.PREFER if all(map(is_loopback, hosts)) else TlsMode.VERIFY_FULL


def root_certificates(chosen: str) -> str:
    """The file of authorities to trust: the one chosen, libpq's own, or the system's."""
    if chosen:
        return str(user_path(chosen))
    if sys.platform == "win32":
        own = Path(os.environ.get("APPDATA", "")) / "postgresql" / "root.crt"
    else:
        own = Path("~/.postgresql/root.crt")
        # A login of a container may have no home at all.
        with suppress(RuntimeError):
            own = own.expanduser()
    if os.environ.get("PGSSLROOTCERT"):
        return os.environ["PGSSLROOTCERT"]
    candidates = (own, *map(Path, _SYSTEM_BUNDLES))
    return next((str(path) for path in candidates if path.is_file()), "system")
