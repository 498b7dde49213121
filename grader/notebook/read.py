"""Reads a notebook in the sandbox.

notebook -> child: texts, HTML fragments, images -> sanitised -> Notebook
"""

import torch

from grader.errors import Fault, HarnessError
from grader.notebook.description import CellRecord, Description, OutputRecord, Refusal, parse
from grader.notebook.notebook import Cell, Notebook, Output
from grader.notebook.sanitise import Sanitiser
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, Isolation, run
from grader.types import SubmittedFile

READ_LIMITS = SandboxLimits(
    wall_seconds=600, cpu_seconds=120, memory_bytes=3 << 30, message_bytes=64 << 20
)
HELP = (
    "Open it in Jupyter or Colab, save it there, and hand in the saved file; "
    "`grader check` tests whether it can be read."
)


def read_notebook(file: SubmittedFile, isolation: Isolation) -> Notebook:
    """Return the notebook in `file`, with its HTML sanitised.

    Raises `Fault` if it is not a notebook or cannot be read within the limits, and `HarnessError`
    if the child's message is malformed.
    """
    child = Child(program="read_notebook", inputs=(file.path,), settings={}, limits=READ_LIMITS)
    outcome = run(child, isolation)
    if outcome.interrupted:
        raise HarnessError(f"Reading {file.name} was interrupted: the reader {outcome.ending}.")
    if outcome.stopped or outcome.killed_by:
        raise Fault(f"Reading {file.name} stopped: the reader {outcome.ending}.", help=HELP)
    if not outcome.ended_well:  # it sends a message for any bytes, so this is a bug of the grader
        raise HarnessError(f"The notebook reader {outcome.ending}: {outcome.error_line}")
    return opened(outcome.message, file.name)


def opened(message: bytes, name: str) -> Notebook:
    """Return the notebook in the reader's `message` about the file called `name`, checked.

    Raises `Fault` if the message says that the file is not a notebook, and `HarnessError` if the
    message is malformed.
    """
    metadata, tensors = read_message(message)
    description = parse(metadata)
    if isinstance(description, Refusal):
        raise Fault(f"{name} {description.unreadable}.", help=HELP)
    return _notebook(description, _ByteReader(tensors, "text"), _ByteReader(tensors, "images"))


class _ByteReader:
    """Reads the bytes of one of the message's tensors, slice by slice."""

    def __init__(self, tensors: dict[str, torch.Tensor], name: str) -> None:
        tensor = tensors.get(name)
        if tensor is None or tensor.dtype != torch.uint8 or tensor.dim() != 1:
            raise HarnessError(f"The notebook reader sent no {name}.")
        self._bytes = tensor.numpy().tobytes()
        self._at = 0

    def take(self, length: int) -> bytes:
        """Return the next `length` bytes."""
        start, self._at = self._at, self._at + length
        if self._at > len(self._bytes):
            raise HarnessError("The notebook reader sent fewer bytes than it announced.")
        return self._bytes[start : self._at]

    def text(self, length: int) -> str:
        """Return the next `length` bytes, decoded from UTF-8."""
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise HarnessError("The notebook reader sent text that is not UTF-8.") from error


def _notebook(description: Description, text: _ByteReader, images: _ByteReader) -> Notebook:
    sanitiser = Sanitiser([(mime, images.take(length)) for mime, length in description.images])

    def html(length: int | None) -> str | None:
        return None if length is None else sanitiser.clean(text.text(length))

    def output(record: OutputRecord) -> Output:
        return Output(
            kind=record.kind,
            name=record.name,
            text=text.text(record.text),
            left_out=record.left_out,
            html=html(record.html),
            mimes=record.mimes,
        )

    def cell(record: CellRecord) -> Cell:
        return Cell(
            kind=record.kind,
            execution_count=record.execution_count,
            source=text.text(record.source),
            left_out=record.left_out,
            html=html(record.html),
            outputs=tuple(output(each) for each in record.outputs),
            outputs_left_out=record.outputs_left_out,
        )

    return Notebook(
        nbformat=description.nbformat,
        language=description.language,
        cells=tuple(cell(each) for each in description.cells),
        output_bytes=description.output_bytes,
    )
