"""The first bytes of a stream that may never end, and its lines as they come."""

from collections.abc import Callable

QUIET_SECONDS = 2.0
AT_MOST_SECONDS = 30.0
LOOK_SECONDS = 0.2  # how often somebody looks whether a program has ended


class Capture:
    """Takes a stream in pieces; keeps its first `limit` bytes, and says when there are more."""

    def __init__(self, limit: int, on_line: Callable[[str], None] | None = None) -> None:
        self._limit = limit
        self._on_line = on_line
        self._kept = bytearray()
        self._told = 0  # where the line begins that has not been told yet

    @property
    def kept(self) -> bytes:
        """What was kept so far."""
        return bytes(self._kept)

    def add(self, piece: bytes) -> bool:
        """Take one more piece; False if it went over the limit."""
        room = self._limit - len(self._kept)
        self._kept += piece[:room]
        self._tell()
        return len(piece) <= room

    def _tell(self) -> None:
        if self._on_line is None:
            return
        while (end := self._kept.find(b"\n", self._told)) >= 0:
            line = self._kept[self._told : end].decode("utf-8", "replace").rstrip("\r")
            self._told = end + 1
            self._on_line(line)


class Linger:
    """How long a program's streams are read after its end: a child of it may hold them open.

    Until nothing has come for `QUIET_SECONDS`, and no longer than `AT_MOST_SECONDS`. Times are of
    one clock that never goes back, in seconds.
    """

    def __init__(self) -> None:
        self._ended: float | None = None
        self._heard = 0.0

    def heard(self, now: float) -> None:
        """Something came."""
        self._heard = now

    def is_over(self, now: float, *, ended: bool) -> bool:
        """Whether to stop reading of a program that has `ended`, or has not."""
        if not ended:
            return False
        if self._ended is None:
            self._ended = now
        quiet = now - max(self._heard, self._ended)
        return quiet >= QUIET_SECONDS or now - self._ended >= AT_MOST_SECONDS
