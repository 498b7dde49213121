"""The tags and attributes of a notebook's HTML that are kept: one list for parent and child."""

import re
from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

# html5ever's time grows with the square of the depth: 20,000 open tags take 0.9 s.
TAGS_AT_MOST = 20_000
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
# Other classes are removed: a student's own could imitate the page's.
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
_UNREAD = (  # the content of these elements is not text to read
    "applet audio canvas embed frame frameset iframe noembed noframes noscript object option "
    "script select style svg template textarea title video xmp"
)
# What formulas are made of: see `sandbox.mathematics`. None of it runs, loads or links anything.
_FORMULAS = (
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
MATHEMATICS = frozenset(_FORMULAS.split())
_OF_MATHEMATICS = {
    "math": {"display"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mo": {"fence", "form", "largeop", "movablelimits", "separator", "stretchy"},
    "mover": {"accent"},
    "mspace": {"width"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "munder": {"accentunder"},
}
# A word or a small length: no formula covers what is around it.
_VALUE = re.compile(r"[a-z-]{1,20}|[0-2](?:\.\d{1,4})?(?:em)?")
TAGS = frozenset(_SHOWN.split()) | MATHEMATICS
DROPPED_WHOLE = frozenset(_UNREAD.split())
ATTRIBUTES = {
    "*": set[str](),
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    **_OF_MATHEMATICS,
}
IMAGE = re.compile(r"image:(\d{1,6})")
# Bidirectional control characters: with them code looks different from what it is.
_OVERRIDES = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def is_attribute_of_mathematics(tag: str, name: str, value: str) -> bool:
    """Return True if an element of a formula may have this attribute with this value."""
    return name in _OF_MATHEMATICS.get(tag, ()) and _VALUE.fullmatch(value) is not None


def without_overrides(text: str) -> str:
    """Return the text with every bidirectional control character replaced by its escape."""
    return text.translate(_OVERRIDES)


def tidied(fragment: str) -> str:
    """Return the fragment with allowed tags and attributes only, and with every tag closed.

    The child calls this: hostile markup may grow here, and then it uses the child's memory, and the
    parent knows the length before it parses anything.
    """
    return listed(
        fragment, lambda _tag, name, value: value if name != "src" or IMAGE.match(value) else None
    )


def listed(fragment: str, attribute: Callable[[str, str, str], str | None]) -> str:
    """Return the fragment with allowed tags, and with the attributes that `attribute` allows.

    `attribute` gets a tag, an attribute's name and its value, and returns the new value, or None to
    drop the attribute. Attributes of formulas are checked here.
    """

    def checked(tag: str, name: str, value: str) -> str | None:
        if tag in MATHEMATICS:
            return value if is_attribute_of_mathematics(tag, name, value) else None
        return attribute(tag, name, value)

    return nh3.clean(
        without_overrides(fragment),
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=checked,
        allowed_classes={"span": set(CLASSES)},
        url_schemes={"http", "https", "mailto", "image"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
