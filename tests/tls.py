"""Certificates of our own, and servers that lie, for what TLS must and must not let through."""

import shutil
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_SSL_REQUEST = struct.pack("!II", 8, 80877103)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as files in PEM."""

    file: Path
    key: Path


class Authority:
    """Signs certificates; `file` is what a client trusts."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file, self._key = folder / "ca.crt", folder / "ca.key"
        _openssl(
            "req", "-x509", *_CURVE, "-days", "3650", "-subj", f"/CN={name}",
            "-keyout", str(self._key), "-out", str(self.file),
        )  # fmt: skip

    def issue(
        self, host: str, *, days: int = 30, common_name: str = "", name: str = ""
    ) -> Certificate:
        """A certificate for a host or, by its `common_name`, for a client (a login).

        days: negative for one that has expired.
        """
        stem = self.folder / (name or f"{common_name or host}{days}")
        key, request, file = (stem.with_suffix(f".{end}") for end in ("key", "csr", "crt"))
        _openssl(
            "req", *_CURVE, "-subj", f"/CN={common_name or host}",
            "-addext", f"subjectAltName=DNS:{host}", "-keyout", str(key), "-out", str(request),
        )  # fmt: skip
        _openssl(
            "x509", "-req", "-in", str(request), "-CA", str(self.file), "-CAkey", str(self._key),
            "-CAcreateserial", "-copy_extensions", "copy", "-days", str(days), "-out", str(file),
        )  # fmt: skip
        key.chmod(0o600)
        return Certificate(file, key)


def _openssl(*words: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise RuntimeError("openssl is not installed. Install it with: apt-get install openssl")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {words[0]} failed: {done.stderr}")


@dataclass
class Impostor:
    """Something on loopback that speaks enough of PostgreSQL's protocol to be told a password.

    received: all that came, after TLS where a client agreed to it.
    """

    port: int
    received: bytearray = field(default_factory=bytearray)
    connections: int = 0


@contextmanager
def impostor(certificate: Certificate | None) -> Iterator[Impostor]:
    """Answers every start with "tell me your password"; without a certificate, in plain text."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    made = Impostor(listener.getsockname()[1])
    is_over = threading.Event()
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.file, certificate.key)

    def serve() -> None:
        while not is_over.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                made.connections += 1
                connection.settimeout(5)
                # The client that hangs up is the point.
                with suppress(OSError), connection:
                    _converse(connection, context, made)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield made
    finally:
        is_over.set()
        thread.join()
        listener.close()


def _converse(connection: socket.socket, context: ssl.SSLContext | None, made: Impostor) -> None:
    start = connection.recv(8)
    made.received += start
    if start != _SSL_REQUEST:
        _ask_password(connection, made)
    elif context is None:
        connection.sendall(b"N")
        made.received += connection.recv(4096)
        _ask_password(connection, made)
    else:
        connection.sendall(b"S")
        with context.wrap_socket(connection, server_side=True) as secured:
            made.received += secured.recv(4096)
            _ask_password(secured, made)


def _ask_password(connection: socket.socket, made: Impostor) -> None:
    # AuthenticationCleartextPassword
    connection.sendall(b"R" + struct.pack("!II", 8, 3))
    while data := connection.recv(4096):
        made.received += data
