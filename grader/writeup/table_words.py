"""The words by which a sentence names the rows and the columns of a table.

A row is named by a text of its key, as "static" or "fp32", or by its number, as "iteration 5". A
column is named by its heading, and those of a size or a time by common words too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from grader.labs.write_up_table import WriteUpColumn, WriteUpTable, letters, without_unit

SPARSITY = "sparsity"  # the id of the column whose value names a row
NEAR = 0.006  # of the whole: a sparsity in a sentence may be rounded
_TOO_COMMON = frozenset({"none", "base", "baseline", "original", "half", "float"})
_STEM = 5  # letters of a title's word
_SHORTEST = 3  # letters of a row's name
_BETWEEN = re.compile(
    r"[\s(-]*(?:(?:quanti[sz]\w+|precision|models?|networks?|version|to|with|in|using|the|weights"
    r"|dtype)[\s(-]*){0,3}",
    re.IGNORECASE,
)
_WORDS: Mapping[str, int] = {
    word: number
    for numbers in (
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen twenty",
        "first second third fourth fifth sixth seventh eighth ninth tenth",
    )
    for number, word in enumerate(numbers.split(), start=1)
}
_COUNT = rf"(?:\d{{1,4}}|{'|'.join(_WORDS)})"
_ITERATION = re.compile(
    rf"\b(?:iterations?|rounds?|steps?)\s*#?({_COUNT})\b"
    rf"|\b({_COUNT})(?:st|nd|rd|th)?\s+(?:(?:pruning|IMP|prune)\s+)?(?:iterations?|rounds?)\b",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b(\d{1,3}(?:\.\d+)?)\s*(?:%|percent)\s*(?:of\s+)?(?:\w+\s+)?spars\w+"
    r"|\bsparsit(?:y|ies)\s+(?:levels?\s+)?(?:of|at|is|was|=)?\s*(?:about|around|approximately|~)?"
    r"\s*(\d{1,3}(?:\.\d+)?)\s*(?:%|percent)",
    re.IGNORECASE,
)
MEASURED = ("size", "time", "fraction")  # the kinds of cells of which a sentence speaks
_KINDS: Mapping[str, re.Pattern[str]] = {
    "size": re.compile(r"\b(?:sizes?|disk|storage|space|footprint|compress\w*)\b", re.IGNORECASE),
    "time": re.compile(
        r"\b(?:latenc\w+|inference|runtime|run\s?time|speed\w*|sped"
        r"|(?<!every )(?<!each )(?<!same )(?<!first )time)\b",
        re.IGNORECASE,
    ),
}
_BATCH = re.compile(
    r"\b(?:batch(?:es)?[\s-]*(?:sizes?)?\s*(?:of|=|is)?\s*|BS\s*=?\s*|B\s?=?)(\d{1,5}|one)\b"
    r"|\b(\d{1,5})\s+(?:images|samples)\b",
    re.IGNORECASE,
)
_BATCH_SIZE = re.compile(r"\bbatch(?:es)?[\s-]*sizes?\b", re.IGNORECASE)
_SINGLE = re.compile(r"\b(?:single|one|1)[\s-]+(?:image|sample|input)s?\b", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"(\d+)\W*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name rows: one, or several between which they do not decide."""

    start: int
    end: int
    rows: frozenset[str]


@dataclass(frozen=True, kw_only=True)  # no slots: the patterns are compiled once
class TableWords:
    """The names in a table. `levels` has the sparsity of each row whose sparsity is known."""

    table: WriteUpTable
    levels: Mapping[str, float]

    def rows(self, sentence: str) -> tuple[Mention, ...]:
        """Return the rows that a sentence names, in its order."""
        if self.table.numbered is not None:
            return tuple(sorted(self._numbered(sentence), key=lambda each: each.start))
        found = [
            Mention(start=match.start(), end=match.end(), rows=rows)
            for pattern, rows in self._names
            for match in pattern.finditer(sentence)
        ]
        joined: list[Mention] = []
        for each in sorted(found, key=lambda each: (each.start, -each.end)):
            before = joined[-1] if joined else None
            if before is not None and each.start < before.end:
                continue  # a shorter name inside a longer one
            if before is not None and _BETWEEN.fullmatch(sentence[before.end : each.start]):
                both = before.rows & each.rows
                if both:
                    joined[-1] = Mention(start=before.start, end=each.end, rows=both)
                    continue
            joined.append(each)
        return tuple(joined)

    def columns(self, text: str) -> frozenset[str]:
        """Return the ids of the columns that a text names; a batch size chooses one of them."""
        plain = _BATCH_SIZE.sub(" ", text)
        named = {
            each.id
            for each in self.table.columns
            if each.cell in MEASURED
            and (
                self._headings[each.id].search(plain)
                or (each.cell in _KINDS and _KINDS[each.cell].search(plain))
            )
        }
        return self.of_batch(text, frozenset(named))

    def of_kind(self, kind: str, text: str) -> frozenset[str]:
        """Return the ids of the columns with this kind of cells; a batch size chooses one."""
        of_kind = frozenset(each.id for each in self.table.columns if each.cell == kind)
        return self.of_batch(text, of_kind)

    def of_batch(self, text: str, columns: frozenset[str]) -> frozenset[str]:
        """Return those of the columns that are of the batch size which the text names, or all."""
        sizes = self.batches(text)
        chosen = {id for id in columns if sizes & _sizes(self.table.column(id))}
        times = {id for id in columns if self.table.column(id).cell == "time"}
        return (columns - times) | chosen if chosen else columns

    def batches(self, text: str) -> frozenset[str]:
        """Return the batch sizes that a text names."""
        found = (first or second for first, second in _BATCH.findall(text.casefold()))
        sizes = {"1" if each == "one" else each for each in found}
        return frozenset(sizes | ({"1"} if _SINGLE.search(text) else set()))

    def has_batches(self, sizes: frozenset[str]) -> bool:
        """True if a column is of one of these batch sizes, or no column is of any."""
        times = (each for each in self.table.columns if each.cell == "time")
        known = {size for each in times for size in _sizes(each)}
        return not known or not sizes or bool(known & sizes)

    def is_named(self, text: str) -> bool:
        """True if a text has the beginning of a word of the table's title: "quantized"."""
        words = {each[:_STEM].casefold() for each in self.table.title.split() if len(each) > _STEM}
        return any(each.startswith(tuple(words)) for each in re.findall(r"\w+", text.casefold()))

    def _numbered(self, sentence: str) -> Iterator[Mention]:
        for match in _ITERATION.finditer(sentence):
            said = (match[1] or match[2]).casefold()
            row = str(_WORDS.get(said) or int(said))
            yield Mention(start=match.start(), end=match.end(), rows=frozenset({row}))
        for match in _LEVEL.finditer(sentence):
            level = float(match[1] or match[2]) / 100
            rows = {row for row, each in self.levels.items() if abs(each - level) <= NEAR}
            if rows:
                yield Mention(start=match.start(), end=match.end(), rows=frozenset(rows))

    @cached_property
    def _names(self) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
        """The pattern of each text of a key, and the rows that have it in that column."""
        rows: dict[tuple[str, str], set[str]] = {}
        for row in self.table.rows:
            for column, texts in row.key.items():
                for text in texts:
                    bare = letters(text)
                    if len(bare) >= _SHORTEST and bare not in _TOO_COMMON:
                        rows.setdefault((column, text.casefold()), set()).add(row.id)
        return tuple(
            (
                re.compile(rf"(?<![\w.]){re.escape(text)}(?:ally)?(?!\w)", re.IGNORECASE),
                frozenset(ids),
            )
            for (_, text), ids in rows.items()
        )

    @cached_property
    def _headings(self) -> Mapping[str, re.Pattern[str]]:
        found = {}
        for column in self.table.columns:
            names = {without_unit(each)[0].strip("()# ") for each in column.names}
            words = [re.escape(each) for each in names if len(letters(each)) > _SHORTEST]
            pattern = rf"\b(?:{'|'.join(words)})\b" if words else r"(?!)"
            found[column.id] = re.compile(pattern, re.IGNORECASE)
        return found


def _sizes(column: WriteUpColumn) -> set[str]:
    """Return the batch sizes with which the headings of a column end."""
    found = (_LAST_NUMBER.search(each) for each in column.names)
    return {each[1] for each in found if each is not None}
