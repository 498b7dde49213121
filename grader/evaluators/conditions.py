"""The conditions that hand-ins are measured under, and who is told of progress."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.labs.spec import LabSpec
from grader.sandbox import Isolation
from grader.types import Event, Submission

Watch = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What all hand-ins of a batch are measured under; travels to the workers.

    `threads` is one worker's share of the processors. `work` is a scratch folder; exported programs
    stay there until latency has been measured. `pages` is where the pages made of notebooks are
    kept from run to run, as the measurements are; None keeps none.
    """

    lab: LabSpec
    data: TestSet
    isolation: Isolation
    threads: int
    work: Path
    pages: Path | None = None

    def program_path(self, submission: Submission) -> Path:
        """Where the exported program of a hand-in waits for its latency to be measured."""
        return self.work / "programs" / f"{submission.sha256}.pte"
