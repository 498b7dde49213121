"""Reads a PDF in the sandbox.

PDF -> child: words, lines, pictures with their places -> checked -> Document
"""

from pathlib import Path

from grader.errors import HarnessError
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, run
from grader.writeup.description import parse
from grader.writeup.document import Document
from grader.writeup.refusals import refusal

READ_LIMITS = SandboxLimits(
    wall_seconds=300,
    cpu_seconds=30,  # the child gives up after 15 by itself
    memory_bytes=1 << 30,
    total_bytes=1 << 30,
    message_bytes=64 << 20,
)


def read_pdf(path: Path, name: str, isolation: Isolation) -> Document:
    """Return the pages of the PDF at `path`, which a student handed in as `name`.

    Raises `Fault`, with the kind of the refusal in its evidence, if it is not a PDF or cannot be
    read within the limits, and `HarnessError` if the child's message is malformed.
    """
    child = Child(program="read_pdf", inputs=(path,), settings={}, limits=READ_LIMITS)
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(f"Reading {name} was interrupted: the reader {outcome.ending}.")
    if outcome.stopped or outcome.killed_by:
        raise refusal(name, "time")
    if not outcome.ended_well:  # it sends a message for any bytes, so this is a bug of the grader
        raise HarnessError(f"The PDF reader {outcome.ending}: {outcome.error_line}")
    return opened(outcome.message, name)


def opened(message: bytes, name: str) -> Document:
    """Return the document in the reader's `message` about the file called `name`.

    Raises as `read_pdf` does.
    """
    found = parse(message)
    if isinstance(found, Document):
        return found
    raise refusal(name, found)
