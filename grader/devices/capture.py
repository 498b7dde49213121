"""The first bytes of a stream that may never end, and its lines as they come."""

from collections.abc import Callable


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
