"""Top-1 accuracy as the student's own runner prints it, started as the lab starts it."""

import os
import re
from collections.abc import Iterator, Mapping

import numpy as np

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.executable import Executable, identify
from grader.evaluators.printed import Printed, end_of, printable, read_printed
from grader.evaluators.subject import Finding, Subject
from grader.lab import RunnerSpec
from grader.sandbox import NEEDS_ISOLATION, Child, Limits, Outcome, run
from grader.types import HandedInFile, Json, Role

PRINTED_BYTES = 8 << 20  # every image's ten logits are 3 MB
PROCESSES = 128 + 2 * (os.cpu_count() or 1)  # two pools with a thread for each processor
# By the clock a runner has twice its processor time, and this: what loops is never taken for what
# waits, however busy the machine is.
SPARE_SECONDS = 60.0
_STAND_IN = "Nothing to do: where the runner's accuracy counts, the .pte is judged in its place."
_LINK_IT = (
    "Link the runner statically, or hand in a script for /usr/bin/env python3 with Unix line ends."
)
_COPY_IT = "Copy it again from where it was built."
_RUN_IT = "Run it in the hand-in's folder, as the lab does, and see that it ends by itself."
_PRINT_IT = "Print last one line `Accuracy: 0.9234`, the fraction of the images that were right."
_REFUSED, _TELLER = 126, "run_binary: "  # grader.sandbox.run_binary
# How the system refuses to start a program whose interpreter or loader is not there, and one that
# is damaged. Any other refusal (no memory, a folder mounted noexec) is not the hand-in's doing.
_NOT_THERE = frozenset({"ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"})
_DAMAGED = frozenset({"ENOEXEC", "EINVAL", "ELIBBAD"})
# What glibc's loader and env(1) say on stderr of what is not there.
_MISSING = (
    re.compile(r"error while loading shared libraries: ([^\s:]{1,100}):"),
    re.compile(r"version `([^'\s]{1,100})' not found"),
    re.compile(r"env: .(\S{1,100}?).: No such file or directory"),
)


def measure_runner(subject: Subject) -> Finding:
    """The accuracy that the runner prints, a fraction.

    A runner scores itself: the lab has it read the test set, so it alone of all children is given
    the labels. Nothing keeps it from printing what it likes; `review` says where that is not what
    PyTorch's network answers.

    Raises `Skip` where none was handed in, or one that this machine cannot run; `Fault` where it is
    no program, did not end well or printed no accuracy; `HarnessError` where it was cut short.
    """
    runner = subject.submission.file(Role.RUNNER)
    if runner is None:
        raise Skip("No runner was handed in.")
    executable = identify(runner)
    if not executable.is_for_this_machine:
        raise Skip(
            f"{runner.name} needs a device: it is a program for {executable.machine}.",
            help=_STAND_IN,
        )
    if not subject.isolation.runs_programs:
        raise Skip(f"{runner.name} needs isolation to be run.", help=NEEDS_ISOLATION)
    program = subject.submission.file(Role.PROGRAM)
    if program is None:
        raise Skip("No .pte was handed in for the runner to run.", help="Hand in the .pte, too.")
    outcome = _run(runner, program, subject)
    if outcome.cut_short:
        raise HarnessError(f"Running {runner.name} was cut short: it {outcome.story}.")
    evidence = _evidence(outcome)
    if not outcome.ended_well:
        raise _breakdown(runner.name, executable, outcome, evidence)
    return _finding(runner.name, outcome, evidence, subject)


def _run(runner: HandedInFile, program: HandedInFile, subject: Subject) -> Outcome:
    lab, student = subject.lab, subject.submission.id
    spec = _spec(subject)
    data = subject.work / "test_batch.bin"
    pixels = subject.images.pixels.reshape(len(subject.images.labels), -1)
    np.column_stack([subject.images.labels.astype(np.uint8), pixels]).tofile(data)
    runner.path.chmod(0o755)  # a zip's modes are not believed, and the lab makes it executable
    child = Child(
        program="run_binary",
        inputs=(runner.path, program.path, data),
        settings={
            "places": [
                lab.layout.path(Role.RUNNER, student),
                lab.layout.path(Role.PROGRAM, student),
                spec.data,
            ],
            "arguments": list(spec.arguments),
        },
        limits=Limits(
            wall_seconds=2 * lab.limits.runner_seconds + SPARE_SECONDS,
            cpu_seconds=lab.limits.runner_seconds,
            processes=PROCESSES,
            message_bytes=PRINTED_BYTES,
        ),
        threads=subject.threads,
    )
    return run(child, subject.isolation)


def _spec(subject: Subject) -> RunnerSpec:
    spec = subject.lab.runner
    assert spec is not None, "a lab with a path for a runner says how to start it"
    return spec


def _evidence(outcome: Outcome) -> dict[str, Json]:
    return {
        "ended": outcome.story,
        "run_seconds": outcome.seconds,
        "last_output": end_of(outcome.message.decode("utf-8", "replace")),
        "last_errors": end_of(outcome.noise),
    }


def _breakdown(
    name: str, executable: Executable, outcome: Outcome, evidence: Mapping[str, Json]
) -> Fault:
    """Why a runner could not be started, or did not end well."""
    refusal = _refusal(outcome)
    missing = _missing(outcome)
    if refusal in _NOT_THERE:
        missing = executable.interpreter or "the loader that its header names"
    elif refusal is not None and refusal not in _DAMAGED:
        raise HarnessError(f"{name} could not be started: {printable(refusal)[:50]}.")
    if missing is not None:
        reason, help = f"{name} needs what is not here: {printable(missing)}.", _LINK_IT
    elif refusal is not None:
        reason, help = f"{name} is damaged: the system refuses to start it.", _COPY_IT
    else:
        reason, help = f"{name} failed: it {outcome.story}.", _RUN_IT
    return Fault(reason, help=help, evidence=evidence)


def _refusal(outcome: Outcome) -> str | None:
    """The system's word for why it did not start the runner; None where it did."""
    told = outcome.returncode == _REFUSED and outcome.noise.startswith(_TELLER)
    return outcome.noise.removeprefix(_TELLER).strip() if told else None


def _missing(outcome: Outcome) -> str | None:
    """What the runner's loader did not find, as it says itself."""
    found = (each.search(outcome.noise) for each in _MISSING if outcome.stopped is None)
    return next((match[1] for match in found if match), None)


def _finding(name: str, outcome: Outcome, evidence: dict[str, Json], subject: Subject) -> Finding:
    spec = _spec(subject)
    printed = read_printed(outcome.message.decode("utf-8", "replace"), spec)
    if printed.text is None:
        # ExecuTorch's own runner logs to stderr, and some print their accuracy by its logger.
        printed = read_printed(outcome.noise, spec)
    ours = float((subject.decided.classes == subject.images.labels).mean())
    rate = None if printed.looked_at is None else printed.looked_at / outcome.seconds
    evidence |= {
        "printed": None if printed.text is None else printable(printed.text)[:100],
        "different": printed.different,
        "looked_at": printed.looked_at,
        "total": len(subject.images.labels),
        "sample": subject.images.is_sample,
        "ours_checkpoint": ours,
        "images_per_second": rate,
    }
    if printed.text is None:
        raise Fault(f"{name} printed no accuracy.", help=_PRINT_IT, evidence=evidence)
    if printed.fraction is None:
        what = "a percentage" if printed.is_percentage else "no fraction"
        raise Fault(
            f"The accuracy that {name} printed is {what}.",
            help=_PRINT_IT,
            expected="a number from 0 to 1",
            actual=printable(printed.text)[:100],
            evidence=evidence,
        )
    doubts = "; ".join(_doubts(printed, printed.fraction, ours, subject))
    return Finding(value=printed.fraction, evidence=evidence, review=doubts or None)


def _doubts(printed: Printed, accuracy: float, ours: float, subject: Subject) -> Iterator[str]:
    """What a person should look at before the printed accuracy counts."""
    if abs(accuracy - ours) > _spec(subject).tolerance:
        yield f"it printed {accuracy:.4f}, and PyTorch's accuracy of the .pth is {ours:.4f}"
    total = len(subject.images.labels)
    if printed.looked_at is None:
        yield "it printed no progress, so nothing says how many images it looked at"
    elif printed.looked_at != total:
        yield f"it says that it looked at {printed.looked_at} images of {total}"
    if printed.different > 1:
        yield f"it printed {printed.different} different accuracies, of which the last counts"
