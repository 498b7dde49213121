"""Keeps the allowed tags and attributes of an HTML fragment and drops the rest; nh3 parses it."""

import base64
import re
from collections.abc import Sequence

from grader.sandbox.markup import IMAGE, TAGS_AT_MOST, listed
from grader.sandbox.picture import size

FRAGMENT_AT_MOST = 256 << 10  # characters
TAGS_OF_ALL = 300_000

IMAGES_AT_MOST = 24 << 20  # bytes; an image that is shown twice counts twice
PIXELS_OF_ALL = 300_000_000

LINKS = ("https:", "http:", "mailto:")
_SPAN = re.compile(r"[1-9]\d{0,2}")

# In HTML these elements, if not closed, are opened again in every later paragraph, at most three
# equal ones. With different attributes none are equal, and 17 kB grow to 7 MB.
_MULTIPLYING = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE
)


class Sanitiser:
    """Cleans the fragments of one notebook, whose `images` are (mime type, bytes) by number."""

    def __init__(self, images: Sequence[tuple[str, bytes]] = ()) -> None:
        self._images = images
        self._tags_left = TAGS_OF_ALL
        self._image_bytes_left = IMAGES_AT_MOST
        self._pixels_left = PIXELS_OF_ALL

    def clean(self, fragment: str) -> str | None:
        """Return the fragment without anything that could run, fetch, submit or imitate the page.

        The fragment must be `tidied` before. An image is embedded as data or removed; a link sends
        no referrer. Return None for markup that is too large, too dense or not tidied.
        """
        tags = fragment.count("<")
        if len(fragment) > FRAGMENT_AT_MOST or tags > min(TAGS_AT_MOST, self._tags_left):
            return None
        if _MULTIPLYING.search(fragment):
            return None
        self._tags_left -= tags
        return listed(fragment, self._attribute)

    def _attribute(self, _tag: str, name: str, value: str) -> str | None:
        if name == "src":
            number = IMAGE.fullmatch(value)
            return self._data_uri(int(number[1])) if number else None
        if name == "href":
            return value if value.lower().startswith(LINKS) else None
        if name in {"colspan", "rowspan"}:
            return value if _SPAN.fullmatch(value) else None
        return value

    def _data_uri(self, number: int) -> str | None:
        if number >= len(self._images):
            return None
        mime, data = self._images[number]
        found = size(mime, data)
        if found is None or len(data) > self._image_bytes_left:
            return None
        pixels = found[0] * found[1]
        if pixels > self._pixels_left:
            return None
        self._image_bytes_left -= len(data)
        self._pixels_left -= pixels
        return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
