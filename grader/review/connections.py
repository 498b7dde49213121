"""Connections to the review server: one that sends no request gives its place to others."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from grader.review.peer import is_of_another_user

# A browser on this machine sends a request within milliseconds.
SECONDS_FOR_A_REQUEST = 10.0
MOST_WAITING = 100  # connections without a whole request; the system allows a process some 1,000


class ImpatientProtocol(H11Protocol):
    """Uvicorn's HTTP protocol that closes a connection on which no whole request arrives.

    Each connection has `SECONDS_FOR_A_REQUEST` for each request, its body included. If more than
    `MOST_WAITING` connections are without a request, the oldest of them is closed at once. A
    connection of another user of this machine is closed before its first request.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        peer, ours = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        if is_of_another_user(peer, ours):
            transport.abort()
            return
        self._wait()
        waiting = [each for each in _all(self) if each.is_waiting]
        if len(waiting) > MOST_WAITING:
            min(waiting, key=lambda each: each.began).give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Stop waiting if the request is whole now."""
        super().data_received(data)
        if not self.is_waiting:
            self._cancel()
        elif self._deadline is None:  # the next request on this connection has begun
            self._wait()

    @property
    def is_waiting(self) -> bool:
        """True until a whole request has arrived that is not answered."""
        if self.transport.is_closing():
            return False
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def give_up(self) -> None:
        """Close the connection if it still waits."""
        self._deadline = None
        if self.is_waiting:
            self.transport.abort()

    def _wait(self) -> None:
        self.began = self.loop.time()
        self._deadline = self.loop.call_later(SECONDS_FOR_A_REQUEST, self.give_up)

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _all(one: ImpatientProtocol) -> list[ImpatientProtocol]:
    """All connections of the server of `one`."""
    return [cast(ImpatientProtocol, each) for each in cast(set[Any], one.connections)]
