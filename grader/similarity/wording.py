"""Reduce an answer to its words as a reader sees them, without the words of the lab's template.

A copy can look the same and have other characters: letters of another script, marks of no width,
comments and tags that no page shows. None of these counts.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from confusable_homoglyphs import confusables

from grader.labs.blank_cells import blank_cells
from grader.labs.network_lab import NetworkLab
from grader.notebook.blank import Blank, blank_of

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_MARKS = re.compile(r"[*_`~\\]")
# Letters that are drawn as nothing, and no letters by their category.
_BLANK_LETTERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_ONE_SHAPE = str.maketrans("i1|0", "lllo")
_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The lab's own text: its blank notebook's Markdown, and the `lines` of its code."""

    blank: Blank
    lines: frozenset[str] = frozenset()

    def without(self, answer: str) -> str:
        """Return the student's part of an answer, as `seen` returns it."""
        own = (line for line in self.blank.own_part(legible(answer)).splitlines())
        return seen("\n".join(each for each in own if seen(each) not in self.lines))


def template_of(lab: NetworkLab | None) -> Template:
    """Return the template of a lab; an empty one for None."""
    if lab is None:
        return Template(blank=Blank())
    cells = () if lab.blank is None else blank_cells(lab.blank)
    lines = (line for kind, source in cells if kind == "code" for line in source.splitlines())
    return Template(blank=blank_of(lab), lines=frozenset(map(seen, lines)) - {""})


def seen(text: str) -> str:
    """Return `legible(text)` in lower case and with single spaces, without Markdown's marks.

    Letters that only differ in some fonts, such as a capital `I` and a small `l`, are the same.
    """
    return " ".join(_MARKS.sub("", legible(text)).casefold().translate(_ONE_SHAPE).split())


@lru_cache(maxsize=4096)
def legible(text: str) -> str:
    """Return the text as a page shows it: lines stay, and letters that look Latin are Latin."""
    shown = _COMMENT.sub("", html.unescape(text))
    decomposed = unicodedata.normalize("NFKD", _TAG.sub(" ", shown))
    latin = "".join(_drawn(each) for each in decomposed)
    return unicodedata.normalize("NFKC", latin)


@cache
def _drawn(char: str) -> str:
    """Return the letter that `char` looks like; empty if it is drawn as nothing."""
    if char.isascii():
        return char if char.isprintable() or char in "\n\t" else ""
    if unicodedata.category(char) in _UNSEEN or char in _BLANK_LETTERS:
        return "\n" if char in "\x85\u2028\u2029" else ""
    alike: list[Mapping[str, str]] = confusables.confusables_data.get(char, [])
    letters = (each["c"] for each in alike if each["c"].isascii() and each["c"].isalnum())
    return next(letters, char)
