"""What a check is asked, and what it answers."""

from dataclasses import dataclass

from grader.evidence.question import Broken, PropertiesEvidence
from grader.evidence.record import Record
from grader.labs.spec import LabSpec, Question
from grader.notebook.cells import Bench
from grader.notebook.locate import Located
from grader.notebook.notebook import Notebook


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
class Judgement:
    """The properties that hold and those that do not; `review` is for a person to look at.

    `seen` is what was seen on the way, of the question's kind.
    """

    held: tuple[str, ...]
    broken: tuple[Broken, ...]
    seen: Record
    review: str | None = None

    @property
    def evidence(self) -> tuple[Record, ...]:
        """All of it as evidence."""
        return self.seen, PropertiesEvidence(held=self.held, broken=self.broken)
