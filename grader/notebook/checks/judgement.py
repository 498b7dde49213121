"""The input of a question's check, and its result."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.labs.spec import LabSpec, Question
from grader.notebook.cells import CellSandbox
from grader.notebook.locate import Located
from grader.notebook.notebook import Notebook
from grader.types import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answered question, its notebook, and the sandbox for its code."""

    located: Located
    notebook: Notebook
    lab: LabSpec
    sandbox: CellSandbox

    @property
    def question(self) -> Question:
        """The lab's question."""
        return self.located.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A property that does not hold, and the reason: a sentence that may quote the hand-in."""

    property: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The properties that hold and those that do not; `review` asks a person to check something."""

    held: tuple[str, ...]
    broken: tuple[Broken, ...]
    evidence: Mapping[str, Json] = field(default_factory=dict)
    review: str | None = None

    @property
    def as_evidence(self) -> dict[str, Json]:
        """The judgement as evidence."""
        broken: list[Json] = [{"property": each.property, "why": each.why} for each in self.broken]
        return {**self.evidence, "held": list(self.held), "broken": broken}
