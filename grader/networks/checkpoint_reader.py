"""Runs the child that reads a checkpoint. Needs no torch here, nor in the child."""

from typing import Any

from grader.errors import Fault, HarnessError
from grader.networks.family import Family
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, run
from grader.types import SubmittedFile

# usually one second
READ_LIMITS = SandboxLimits(wall_seconds=300, cpu_seconds=20, memory_bytes=2 << 30)


def message_of(
    checkpoint: SubmittedFile, family: Family[Any], isolation: Isolation, key: str | None
) -> bytes:
    """Return the child's message on the network of `checkpoint` under `key`, or its first one.

    Raises `Fault` if the child crashes or reaches a limit, and `HarnessError`.
    """
    child = Child(
        program="unpickle",
        inputs=(checkpoint.path,),
        settings={
            "title": family.title,
            "root_class": family.root_class,
            "trunk": family.trunk,
            "key": key,
        },
        limits=READ_LIMITS,
    )
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(
            f"Reading {checkpoint.name} was interrupted: the reader {outcome.ending}."
        )
    if outcome.stopped or outcome.killed_by:
        raise Fault(
            f"Reading {checkpoint.name} stopped: the reader {outcome.ending}.",
            help="Save the model again with torch.save(model, 'mobilenet.pth') and try `grader "
            "check` on it.",
        )
    if not outcome.ended_well:  # it replies for any bytes, so this is the grader's fault
        raise HarnessError(f"The checkpoint's reader {outcome.ending}: {outcome.error_line}")
    return outcome.message
