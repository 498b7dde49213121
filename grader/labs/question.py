"""A question of the notebook as the lab file has it."""

import re
from collections.abc import Iterator, Mapping
from math import isclose
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from grader.labs.table import Table

Positive = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0)]
# What the check of each kind looks at; kinds that are not here are for a person to mark.
PROPERTIES: Mapping[str, frozenset[str]] = {
    "prune-function": frozenset({"shape", "zeros", "exact", "largest", "mask", "ends", "hard"}),
    "target-sparsity": frozenset({"nonzeros"}),
    "sparsity-dict": frozenset({"names", "size", "printed-accuracy"}),
}
_REPEATED_GROUP = re.compile(r"(?<!\\)\)[*+{]")


def compiled(pattern: str) -> re.Pattern[str]:
    """Raises `ValueError` for what is no pattern, or would be slow on a hostile line."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a pattern: {error}") from error
    if _REPEATED_GROUP.search(pattern):
        raise ValueError("a group may not be repeated")  # such a repeat backtracks for ever
    return compiled


def _usable(pattern: str) -> str:
    compiled(pattern)
    return pattern


class QuestionSettings(Table):
    """What one kind of question needs to know; each check says which it reads.

    `name` is the function or variable asked for. `elements` and `nonzeros` are those of the tensor
    to prune, `size_ratio` is sparse over dense size at most, `accuracy` what has to be exceeded,
    both fractions.
    """

    name: str | None = None
    elements: Positive | None = None
    nonzeros: Positive | None = None
    size_ratio: Fraction | None = None
    accuracy: Fraction | None = None


class Question(Table):
    """One question of the notebook: where it stands, who judges it, and what it is worth.

    Its heading is the first line of a Markdown cell in which one of `headings`, Python's patterns,
    is found; what answers it is the next cell for an answer or for code, as `takes` says.
    `properties` share its points out among what the check looks at; text has none.
    """

    id: Annotated[str, Field(pattern=r"^[0-9a-z][0-9a-z.-]*$")]
    item: str
    title: str
    points: Points
    kind: Literal["text", "prune-function", "target-sparsity", "sparsity-dict", "most-sensitive"]
    headings: tuple[Annotated[str, AfterValidator(_usable)], ...] = Field(min_length=1)
    takes: Literal["answer", "code"]
    properties: dict[str, Points] = Field(default_factory=dict)
    settings: QuestionSettings = QuestionSettings()

    def faults(self) -> Iterator[str]:
        """What is wrong with its properties: they share out its points, where it is checked."""
        if self.properties and not self.checked:
            yield f"a person marks a question of kind {self.kind}: it has no properties"
            return
        for unknown in sorted(set(self.properties) - PROPERTIES.get(self.kind, frozenset())):
            yield f"{unknown!r} is no property of {self.kind}"
        total = sum(self.properties.values())
        if self.checked and not isclose(total, self.points):
            yield f"the properties add up to {total:g}, the question has {self.points:g} points"

    @property
    def checked(self) -> bool:
        """Whether the machine gives the points, until a person says otherwise."""
        return self.kind in PROPERTIES
