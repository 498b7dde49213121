"""Takes from a fragment of HTML what is on a list, and drops the rest; nh3 does the parsing."""

import base64
import re
from collections.abc import Sequence

import nh3
from pygments.token import STANDARD_TYPES

FRAGMENT_AT_MOST = 256 << 10  # characters
# html5ever takes the square of the depth: 20,000 open tags cost it 0.9 s.
TAGS_AT_MOST = 20_000
TAGS_OF_ALL = 300_000

IMAGES_AT_MOST = 64 << 20  # bytes, one that is shown twice counted twice

_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
# A student's own class could pass for one of the page's.
CLASSES = frozenset(STANDARD_TYPES.values()) - {""} | {
    *(f"ansi-{name}{shade}-fg" for name in _COLOURS for shade in ("", "-intense")),
    "ansi-bold",
    "ansi-underline",
}
_SHOWN = (
    "a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var"
)
_UNREAD = (  # what is in these is not meant to be read
    "applet audio canvas embed frame frameset iframe math noembed noframes noscript object option "
    "script select style svg template textarea title video xmp"
)
TAGS = frozenset(_SHOWN.split())
DROPPED_WHOLE = frozenset(_UNREAD.split())
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
LINKS = ("https:", "http:", "mailto:")
_IMAGE = re.compile(r"image:(\d{1,6})")
_SPAN = re.compile(r"[1-9]\d{0,2}")
_MAGIC = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    "image/svg+xml": re.compile(rb"\s*<"),  # in an <img>, where it runs and fetches nothing
}
# Characters that have what follows read from the other side: code is not what it looks like.
_OVERRIDES = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def without_overrides(text: str) -> str:
    """The text with every character that would reorder it written as its escape."""
    return text.translate(_OVERRIDES)


class Sanitiser:
    """Cleans the fragments of one notebook, whose `images` are (mime type, bytes) by number."""

    def __init__(self, images: Sequence[tuple[str, bytes]] = ()) -> None:
        self._images = images
        self._tags_left = TAGS_OF_ALL
        self._image_bytes_left = IMAGES_AT_MOST

    def clean(self, fragment: str) -> str | None:
        """The fragment without all that could run, fetch, submit or pass for the page's own.

        An image is there by its data or not at all; a link opens only if followed, and tells
        nobody from where. None for markup too large or too dense for any honest notebook.
        """
        tags = fragment.count("<")
        if len(fragment) > FRAGMENT_AT_MOST or tags > min(TAGS_AT_MOST, self._tags_left):
            return None
        self._tags_left -= tags
        return nh3.clean(
            without_overrides(fragment),
            tags=set(TAGS),
            clean_content_tags=set(DROPPED_WHOLE),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            attribute_filter=self._attribute,
            allowed_classes={"span": set(CLASSES)},
            url_schemes={"http", "https", "mailto", "image"},
            link_rel="noopener noreferrer nofollow",
            strip_comments=True,
        )

    def _attribute(self, _tag: str, name: str, value: str) -> str | None:
        if name == "src":
            number = _IMAGE.fullmatch(value)
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
