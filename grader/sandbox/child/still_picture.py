"""Makes a still picture of limited size of any raster image, for a browser to draw.

Runs inside the sandbox child. Only the first frame of an animation is kept.
"""

import io
import warnings

from PIL import Image

from grader.sandbox.picture import PIXELS_AT_MOST, SIDE_AT_MOST, size

RASTER = ("image/png", "image/jpeg", "image/gif", "image/webp")
DECODED_AT_MOST = 64_000_000  # pixels; a photo of a phone has up to 50 million
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# The exceptions of Pillow's decoders for damaged images; a decompression bomb is a warning first.
_UNREADABLE = (
    ArithmeticError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
)


def still(mime: str, data: bytes) -> tuple[str, bytes] | None:
    """Return the mime type and the bytes of a picture that `size` accepts.

    The bytes are `data` if `size` accepts them already. None if it is no image, or too large to be
    made smaller.
    """
    if mime not in RASTER:
        return None
    if size(mime, data) is not None:
        return mime, data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made_again(data)
    except _UNREADABLE:
        return None


def _made_again(data: bytes) -> tuple[str, bytes] | None:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        photo = opened.format == "JPEG"
        if opened.width * opened.height > DECODED_AT_MOST:
            return None
        if photo:  # decodes a smaller picture right away
            opened.draft("RGB", (2_000, 2_000))
        picture = opened.convert("RGB" if photo else "RGBA")
    shrink = min(
        1.0,
        SIDE_AT_MOST / max(picture.size),
        (PIXELS_AT_MOST / (picture.width * picture.height)) ** 0.5,
    )
    if shrink < 1:
        picture = picture.resize((_side(picture.width * shrink), _side(picture.height * shrink)))
    made = io.BytesIO()
    if photo:
        picture.save(made, "JPEG", quality=85)
    else:
        picture.save(made, "PNG")
    return f"image/{'jpeg' if photo else 'png'}", made.getvalue()


def _side(pixels: float) -> int:
    return max(1, int(pixels))
