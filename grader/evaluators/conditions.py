"""The conditions of measuring a batch, and the callback for progress."""

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
    """The conditions that are the same for all hand-ins of a batch; pickled for the workers.

    `threads` is one worker's share of the processors. `work` is a scratch folder; exported programs
    stay there until latency has been measured. `pages` is the folder that keeps the notebooks'
    pages between runs; None keeps no pages.
    """

    lab: LabSpec
    data: TestSet
    isolation: Isolation
    threads: int
    work: Path
    pages: Path | None = None

    def program_path(self, submission: Submission) -> Path:
        """The path of a hand-in's exported program until its latency has been measured."""
        return self.work / "programs" / f"{submission.sha256}.pte"
