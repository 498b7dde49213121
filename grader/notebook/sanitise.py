"""Takes from a fragment of HTML what is on the list, and drops the rest; nh3 does the parsing."""

import base64
import re
from collections.abc import Sequence

from grader.sandbox.markup import IMAGE, TAGS_AT_MOST, listed

FRAGMENT_AT_MOST = 256 << 10  # characters
TAGS_OF_ALL = 300_000

IMAGES_AT_MOST = 64 << 20  # bytes, one that is shown twice counted twice

LINKS = ("https:", "http:", "mailto:")
_SPAN = re.compile(r"[1-9]\d{0,2}")
_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/svg+xml": re.compile(rb"\s*<"),  # in an <img>, where it runs and fetches nothing
}

# HTML opens each of these that is still open again in every paragraph that follows, but no more
# than three that are alike. With attributes none is like another, and 17 kB make 7 MB.
_MULTIPLYING = re.compile(
    r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE
)


class Sanitiser:
    """Cleans the fragments of one notebook, whose `images` are (mime type, bytes) by number."""

    def __init__(self, images: Sequence[tuple[str, bytes]] = ()) -> None:
        self._images = images
        self._tags_left = TAGS_OF_ALL
        self._image_bytes_left = IMAGES_AT_MOST

    def clean(self, fragment: str) -> str | None:
        """The fragment, once `tidied`, without what could run, fetch, submit or pass for ours.

        An image is there by its data or not at all; a link opens only if followed, and tells
        nobody from where. None for markup too large or too dense for any honest notebook, or that
        nobody tidied.
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
        if mime not in _MAGIC or not _MAGIC[mime].match(data) or len(data) > self._image_bytes_left:
            return None
        self._image_bytes_left -= len(data)
        return f"data:{mime};base64,{base64.b64encode(data).decode('ascii')}"
