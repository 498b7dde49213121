"""Brings a handed-in program of 2024 to the form that today's runtime reads, in the sandbox."""

from pathlib import Path

import torch

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.unpacked import UnpackedSubmission
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, run
from grader.sandbox.supervise import Outcome
from grader.text import masked
from grader.types import SubmittedFile

EXPORT_AGAIN = "Export it again with executorch 1.4 to have your own program measured."
_CPU_SECONDS = 300  # the unpruned network needs 20
_FILE_BYTES = 512 << 20  # JSON has twelve characters for a byte of the weights
_SCRATCH_BYTES = 1 << 30
_PATIENCE_SECONDS = 60  # on a busy machine, beyond one and a half times the processor time
_SPARE_BYTES = 1 << 20  # by which the segments and the message may be longer than the program


def converted(program: SubmittedFile, first: Fault | Skip, unpacked: UnpackedSubmission) -> Path:
    """The file of the program in today's form, which may be removed after its run.

    `first` is the verdict on the program as it is, a `Skip` if the runtime says that it is old; it
    is raised if the program has today's form already, or is damaged. Raises a `Skip` if an old
    program cannot be converted, `HarnessError` if the child was interrupted.
    """
    is_old = isinstance(first, Skip)
    try:
        content = _convert(program, is_old, unpacked)
    except Skip:
        if is_old:
            raise
        raise first from None
    if content is None:
        raise first
    path = unpacked.work / "converted.pte"
    path.write_bytes(content)
    return path


def _convert(program: SubmittedFile, is_old: bool, unpacked: UnpackedSubmission) -> bytes | None:
    seconds = min(_CPU_SECONDS, unpacked.lab.limits.program_seconds)
    outcome = run(
        Child(
            program="convert_program",
            inputs=(program.path,),
            settings={"inline": is_old},
            limits=SandboxLimits(
                wall_seconds=_PATIENCE_SECONDS + 1.5 * seconds,
                cpu_seconds=seconds,
                file_bytes=_FILE_BYTES,
                scratch_bytes=_SCRATCH_BYTES,
                message_bytes=2 * unpacked.lab.limits.program_bytes + _SPARE_BYTES,
            ),
        ),
        unpacked.isolation,
    )
    return _content(outcome, program)


def _content(outcome: Outcome, program: SubmittedFile) -> bytes | None:
    if outcome.interrupted:
        raise HarnessError(f"Converting {program.name} was interrupted: it {outcome.ending}.")
    if outcome.stopped or outcome.killed_by:
        raise not_converted(program, f"the conversion {outcome.ending}")
    if not outcome.ended_well:
        # The child replies for any program, so this is the grader's fault.
        raise HarnessError(
            f"The child that converts programs {outcome.ending}: {outcome.error_line}"
        )
    notes, tensors = read_message(outcome.message)
    if "current" in notes:
        return None
    if "unconvertible" in notes:
        raise not_converted(program, masked(notes["unconvertible"][:200]))
    content = tensors.get("program")
    if content is None or content.dtype != torch.uint8 or content.dim() != 1:
        raise HarnessError("The sandbox child sent a malformed message.")
    return content.numpy().tobytes()


def not_converted(program: SubmittedFile, reason: str) -> Skip:
    """The exception for a program of 2024 that today's runtime cannot be made to run."""
    return Skip(
        f"{program.name} was made by an ExecuTorch that today's runtime no longer reads, and could "
        f"not be brought to today's form: {reason.rstrip('.')}. The program exported from the .pth "
        "was measured instead.",
        help=EXPORT_AGAIN,
    )
