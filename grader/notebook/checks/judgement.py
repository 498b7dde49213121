"""The input of a question's check, and its result."""

from dataclasses import dataclass

import numpy as np

from grader.evidence.question import Broken, PropertiesEvidence
from grader.evidence.record import Record
from grader.labs.network_lab import NetworkLab
from grader.labs.question import Question
from grader.notebook.cells import CellSandbox
from grader.notebook.locate import Located
from grader.notebook.notebook import Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answered question, its notebook, the sandbox for its code, and what its test cases are of.

    No hand-in can know what `random` gives.
    """

    located: Located
    notebook: Notebook
    lab: NetworkLab
    sandbox: CellSandbox
    random: np.random.Generator

    @property
    def question(self) -> Question:
        """The lab's question."""
        return self.located.question


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The properties that hold and those that do not; `review` asks a person to check something.

    `seen` is the question kind's own evidence.
    """

    held: tuple[str, ...]
    broken: tuple[Broken, ...]
    seen: Record
    review: str | None = None

    @property
    def evidence(self) -> tuple[Record, ...]:
        """The judgement as evidence records."""
        return self.seen, PropertiesEvidence(held=self.held, broken=self.broken)
