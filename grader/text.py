"""Text from a hand-in made harmless, lists cut to a length, and numbers written one way.

Each rule for untrusted text has its reason: `inert` is for whoever reads, `visible` for names,
`masked` where a length is a limit, `storable` for databases, `cell` for spreadsheets, `markdown`
for Markdown. Code keeps its lines and its format characters: see `grader.sandbox.markup`.
"""

import re
import unicodedata
from collections.abc import Iterable

from rich import filesize

# Controls drive a terminal, format characters (bidirectional overrides, zero widths) reorder or
# hide what is read, and surrogates cannot be written as UTF-8.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_NAME = 120  # characters of a name within a sentence
WIDE_SPACE = "\u3000"  # of Chinese text

# A cell that begins with one of these is a formula to a spreadsheet; the wide forms are to an
# East Asian one.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms
_STARTS = f"[{re.escape(''.join(FORMULA_STARTS))}]"
_BEGINNING = r"(^\s*|[;|]\s*)"  # half the world's spreadsheets part cells at a semicolon
_FORMULA = re.compile(rf"{_BEGINNING}('*)(?={_STARTS})")
_QUOTED_FORMULA = re.compile(rf"{_BEGINNING}'('*)(?={_STARTS})")

# What Markdown, GitHub's too, would read as more than the character that it is.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~!$@]|:(?=//)|:(?=[\w+-]+:)|(?<=www)\.)", re.IGNORECASE)
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKDOWN_LIST = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)")


def inert(text: str) -> str:
    """The text on one line, with every character that does not show written as its escape."""
    if text.isprintable():  # as nearly everything is: a page of a class holds 50,000 texts
        return text
    return "".join(_shown(character) for character in text)


def lines(text: str) -> tuple[str, ...]:
    """The same, line by line."""
    return tuple(map(inert, text.splitlines()))


def visible(name: str) -> str:
    """`name` with all but its letters and plain spaces escaped: two names that look alike are one.

    Not `inert`, which leaves other spaces as they are and takes a line break for a space.
    """
    return "".join(
        each if each.isprintable() or each == WIDE_SPACE else _escape(each) for each in name
    )


def shown(name: str) -> str:
    """`name` as it may stand in a sentence: visible, and cut where it is long."""
    whole = visible(name)
    return whole if len(whole) <= LONGEST_NAME else whole[: LONGEST_NAME - 1] + "…"


def masked(text: str) -> str:
    """The text on one line, as long as before: a `?` for each character that does not show.

    For what a program printed, which is cut to a length: escapes would take several times that.
    """
    return "".join(each if each.isprintable() else " " if each.isspace() else "?" for each in text)


def storable(text: str) -> str:
    """The text as every database can hold it: a lone surrogate or a NUL is kept as its escape.

    A name that is not UTF-8 has lone surrogates, which SQLite refuses; PostgreSQL refuses a NUL.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def cell(text: str) -> str:
    """The text as a spreadsheet shows it and never works it out, from which `from_cell` reads it.

    A formula gets an apostrophe before it, as does one that has some already.
    """
    return quoted(inert(text))


def quoted(text: str) -> str:
    """As `cell`, for text that may have several lines."""
    return _FORMULA.sub(r"\1'\2", text)


def from_cell(cell: str) -> str:
    """What `quoted` made this cell of."""
    return _QUOTED_FORMULA.sub(r"\1\2", cell)


def markdown(text: str) -> str:
    """The text on one line that Markdown shows as it is: no link, table, mention, emoji or HTML."""
    marked = _MARKDOWN.sub(r"\\\1", inert(text)).translate(_HTML)
    return _MARKDOWN_LIST.sub(r"\1\\\2", marked)


def several(names: Iterable[str], most: int, between: str = ", ") -> str:
    """The names, or the first `most` of them and how many there are besides: `a, b and 3 more`."""
    known = tuple(names)
    first = between.join(known[:most])
    if len(known) <= most:
        return first
    return f"{first}{between.strip(', ')} and {len(known) - most} more"


def _shown(character: str) -> str:
    if character in "\n\t":
        return " "
    return _escape(character) if unicodedata.category(character) in UNSEEN else character


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


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
