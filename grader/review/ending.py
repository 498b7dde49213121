"""The signals that end a review: the server stops, and then the files are written."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

# Ctrl-C, `kill` and the end of a session, and a closed terminal (not on Windows).
_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Server(uvicorn.Server):
    """A server that leaves the signals to `until_signal`.

    Uvicorn's own handlers raise the signal again after the shutdown, which would end the process
    before the files are written.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle no signal."""
        yield


class End:
    """The end of a review by a signal, of which there may be several."""

    def __init__(self) -> None:
        self._server: Server | None = None
        self._asked = 0

    def stops(self, server: Server) -> None:
        """Let the signals stop `server`, also one that has come already."""
        self._server = server
        server.should_exit = self._asked > 0

    def ask(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's
        """Stop the server; the second signal does not wait for open requests."""
        self._asked += 1
        if self._server is not None:
            self._server.should_exit = True
            self._server.force_exit = self._asked > 1


@contextmanager
def until_signal() -> Iterator[End]:
    """Inside, a signal that would end the process only stops the server.

    A signal that was ignored before stays so (`nohup`), except Ctrl-C. Outside the main thread
    nothing is changed: only the main thread can handle signals.
    """
    end = End()
    if threading.current_thread() is not threading.main_thread():
        yield end
        return
    before = {each: signal.getsignal(each) for each in _SIGNALS}
    for each, handler in before.items():
        if each == signal.SIGINT or handler is not signal.SIG_IGN:
            signal.signal(each, end.ask)
    try:
        yield end
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
