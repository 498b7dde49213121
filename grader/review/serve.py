"""Serves the review page on loopback until Ctrl-C, SIGTERM or the end of the terminal."""

import secrets
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from grader.batch.folder_lock import Busy
from grader.errors import GraderError
from grader.results.folder import PAGE
from grader.review.app import application
from grader.review.classroom import Classroom, open_classroom
from grader.review.connections import ImpatientProtocol
from grader.review.door import Door, opened_door
from grader.review.ending import End, Server, until_signal
from grader.review.guard import Guard, Tickets
from grader.review.names import Names
from grader.review.writer import Writer

HOST = "127.0.0.1"
_LARGEST_HEADERS = 1024 * 1024  # a browser sends all cookies of 127.0.0.1: 180 of 4 KiB
_BACKLOG = 64  # connections accepted at once, before old ones are closed


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
    """Serve the page until Ctrl-C, SIGTERM or SIGHUP, then write the files; `say` gets the address.

    Raises `GraderError` if there are no results, and if the port is in use.
    """
    with (
        until_signal() as end,
        open_classroom(session.out, session.db, session.lab) as classroom,
    ):
        writer = Writer(lambda: classroom.write(seconds=0), session.out / PAGE)
        try:
            _serve(session, classroom, writer, end, say)
        finally:
            writer.stop()
            _write_the_rest(classroom, say)


def _serve(
    session: Session, classroom: Classroom, writer: Writer, end: End, say: Callable[[str], None]
) -> None:
    with _socket(session.port) as listening, opened_door() as door:
        port = listening.getsockname()[1]
        names = Names(anonymous=session.anonymous, secret=secrets.token_bytes(32))
        app = application(classroom, session.author, names, writer)
        tickets = Tickets(lambda token: door.lead_to(_address(port, token)))
        _tell(session, door, _address(port, tickets.current), say)
        # No access log: the first address contains the token.
        config = uvicorn.Config(
            Guard(app, tickets=tickets, port=port), log_level="warning", access_log=False,
            lifespan="off", server_header=False, timeout_graceful_shutdown=3, backlog=_BACKLOG,
            http=ImpatientProtocol, h11_max_incomplete_event_size=_LARGEST_HEADERS,
        )  # fmt: skip
        server = Server(config)
        end.stops(server)
        writer.start()  # what an earlier review left behind
        server.run(sockets=[listening])


def _tell(session: Session, door: Door, address: str, say: Callable[[str], None]) -> None:
    """Open the page in a browser by the file, or say the address if there is no browser.

    Every user of this machine can read the arguments of a browser's process, but not the file.
    """
    if session.browse and webbrowser.open(door.file.as_uri()):
        say(f"The page opens in the browser; to open it again, open {door.file}.")
        say("Press Ctrl-C to stop.")
    else:
        say(f"{address}  (good once; to open it again, open {door.file}; press Ctrl-C to stop)")


def _address(port: int, token: str) -> str:
    return f"http://{HOST}:{port}/?token={token}"


def _write_the_rest(classroom: Classroom, say: Callable[[str], None]) -> None:
    """Write the files that are behind the marks, and say so if there is still a terminal."""
    try:
        classroom.write()
        said = f"Wrote the marks to {classroom.out}."
    except Busy as busy:
        said = f"{busy} The marks are saved; it will write them to {classroom.out}."
    with suppress(OSError):  # the terminal is closed
        say(said)


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
