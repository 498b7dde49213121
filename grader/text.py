"""Makes text from a hand-in harmless, shortens lists, and formats numbers.

`counted` is the place of singular and plural, `sentence` that of the stop at the end.

There is one function for each use of untrusted text: `inert` for people, `visible` for names,
`masked` if the length is limited, `storable` for databases, `cell` for spreadsheets, `markdown`
for Markdown, `without_commands` for logs. Code keeps its lines and its format characters: see
`grader.sandbox.markup`.
"""

import re
import unicodedata
from collections.abc import Iterable

from rich import filesize

# Control characters act on a terminal, format characters (bidirectional overrides, zero widths)
# reorder or hide text, and surrogates cannot be encoded as UTF-8.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_NAME = 120  # characters of a name in a message
WIDE_SPACE = "\u3000"  # the space of Chinese text

# A spreadsheet takes a cell that begins with one of these for a formula; an East Asian spreadsheet
# also takes the wide forms.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms
_STARTS = f"[{re.escape(''.join(FORMULA_STARTS))}]"
_BEGINNING = r"(^\s*|[;|]\s*)"  # in many locales a semicolon separates cells
_FORMULA = re.compile(rf"{_BEGINNING}('*)(?={_STARTS})")
_QUOTED_FORMULA = re.compile(rf"{_BEGINNING}'('*)(?={_STARTS})")

# The characters that have a meaning in Markdown, also in GitHub's.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|~!$@]|:(?=//)|:(?=[\w+-]+:)|(?<=www)\.)", re.IGNORECASE)
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKDOWN_LIST = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)")

# What CI systems take for a command in a line of a log: GitHub's `::name::` at its start, after
# spaces too, and `##[name]` anywhere; `##vso[` of Azure, `##teamcity[`, and GitLab's sections.
_CI_COMMAND = re.compile(
    r"(?:\A|[\r\n])\s*:(?=:)|#(?=#(?:vso|teamcity)?\[)|section_(?:start|end)(?=:)", re.IGNORECASE
)


def inert(text: str) -> str:
    """Return the text on one line, with every invisible character replaced by its escape."""
    if text.isprintable():  # true of nearly every text; the page of a class has 50,000 of them
        return text
    return "".join(_shown(character) for character in text)


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of the text, each made inert."""
    return tuple(map(inert, text.splitlines()))


def visible(name: str) -> str:
    """Return `name` with unusual spaces and invisible characters replaced by their escapes.

    So two different names never look alike. `inert` is not enough: it keeps unusual spaces and
    turns a line break into a space.
    """
    return "".join(
        each if each.isprintable() or each == WIDE_SPACE else _escape(each) for each in name
    )


def shown(name: str) -> str:
    """Return `name` for use in a message: visible, and cut to `LONGEST_NAME` characters."""
    whole = visible(name)
    return whole if len(whole) <= LONGEST_NAME else whole[: LONGEST_NAME - 1] + "…"


def masked(text: str) -> str:
    """Return the text on one line with the same length: a `?` for each invisible character.

    For a program's output, which is cut to a length: escapes would make it several times as long.
    """
    return "".join(each if each.isprintable() else " " if each.isspace() else "?" for each in text)


def storable(text: str) -> str:
    """Return the text with each lone surrogate and NUL replaced by its escape.

    A file name that is not UTF-8 has lone surrogates, which SQLite refuses; PostgreSQL refuses NUL.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def cell(text: str) -> str:
    """Return the text as a spreadsheet cell that is never evaluated; `from_cell` reverses it.

    A text that would be a formula gets an apostrophe before it, also if it already has one.
    """
    return quoted(inert(text))


def quoted(text: str) -> str:
    """Return the same as `cell`, but keep line breaks and invisible characters."""
    return _FORMULA.sub(r"\1'\2", text)


def from_cell(cell: str) -> str:
    """Return the text from which `quoted` made this cell."""
    return _QUOTED_FORMULA.sub(r"\1\2", cell)


def markdown(text: str) -> str:
    """Return the text on one line, escaped so that Markdown shows it unchanged.

    No link, table, mention, emoji or HTML comes of it.
    """
    marked = _MARKDOWN.sub(r"\\\1", inert(text)).translate(_HTML)
    return _MARKDOWN_LIST.sub(r"\1\\\2", marked)


def without_commands(text: str) -> str:
    """Return the text with a space in everything that a CI system would take for a command."""
    return _CI_COMMAND.sub(lambda begun: f"{begun[0]} ", text)


def counted(count: float, one: str, several: str, **fields: object) -> str:
    """Return the sentence for `count` things: `one` if it is 1, otherwise `several`.

    Both are whole sentences with named fields: `{count}` and those of `fields`.
    """
    return (one if count == 1 else several).format(count=count, **fields)


def sentence(words: object) -> str:
    """Return the words with a stop at the end, unless they already end with one."""
    said = str(words).rstrip()
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def several(names: Iterable[str], most: int, between: str = ", ") -> str:
    """Return the names, or the first `most` and the number of the others: `a, b and 3 more`."""
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
    """Format millions of operations; six digits are exact, because operations are whole."""
    return f"{value:.6f}"


def percent(fraction: float) -> str:
    """Format a fraction as percent; two digits are exact for 10,000 images."""
    return f"{100 * fraction:.2f} %"


def points(value: float) -> str:
    """Format points with two digits."""
    return f"{value:.2f}"


def short(words: str, most: int) -> str:
    """Return the words on one line, cut to `most` characters with `…` at the end."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def so_far(value: float | None, pending: float) -> str:
    """Format points, with a `+` if more may follow: `5.00+`; `-` if none are known."""
    if value is None:
        return "-"
    return points(value) + ("+" if pending else "")


def whole(value: float) -> str:
    """Format points without trailing zeros: `55`, `2.5`."""
    return f"{value:g}"


def in_points(value: float) -> str:
    """Format points with their word: `1 point`, `2.5 points`."""
    return counted(value, "1 point", "{count:g} points")


def size(count: int) -> str:
    """Format a number of bytes in decimal units: `1.9 MB`."""
    return filesize.decimal(count, precision=1)
