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
from grader.sandbox import NEEDS_ISOLATION, Child, Limits, Outcome, run
from grader.sandbox.reply import read_message
from grader.text import masked
from grader.types import Role, SubmittedFile

_AGAIN = "Export it again from the saved model and run it once with the runner."
_PATIENCE_SECONDS = 60  # for a busy machine: who loops is to run out of processor time first
_SAID = re.compile(r"^\[\w+\.(?:cpp|h):\d+\] (.{1,200})", re.MULTILINE)  # by the runtime, on stderr


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a pass that is made once and asked about twice: logits, or why there are none.

    `answers` is float32 of shape (N, classes).
    """

    answers: Logits | None = None
    trouble: Fault | Skip | HarnessError | None = None

    @property
    def logits(self) -> Logits:
        """The answers. Raises the trouble."""
        if self.answers is None:
            assert self.trouble is not None
            raise self.trouble
        return self.answers


def submitted_logits(pixels: Pixels, opened: UnpackedSubmission) -> Answered:
    """What the `.pte` that was handed in answers to `pixels`.

    The trouble is a `Skip` when there is none, when programs may not run on this machine, or when
    it is of an older or newer ExecuTorch; a `Fault` when it does not work.
    """
    program = opened.submission.file(Role.PROGRAM)
    try:
        if program is None:
            raise Skip("No .pte was handed in; the program was exported from the .pth.")
        if not opened.isolation.runs_programs:
            raise Skip(f"{program.name} needs isolation to be run.", help=NEEDS_ISOLATION)
        return Answered(answers=_run(program, pixels, opened))
    except (Fault, Skip, HarnessError) as trouble:
        return Answered(trouble=trouble)


def _run(program: SubmittedFile, pixels: Pixels, opened: UnpackedSubmission) -> Logits:
    file = opened.work / "pixels.bin"  # the labels stay outside the sandbox
    pixels.tofile(file)
    outcome = run(
        Child(
            program="run_program",
            inputs=(program.path, file),
            settings={
                "dataset": opened.lab.dataset,
                "classes": opened.lab.network.classes,
                "threads": opened.threads,
            },
            limits=Limits(
                wall_seconds=_PATIENCE_SECONDS + 1.5 * opened.lab.limits.program_seconds,
                cpu_seconds=opened.lab.limits.program_seconds,
                message_bytes=8 << 20,
            ),
            threads=opened.threads,
        ),
        opened.isolation,
    )
    if outcome.cut_short:
        raise HarnessError(f"Running {program.name} was cut short: it {outcome.story}.")
    if not (outcome.ended_well or outcome.stopped or outcome.killed_by):
        # It answers whatever the program does, so this is a fault of ours.
        raise HarnessError(f"The child that runs programs {outcome.story}: {outcome.last_words}")
    if not outcome.ended_well:
        said = _said(outcome)
        raise Fault(
            f"{program.name} could not be run: it {outcome.story}"
            + (f", saying: {said}." if said else "."),
            help=_AGAIN,
        )
    return _logits(outcome, program, opened.lab.network, len(pixels))


def _said(outcome: Outcome) -> str:
    """The first thing that the runtime, or whoever took its place, said on stderr, if anything."""
    found = _SAID.search(outcome.noise)
    return masked(found[1]).strip(" .") if found else ""


def _logits(outcome: Outcome, program: SubmittedFile, network: NetworkSpec, images: int) -> Logits:
    notes, tensors = read_message(outcome.message)
    said = _said(outcome)
    if "refused" in notes:
        raise explain_refusal(program, said or masked(notes["refused"][:200]))
    if "fails" in notes:
        raise _failure(program, network, notes["fails"], said)
    logits = tensors.get("logits")
    if logits is None or logits.shape != (images, network.classes) or logits.dtype != torch.float32:
        raise Fault(
            f"{program.name} does not answer as a classifier of the lab's images.",
            help="Export the model that you save as .pth: one tensor out, a number for each class.",
            expected=f"float32 of shape (1, {network.classes})",
            actual=masked(notes.get("answers", "something else")[:100]),
        )
    answers: Logits = logits.numpy()
    broken = int((~np.isfinite(answers).all(axis=1)).sum())
    if broken:  # the largest of numbers that cannot be compared is no class
        raise Fault(
            f"{program.name} answers with NaN or infinity.",
            help="Look for NaN in the saved model's weights, and export it again.",
            expected="finite numbers",
            actual=f"others for {broken} of {len(answers)} images",
        )
    return answers


def _failure(program: SubmittedFile, network: NetworkSpec, failure: str, said: str) -> Fault:
    words = said or masked(failure[:200])
    if "set_inputs" in failure:
        shape = (1, *network.input_shape)
        return Fault(
            f"{program.name} does not take the lab's images: {words}.",
            help=f"Export it with an example input of shape {shape}.",
            expected=f"one input, float32 of shape {shape}",
        )
    return Fault(f"{program.name} fails while it runs: {words}.", help=_AGAIN)
