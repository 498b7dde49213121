"""An answer that a write-up must contain, as the lab file describes it."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from grader.labs.question import compiled
from grader.labs.table import Table, refuse


def _usable(pattern: str) -> str:
    compiled(pattern)
    return pattern


class WriteUpAnswer(Table):
    """An answer: its title, and what is searched in the text that is not the lab's own.

    `patterns` are Python regular expressions, searched without regard to case; `words` are searched
    as whole words. One of them is enough. `excerpt` is the lab's question, from its own text.
    `board` is the value of the course's boards that a person sees beside it: the model, the
    operating system, or the version of PyTorch. `elsewhere` says that the answer names a machine
    whose numbers are not in the lab's tables: a sentence about it contradicts no table.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z.-]*$")]
    title: str
    patterns: tuple[Annotated[str, AfterValidator(_usable)], ...] = ()
    words: tuple[str, ...] = ()
    excerpt: str = ""
    board: Literal["model", "os", "torch"] | None = None
    elsewhere: bool = False

    @model_validator(mode="after")
    def _findable(self) -> Self:
        refuse(list(self._faults()))
        return self

    def _faults(self) -> Iterator[str]:
        if not self.patterns and not self.words:
            yield "an answer needs patterns or words, or it cannot be found"
        if any(not each.strip() for each in self.words):
            yield "words: a word is empty"
