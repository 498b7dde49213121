"""The size of a picture in pixels, from its first bytes: one reading for parent and child.

Only the forms of PNG and JPEG are read that every decoder takes for one still picture of this size.
"""

import struct
from collections.abc import Iterator

PIXELS_AT_MOST = 4_000_000  # of one picture: 16 MB in a browser
SIDE_AT_MOST = 10_000

_PNG = b"\x89PNG\r\n\x1a\n"
# Neither animated (acTL) nor with compressed text or profiles, which may be bombs themselves.
_PNG_CHUNKS = frozenset({b"IDAT", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"pHYs", b"sBIT", b"tEXt"})
_JPEG_PLAIN = frozenset({0xC0, 0xC1})  # start of a frame that is not progressive
_JPEG_TABLES = frozenset({0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_JPEG_SCAN = 0xDA


def size(mime: str, data: bytes) -> tuple[int, int] | None:
    """Return width and height in pixels; None if the picture is not of a plain form, or too large.

    `mime` is `image/png` or `image/jpeg`.
    """
    found = {"image/png": _png_size, "image/jpeg": _jpeg_size}.get(mime, lambda _data: None)(data)
    if found is None or not 0 < min(found) <= max(found) <= SIDE_AT_MOST:
        return None
    return found if found[0] * found[1] <= PIXELS_AT_MOST else None


def _png_size(data: bytes) -> tuple[int, int] | None:
    kinds = list(_png_chunks(data))
    plain = kinds and kinds[0] == b"IHDR" and kinds[-1] == b"IEND" and {*kinds[1:-1]} <= _PNG_CHUNKS
    if not plain or len(data) < 8 + 8 + 13 or data[24] > 8:  # a depth of 16 bits is twice as large
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _png_chunks(data: bytes) -> Iterator[bytes]:
    """Yield the kinds of the chunks, and a kind that is none for bytes that are no chunk."""
    at = len(_PNG)
    while data.startswith(_PNG) and at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8]
        at += 12 + length
    if at != len(data):
        yield b""


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    found: tuple[int, int] | None = None
    at = 2
    while data.startswith(b"\xff\xd8") and at + 9 <= len(data) and data[at] == 0xFF:
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker == _JPEG_SCAN:
            # A later frame or scan would begin with a marker; only restarts may stand in a scan.
            return found if _is_one_scan(data[at + 2 + length :]) else None
        if marker in _JPEG_PLAIN and found is None:
            height, width = struct.unpack_from(">HH", data, at + 5)
            found = width, height
        elif marker not in _JPEG_TABLES:
            return None
        at += 2 + length
    return None


def _is_one_scan(data: bytes) -> bool:
    """True if no marker but a restart and the end follows."""
    at = data.find(b"\xff")
    while 0 <= at < len(data) - 1:
        following = data[at + 1]
        if following == 0xD9:
            return at + 2 == len(data)
        if following and not 0xD0 <= following <= 0xD7:
            return False
        at = data.find(b"\xff", at + 2)
    return False
