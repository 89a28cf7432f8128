"""A PostgreSQL server that asks for passwords, with TLS by an authority of its own."""

import datetime
import ipaddress
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import Server, running_postgresql

PASSWORD = "right horse 'battery'"
_NOW = datetime.datetime.now(datetime.UTC)
# `postgres` stays the way in for the tests themselves.
_RULES = """
local all all trust
host all postgres 127.0.0.1/32 trust
hostssl all certified 127.0.0.1/32 cert
host all weak 127.0.0.1/32 md5
host all open 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class SecureServer:
    """The login `ana` has PASSWORD; `authority` signed the server's certificate."""

    server: Server
    authority: Path
    other_authority: Path
    client_certificate: Path
    client_key: Path

    @property
    def port(self) -> int:
        return self.server.port


class Authority:
    """Signs certificates; the files lie in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject(f"Test authority {name}")
        made = _builder(subject, subject, self._key, days=30).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self._certificate = made.sign(self._key, hashes.SHA256())
        self.path = folder / f"{name}-authority.crt"
        _write_certificate(self.path, self._certificate)

    def sign(self, name: str, hosts: tuple[str, ...] = (), *, days: int = 30) -> tuple[Path, Path]:
        """A certificate and its key; `days` below 0 for one that has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_subject(name), self._certificate.subject, key, days=days)
        if hosts:
            names = [_general_name(host) for host in hosts]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = self._folder / f"{self._name}-{name}{days}.crt"
        private = certificate.with_suffix(".key")
        _write_certificate(certificate, builder.sign(self._key, hashes.SHA256()))
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        private.chmod(0o600)
        return certificate, private


@contextmanager
def running_secure_server() -> Iterator[SecureServer]:
    """TLS for `localhost` and 127.0.0.1, passwords by SCRAM."""
    with running_postgresql() as server:
        ours, other = Authority(server.folder, "our"), Authority(server.folder, "other")
        client, client_key = ours.sign("certified")
        server.execute(f"CREATE ROLE ana LOGIN PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'")
        server.execute("CREATE ROLE certified LOGIN")
        server.execute("CREATE ROLE open LOGIN")
        server.execute("SET password_encryption = md5; CREATE ROLE weak LOGIN PASSWORD 'x'")
        (server.folder / "data" / "pg_hba.conf").write_text(_RULES)
        use_certificate(server, *ours.sign("server", ("localhost", "127.0.0.1")), ours.path)
        yield SecureServer(server, ours.path, other.path, client, client_key)


def use_certificate(server: Server, certificate: Path, key: Path, authority: Path) -> None:
    """Have the server show this certificate from now on."""
    owner = server.folder.stat()
    for path in (certificate, key, authority):
        os.chown(path, owner.st_uid, owner.st_gid)
    server.folder.chmod(0o755)
    for name, value in (
        ("ssl_cert_file", certificate),
        ("ssl_key_file", key),
        ("ssl_ca_file", authority),
        ("ssl", "on"),
    ):
        server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    server.execute("SELECT pg_reload_conf()")
    _wait_for(server, str(certificate))


def _wait_for(server: Server, certificate: str) -> None:
    """A new session is of a server that has read its settings anew."""
    import psycopg

    deadline = time.monotonic() + 30
    while True:
        with psycopg.connect(
            host="127.0.0.1", port=server.port, user="postgres", dbname="postgres"
        ) as connection:
            shown = connection.execute("SHOW ssl_cert_file").fetchone()
            if shown == (certificate,) and connection.pgconn.ssl_in_use:
                return
        assert time.monotonic() < deadline, "the server did not read its settings"


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW - datetime.timedelta(days=60))
        .not_valid_after(_NOW + datetime.timedelta(days=days))
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write_certificate(path: Path, certificate: x509.Certificate) -> None:
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
