"""Still pictures, made of any raster image."""

import io

import pytest
from PIL import Image

from grader.sandbox.child.still_picture import DECODED_AT_MOST, still
from grader.sandbox.picture import PIXELS_AT_MOST, size
from tests.sandbox.test_picture import png, saved


def decoded(made: tuple[str, bytes] | None) -> Image.Image:
    """The picture, checked to be one that the parent embeds."""
    assert made is not None
    assert size(*made) is not None
    return Image.open(io.BytesIO(made[1]))


def animated(kind: str) -> bytes:
    """Three frames: red, green and blue."""
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "lime", "blue")]
    made = io.BytesIO()
    frames[0].save(made, kind, save_all=True, append_images=frames[1:], duration=20, loop=0)
    return made.getvalue()


@pytest.mark.parametrize(("mime", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG")])
def test_a_plain_picture_is_kept(mime: str, kind: str) -> None:
    """To the byte: a figure of a notebook costs nothing."""
    data = saved(kind)
    assert still(mime, data) == (mime, data)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    """As a PNG."""
    picture = decoded(still(f"image/{kind.lower()}", animated(kind)))
    assert (picture.format, picture.size, getattr(picture, "n_frames", 1)) == ("PNG", (30, 20), 1)
    red, green, _ = picture.convert("RGB").getpixel((15, 10))  # type: ignore[misc]  # three numbers
    assert red > 200
    assert green < 50


def test_a_progressive_photo_is_made_again() -> None:
    """It stays a JPEG."""
    picture = decoded(still("image/jpeg", saved("JPEG", progressive=True)))
    assert (picture.format, picture.size) == ("JPEG", (30, 20))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_made_smaller(kind: str) -> None:
    """A photo of 12 million pixels keeps its shape."""
    made = io.BytesIO()
    Image.new("RGB", (4_000, 3_000), "red").save(made, kind)
    picture = decoded(still(f"image/{kind.lower()}", made.getvalue()))
    assert PIXELS_AT_MOST / 4 < picture.width * picture.height <= PIXELS_AT_MOST
    assert picture.width / picture.height == pytest.approx(4 / 3, rel=1e-2)


def test_a_very_wide_picture_is_made_narrower() -> None:
    """Its one row of pixels remains."""
    made = io.BytesIO()
    Image.new("L", (50_000, 1)).save(made, "PNG")
    assert decoded(still("image/png", made.getvalue())).size == (10_000, 1)


@pytest.mark.parametrize(
    ("mime", "data"),
    [
        ("image/png", png(100_000, 100_000)),
        ("image/png", png(DECODED_AT_MOST // 1_000 + 1, 1_000)),
        ("image/png", saved("PNG")[:60] + b"x" * 20),
        ("image/gif", saved("GIF")[:20]),
        ("image/png", b"<svg/>"),
        ("image/png", b""),
        ("image/svg+xml", b"<svg/>"),
        ("image/tiff", saved("TIFF")),
        ("image/png", saved("TIFF")),
    ],
)
def test_what_cannot_be_made_is_none(mime: str, data: bytes) -> None:
    """Too large to decode, damaged, or of a kind that is not decoded."""
    assert still(mime, data) is None
