"""Evidence of a run of the student's runner."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence(Record):
    """How the run ended."""

    ended: str | None
    """how the run ended"""
    run_seconds: float | None
    """the duration of the run in seconds"""
    last_output: str | None
    """the last lines that it printed"""
    last_errors: str | None
    """the last lines that it printed on stderr"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedEvidence(Record):
    """What the runner printed, and the grader's accuracies; only of a run that ended normally."""

    printed: str | None
    """the last accuracy that it printed, unchanged"""
    different: int | None
    """the number of different accuracies that it printed"""
    looked_at: int | None
    """the number of images that it reports as processed"""
    total: int | None
    """the number of images that it was given"""
    sample: bool | None
    """true if only a part of the test set was used"""
    ours_checkpoint: float | None
    """the grader's accuracy of the same checkpoint, a fraction"""
    ours_program: float | None
    """the grader's accuracy of the same `.pte`, a fraction; `null` if ExecuTorch cannot run it"""
    images_per_second: float | None
    """`looked_at` divided by `run_seconds`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulationEvidence(Record):
    """Only of a runner for another processor architecture; it is `skipped` and not graded."""

    emulated: str | None
    """the emulator that ran it, on the first `total` images only"""
    sample: bool | None
    """always true: only a part of the test set was used"""
