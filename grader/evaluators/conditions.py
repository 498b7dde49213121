"""The conditions of measuring a batch, and the callback for progress."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.datasets.dataset import TestSet
from grader.evaluators.hidden_draw import new_secret
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.sandbox.start import Isolation
from grader.types import Event, Submission

Watch = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The settings that all hand-ins of a batch are measured with; picklable, for the workers.

    `data` is None if the kind of the lab has no test set.
    `threads` is one worker's share of the processors. `work` is a scratch folder. `pages` is the
    folder in which pages made of hand-ins are kept from run to run; None keeps none. `secret`
    decides what is drawn for each hand-in; a batch uses that of its results folder.
    """

    lab: LabSpec
    data: TestSet | None = None
    isolation: Isolation
    threads: int
    work: Path
    pages: Path | None = None
    secret: bytes = field(default_factory=new_secret, repr=False)  # a log must not show it


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConditions(Conditions):
    """The conditions of a lab of networks, with its test set.

    Exported programs stay in `work` until their latency has been measured. `checkpoint_key` is the
    key of the network to measure in a checkpoint with several, None for the first one.
    """

    lab: NetworkLab
    data: TestSet
    checkpoint_key: str | None = None

    def program_path(self, submission: Submission) -> Path:
        """Return the path of a hand-in's exported program, kept for the latency measurement."""
        return self.work / "programs" / f"{submission.sha256}.pte"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpConditions(Conditions):
    """The conditions of a lab of write-ups. The handed-in PDFs are kept in `pages`."""

    lab: WriteUpLab
