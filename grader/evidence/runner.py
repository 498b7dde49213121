"""What came of a run of the student's own runner."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence(Record):
    """How the run ended."""

    ended: str | None
    """how it ended"""
    run_seconds: float | None
    """how long it ran"""
    last_output: str | None
    """the last lines of what it printed"""
    last_errors: str | None
    """the last lines of what it printed on stderr"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedEvidence(Record):
    """What it printed, beside what we measured; only of a run that ended well."""

    printed: str | None
    """the last accuracy that it printed, as it stands"""
    different: int | None
    """how many different accuracies it printed"""
    looked_at: int | None
    """the number of images it says it was done with"""
    total: int | None
    """images that it was given"""
    sample: bool | None
    """whether these are not all images of the test set"""
    ours_checkpoint: float | None
    """our accuracy of the same checkpoint, a fraction"""
    ours_program: float | None
    """our accuracy of the same `.pte` in ExecuTorch, `null` where that cannot be run"""
    images_per_second: float | None
    """`looked_at` over `run_seconds`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulationEvidence(Record):
    """Only of a runner for another processor, which is `skipped` and never judged."""

    emulated: str | None
    """the emulator that ran it, over the first `total` images only"""
    sample: bool | None
    """`true`: these are not all images of the test set"""
