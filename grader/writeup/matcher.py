"""Tells which column of a lab's table a heading's text names, and which variant a title names."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from grader.labs.write_up_table import WriteUpTable, letters, without_unit

_EITHER = re.compile(
    r"(?:with|w/)\s*(?:and|or|&|/|vs\.?|versus)\s*(?:without|w/o|no)\b.*", re.IGNORECASE | re.DOTALL
)
TYPO_FROM = 6  # letters: a shorter name has to be exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The heading of one column: its text, its place, and the column of the lab that it names.

    `column` and `variant` are ids, None for an unknown column, and for a column of all variants.
    `unit` is the unit as written in the heading, None if it has none.
    """

    text: str
    x0: float
    x1: float
    column: str | None = None
    variant: str | None = None
    unit: str | None = None


class Matcher:
    """Tells which column of a table a heading's text names."""

    def __init__(self, table: WriteUpTable) -> None:
        self.table = table
        self._names = {
            bare: column.id
            for column in table.columns
            for name in column.names
            for bare in (letters(name), letters(without_unit(name)[0]))
        }
        self._long_names = [
            (name, _digits(name), column)
            for name, column in self._names.items()
            if len(name) >= TYPO_FROM
        ]
        self._hints: dict[str, frozenset[str]] = {}
        self._found: dict[str, tuple[str | None, str | None]] = {}
        self._variants = sorted(
            ((letters(words), each.id) for each in table.variants for words in each.words),
            key=lambda pair: -len(pair[0]),
        )

    def is_name(self, text: str) -> bool:
        """True if the text is exactly one of the names, with or without a unit."""
        return letters(text) in self._names or letters(without_unit(text)[0]) in self._names

    def head(self, text: str, x0: float, x1: float) -> Head:
        """Return the head with this text; its column is None if the lab has no such column."""
        rest, unit = without_unit(text)
        for candidate in dict.fromkeys((letters(text), letters(rest))):
            column, variant = self._column(candidate)
            if column is not None:
                return Head(text=text, x0=x0, x1=x1, column=column, variant=variant, unit=unit)
        return Head(text=text, x0=x0, x1=x1)

    def hints(self, word: str) -> frozenset[str]:
        """Return the columns whose names may begin with this word, or with a part of it."""
        if word not in self._hints:
            bare = letters(word)
            self._hints[word] = frozenset(
                column
                for name, column in self._names.items()
                if bare and (name.startswith(bare) or bare.startswith(name))
            )
        return self._hints[word]

    def _column(self, bare: str) -> tuple[str | None, str | None]:
        """Return the ids of the column and of the variant that these letters name."""
        if bare not in self._found:
            self._found[bare] = self._looked_up(bare)
        return self._found[bare]

    def _looked_up(self, bare: str) -> tuple[str | None, str | None]:
        if bare in self._names:
            return self._names[bare], None
        for words, variant in self._variants:
            if words in bare:
                rest = bare.replace(words, "", 1)
                return self._names.get(rest) or self._typo(rest), variant
        return self._typo(bare), None

    def _typo(self, bare: str) -> str | None:
        """Return the one column whose name differs in one letter."""
        if len(bare) < TYPO_FROM or bare.isdecimal():
            return None
        digits = _digits(bare)
        near = {
            column
            for name, own, column in self._long_names
            if own == digits and Levenshtein.distance(name, bare, score_cutoff=1) <= 1
        }
        return near.pop() if len(near) == 1 else None

    def variant_in(self, text: str) -> str | None:
        """Return the one variant whose words stand in the text; None for none, or for several."""
        rest, found = letters(_EITHER.sub("either", text)), set()
        for words, variant in self._variants:
            if words in rest:
                found.add(variant)
                rest = rest.replace(words, "|")
        return found.pop() if len(found) == 1 else None


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal())
