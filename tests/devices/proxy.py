"""A proxy for a local port that can drop or stall its connections."""

import socket
import struct
import threading
from contextlib import suppress

CHUNK_BYTES = 1 << 14
RESET = struct.pack("ii", 1, 0)  # close at once with a TCP reset


class Proxy:
    """Forwards bytes until `drop` or `stall`, or until a number of bytes was sent to the device."""

    def __init__(self, port: int) -> None:
        self._towards = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._sockets: list[socket.socket] = []
        self._stalled = threading.Event()
        self._left: int | None = None  # bytes until it happens by itself
        self._then = self.drop
        threading.Thread(target=self._accept, daemon=True).start()

    def drop(self) -> None:
        """Break every connection."""
        while self._sockets:
            end = self._sockets.pop()
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def stall(self) -> None:
        """Forward nothing more, and keep all connections open."""
        self._stalled.set()

    def after(self, sent: int, *, stall: bool) -> None:
        """Stall or drop after `sent` more bytes to the device."""
        self._then = self.stall if stall else self.drop
        self._left = sent

    def close(self) -> None:
        """End it."""
        self._server.close()
        self.drop()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._towards))
            for end in (near, far):  # else each small packet waits for the last one's receipt
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sockets += [near, far]
            for source, target, counted in ((near, far, True), (far, near, False)):
                threading.Thread(
                    target=self._pump, args=(source, target, counted), daemon=True
                ).start()

    def _pump(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        try:
            while chunk := source.recv(CHUNK_BYTES):
                if self._stalled.is_set():
                    continue
                target.sendall(chunk)
                if counted:
                    self._count(len(chunk))
            if not self._stalled.is_set():
                target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def _count(self, sent: int) -> None:
        if self._left is None:
            return
        self._left -= sent
        if self._left <= 0:
            self._left = None
            self._then()
