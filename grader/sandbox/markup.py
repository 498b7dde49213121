"""Which tags and attributes of a notebook's HTML are kept: one list, for both sides of the wall."""

import re
from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

# html5ever takes the square of the depth: 20,000 open tags cost it 0.9 s.
TAGS_AT_MOST = 20_000
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
    "*": set[str](),
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
IMAGE = re.compile(r"image:(\d{1,6})")
# Characters that have what follows read from the other side: code is not what it looks like.
_OVERRIDES = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def without_overrides(text: str) -> str:
    """The text with every character that would reorder it written as its escape."""
    return text.translate(_OVERRIDES)


def tidied(fragment: str) -> str:
    """The fragment with the tags and attributes on the list alone, each closed where it ends.

    For the child: what hostile markup grows to here counts against the child's memory, and its
    length is known before anybody else reads it.
    """
    return listed(
        fragment, lambda _tag, name, value: value if name != "src" or IMAGE.match(value) else None
    )


def listed(fragment: str, attribute: Callable[[str, str, str], str | None]) -> str:
    """The fragment with what is on the list, and of its attributes what `attribute` allows."""
    return nh3.clean(
        without_overrides(fragment),
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=attribute,
        allowed_classes={"span": set(CLASSES)},
        url_schemes={"http", "https", "mailto", "image"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
