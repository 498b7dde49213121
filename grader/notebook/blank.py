"""The blank notebook of a lab: the cells that students start from."""

import json
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from grader.notebook.source import plain

_ALIKE = 0.9  # a prompt with a corrected typo is still the prompt
_LONG = 2_000  # characters compared at most: the time grows with the square of the length


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """The lab's own cells: the `texts` of Markdown cells and the `code` of others, normalised."""

    texts: tuple[str, ...] = ()
    code: frozenset[str] = frozenset()

    def has_text(self, source: str) -> bool:
        """True if a Markdown cell is equal or similar to one of the lab's."""
        text = spaced(source)[:_LONG]
        return text in self.texts or any(_alike(text, each[:_LONG]) for each in self.texts)

    def has_line(self, line: str) -> bool:
        """True if a line of Markdown is one of the lab's, or a part of one."""
        return bool(text := spaced(line)) and any(text in each for each in self.texts)

    def has_code(self, source: str) -> bool:
        """True if a code cell equals one of the lab's, except for comments and spacing."""
        return plain(source) in self.code


def spaced(text: str) -> str:
    """Return the text in Unicode form NFKC, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=8)
def read_blank(content: bytes | None) -> Blank:
    """Return the cells of a lab's blank notebook; it is trusted and needs no sandbox."""
    if content is None:
        return Blank()
    cells = [(each["cell_type"], "".join(each["source"])) for each in json.loads(content)["cells"]]
    return Blank(
        texts=tuple(spaced(source) for kind, source in cells if kind == "markdown"),
        code=frozenset(plain(source) for kind, source in cells if kind == "code"),
    )


def _alike(first: str, second: str) -> bool:
    if min(len(first), len(second)) < _ALIKE * max(len(first), len(second)):
        return False
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.real_quick_ratio() >= _ALIKE <= matcher.quick_ratio() and (
        matcher.ratio() >= _ALIKE
    )
