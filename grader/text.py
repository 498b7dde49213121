"""Text from a hand-in made harmless to read, and the numbers written one way everywhere."""

import unicodedata

from rich import filesize

# Controls drive a terminal, format characters (bidirectional overrides, zero widths) reorder or
# hide what is read, and surrogates cannot be written as UTF-8.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def inert(text: str) -> str:
    """The text on one line, with every character that does not show written as its escape."""
    if text.isprintable():  # as nearly everything is: a page of a class holds 50,000 texts
        return text
    return "".join(_shown(character) for character in text)


def lines(text: str) -> tuple[str, ...]:
    """The same, line by line."""
    return tuple(map(inert, text.splitlines()))


def _shown(character: str) -> str:
    if character in "\n\t":
        return " "
    if unicodedata.category(character) in UNSEEN:
        return character.encode("unicode_escape").decode("ascii")
    return character


def mflops(value: float) -> str:
    """Millions of operations to the last one: operations are whole, so six digits are exact."""
    return f"{value:.6f}"


def percent(fraction: float) -> str:
    """A fraction in percent; two digits are exact for 10,000 images."""
    return f"{100 * fraction:.2f} %"


def points(value: float) -> str:
    """Points of a grade, to the hundredth."""
    return f"{value:.2f}"


def whole(value: float) -> str:
    """A number of points that is mostly whole: `55`, `2.5`."""
    return f"{value:g}"


def size(count: int) -> str:
    """Bytes in decimal units: `1.9 MB`."""
    return filesize.decimal(count, precision=1)
