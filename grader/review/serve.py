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
    """Who marks what, and how: `port` 0 takes a free one, `lab` None that of the results."""

    out: Path
    db: str | None
    lab: str | None
    author: str
    anonymous: bool
    port: int
    browse: bool


def serve(session: Session, say: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C, then write every file of the results; `say` gets the address.

    Raises `GraderError` where there are no results, or the port is taken.
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
        say(f"{address}  (Ctrl-C ends it)")
        if session.browse:
            webbrowser.open(address)
        # No access log: the first address has the token in it.
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", server_header=False,
            timeout_graceful_shutdown=3,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):  # uvicorn passes Ctrl-C on when it has shut down
            uvicorn.Server(config).run(sockets=[listening])
    if classroom.write_all():
        say(f"The marks are in {session.out}.")
    else:
        say(f"The marks are kept; the grader at work in {session.out} will write them there.")


def _socket(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()  # who is quicker than the server with the address waits for it
    except OSError as error:
        listening.close()
        raise GraderError(
            f"Port {port} cannot be used: {error.strerror or error}.",
            help="Choose another with --port, or leave it out.",
        ) from error
    return listening
