"""The handed-in program's pass over all test images, in the sandbox."""

import re
from dataclasses import dataclass, replace

import numpy as np
import torch

from grader.datasets.dataset import Pixels
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.old_programs import converted, not_converted
from grader.evaluators.refusals import explain_refusal, has_inline_constants
from grader.evaluators.unpacked import UnpackedSubmission
from grader.inference.eager import Logits
from grader.inference.xnnpack import require_executorch
from grader.labs.network_lab import NetworkSpec
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import NEEDS_ISOLATION, Child, run
from grader.sandbox.supervise import Outcome
from grader.text import masked, sentence
from grader.types import Role, SubmittedFile

_AGAIN = "Export it again from the saved model and run it once with the runner."
# On a busy machine an endless loop must reach the limit of processor time first.
_PATIENCE_SECONDS = 60
# A line of the runtime's log on stderr.
_SAID = re.compile(r"^\[\w+\.(?:cpp|h):\d+\] (.{1,200})", re.MULTILINE)


class _NotRun(Exception):
    """The runtime refuses the program, or fails on an image; `why` is the verdict on that.

    `may_be_old` is True if the program may run once it has been brought to today's form.
    """

    def __init__(self, why: Fault | Skip, *, may_be_old: bool) -> None:
        super().__init__(why)
        self.why = why
        self.may_be_old = may_be_old


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedPass:
    """The result of the pass, which two checks use: the logits, or why there are none.

    `answers` is float32 of shape (N, classes). `converted` is True if the program had the form of
    2024, and was run after it had been brought to today's form.
    """

    answers: Logits | None = None
    failure: Fault | Skip | HarnessError | None = None
    converted: bool = False

    @property
    def logits(self) -> Logits:
        """The logits, float32 (N, classes). Raises the failure if there are none."""
        if self.answers is None:
            assert self.failure is not None
            raise self.failure
        return self.answers


def run_submitted(pixels: Pixels, unpacked: UnpackedSubmission) -> SubmittedPass:
    """Run the `.pte` that was handed in on `pixels`, uint8 (N, *shape), in the sandbox.

    A program of 2024 is brought to today's form first. The failure is a `Skip` if there is none,
    if programs may not run on this machine, without ExecuTorch, or if an older or newer ExecuTorch
    made it and it cannot be run here; a `Fault` if it does not work; else a `HarnessError`.
    """
    program = unpacked.submission.file(Role.PROGRAM)
    try:
        if program is None:
            raise Skip("No .pte was handed in; the program was exported from the .pth.")
        if not unpacked.isolation.runs_programs:
            raise Skip(f"{program.name} needs isolation to be run.", help=NEEDS_ISOLATION)
        require_executorch()
        return _pass(program, pixels, unpacked)
    except (Fault, Skip, HarnessError) as failure:
        return SubmittedPass(failure=failure)


def _pass(program: SubmittedFile, pixels: Pixels, unpacked: UnpackedSubmission) -> SubmittedPass:
    try:
        return SubmittedPass(answers=_run(program, pixels, unpacked))
    except _NotRun as first:
        if not first.may_be_old:
            raise first.why from None
        path = converted(program, first.why, unpacked)
    try:
        answers = _run(replace(program, path=path), pixels, unpacked)
    except _NotRun as second:
        raise not_converted(program, second.why.reason) from second
    finally:
        path.unlink()
    return SubmittedPass(answers=answers, converted=True)


def _run(program: SubmittedFile, pixels: Pixels, unpacked: UnpackedSubmission) -> Logits:
    file = unpacked.work / "pixels.bin"  # the labels stay outside the sandbox
    pixels.tofile(file)
    outcome = run(
        Child(
            program="run_program",
            inputs=(program.path, file),
            settings={
                "dataset": unpacked.lab.dataset,
                "classes": unpacked.lab.network.classes,
                "threads": unpacked.threads,
            },
            limits=SandboxLimits(
                wall_seconds=_PATIENCE_SECONDS + 1.5 * unpacked.lab.limits.program_seconds,
                cpu_seconds=unpacked.lab.limits.program_seconds,
                message_bytes=8 << 20,
            ),
            threads=unpacked.threads,
        ),
        unpacked.isolation,
    )
    if outcome.interrupted:
        raise HarnessError(f"Running {program.name} was interrupted: it {outcome.ending}.")
    if not (outcome.ended_well or outcome.stopped or outcome.killed_by):
        # The child replies for any program, so this is the grader's fault.
        raise HarnessError(f"The child that runs programs {outcome.ending}: {outcome.error_line}")
    if not outcome.ended_well:
        said = _said(outcome)
        raise Fault(
            f"{program.name} could not be run: it {outcome.ending}"
            + (f", saying: {sentence(said)}" if said else "."),
            help=_AGAIN,
        )
    return _logits(outcome, program, unpacked.lab.network, len(pixels))


def _said(outcome: Outcome) -> str:
    """The runtime's first message on stderr, made printable; "" if there is none.

    The program may have written it: it is hostile text.
    """
    found = _SAID.search(outcome.stderr)
    return masked(found[1]).strip(" .") if found else ""


def _logits(outcome: Outcome, program: SubmittedFile, network: NetworkSpec, images: int) -> Logits:
    notes, tensors = read_message(outcome.message)
    said = _said(outcome)
    if "refused" in notes:
        words = said or masked(notes["refused"][:200])
        raise _NotRun(explain_refusal(program, words), may_be_old=has_inline_constants(words))
    if "fails" in notes:
        raise _failure(program, network, notes["fails"], said)
    logits = tensors.get("logits")
    if logits is None or logits.shape != (images, network.classes) or logits.dtype != torch.float32:
        raise Fault(
            f"{program.name} does not output logits of the lab's classes.",
            help="Export the model that you save as .pth: one tensor out, a number for each class.",
            expected=f"float32 of shape (1, {network.classes})",
            actual=masked(notes.get("answers", "something else")[:100]),
        )
    answers: Logits = logits.numpy()
    broken = int((~np.isfinite(answers).all(axis=1)).sum())
    if broken:  # NaN and infinity have no largest, so no class
        raise Fault(
            f"{program.name} outputs NaN or infinity.",
            help="Look for NaN in the saved model's weights, and export it again.",
            expected="finite numbers",
            actual=f"NaN or infinity for {broken} of {len(answers)} images",
        )
    return answers


def _failure(
    program: SubmittedFile, network: NetworkSpec, failure: str, said: str
) -> Fault | _NotRun:
    words = said or masked(failure[:200])
    if "set_inputs" in failure:
        shape = (1, *network.input_shape)
        return Fault(
            f"{program.name} does not accept the lab's images: {words}.",
            help=f"Export it with an example input of shape {shape}.",
            expected=f"one input, float32 of shape {shape}",
        )
    return _NotRun(
        Fault(f"{program.name} fails while it runs: {words}.", help=_AGAIN), may_be_old=True
    )
