"""What a check is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.labs.spec import LabSpec, Question
from grader.notebook.cells import Bench
from grader.notebook.locate import Located
from grader.notebook.notebook import Notebook
from grader.types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was answered, the notebook around it, and where its code may be run."""

    located: Located
    notebook: Notebook
    lab: LabSpec
    bench: Bench

    @property
    def question(self) -> Question:
        """The lab's question."""
        return self.located.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A property that does not hold, and why: a sentence that may quote the hand-in."""

    property: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The properties that hold and those that do not; `review` is for a person to look at."""

    held: tuple[str, ...]
    broken: tuple[Broken, ...]
    evidence: Mapping[str, Json] = field(default_factory=dict)
    review: str | None = None

    @property
    def told(self) -> dict[str, Json]:
        """All of it as evidence."""
        broken: list[Json] = [{"property": each.property, "why": each.why} for each in self.broken]
        return {**self.evidence, "held": list(self.held), "broken": broken}
