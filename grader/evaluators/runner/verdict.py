"""What to think of a runner that has run, here or on a board, by what it printed and how it ended.

Pure: whoever started it says so in a `Ran`, and what we measured of the same images in an `Ours`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import Fault, HarnessError
from grader.evaluators.runner.executable import Executable
from grader.evaluators.runner.printed import Printed, end_of, read_printed
from grader.evidence.record import written
from grader.evidence.runner import PrintedEvidence, RunEvidence
from grader.labs.spec import RunnerSpec
from grader.sandbox import Outcome
from grader.text import masked
from grader.types import Finding

_LINK_IT = (
    "Link the runner statically, or hand in a script for /usr/bin/env python3 with Unix line ends."
)
_COPY_IT = "Copy it again from where it was built."
_RUN_IT = "Run it in the hand-in's folder, as the lab does, and see that it ends by itself."
_PRINT_IT = "Print last one line `Accuracy: 0.9234`, the fraction of the images that were right."
# How the system refuses to start a program whose interpreter or loader is not there, and one that
# is damaged. Any other refusal (no memory, a folder mounted noexec) is not the hand-in's doing.
_NOT_THERE = frozenset({"ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"})
_DAMAGED = frozenset({"ENOEXEC", "EINVAL", "ELIBBAD"})
# What glibc's loader, env(1) and QEMU say on stderr of what is not there.
_MISSING = (
    re.compile(r"error while loading shared libraries: ([^\s:]{1,100}):"),
    re.compile(r"version `([^'\s]{1,100})' not found"),
    re.compile(r"env: .(\S{1,100}?).: No such file or directory"),
    re.compile(r"^qemu-\w+(?:-static)?: Could not open '([^'\s]{1,100})'", re.MULTILINE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A runner's run. `refusal` is the system's word (ENOENT) where it did not start it at all."""

    name: str
    executable: Executable
    outcome: Outcome
    refusal: str | None = None

    @property
    def output(self) -> str:
        """What it printed, hostile text."""
        return self.outcome.message.decode("utf-8", "replace")

    @property
    def evidence(self) -> RunEvidence:
        """How the run ended, as evidence."""
        return RunEvidence(
            ended=self.outcome.story,
            run_seconds=self.outcome.seconds,
            last_output=end_of(self.output),
            last_errors=end_of(self.outcome.noise),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What we measured of the `total` images that the runner was given.

    The accuracies are fractions: PyTorch's of the checkpoint, and ExecuTorch's of the handed-in
    program, None where that could not be run.
    """

    checkpoint: float
    program: float | None
    total: int
    sample: bool


def judge(ran: Ran, ours: Ours, spec: RunnerSpec) -> Finding:
    """The accuracy that the runner printed, a fraction, and what is to be said of it.

    A runner scores itself: nothing keeps it from printing what it likes. `review` says where that
    is not what we measured.

    Raises `Fault` where it did not end well or printed no accuracy, `HarnessError` where it was cut
    short or could not be started for a reason of ours.
    """
    outcome = ran.outcome
    if outcome.cut_short:
        raise HarnessError(f"Running {ran.name} was cut short: it {outcome.story}.")
    if not outcome.ended_well:
        raise _breakdown(ran)
    return _finding(ran, ours, spec)


def _breakdown(ran: Ran) -> Fault:
    """Why a runner could not be started, or did not end well."""
    missing = _missing(ran)
    if ran.refusal in _NOT_THERE:
        missing = ran.executable.interpreter or "the loader that its header names"
    elif ran.refusal is not None and ran.refusal not in _DAMAGED:
        raise HarnessError(f"{ran.name} could not be started: {masked(ran.refusal)[:50]}.")
    if missing is not None:
        reason, help = f"{ran.name} needs what is not here: {masked(missing)}.", _LINK_IT
    elif ran.refusal is not None:
        reason, help = f"{ran.name} is damaged: the system refuses to start it.", _COPY_IT
    else:
        reason, help = f"{ran.name} failed: it {ran.outcome.story}.", _RUN_IT
    return Fault(reason, help=help, evidence=ran.evidence.json())


def _missing(ran: Ran) -> str | None:
    """What the runner's loader did not find, as it says itself."""
    outcome = ran.outcome
    found = (each.search(outcome.noise) for each in _MISSING if outcome.stopped is None)
    return next((match[1] for match in found if match), None)


def _finding(ran: Ran, ours: Ours, spec: RunnerSpec) -> Finding:
    printed = read_printed(ran.output, spec)
    if printed.text is None:
        # ExecuTorch's own runner logs to stderr, and some print their accuracy by its logger.
        printed = read_printed(ran.outcome.noise, spec)
    rate = None if printed.looked_at is None else printed.looked_at / ran.outcome.seconds
    evidence = written(
        ran.evidence,
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
        raise Fault(f"{ran.name} printed no accuracy.", help=_PRINT_IT, evidence=evidence)
    if printed.fraction is None:
        what = "a percentage" if printed.is_percentage else "no fraction"
        raise Fault(
            f"The accuracy that {ran.name} printed is {what}.",
            help=_PRINT_IT,
            expected="a number from 0 to 1",
            actual=masked(printed.text)[:100],
            evidence=evidence,
        )
    doubts = "; ".join(_doubts(printed, printed.fraction, ours, spec.tolerance))
    return Finding(value=printed.fraction, evidence=evidence, review=doubts or None)


def _doubts(printed: Printed, accuracy: float, ours: Ours, tolerance: float) -> Iterator[str]:
    """What a person should look at before the printed accuracy counts."""
    beside = {
        "PyTorch's accuracy of the .pth": ours.checkpoint,
        "ExecuTorch's of the .pte": ours.program,
    }
    away = [
        f"{whose} is {value:.4f}"
        for whose, value in beside.items()
        if value is not None and abs(accuracy - value) > tolerance
    ]
    if away:
        yield f"it printed {accuracy:.4f}, and {', '.join(away)}"
    if printed.looked_at is None:
        yield "it printed no progress, so nothing says how many images it looked at"
    elif printed.looked_at != ours.total:
        yield f"it says that it looked at {printed.looked_at} images of {ours.total}"
    if printed.different > 1:
        yield f"it printed {printed.different} different accuracies, of which the last counts"
