import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from grader.review import connections
from grader.review.connections import MOST_WAITING, ImpatientProtocol


async def answer(request: Request) -> PlainTextResponse:
    """The body of the request."""
    return PlainTextResponse(await request.body())


BACKLOG = 32
HALVES = (b"", b"GET / HT", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server with our connections, and its port."""

    server: uvicorn.Server
    port: int

    def asked(self) -> bytes:
        """The answer to a small request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/", b"hello")
        return connection.getresponse().read()


@pytest.fixture
def running() -> Iterator[Running]:
    """A server that answers with what it was sent."""
    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    config = uvicorn.Config(
        app, http=ImpatientProtocol, log_level="critical", lifespan="off", backlog=BACKLOG
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Running(server=server, port=listening.getsockname()[1])
        server.should_exit = True
        thread.join()


def test_half_open_connections_lock_nobody_out(running: Running) -> None:
    """However many connections have no whole request, we are answered and few of them stay."""
    with ExitStack() as opened:
        for number in range(4 * MOST_WAITING):
            address = ("127.0.0.1", running.port)
            half = opened.enter_context(socket.create_connection(address, timeout=10))
            half.sendall(HALVES[number % len(HALVES)])
            if number % MOST_WAITING == MOST_WAITING - 1:
                assert running.asked() == b"hello"
                assert len(running.server.server_state.connections) <= MOST_WAITING + BACKLOG


@pytest.mark.parametrize("sent", HALVES)
def test_a_connection_without_a_request_is_closed(
    running: Running, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a byte, with half of the head, and with half of the body."""
    monkeypatch.setattr(connections, "SECONDS_FOR_A_REQUEST", 0.5)
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as half:
        half.sendall(sent)
        deadline = time.monotonic() + 8
        assert not is_open(half, deadline)
        assert time.monotonic() < deadline


def is_open(half: socket.socket, deadline: float) -> bool:
    """False as soon as the other side has closed, True at the deadline."""
    half.settimeout(0.1)
    while time.monotonic() < deadline:
        try:
            if half.recv(100) == b"":
                return False
        except TimeoutError:
            continue
        except OSError:
            return False
    return True
