"""Serves the review page on loopback until Ctrl-C."""

import secrets
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from grader.errors import GraderError
from grader.review.app import application
from grader.review.classroom import Classroom, open_classroom
from grader.review.guard import Guard
from grader.review.names import Names

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The settings of a session: `port` 0 is any free port, `lab` None the lab of the results."""

    out: Path
    db: str | None
    lab: str | None
    author: str
    anonymous: bool
    port: int
    browse: bool


def serve(session: Session, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C, then write all files of the results; `say` gets the address.

    Raises `GraderError` if there are no results, and if the port is in use.
    """
    with open_classroom(session.out, session.db, session.lab) as classroom:
        _serve(session, classroom, say)


def _serve(session: Session, classroom: Classroom, say: Callable[[str], None]) -> None:
    with _socket(session.port) as listening:
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        names = Names(anonymous=session.anonymous, secret=secrets.token_bytes(32))
        app = Guard(application(classroom, session.author, names), token=token, port=port)
        address = f"http://{HOST}:{port}/?token={token}"
        say(f"{address}  (press Ctrl-C to stop)")
        if session.browse:
            webbrowser.open(address)
        # No access log: the first address contains the token.
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", server_header=False,
            timeout_graceful_shutdown=3,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):  # uvicorn raises it again after its shutdown
            uvicorn.Server(config).run(sockets=[listening])
    if classroom.write_all():
        say(f"Wrote the marks to {session.out}.")
    else:
        say(f"The marks are saved. grader grade is running and will write them to {session.out}.")


def _socket(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()  # a request before the server runs waits for it
    except OSError as error:
        listening.close()
        raise GraderError(
            f"Port {port} cannot be used: {error.strerror or error}.",
            help="Choose another port with --port, or omit --port.",
        ) from error
    return listening
