"""A question of the notebook, as the lab file defines it."""

import re
from collections.abc import Iterator, Mapping
from math import isclose
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from grader.labs.table import Table
from grader.text import in_points

Positive = Annotated[int, Field(gt=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0)]
# The properties that each kind's check tests; people mark the other kinds.
PROPERTIES: Mapping[str, frozenset[str]] = {
    "prune-function": frozenset({"shape", "zeros", "exact", "largest", "mask", "ends", "hard"}),
    "target-sparsity": frozenset({"nonzeros"}),
    "sparsity-dict": frozenset({"names", "size", "printed-accuracy"}),
}
_REPEATED_GROUP = re.compile(r"(?<!\\)\)[*+{]")


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile `pattern`. Raises `ValueError` if it is invalid, or slow on a hostile line."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
    if _REPEATED_GROUP.search(pattern):
        raise ValueError("a group must not be repeated")  # it could backtrack for ever
    return compiled


def _usable(pattern: str) -> str:
    compiled(pattern)
    return pattern


class QuestionSettings(Table):
    """The settings of a question's check; each kind reads some of them.

    `name` is the function or variable to define. `elements` and `nonzeros` are counts of the tensor
    to prune. `size_ratio` is the largest allowed sparse size over dense size; `accuracy` must be
    exceeded. Both are fractions.
    """

    name: str | None = None
    elements: Positive | None = None
    nonzeros: Positive | None = None
    size_ratio: Fraction | None = None
    accuracy: Fraction | None = None


class Question(Table):
    """A question of the notebook: its heading, its kind, and its points.

    Its heading is the first line of a Markdown cell that matches one of `headings`, Python regular
    expressions. The answer is the next text cell or code cell, as `takes` says.
    `words` are what the question asks in known versions of the notebook: they are no answer.
    `properties` are the points of each property that the check tests; questions that people mark
    have none.
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
    words: tuple[str, ...] = ()

    def faults(self) -> Iterator[str]:
        """Yield the faults of `properties`: their points must add up to the question's points."""
        if self.properties and not self.checked:
            yield f"a question of kind {self.kind} has no properties, because a person marks it"
            return
        for unknown in sorted(set(self.properties) - PROPERTIES.get(self.kind, frozenset())):
            yield f"{unknown!r} is not a property of {self.kind}"
        total = sum(self.properties.values())
        if self.checked and not isclose(total, self.points):
            yield f"the properties add up to {in_points(total)}, the question has {self.points:g}"

    @property
    def checked(self) -> bool:
        """True if a check gives the points, until a person overrides them."""
        return self.kind in PROPERTIES
