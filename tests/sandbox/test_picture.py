"""The size of pictures, as every decoder takes them."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grader.sandbox.picture import PIXELS_AT_MOST, SIDE_AT_MOST, size


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *extra: bytes, depth: int = 8) -> bytes:
    """A PNG of this size, whose pixels are none."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    parts = (head, *extra, chunk(b"IDAT", b""), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def saved(kind: str, **options: object) -> bytes:
    """A picture of 30 x 20 pixels, as Pillow writes it."""
    made = io.BytesIO()
    Image.effect_noise((30, 20), 50).save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", saved("PNG")),
        ("image/png", saved("PNG", dpi=(72, 72))),
        ("image/jpeg", saved("JPEG")),
        ("image/jpeg", saved("JPEG", restart_marker_blocks=1)),
    ],
)
def test_a_plain_picture_has_its_size(mime: str, data: bytes) -> None:
    """Width and height, in pixels."""
    assert size(mime, data) == (30, 20)


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", b""),
        ("image/png", saved("PNG")[:-1]),
        ("image/png", saved("PNG") + b"x"),
        ("image/png", saved("JPEG")),
        ("image/png", png(30, 0)),
        ("image/png", png(100_000, 100_000)),
        ("image/png", png(SIDE_AT_MOST + 1, 1)),
        ("image/png", png(2_001, PIXELS_AT_MOST // 2_000)),
        ("image/png", png(30, 20, depth=16)),
        ("image/png", png(30, 20, chunk(b"acTL", bytes(8)))),
        ("image/png", png(30, 20, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(1 << 20))))),
        ("image/png", png(30, 20, chunk(b"IHDR", bytes(13)))),
        ("image/jpeg", saved("JPEG", progressive=True)),
        ("image/jpeg", saved("JPEG")[:-2]),
        ("image/jpeg", saved("JPEG") + saved("JPEG")),
        ("image/jpeg", saved("JPEG")[:2] + saved("JPEG")[2:].replace(b"\xff\xc0", b"\xff\xc2")),
        ("image/gif", saved("GIF")),
        ("image/webp", saved("WEBP")),
        ("image/svg+xml", b"<svg/>"),
    ],
)
def test_any_other_has_none(mime: str, data: bytes) -> None:
    """Too large, animated, progressive, damaged, or with compressed notes."""
    assert size(mime, data) is None


@given(st.sampled_from(["image/png", "image/jpeg"]), st.binary(max_size=80), st.integers(0, 200))
def test_any_bytes_are_read(mime: str, noise: bytes, at: int) -> None:
    """Damage gives no size, or a size within the limits."""
    whole = saved("PNG" if mime == "image/png" else "JPEG")
    found = size(mime, whole[:at] + noise + whole[at + len(noise) :])
    assert found is None or found[0] * found[1] <= PIXELS_AT_MOST


@pytest.mark.parametrize("make", [lambda: saved("PNG"), lambda: saved("JPEG")])
def test_what_has_a_size_is_of_this_size_to_pillow(make: Callable[[], bytes]) -> None:
    """The reading here is a decoder's."""
    data = make()
    mime = "image/png" if data.startswith(b"\x89") else "image/jpeg"
    assert size(mime, data) == Image.open(io.BytesIO(data)).size
