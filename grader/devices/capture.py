"""Capture of a stream that may never end: its first bytes, and its lines as they arrive."""

from collections.abc import Callable

QUIET_SECONDS = 2.0
AT_MOST_SECONDS = 30.0
POLL_SECONDS = 0.2  # how often a program is polled for its end


class Capture:
    """Keeps the first `limit` bytes of a stream, and reports when there are more."""

    def __init__(self, limit: int, on_line: Callable[[str], None] | None = None) -> None:
        self._limit = limit
        self._on_line = on_line
        self._kept = bytearray()
        self._told = 0  # start of the first line that was not passed on yet

    @property
    def kept(self) -> bytes:
        """The bytes kept so far."""
        return bytes(self._kept)

    def add(self, chunk: bytes) -> bool:
        """Add a chunk; return False if the stream exceeds the limit."""
        room = self._limit - len(self._kept)
        self._kept += chunk[:room]
        self._tell()
        return len(chunk) <= room

    def _tell(self) -> None:
        if self._on_line is None:
            return
        while (end := self._kept.find(b"\n", self._told)) >= 0:
            line = self._kept[self._told : end].decode("utf-8", "replace").rstrip("\r")
            self._told = end + 1
            self._on_line(line)


class Linger:
    """Decides how long a program's streams are read after its end: a child may hold them open.

    Reading ends when nothing has arrived for `QUIET_SECONDS`, and after `AT_MOST_SECONDS` at the
    latest. Times are in seconds of one monotonic clock.
    """

    def __init__(self) -> None:
        self._ended: float | None = None
        self._heard = 0.0

    def heard(self, now: float) -> None:
        """Note that data arrived at `now`."""
        self._heard = now

    def is_over(self, now: float, *, ended: bool) -> bool:
        """True if reading should stop; `ended` is True once the program has ended."""
        if not ended:
            return False
        if self._ended is None:
            self._ended = now
        quiet = now - max(self._heard, self._ended)
        return quiet >= QUIET_SECONDS or now - self._ended >= AT_MOST_SECONDS
