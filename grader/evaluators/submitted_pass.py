"""The handed-in program's pass over all test images, in the sandbox."""

import re
from dataclasses import dataclass

import numpy as np
import torch

from grader.datasets.dataset import Pixels
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.refusals import explain_refusal
from grader.evaluators.unpacked import UnpackedSubmission
from grader.inference.eager import Logits
from grader.labs.spec import NetworkSpec
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import NEEDS_ISOLATION, Child, run
from grader.sandbox.supervise import Outcome
from grader.text import masked
from grader.types import Role, SubmittedFile

_AGAIN = "Export it again from the saved model and run it once with the runner."
# On a busy machine an endless loop must reach the limit of processor time first.
_PATIENCE_SECONDS = 60
# A line of the runtime's log on stderr.
_SAID = re.compile(r"^\[\w+\.(?:cpp|h):\d+\] (.{1,200})", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedPass:
    """The result of the pass, which two checks use: the logits, or why there are none.

    `answers` is float32 of shape (N, classes).
    """

    answers: Logits | None = None
    failure: Fault | Skip | HarnessError | None = None

    @property
    def logits(self) -> Logits:
        """The logits, float32 (N, classes). Raises the failure if there are none."""
        if self.answers is None:
            assert self.failure is not None
            raise self.failure
        return self.answers


def run_submitted(pixels: Pixels, unpacked: UnpackedSubmission) -> SubmittedPass:
    """Run the `.pte` that was handed in on `pixels`, uint8 (N, *shape), in the sandbox.

    The failure is a `Skip` if there is none, if programs may not run on this machine, or if it was
    made by an older or newer ExecuTorch; a `Fault` if it does not work; else a `HarnessError`.
    """
    program = unpacked.submission.file(Role.PROGRAM)
    try:
        if program is None:
            raise Skip("No .pte was handed in; the program was exported from the .pth.")
        if not unpacked.isolation.runs_programs:
            raise Skip(f"{program.name} needs isolation to be run.", help=NEEDS_ISOLATION)
        return SubmittedPass(answers=_run(program, pixels, unpacked))
    except (Fault, Skip, HarnessError) as failure:
        return SubmittedPass(failure=failure)


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
            + (f", saying: {said}." if said else "."),
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
        raise explain_refusal(program, said or masked(notes["refused"][:200]))
    if "fails" in notes:
        raise _failed(program, network, notes["fails"], said)
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


def _failed(program: SubmittedFile, network: NetworkSpec, failure: str, said: str) -> Fault:
    words = said or masked(failure[:200])
    if "set_inputs" in failure:
        shape = (1, *network.input_shape)
        return Fault(
            f"{program.name} does not accept the lab's images: {words}.",
            help=f"Export it with an example input of shape {shape}.",
            expected=f"one input, float32 of shape {shape}",
        )
    return Fault(f"{program.name} fails while it runs: {words}.", help=_AGAIN)
