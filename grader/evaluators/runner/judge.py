"""Judges a finished runner, here or on a device, by its output and its end.

Pure: `FinishedRunner` holds the run, and `OurAccuracies` what we measured on the same images.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import Fault, HarnessError
from grader.evaluators.runner.executable import Executable
from grader.evaluators.runner.printed import Printed, end_of, read_printed
from grader.evidence.record import written
from grader.evidence.runner import PrintedEvidence, RunEvidence
from grader.labs.network_lab import RunnerSpec
from grader.sandbox.supervise import Outcome
from grader.text import masked
from grader.types import Finding

_LINK_IT = (
    "Link the runner statically, or hand in a script for /usr/bin/env python3 with Unix line ends."
)
_COPY_IT = "Copy it again from where it was built."
_RUN_IT = "Run it in the folder of the hand-in, as the lab does, and check that it ends by itself."
_PRINT_IT = (
    "Print `Accuracy: 0.9234` as the last line: the fraction of correctly classified images."
)
# A runner's own resize moves its accuracy by a few images, up or down; each image more is worth
# points that nobody else can check.
MORE_IMAGES = 10
# Error codes for a program whose interpreter or loader is missing, and for one that is damaged. Any
# other code (no memory, a folder mounted noexec) is not the fault of the hand-in.
_NOT_THERE = frozenset({"ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"})
_DAMAGED = frozenset({"ENOEXEC", "EINVAL", "ELIBBAD"})
# Messages of glibc's loader, env(1) and QEMU on stderr about a missing file.
_MISSING = (
    re.compile(r"error while loading shared libraries: ([^\s:]{1,100}):"),
    re.compile(r"version `([^'\s]{1,100})' not found"),
    re.compile(r"env: .(\S{1,100}?).: No such file or directory"),
    re.compile(r"^qemu-\w+(?:-static)?: Could not open '([^'\s]{1,100})'", re.MULTILINE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRunner:
    """The run of a runner. `refusal` is the error code (ENOENT) if it could not be started."""

    name: str
    executable: Executable
    outcome: Outcome
    refusal: str | None = None

    @property
    def output(self) -> str:
        """Its stdout, untrusted text."""
        return self.outcome.message.decode("utf-8", "replace")

    @property
    def evidence(self) -> RunEvidence:
        """How the run ended, as evidence."""
        return RunEvidence(
            ended=self.outcome.ending,
            run_seconds=self.outcome.seconds,
            last_output=end_of(self.output),
            last_errors=end_of(self.outcome.stderr),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OurAccuracies:
    """Our accuracies on the `total` images that the runner got.

    They are fractions: PyTorch's for the checkpoint, and ExecuTorch's for the handed-in program,
    None if that could not be run. `sample` is True if the images are not the whole test set.
    """

    checkpoint: float
    program: float | None
    total: int
    sample: bool


def judge(finished: FinishedRunner, ours: OurAccuracies, spec: RunnerSpec) -> Finding:
    """Return the accuracy that the runner printed, a fraction.

    A runner can print any number. `review` gives the differences from our own measurements.

    Raises `Fault` if it failed or printed no accuracy, `HarnessError` if it was interrupted, or the
    machine could not start it.
    """
    outcome = finished.outcome
    if outcome.interrupted:
        raise HarnessError(f"The run of {finished.name} was interrupted: it {outcome.ending}.")
    if not outcome.ended_well:
        raise _failure(finished)
    return _finding(finished, ours, spec)


def _failure(finished: FinishedRunner) -> Fault:
    """Return the fault of a runner that could not be started, or that failed."""
    missing = _missing(finished)
    if finished.refusal in _NOT_THERE:
        missing = finished.executable.interpreter or "the loader that its header names"
    elif finished.refusal is not None and finished.refusal not in _DAMAGED:
        raise HarnessError(
            f"{finished.name} could not be started: {masked(finished.refusal)[:50]}."
        )
    if missing is not None:
        reason, help = (
            f"{finished.name} needs a file that is missing here: {masked(missing)}.",
            _LINK_IT,
        )
    elif finished.refusal is not None:
        reason, help = f"{finished.name} is damaged: the system cannot start it.", _COPY_IT
    else:
        reason, help = f"{finished.name} failed: it {finished.outcome.ending}.", _RUN_IT
    return Fault(reason, help=help, evidence=finished.evidence.json())


def _missing(finished: FinishedRunner) -> str | None:
    """Return the file that the loader of the runner did not find, or None."""
    outcome = finished.outcome
    found = (each.search(outcome.stderr) for each in _MISSING if outcome.stopped is None)
    return next((match[1] for match in found if match), None)


def _finding(finished: FinishedRunner, ours: OurAccuracies, spec: RunnerSpec) -> Finding:
    printed = read_printed(finished.output, spec)
    if printed.text is None:
        # ExecuTorch's own runner logs to stderr; some runners print their accuracy with its logger.
        printed = read_printed(finished.outcome.stderr, spec)
    rate = None if printed.looked_at is None else printed.looked_at / finished.outcome.seconds
    evidence = written(
        finished.evidence,
        PrintedEvidence(
            printed=None if printed.text is None else masked(printed.text)[:100],
            different=printed.different,
            looked_at=printed.looked_at,
            total=ours.total,
            sample=ours.sample,
            ours_checkpoint=ours.checkpoint,
            ours_program=ours.program,
            images_per_second=rate,
        ),
    )
    if printed.text is None:
        raise Fault(f"{finished.name} printed no accuracy.", help=_PRINT_IT, evidence=evidence)
    if printed.fraction is None:
        what = "a percentage" if printed.is_percentage else "not a fraction"
        raise Fault(
            f"The accuracy that {finished.name} printed is {what}.",
            help=_PRINT_IT,
            expected="a number from 0 to 1",
            actual=masked(printed.text)[:100],
            evidence=evidence,
        )
    doubts = "; ".join(_doubts(printed, printed.fraction, ours, spec.tolerance))
    return Finding(value=printed.fraction, evidence=evidence, review=doubts or None)


def _doubts(
    printed: Printed, accuracy: float, ours: OurAccuracies, tolerance: float
) -> Iterator[str]:
    """Yield what a person should check before the printed accuracy counts."""
    beside = {
        "PyTorch's accuracy of the .pth": ours.checkpoint,
        "ExecuTorch's of the .pte": ours.program,
    }
    away = [
        f"{whose} is {value:.4f}"
        for whose, value in beside.items()
        if value is not None
        and (
            abs(accuracy - value) > tolerance
            or round((accuracy - value) * ours.total) > MORE_IMAGES
        )
    ]
    if away:
        yield f"it printed {accuracy:.4f}, but {', '.join(away)}"
    if printed.looked_at is None:
        yield "it printed no progress, so the number of images is unknown"
    elif printed.looked_at != ours.total:
        yield f"it reported {printed.looked_at} images of {ours.total}"
    if printed.different > 1:
        yield f"it printed {printed.different} different accuracies; the last one counts"
