import socket
import threading
import urllib.request
from pathlib import Path

import pytest
import uvicorn

import grader.review.serve
from grader.errors import GraderError
from grader.results.folder import PAGE
from grader.review.ending import Server
from grader.review.serve import Session, serve
from tests.review.classes import of_three


def session(out: Path, port: int = 0) -> Session:
    """A review by alice, without a browser."""
    return Session(
        out=out, db=None, lab=None, author="alice", anonymous=False, port=port, browse=False
    )


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    """The help names --port."""
    of_three(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(GraderError, match=str(port)) as refused:
            serve(session(tmp_path, port), lambda _: None)
    assert "--port" in (refused.value.help or "")


def test_the_address_works_at_once_and_all_files_are_written_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request before the server runs waits for it; at the end all results are written."""
    of_three(tmp_path)
    (tmp_path / PAGE).unlink(missing_ok=True)
    said: list[str] = []
    answers: list[int] = []
    servers: list[Server] = []

    class Stoppable(Server):
        """A server that the test can stop."""

        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            servers.append(self)

    def open_it(address: str) -> None:
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        try:
            with browser.open(address, timeout=30) as answer:
                answers.append(answer.status)
        finally:
            servers[0].should_exit = True

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 1:
            threading.Thread(target=open_it, args=(line.split(maxsplit=1)[0],)).start()

    monkeypatch.setattr(grader.review.serve, "Server", Stoppable)
    serve(session(tmp_path), say)
    assert answers == [200]
    assert said[0].startswith("http://127.0.0.1:")
    assert str(tmp_path) in said[1]
    assert (tmp_path / PAGE).is_file()
