"""A TCP proxy on loopback that can stop forwarding, as a broken network does."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Forwards to a port of this computer until it is told to swallow."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._flows = threading.Event()
        self._flows.set()
        # Connections made from now on, and those before, can be swallowed apart.
        self._swallowed: set[socket.socket] = set()
        self._sockets: list[socket.socket] = []
        self.passed = 0
        # Seconds for a byte; 0 for as fast as it goes.
        self._pace = 0.0
        self._is_closed = threading.Event()
        self._more = threading.Condition()
        # What is to be done, and after how many bytes.
        self._call: Callable[[], None] | None = None
        self._moment = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def slow_down(self, bytes_per_second: int) -> None:
        """Be a thin line; each connection has so much for itself, in each direction."""
        self._pace = 1 / bytes_per_second

    def swallow_all(self) -> None:
        """Take everything, acknowledge it, pass nothing on; new connections likewise."""
        self._flows.clear()

    def swallow_present(self) -> None:
        """The same for the connections that there are; new ones are forwarded."""
        self._swallowed |= set(self._sockets)

    def forward(self) -> None:
        """Forward what comes from now on; what was swallowed stays so."""
        self._swallowed |= set(self._sockets)
        self._flows.set()

    def drop_swallowed(self) -> None:
        """The server learns at last that nobody is there any more."""
        for one in self._swallowed:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def wait_for_bytes(self, count: int, seconds: float = 60) -> None:
        """Until so many bytes have passed, in both directions."""
        with self._more:
            if not self._more.wait_for(lambda: self.passed >= count, seconds):
                raise TimeoutError(f"{self.passed} of {count} bytes have passed")

    def after_bytes(self, count: int, call: Callable[[], None] | None) -> None:
        """Call this once so many more bytes have passed, in both directions; None for nothing.

        On a thread of the proxy, which holds back what follows until it returns.
        """
        with self._more:
            self._call, self._moment = call, self.passed + count

    def close(self) -> None:
        """End everything."""
        self._is_closed.set()
        for one in (self._listener, *self._sockets):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            if not self._flows.is_set():
                # Accepted by the kernel and never answered.
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                # As the server refuses, so does who stands for it.
                client.close()
                continue
            self._sockets.append(server)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self._is_flowing(source):
                    self._pass_on(source, sink, data)
                if self._pace and self._is_closed.wait(self._pace * len(data)):
                    return
        if source not in self._swallowed:
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

    def _is_flowing(self, source: socket.socket) -> bool:
        return self._flows.is_set() and source not in self._swallowed

    def _pass_on(self, source: socket.socket, sink: socket.socket, data: bytes) -> None:
        call, first = None, len(data)
        with self._more:
            if self._call is not None and self.passed + len(data) > self._moment:
                call, self._call = self._call, None
                first = max(self._moment - self.passed, 0)
            self.passed += len(data)
            self._more.notify_all()
        sink.sendall(data[:first])
        if call is not None:
            call()
            if self._is_flowing(source):
                sink.sendall(data[first:])


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """A proxy before a server on loopback."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
