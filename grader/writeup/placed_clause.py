"""A clause in its sentence, with the rows that both name; and whether a sentence is prose."""

from dataclasses import dataclass

from grader.writeup.sentences import Clause
from grader.writeup.stated import Stated, stated
from grader.writeup.table_words import Mention

MOST_NUMBERS = 0.34  # of the words: a sentence with more is a row of a table
FEWEST_WORDS = 3
LONGEST = 500  # characters of a sentence; a longer one is a table or code


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedClause:
    """A clause in its sentence, with the rows that each of them names."""

    sentence: str
    clause: Clause
    in_sentence: tuple[Mention, ...]

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Those of the clause."""
        return tuple(
            each for each in self.in_sentence if self.clause.start <= each.start < self.clause.end
        )

    def before(self, mention: Mention) -> str:
        """The words of the clause before a mention."""
        return self.sentence[self.clause.start : mention.start]

    def numbers(self) -> tuple[Stated, ...]:
        """Return the numbers of the clause that do not name a row."""
        return tuple(
            each
            for each in stated(self.clause.text)
            if not any(m.start <= each.start + self.clause.start < m.end for m in self.mentions)
        )


def is_prose(sentence: str) -> bool:
    """True if a sentence is no row of a table, and no code: few numbers among several words."""
    words = sentence.split()
    numbers = sum(each.lstrip("(~≈<>+-")[:1].isdigit() for each in words)
    plain = sum(each.strip(".,;:()").isalpha() and len(each) > 1 for each in words)
    return (
        plain >= FEWEST_WORDS and numbers <= MOST_NUMBERS * len(words) and len(sentence) <= LONGEST
    )
